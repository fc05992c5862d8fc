"""What a look at a draft came to is kept on it: the verdict, the difference, whether it is the first or the last."""

from datetime import date

import pytest

from rebill.charges.models import Charge
from rebill.rules.review import Verdict
from rebill.runs.checks import check_drafts
from rebill.runs.commands import (
    accept_warning,
    approve_drafts,
    discard_drafts,
    drop_draft_line,
    hold_drafts,
    renew_tally,
)
from rebill.runs.models import Draft, DraftTally
from rebill.runs.queries.drafts import DraftFilter, find_drafts, warning_groups
from rebill.runs.queries.standing import run_beside_previous, standings_of
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)
NEXT = date(2026, 9, 1)


@pytest.fixture
def month() -> Month:
    return Month()


def drafted(month: Month, name: str, day: date = DAY, **terms) -> Draft:
    """A customer with one subscription, and its draft."""
    customer = month.customer(name, **terms)
    month.subscribe(customer, "HOSTING-M", price="10.00", start_on=day)
    month.prepare(day)
    return Draft.objects.get(customer=customer)


def names(month: Month, tab: str) -> list[str]:
    return [each.customer.name for each in find_drafts(acting=month.acting, wanted=DraftFilter(tab=tab))]


def test_what_cannot_be_sent_is_blocked_and_what_is_clean_is_ready(month):
    clean = drafted(month, "Bakkerij Jansen")
    blocked = drafted(month, "Autoschade Bolwerk", invoice_emails=[])

    assert (clean.verdict, blocked.verdict) == (Verdict.READY, Verdict.BLOCKED)
    assert names(month, "ready") == ["Bakkerij Jansen"]
    assert names(month, "to_check") == names(month, "blocked") == ["Autoschade Bolwerk"]


def test_an_accepted_warning_is_only_looked_at(month):
    draft = drafted(month, "Maasvlak Logistik", country="DE", vat_id="")

    accept_warning(acting=month.acting, draft=draft, code="missing_vat_id", reason="With VAT then", now=month.at(DAY))

    draft.refresh_from_db()
    assert draft.verdict == Verdict.LOOK


def test_a_draft_whose_last_line_was_dropped_is_empty_and_neither_ready_nor_to_check(month):
    draft = drafted(month, "Bakkerij Jansen")
    line = Charge.objects.get(claim=draft.pk)

    drop_draft_line(acting=month.acting, draft_id=draft.pk, charge_id=line.pk, reason="Gift", now=month.at(DAY))

    draft.refresh_from_db()
    assert draft.verdict == Verdict.EMPTY
    assert names(month, "ready") == names(month, "to_check") == []
    assert names(month, "all") == ["Bakkerij Jansen"]


def test_first_and_last_invoices_are_known(month):
    staying, leaving = month.customer("Blijver"), month.customer("Vertrekker")
    for customer in (staying, leaving):
        subscription = month.subscribe(customer, "HOSTING-M", start_on=DAY)
    month.bill_on(DAY)
    month.cancel(subscription, last_day=date(2026, 9, 30))
    month.subscribe(month.customer("Nieuw"), "HOSTING-M", start_on=NEXT)

    month.prepare(NEXT)

    now = month.drafts().filter(billed_on=NEXT)
    assert {each.customer.name for each in now if each.is_first} == {"Nieuw"}
    assert {each.customer.name for each in now if each.is_last} == {"Vertrekker"}


def test_how_far_a_draft_is_from_the_average_is_kept(month):
    customer = month.customer("Rederij Nauta")
    month.subscribe(customer, "HOSTING-M", price="10.00", start_on=DAY)
    month.bill_on(DAY)
    month.add_line(customer, "Desk phone", price="5.30", on=NEXT)

    month.prepare(NEXT)

    draft = month.drafts().get(billed_on=NEXT)
    assert draft.change_percent == 53
    assert names(month, "changed") == ["Rederij Nauta"]


def test_the_standing_of_a_run_adds_up_with_the_run_before(month):
    customer = month.customer("Rederij Nauta")
    month.subscribe(customer, "HOSTING-M", price="10.00", start_on=DAY)
    month.bill_on(DAY)
    drafted(month, "Autoschade Bolwerk", NEXT, invoice_emails=[])

    run, previous = run_beside_previous(acting=month.acting, run_id=month.drafts().latest("id").run_id)
    found = standings_of(run.pk, previous.id)

    assert previous.billed_on == DAY
    assert found[run.pk].count("all") == 2
    assert (found[run.pk].net("ready", "EUR"), found[run.pk].net("to_check", "EUR")) == (1000, 1000)
    assert (found[run.pk].count("first"), found[previous.id].count("issued")) == (1, 1)


def test_a_draft_warned_of_the_same_twice_counts_once(month):
    customer = month.customer("Zorgboerderij")
    for code in ("CALLS-A", "CALLS-B"):
        month.subscribe(customer, code, price=None, start_on=DAY)
    month.add_line(customer, "Desk phone", price="89.00", on=DAY)

    run_id = month.prepare(DAY).run_id

    run, _ = run_beside_previous(acting=month.acting, run_id=run_id)
    [group] = warning_groups(acting=month.acting, run=run)
    assert (group.code, group.drafts, group.net_minor) == ("price_missing", 1, 8900)


def test_a_verdict_that_differs_from_the_warnings_is_reported(month):
    draft = drafted(month, "Bakkerij Jansen")
    Draft.objects.filter(pk=draft.pk).update(verdict=Verdict.BLOCKED)

    [problem] = check_drafts(acting=month.acting)

    assert problem.what == "draft.verdict_differs"


def test_what_was_counted_follows_every_move(month):
    kept, held, thrown = (drafted(month, name) for name in ("Blijft", "Wacht", "Weg"))
    one = month.drafts().filter
    hold_drafts(acting=month.acting, drafts=one(pk=held.pk), reason="Waits", now=month.at(DAY))
    discard_drafts(acting=month.acting, drafts=one(pk=thrown.pk), reason="Again", now=month.at(DAY))
    approve_drafts(acting=month.acting, drafts=one(pk=kept.pk), now=month.at(DAY))

    month.issue(DAY)

    standing = standings_of(kept.run_id)[kept.run_id]
    assert [(each.state, each.drafts, each.net_minor) for each in standing.stands] == [
        ("held", 1, 1000),
        ("issued", 1, 1000),
    ]
    assert check_drafts(acting=month.acting) == []


def test_a_count_that_is_wrong_is_reported_and_made_anew(month):
    draft = drafted(month, "Bakkerij Jansen")
    DraftTally.objects.filter(run_id=draft.run_id).update(drafts=7)

    [problem] = check_drafts(acting=month.acting)
    renew_tally(acting=month.acting, run_id=draft.run_id)

    assert problem.what == "run.tally_differs"
    assert check_drafts(acting=month.acting) == []
