"""`rebill prepare`: a run and what it came to, a manual invoice, and a look ahead."""

import json
from datetime import date, timedelta

import pytest

from rebill.charges.models import Charge
from rebill.rules.periods import add_months
from rebill.runs.models import Draft, Run, RunKind
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db


def test_the_run_of_this_month_is_prepared_and_summed_up(month, typed):
    ended = typed("prepare")

    assert ended.code == 0
    assert Run.objects.get().billed_on == THIS_MONTH
    assert f"{THIS_MONTH:%B %Y} run" in ended.shown
    assert "1 ready · 12.50" in ended.shown
    assert "2 to check · 12.50" in ended.shown
    for words in ("No delivery address", "Add an e-mail address for invoices", "Price missing", "cannot be sent"):
        assert words in ended.shown
    assert "`rebill drafts approve --tab ready`" in ended.shown
    assert "3 customers looked at, 2 new charges, 3 new drafts" in ended.shown


def test_a_run_repeated_says_that_there_is_nothing_new(month, typed):
    typed("prepare")

    ended = typed("prepare")

    assert (ended.code, Draft.objects.count()) == (0, 3)
    assert "Nothing new" in ended.shown


def test_the_summary_for_programs_is_exact(month, typed):
    told = json.loads(typed("prepare", "--json").shown)

    assert told["run"] == THIS_MONTH.isoformat()
    assert {name: told[name] for name in ("drafts", "ready", "to_check", "blocked", "held", "approved", "issued")} == {
        "drafts": 3, "ready": 1, "to_check": 2, "blocked": 2, "held": 0, "approved": 0, "issued": 0,
    }  # fmt: skip
    [amounts] = told["amounts"]
    assert (amounts["currency"], amounts["net"], amounts["ready_net"]) == ("EUR", "25.00", "12.50")
    assert sorted((each["code"], each["net"], each["drafts"]) for each in told["warnings"]) == [
        ("no_email", "12.50", 1),
        ("price_missing", "0.00", 1),
    ]
    assert (told["customers_looked_at"], told["new_charges"], told["new_drafts"]) == (3, 2, 3)


def test_the_difference_to_the_run_before_is_told(month, typed):
    typed("prepare", "--on", add_months(THIS_MONTH, -1))
    month.subscribe(month.customer("Nieuw"), "HOSTING-M", start_on=THIS_MONTH)

    shown = typed("prepare").shown

    # The run of last month had nothing yet.
    assert "Against" in shown
    assert "+37.50" in shown


def test_drafts_of_two_currencies_are_summed_apart(month, typed):
    american = month.customer("Overseas Inc", currency="USD", country="US")
    month.add_line(american, "Support", price="80", on=THIS_MONTH)

    told = json.loads(typed("prepare", "--json").shown)

    assert {each["currency"]: each["net"] for each in told["amounts"]} == {"EUR": "25.00", "USD": "80.00"}


def test_one_customer_gets_an_invoice_now(month, typed):
    ended = typed("prepare", "--customer", "1001", "--on", THIS_MONTH)

    draft = Draft.objects.get()
    assert (draft.run.kind, draft.customer.number) == (RunKind.MANUAL, "1001")
    assert f"Draft {draft.pk}" in ended.shown
    assert f"`rebill drafts approve {draft.pk}`" in ended.shown


def test_a_customer_who_owes_nothing_gets_no_draft(month, typed):
    month.customer("Nieuw", number="1009")

    ended = typed("prepare", "--customer", "1009")

    assert ended.code == 2
    assert "owes nothing" in ended.aside
    assert not Run.objects.exists()


def test_a_look_ahead_writes_nothing(month, typed):
    ended = typed("prepare", "--preview", "--customer", "1001", "--on", add_months(THIS_MONTH, 2))

    assert (ended.code, Charge.objects.count(), Run.objects.count()) == (0, 0, 0)
    assert "37.50" in ended.shown
    assert "Nothing was written." in ended.shown


def test_a_look_ahead_for_programs(month, typed):
    told = json.loads(typed("prepare", "--preview", "--customer", "1001", "--on", THIS_MONTH, "--json").shown)

    [draft] = told["drafts"]
    assert (told["is_turn"], draft["draft"], draft["net"], draft["gross"]) == (True, None, "12.50", "15.13")
    assert [line["kind"] for line in draft["lines"]] == ["PERIODICFIRST"]


def test_a_look_ahead_says_when_it_is_not_the_customers_turn(month, typed):
    yearly = month.customer("Jaarlijks", number="1010", invoice_interval_months=12)
    month.subscribe(yearly, "HOSTING-M", start_on=THIS_MONTH)
    not_its_turn = date(THIS_MONTH.year + 1, 3, 1)

    shown = typed("prepare", "--preview", "--customer", "1010", "--on", not_its_turn).shown

    assert "passes this customer by" in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--preview",), "--customer"),
        (("--customer", "nobody"), "no customer with the number 'nobody'"),
        (("--on", "1-9-2026"), "write it as 2026-09-01"),
    ],
)
def test_what_cannot_be_prepared_is_refused_in_one_line(month, typed, words, why):
    ended = typed("prepare", *words)

    assert ended.code == 2
    assert why in ended.aside
    assert "Traceback" not in ended.aside
    assert not Run.objects.exists()


def test_lines_of_tomorrow_wait_for_their_run(month, typed):
    month.add_line(month.customer("Later", number="1011"), "Telefoon", price="89", on=THIS_MONTH + timedelta(days=70))

    typed("prepare")

    assert not Draft.objects.filter(customer__number="1011").exists()
