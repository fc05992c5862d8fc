"""What a dealer asks: fixed, or its buy price with per cents or an amount on it, exact to 10⁻⁶."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.pricing import Price, PriceModel, Tier, price_parts
from rebill.rules.resale import Resale, ResaleKind, ResaleUnfit, check_resale, marked_up, resale_price

E6, E8 = 10**6, 10**8
SIX = Price(PriceModel.PER_UNIT, 6 * E6, 1, setup_e6=25 * E6)


@pytest.mark.parametrize(
    ("resale", "price_e6", "setup_e6"),
    [
        (Resale(ResaleKind.FIXED, 9 * E6, months=1), 9 * E6, None),
        (Resale(ResaleKind.FIXED, 9 * E6, months=1, setup_e6=10 * E6), 9 * E6, 10 * E6),
        (Resale(ResaleKind.PERCENT, 50 * E6), 9 * E6, 37_500_000),
        (Resale(ResaleKind.PERCENT, 33_333_333), 7_999_999 + 1, 33_333_333),
        (Resale(ResaleKind.PERCENT, -10 * E6), 5_400_000, 22_500_000),
        (Resale(ResaleKind.AMOUNT, 1_500_000, months=1), 7_500_000, 25 * E6),
        (Resale(ResaleKind.AMOUNT, 12 * E6, months=12), 7 * E6, 25 * E6),
        (Resale(ResaleKind.AMOUNT, -E6, months=1, setup_e6=0), 5 * E6, 0),
    ],
)
def test_a_price_is_fixed_or_stands_on_the_buy_price(resale, price_e6, setup_e6):
    found = resale_price(resale, SIX)

    assert (found.price_e6, found.setup_e6) == (price_e6, setup_e6)


def test_a_mark_up_without_a_buy_price_is_no_price_and_a_fixed_one_needs_none():
    assert resale_price(Resale(ResaleKind.PERCENT, 50 * E6), None) is None
    assert resale_price(Resale(ResaleKind.FIXED, 9 * E6, months=1), None).price_e6 == 9 * E6


def test_a_mark_up_follows_every_tier():
    buy = Price(PriceModel.GRADUATED, 0, 1, tiers=(Tier(10 * E8, 5 * E6, flat_e6=20 * E6), Tier(None, 4 * E6)))

    percent = resale_price(Resale(ResaleKind.PERCENT, 10 * E6), buy)
    amount = resale_price(Resale(ResaleKind.AMOUNT, E6, months=1), buy)

    assert [(each.price_e6, each.flat_e6) for each in percent.tiers] == [(5_500_000, 22 * E6), (4_400_000, 0)]
    assert [(each.price_e6, each.flat_e6) for each in amount.tiers] == [(6 * E6, 20 * E6), (5 * E6, 0)]


def test_nothing_is_left_of_a_price_less_more_than_all_of_it():
    check_resale(Resale(ResaleKind.PERCENT, -100 * E6))

    with pytest.raises(ResaleUnfit):
        check_resale(Resale(ResaleKind.PERCENT, -100 * E6 - 1))


@given(price_e6=st.integers(-(10**12), 10**12), percent_e6=st.integers(-100 * E6, 1000 * E6))
def test_per_cents_are_rounded_once_to_the_nearest_millionth(price_e6, percent_e6):
    exact = Fraction(price_e6) * (100 * E6 + percent_e6) / (100 * E6)

    assert abs(marked_up(price_e6, percent_e6) - exact) <= Fraction(1, 2)


@given(
    percent_e6=st.integers(-99 * E6, 300 * E6),
    quantity_e8=st.integers(0, 10**12),
    price_e6=st.integers(E6, 10**10),
)
def test_both_sides_have_the_same_parts_and_quantities(percent_e6, quantity_e8, price_e6):
    buy = Price(PriceModel.GRADUATED, 0, 1, tiers=(Tier(10 * E8, price_e6), Tier(None, price_e6 // 2, flat_e6=E6)))

    sold = price_parts(resale_price(Resale(ResaleKind.PERCENT, percent_e6), buy), quantity_e8, 1)
    bought = price_parts(buy, quantity_e8, 1)

    assert [(each.part, each.quantity_e8) for each in sold] == [(each.part, each.quantity_e8) for each in bought]
