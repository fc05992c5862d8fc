"""Prices hold from a day until before another; what is entered later or twice never makes two hold at once."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import (
    make_plan_price,
    make_product,
    make_seller,
)

pytestmark = pytest.mark.django_db


def test_a_new_price_ends_the_one_before_it():
    seats = make_product(make_seller())
    make_plan_price(seats, "7.95", valid_from=date(2025, 1, 1))

    new = make_plan_price(seats, "8.50", valid_from=date(2026, 1, 1))

    spans = seats.prices.order_by("valid_from").values_list("valid_from", "valid_before", "unit_price")
    assert list(spans) == [
        (date(2025, 1, 1), date(2026, 1, 1), Decimal("7.95")),
        (date(2026, 1, 1), None, Decimal("8.50")),
    ]
    assert new.unit_price == Decimal("8.50")
