"""Drafts thrown away to be made again: nothing is lost or told twice, whatever was dropped from them before."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.runs.commands import discard_drafts, drop_draft_line, hold_drafts, reviewing
from rebill.runs.models import DraftState
from rebill.subscriptions.commands import (
    cancel_subscription,
    change_quantity,
    change_subscription_product,
    revoke_change,
)
from rebill.subscriptions.models import Change
from tests import factories
from tests.stories.month import LONG_AGO, Month

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def bakery(month):
    return month.customer("Bakkerij Jansen", number="1001")


def drop(month: Month, charge: Charge, *, waive: bool = False) -> None:
    drop_draft_line(
        acting=month.acting,
        draft_id=charge.claim,
        charge_id=charge.id,
        reason="Later",
        now=month.at(AUGUST),
        waive=waive,
    )


def told() -> list[tuple[str, date, int]]:
    return [(each.kind, each.starts_on, each.amount.minor) for each in Charge.objects.order_by("starts_on", "id")]


@pytest.mark.parametrize("waive", [False, True])
def test_a_setup_that_was_dropped_is_not_told_again(month, bakery, waive):
    product = month.product("HOSTING-M")
    factories.make_plan_price(product, "10", valid_from=LONG_AGO, plan=month.plan, months=1, setup_price=Decimal("25"))
    month.subscribe(bakery, "HOSTING-M", start_on=AUGUST)
    month.prepare(AUGUST)
    drop(month, Charge.objects.get(kind="SETUP"), waive=waive)

    month.discard_all()
    month.prepare(AUGUST)

    assert told() == [("SETUP", AUGUST, 2500), ("PERIODICFIRST", AUGUST, 1000)]
    assert month.drafts().get(state=DraftState.OPEN).net_amount.minor == 1000


def test_a_period_before_one_that_was_dropped_is_not_lost(month, bakery):
    month.subscribe(bakery, "HOSTING-M", price=None, unit_price=Decimal("10"), start_on=AUGUST)
    month.prepare(SEPTEMBER)
    drop(month, Charge.objects.get(starts_on=SEPTEMBER))

    month.discard_all()
    month.prepare(SEPTEMBER)

    assert told() == [("PERIODICFIRST", AUGUST, 1000), ("PERIODIC", SEPTEMBER, 1000)]
    assert month.drafts().get(state=DraftState.OPEN).net_amount.minor == 1000


def test_a_correction_before_another_one_that_stays_is_not_forgotten(month, bakery):
    hosting = month.subscribe(bakery, "HOSTING-M", price="31", start_on=AUGUST)
    month.bill_on(AUGUST)
    cancel_subscription(acting=month.acting, subscription=hosting, last_day=date(2026, 8, 15), now=month.at(AUGUST))
    month.prepare(SEPTEMBER)
    [credit] = month.drafts().filter(state=DraftState.OPEN)
    hold_drafts(acting=month.acting, drafts=month.drafts().filter(id=credit.id), reason="Call", now=month.at(SEPTEMBER))
    revoke_change(acting=month.acting, change=Change.objects.get(), now=month.at(SEPTEMBER))
    month.prepare(OCTOBER)

    discard_drafts(
        acting=month.acting, drafts=month.drafts().filter(id=credit.id), reason="Again", now=month.at(OCTOBER)
    )
    month.prepare(OCTOBER)

    assert sum(each.amount.minor for each in Charge.objects.filter(starts_on__lt=SEPTEMBER)) == 3100
    assert sum(each.amount.minor for each in Charge.objects.all()) == 3 * 3100


def test_a_correction_and_what_corrects_it_are_forgotten_together(month, bakery):
    hosting = month.subscribe(bakery, "HOSTING-M", price="31", start_on=AUGUST)
    month.bill_on(AUGUST)
    month.set_price("HOSTING-L", "62", valid_from=LONG_AGO)
    larger, now = month.product("HOSTING-L"), month.at(SEPTEMBER)
    change_subscription_product(
        acting=month.acting, subscription=hosting, product=larger, effective_on=date(2026, 8, 11), now=now
    )
    month.prepare(SEPTEMBER)
    change_quantity(
        acting=month.acting, subscription=hosting, quantity=Decimal(2), effective_on=date(2026, 8, 21), now=now
    )
    month.prepare(SEPTEMBER)
    before = told()

    month.discard_all()
    month.prepare(SEPTEMBER)

    assert not Charge.objects.filter(corrects__corrects__isnull=False).exists()
    assert sum(amount for *_, amount in told()) == sum(amount for *_, amount in before)


def test_drafts_thrown_away_together_are_forgotten_from_the_last_back(month, bakery, monkeypatch):
    monkeypatch.setattr(reviewing, "CHUNK", 1)
    month.subscribe(bakery, "HOSTING-M", price="10", start_on=AUGUST)
    month.prepare(AUGUST)
    month.prepare(SEPTEMBER)
    month.set_price("HOSTING-M", "11", valid_from=LONG_AGO)

    month.discard_all()
    month.prepare(SEPTEMBER)

    assert told() == [("PERIODICFIRST", AUGUST, 1100), ("PERIODIC", SEPTEMBER, 1100)]
