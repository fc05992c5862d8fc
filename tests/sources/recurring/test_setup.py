"""The setup fee of a subscription: once, with the first thing it owes, however long that takes."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.kit.imports.outcomes import ImportRecord
from rebill.rules.periods import Timing
from rebill.subscriptions.commands import import_subscriptions, pause_subscription, resume_subscription
from tests import factories
from tests.stories.month import LONG_AGO, Month

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def bakery(month):
    """A customer that every run looks at, for it pays for its mail."""
    bakery = month.customer("Bakkerij Jansen")
    month.subscribe(bakery, "MAIL", price="5.00", start_on=AUGUST)
    return bakery


def price_with_setup(month: Month) -> None:
    product = month.product("HOSTING-M")
    factories.make_plan_price(product, "10", valid_from=LONG_AGO, plan=month.plan, months=1, setup_price=Decimal("25"))


def told() -> list[tuple[str, int]]:
    rows = Charge.objects.filter(product__code="HOSTING-M").order_by("id")
    return [(each.kind, each.amount.minor) for each in rows]


def test_a_subscription_seen_before_it_starts_owes_its_setup_when_it_does(month, bakery):
    price_with_setup(month)
    month.subscribe(bakery, "HOSTING-M", start_on=SEPTEMBER)

    month.bill_on(AUGUST)
    month.bill_on(SEPTEMBER)

    assert told() == [("SETUP", 2500), ("PERIODICFIRST", 1000)]


def test_a_subscription_in_arrears_owes_its_setup_with_its_first_period(month, bakery):
    price_with_setup(month)
    month.subscribe(bakery, "HOSTING-M", start_on=AUGUST, timing=Timing.ARREARS)

    month.bill_on(AUGUST)
    month.bill_on(SEPTEMBER)

    assert told() == [("SETUP", 2500), ("PERIODICFIRST", 1000)]


def test_a_subscription_priced_late_owes_its_setup(month, bakery):
    month.subscribe(bakery, "HOSTING-M", price=None, start_on=AUGUST)
    month.prepare(AUGUST)

    price_with_setup(month)
    month.prepare(AUGUST)

    assert told() == [("SETUP", 2500), ("PERIODICFIRST", 1000)]


def test_a_subscription_paused_from_its_first_day_owes_its_setup_when_it_is_resumed(month, bakery):
    price_with_setup(month)
    hosting = month.subscribe(bakery, "HOSTING-M", start_on=AUGUST)
    now = month.at(AUGUST)
    pause_subscription(acting=month.acting, subscription=hosting, effective_on=AUGUST, now=now)
    month.bill_on(AUGUST)

    resume_subscription(acting=month.acting, subscription=hosting, effective_on=SEPTEMBER, now=now)
    month.bill_on(SEPTEMBER)
    month.bill_on(date(2026, 10, 1))

    assert told() == [("SETUP", 2500), ("PERIODIC", 1000), ("PERIODIC", 1000)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"billed_from": SEPTEMBER}, [("PERIODICFIRST", 1000)]),
        ({"billed_from": SEPTEMBER, "setup_fee": True}, [("SETUP", 2500), ("PERIODICFIRST", 1000)]),
        ({"billed_from": AUGUST}, [("SETUP", 2500), ("PERIODICFIRST", 1000), ("PERIODIC", 1000)]),
        ({"setup_fee": False}, [("PERIODICFIRST", 1000), ("PERIODIC", 1000)]),
        ({"trial_before": SEPTEMBER}, [("SETUP", 2500), ("PERIODICFIRST", 1000)]),
    ],
    ids=["taken over", "taken over with its fee", "begun here", "without its fee", "tried first"],
)
def test_a_subscription_that_another_system_billed_has_had_its_setup_fee(month, line, expected):
    price_with_setup(month)
    bakery = month.customer("Bakkerij Jansen", number="10482")
    values = {"customer_number": bakery.number, "product_code": "HOSTING-M", "start_on": AUGUST, **line}

    for _ in range(2):
        import_subscriptions(acting=month.acting, records=[ImportRecord(2, values)], now=month.at(AUGUST))
    month.bill_on(AUGUST)
    month.bill_on(SEPTEMBER)

    assert told() == expected


def test_a_line_does_not_change_whether_the_setup_fee_is_owed(month):
    price_with_setup(month)
    values = {
        "customer_number": month.customer("Bakkerij", number="7").number, "product_code": "HOSTING-M",
        "start_on": AUGUST, "billed_from": SEPTEMBER,
    }  # fmt: skip
    import_subscriptions(acting=month.acting, records=[ImportRecord(2, values)], now=month.at(AUGUST))

    records = [ImportRecord(2, values | {"setup_fee": True})]
    [outcome] = import_subscriptions(acting=month.acting, records=records, now=month.at(AUGUST))

    assert (outcome.kind, outcome.column) == ("rejected", "setup_fee")
