"""What a run computes once or does not read back equals what it would come to computed each by itself and read."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from rebill.charges.models import Charge
from rebill.rules.periods import Alignment, Timing
from rebill.runs.checks import check_drafts
from rebill.runs.commands import drafting
from rebill.runs.models import Draft
from rebill.runs.queries.lines import lines_of, summed_up, sums_of
from rebill.sources.recurring import source
from rebill.subscriptions.commands import change_quantity
from tests import factories
from tests.stories.month import LONG_AGO, Month

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def month() -> Month:
    """Customers who are alike in most ways, each with something of its own."""
    month = Month()
    hosting = month.product("HOSTING-M")
    terms = {"unit_price": "12.50", "setup_price": Decimal("25")}
    factories.make_plan_price(hosting, **terms, plan=month.plan, valid_from=LONG_AGO, months=1)
    factories.make_plan_price(hosting, "14", plan=month.plan, valid_from=SEPTEMBER, months=1, currency="USD")
    dearer = factories.make_plan(month.seller, "dearer")
    factories.make_plan_price(hosting, "15.75", plan=dearer, valid_from=LONG_AGO, months=1)
    customers = {
        name: month.customer(name, **own)
        for name, own in {
            "Plain": {},
            "Dutch": {"language": "nl", "cost_centre": "Kade"},
            "Own price": {},
            "Other plan": {},
            "Quarterly": {"invoice_interval_months": 3},
            "In dollars": {"currency": "USD"},
            "Foreign": {"country": "DE", "vat_id": "DE136695976"},
        }.items()
    }
    factories.make_customer_price(customers["Own price"], hosting, "9.95", valid_from=LONG_AGO, months=1)
    factories.assign_plan(customers["Other plan"], dearer, valid_from=LONG_AGO)
    for index, customer in enumerate(customers.values()):
        month.subscribe(customer, "HOSTING-M", start_on=AUGUST - timedelta(days=index), reference=f"PO {index}")
        month.subscribe(customer, "HOSTING-M", start_on=AUGUST, timing=Timing.ARREARS)
        month.subscribe(customer, "HOSTING-M", start_on=date(2026, 5, 31), alignment=Alignment.ANNIVERSARY)
        month.subscribe(customer, "MAIL", start_on=AUGUST, price="3.95", ends_before=date(2026, 9, 10))
        changed = month.subscribe(customer, "MAIL", start_on=AUGUST)
        if index % 2:
            change_quantity(
                acting=month.acting, subscription=changed, quantity=Decimal(3), effective_on=date(2026, 8, 16),
                reference="More", now=month.at(AUGUST),
            )  # fmt: skip
        month.add_line(customer, "Cable", price="19.95", on=AUGUST)
    return month


def told() -> list[dict[str, object]]:
    """Every charge as it was told, without the numbers that the database gives."""
    rows = Charge.objects.order_by("id").values()
    return [{name: value for name, value in row.items() if name not in ("id", "claim")} for row in rows]


def charges_of_two_months(month: Month) -> list[dict[str, object]]:
    with transaction.atomic():
        month.bill_on(AUGUST)
        month.bill_on(SEPTEMBER)
        charges = told()
        transaction.set_rollback(True)
    return charges


def test_charges_computed_once_for_all_that_are_alike_are_those_computed_one_by_one(month, monkeypatch):
    together = charges_of_two_months(month)

    monkeypatch.setattr(source, "shape_of", lambda *_: None)
    one_by_one = charges_of_two_months(month)

    assert together == one_by_one
    assert len(together) > 60


def test_a_seller_with_more_shapes_than_are_kept_is_billed_the_same(month, monkeypatch):
    together = charges_of_two_months(month)

    monkeypatch.setattr(source, "TELLINGS_KEPT", 1)

    assert charges_of_two_months(month) == together


@pytest.mark.parametrize("day", [AUGUST, SEPTEMBER])
def test_new_drafts_come_to_what_their_lines_come_to_when_they_are_read_back(month, monkeypatch, day):
    laid = {}

    def watched(owed):
        found = summed_up(owed)
        laid[len(laid)] = sorted(found, key=str)
        return found

    monkeypatch.setattr(drafting, "summed_up", watched)
    month.prepare(AUGUST)
    if day == SEPTEMBER:
        # What is dropped from a draft waits, and lies on the next one.
        month.discard_all()
        laid.clear()
        month.prepare(SEPTEMBER)

    drafts = list(Draft.objects.filter(billed_on=day).order_by("id").values_list("id", flat=True))
    read = sums_of(seller_id=month.seller.pk, draft_ids=drafts)
    assert [laid[index] for index in range(len(laid))] == [sorted(read[draft], key=str) for draft in drafts]
    assert check_drafts(acting=month.acting) == []
    lines = lines_of(seller_id=month.seller.pk, draft_ids=drafts)
    assert all(sorted(summed_up(lines[draft]), key=str) == sorted(read[draft], key=str) for draft in drafts)
