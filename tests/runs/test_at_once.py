"""Two people, or a person and the timetable, at work on the same drafts: nothing is lost and nothing billed twice."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from rebill.charges.models import Charge
from rebill.invoices.models import InvoiceLine
from rebill.runs.commands import approve_drafts, discard_drafts, preparing
from rebill.runs.models import DraftState
from tests.runs.at_once import with_another
from tests.stories.month import Month

pytestmark = pytest.mark.django_db(transaction=True)

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def bakery(month):
    bakery = month.customer("Bakkerij Jansen")
    month.subscribe(bakery, "HOSTING-M", price="10.00", start_on=AUGUST)
    return bakery


def prepared_alone(month: Month, day: date) -> Callable[[], object]:
    """A preparation in one transaction, which works in the thread it was called in, where it can be watched."""

    def prepare() -> None:
        with transaction.atomic():
            month.prepare(day)

    return prepare


def test_a_line_that_comes_while_its_draft_is_approved_and_issued_is_billed(month, bakery):
    month.prepare(AUGUST)
    month.add_line(bakery, "Telefoon", price="89.00", on=AUGUST)

    def approve_and_issue() -> None:
        month.approve_all()
        month.issue(AUGUST)

    with_another(prepared_alone(month, AUGUST), approve_and_issue, after='FROM "runs_draft"')
    month.bill_on(AUGUST)

    assert sum(line.net_amount.minor for line in InvoiceLine.objects.all()) == 9900
    assert set(InvoiceLine.objects.values_list("charge", flat=True)) == set(Charge.objects.values_list("id", flat=True))


def test_a_draft_thrown_away_while_the_next_run_is_prepared_is_billed_once(month, bakery):
    month.prepare(AUGUST)
    august = month.drafts().filter(billed_on=AUGUST)

    def discard() -> None:
        discard_drafts(acting=month.acting, drafts=august, reason="Again", now=month.at(AUGUST))

    with_another(prepared_alone(month, SEPTEMBER), discard, after='"recurring_mark"."told_before"')
    month.bill_on(SEPTEMBER)

    months = [line.starts_on for line in InvoiceLine.objects.order_by("starts_on")]
    assert months == [AUGUST, SEPTEMBER]


def test_a_draft_issued_while_it_is_thrown_away_is_billed_once(month, bakery):
    month.prepare(AUGUST)

    def approve_and_issue() -> None:
        approve_drafts(acting=month.acting, drafts=month.drafts(), now=month.at(AUGUST))
        month.issue(AUGUST)

    with_another(month.discard_all, approve_and_issue, after='FROM "runs_draft"')
    month.bill_on(SEPTEMBER)

    months = [line.starts_on for line in InvoiceLine.objects.order_by("starts_on")]
    assert months == [AUGUST, SEPTEMBER]
    assert month.drafts().filter(state=DraftState.ISSUED).count() == len(month.invoices())


def test_a_price_corrected_while_a_run_reads_prices_is_made_good(month, bakery):
    def correct() -> None:
        month.set_price("HOSTING-M", "11.00", valid_from=date(2026, 1, 1))

    with_another(prepared_alone(month, AUGUST), correct, after='FROM "catalogue_price" ')
    month.bill_on(SEPTEMBER)

    assert sum(line.net_amount.minor for line in InvoiceLine.objects.filter(starts_on=AUGUST)) == 1100


def test_a_product_that_is_new_since_a_run_began_stops_nothing(month, bakery, monkeypatch):
    monkeypatch.setattr(preparing, "CHUNK", 1)
    slager = month.customer("Slagerij Bos", number="99999")
    for customer in (month.customer("Kapper Knip", number="99998"), slager):
        month.subscribe(customer, "MAIL", price="5.00", start_on=AUGUST)

    def sell_something_new() -> None:
        month.subscribe(slager, "NEW", price=None, unit_price=Decimal("7.00"), start_on=AUGUST)

    with_another(prepared_alone(month, AUGUST), sell_something_new, after='FROM "catalogue_product"')
    month.bill_on(AUGUST)

    assert sum(line.net_amount.minor for line in InvoiceLine.objects.all()) == 2700
