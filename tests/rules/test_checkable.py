"""Quantity, as printed, times unit price is the amount: on every line, whatever was done to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.checkable import amount_of, checkable_quantity
from rebill.rules.money import amount_minor


@pytest.mark.parametrize(
    ("prorated_e8", "price_e6", "amount", "shown"),
    [
        (2600000000, 7_950_000, 20670, (260000, 4)),
        (77419355, 7_950_000, 615, (7742, 4)),
        # 0.6667 of 9.00 would be 6.0003, which is 6.00; of 900.00 it would be a cent too much.
        (66666667, 9_000_000, 600, (6667, 4)),
        (66666667, 900_000_000, 60000, (66667, 5)),
        # Half of 33.33 was credited: the stored quantity says 1.
        (100000000, 33_330_000, 1667, (500150015, 9)),
        (100000000, 0, 0, (10000, 4)),
        (-200000000, 6_000_000, -1200, (-20000, 4)),
    ],
)
def test_it_has_as_few_decimals_as_give_the_amount(prorated_e8, price_e6, amount, shown):
    assert checkable_quantity(prorated_e8, price_e6, amount, 2) == shown


@given(
    prorated_e8=st.integers(-(10**13), 10**13),
    price_e6=st.integers(1, 10**12),
    digits=st.sampled_from([0, 2, 3]),
)
def test_a_billed_line_can_always_be_checked(prorated_e8, price_e6, digits):
    amount = amount_minor(prorated_e8, price_e6, digits)

    quantity, places = checkable_quantity(prorated_e8, price_e6, amount, digits)

    assert amount_of(quantity, places, price_e6, digits) == amount
    assert 4 <= places <= 8


@given(amount=st.integers(-(10**9), 10**9), price_e6=st.integers(1, 10**11))
def test_a_line_of_any_amount_can_be_checked(amount, price_e6):
    quantity, places = checkable_quantity(10**8, price_e6, amount, 2)

    assert amount_of(quantity, places, price_e6, 2) == amount
