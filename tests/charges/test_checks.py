"""Damage that no command does, found by the checks."""

from datetime import date

import pytest
from django.db.models import F

from rebill.charges.checks import check_charges
from rebill.charges.models import Charge
from tests.stories.month import Month

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> Month:
    """A customer who was billed for two months and cancelled in the middle of the first."""
    month = Month()
    hosting = month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="31", start_on=date(2026, 7, 1))
    month.bill_on(date(2026, 7, 1))
    month.bill_on(date(2026, 8, 1))
    month.cancel(hosting, last_day=date(2026, 7, 15))
    month.bill_on(date(2026, 9, 1))
    return month


def whats(month: Month) -> list[str]:
    return [problem.what for problem in check_charges(acting=month.acting)]


def test_sound_charges_have_no_problems(month):
    assert whats(month) == []


def test_an_amount_that_is_not_quantity_times_price_is_found(month):
    charge = Charge.objects.get(kind="PERIODICFIRST")
    Charge.objects.filter(id=charge.id).update(amount=F("amount") + 1)

    [problem] = check_charges(acting=month.acting)

    assert (problem.what, problem.where) == ("charge.amount_differs", f"charge {charge.id}")


def test_an_amount_too_large_for_64_bits_on_the_way_is_computed_exactly(month):
    # 90,000,000 units at 1,000 are 9 × 10²⁴ in the scales of quantity and price.
    month.add_line(month.customer("Groothandel"), "Gas", price="1000", on=date(2026, 9, 1))
    month.prepare(date(2026, 9, 2))
    Charge.objects.filter(kind="PERPETUAL").update(
        quantity=90_000_000, prorated_quantity=90_000_000, amount=9_000_000_000_000
    )

    assert whats(month) == []


def test_a_product_of_another_seller_is_found(month):
    Charge.objects.filter(kind="PERIODICFIRST").update(product=Month().product("STRANGE"))

    assert whats(month) == ["charge.misplaced"]


def test_a_subscription_of_another_customer_is_found(month):
    other = month.subscribe(month.customer("Ander"), "HOSTING-M", start_on=date(2026, 9, 1))
    Charge.objects.filter(kind="PERIODICFIRST").update(subscription=other)

    assert set(whats(month)) == {"charge.misplaced", "charge.correction_misplaced"}


def test_a_correction_that_names_nothing_is_found(month):
    Charge.objects.filter(kind="PERIODICCORRECTION", starts_on=date(2026, 7, 16)).update(corrects=None)

    assert whats(month) == ["charge.correction_misplaced"]


def test_a_correction_of_another_period_is_found(month):
    august = Charge.objects.get(kind="PERIODIC")
    Charge.objects.filter(kind="PERIODICCORRECTION", starts_on=date(2026, 7, 16)).update(corrects=august)

    assert whats(month) == ["charge.correction_misplaced"]


def test_another_sellers_damage_is_not_ours(month):
    Charge.objects.update(amount=1)

    assert check_charges(acting=Month().acting) == []
