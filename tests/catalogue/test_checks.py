"""What a check tells of prices and products that somebody changed behind the commands' back."""

from datetime import date

import pytest

from rebill.catalogue.checks import check_catalogue
from rebill.catalogue.models import Price, PricePlan
from tests.factories import acting_of, make_customer, make_customer_price, make_plan_price, make_product, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    """A seller with two prices of one product in its plan, and one for a customer."""
    found = make_seller()
    seat = make_product(found, "SEAT")
    make_plan_price(seat, "7.95", valid_from=date(2026, 1, 1))
    make_plan_price(seat, "8.50", valid_from=date(2026, 3, 1))
    make_customer_price(make_customer(found), seat, "6.95")
    return found


def told(seller) -> list[str]:
    return [problem.what for problem in check_catalogue(acting=acting_of(seller))]


def test_what_the_commands_wrote_has_no_problems(seller):
    assert told(seller) == []


def test_two_prices_on_one_day_are_told(seller):
    Price.objects.filter(valid_before=date(2026, 3, 1)).update(valid_before=date(2026, 4, 1))

    [problem] = check_catalogue(acting=acting_of(seller))

    assert problem.what == "price.overlaps"
    assert "2026-03-01" in problem.why


def test_a_price_that_cannot_be_asked_is_told(seller):
    Price.objects.filter(customer__isnull=False).update(model="volume", months=None)

    assert told(seller) == ["price.unfit", "price.months_missing"]


def test_a_missing_default_plan_is_told(seller):
    PricePlan.objects.filter(seller=seller).update(is_default=False)

    assert told(seller) == ["price_plan.default_missing"]


def test_a_missing_name_is_told(seller):
    seller.products.update(names={"en": "Seat"})

    assert told(seller) == ["product.name_missing"]


def test_another_seller_is_not_looked_at(seller):
    PricePlan.objects.filter(seller=seller).update(is_default=False)

    assert told(make_seller()) == []
