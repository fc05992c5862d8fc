"""Exact money and the one way to round it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import (
    CurrencyMismatch,
    Money,
    NotAnAmount,
    NoWeights,
    UnknownCurrency,
    amount_minor,
    cash_round,
    digits_of,
    divide_half_up,
    round_half_up,
    split_minor,
)

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


def half_away(exact: Fraction) -> int:
    """Half away from zero, said another way than the rule says it."""
    nearest = int(abs(exact) + Fraction(1, 2))
    return nearest if exact >= 0 else -nearest


# --- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("0.125", 2, "0.13"),
        ("2.675", 2, "2.68"),
        ("-0.125", 2, "-0.13"),
        ("0.124999", 2, "0.12"),
        ("1.005", 2, "1.01"),
        ("-2.5", 0, "-3"),
        ("0.5", 0, "1"),
        ("1234567890123456789.995", 2, "1234567890123456790.00"),
        ("0.0000005", 6, "0.000001"),
    ],
)
def test_c035_half_up_versus_even(value: str, digits: int, expected: str) -> None:
    assert round_half_up(Decimal(value), digits) == Decimal(expected)


@pytest.mark.parametrize(("numerator", "expected"), [(125, 13), (124, 12), (-125, -13), (-124, -12), (0, 0)])
def test_c035_whole_numbers_round_like_decimals(numerator: int, expected: int) -> None:
    assert divide_half_up(numerator, 10) == expected


def test_c052_three_decimals() -> None:
    dinars = Money.rounded("1.2345", "KWD")

    assert dinars.decimal == Decimal("1.235")
    assert dinars.minor == 1235


@pytest.mark.parametrize(
    ("currency", "price_e6", "expected"),
    [("EUR", 1_234_500, 123), ("KWD", 1_234_500, 1235), ("JPY", 1_234_500, 1), ("JPY", 1_500_000, 2)],
)
def test_c052_a_line_is_rounded_to_its_currency(currency: str, price_e6: int, expected: int) -> None:
    assert amount_minor(10**8, price_e6, digits_of(currency)) == expected


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 2.675])
def test_what_is_no_number_is_not_rounded(value: Decimal) -> None:
    with pytest.raises(NotAnAmount):
        round_half_up(value, 2)


@given(st.integers(-(10**30), 10**30), st.integers(-(10**20), 10**20).filter(bool))
def test_dividing_rounds_half_away_from_zero(numerator: int, denominator: int) -> None:
    assert divide_half_up(numerator, denominator) == half_away(Fraction(numerator, denominator))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=9))
def test_a_credit_rounds_as_the_mirror_of_its_charge(value: Decimal) -> None:
    assert round_half_up(-value, 2) == -round_half_up(value, 2)


# --- line amounts -----------------------------------------------------------------------------------------------------


def test_c054_thousands_separator() -> None:
    """7,200 seconds at 12.5 a minute are 1,500.00, not 1."""
    minutes_e8 = 7_200 * 10**8 // 60

    assert amount_minor(minutes_e8, 12_500_000, 2) == 150_000


def test_c120_multiplier_rounding_keeps_the_unit_price_exact() -> None:
    """3.333 × 1.25 = 4.16625; three of them are 12.49875, rounded once."""
    assert amount_minor(3 * 10**8, 4_166_250, 2) == 12_50


def test_c119_both_sides_of_a_tier_share_one_quantity() -> None:
    """0.66666667 of 6.00 and of 9.00; a quantity cut to 0.67 would give 6.03 on the sales side."""
    quantity_e8 = 66_666_667

    assert amount_minor(quantity_e8, 6_000_000, 2) == 4_00
    assert amount_minor(quantity_e8, 9_000_000, 2) == 6_00
    assert amount_minor(67_000_000, 9_000_000, 2) == 6_03


@given(
    st.integers(-(10**14), 10**14),
    st.integers(-(10**12), 10**12),
    st.integers(0, 4),
)
def test_a_line_amount_is_quantity_times_price_rounded_once(quantity_e8: int, price_e6: int, digits: int) -> None:
    exact = Fraction(quantity_e8 * price_e6 * 10**digits, 10**14)

    assert amount_minor(quantity_e8, price_e6, digits) == half_away(exact)


@given(st.integers(0, 10**14), st.integers(0, 10**12))
def test_a_negative_quantity_costs_the_mirror_of_the_positive(quantity_e8: int, price_e6: int) -> None:
    assert amount_minor(-quantity_e8, price_e6, 2) == -amount_minor(quantity_e8, price_e6, 2)


# --- currencies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("TND", 3), ("CLF", 4), ("BGN", 2)]
)
def test_digits_follow_iso_4217(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "€"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        digits_of(currency)


def test_two_currencies_are_never_added_compared_or_equal() -> None:
    euros, dollars = Money(100, "EUR"), Money(100, "USD")

    assert euros != dollars
    with pytest.raises(CurrencyMismatch):
        euros + dollars
    with pytest.raises(CurrencyMismatch):
        euros - dollars
    with pytest.raises(CurrencyMismatch):
        assert euros < dollars
    with pytest.raises(CurrencyMismatch):
        Money.total([euros, dollars], "EUR")


# --- Money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("-0.01", "EUR", -1),
        ("12.3", "EUR", 1230),
        ("12.340", "EUR", 1234),
        (7, "EUR", 700),
        (Decimal("1E+2"), "EUR", 10_000),
        ("1500", "JPY", 1500),
        ("1.235", "KWD", 1235),
        ("999999999999999999.99", "EUR", 99999999999999999999),
    ],
)
def test_an_amount_is_read_exactly(amount: str | int | Decimal, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize("amount", ["12.345", "1,234", "", "abc", "NaN", "inf", 12.34, True, None, Decimal("NaN")])
def test_an_inexact_amount_is_refused(amount: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.of(amount, "EUR")


def test_an_amount_shows_all_digits_of_its_currency() -> None:
    assert str(Money(1230, "EUR")) == "12.30 EUR"
    assert str(Money(-5, "EUR")) == "-0.05 EUR"
    assert str(Money(1500, "JPY")) == "1500 JPY"
    assert str(Money(5, "KWD")) == "0.005 KWD"


def test_money_is_added_subtracted_turned_and_multiplied_by_whole_numbers() -> None:
    ten, three = Money(1000, "EUR"), Money(300, "EUR")

    assert ten + three == Money(1300, "EUR")
    assert ten - three == Money(700, "EUR")
    assert -ten == Money(-1000, "EUR")
    assert abs(-ten) == ten
    assert ten * 3 == 3 * ten == Money(3000, "EUR")
    assert Money.total([ten, three, three], "EUR") == Money(1600, "EUR")
    assert Money.total([], "EUR") == Money.zero("EUR")


def test_money_is_ordered_within_its_currency() -> None:
    small, large = Money(1, "EUR"), Money(2, "EUR")

    assert small < large
    assert small <= large
    assert large > small
    assert large >= large
    assert sorted([large, small]) == [small, large]


def test_only_zero_is_false() -> None:
    assert not Money.zero("EUR")
    assert Money(-1, "EUR")


@pytest.mark.parametrize("other", [1, 1.5, Decimal(1), "1"])
def test_money_is_never_mixed_with_bare_numbers(other: object) -> None:
    with pytest.raises(TypeError):
        Money(100, "EUR") + other  # type: ignore[operator]
    with pytest.raises(TypeError):
        assert Money(100, "EUR") < other  # type: ignore[operator]


@pytest.mark.parametrize("factor", [1.5, Decimal("1.5")])
def test_money_is_not_multiplied_by_fractions(factor: object) -> None:
    with pytest.raises(TypeError):
        Money(100, "EUR") * factor  # type: ignore[operator]


# --- sharing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1000, [10000, 5000, 3000, 2000], [500, 250, 150, 100]),
        (1, [1, 1, 1], [1, 0, 0]),
        (0, [3, 4], [0, 0]),
        (100, [0, 5, 0], [0, 100, 0]),
        (10, [1, 2], [3, 7]),
    ],
)
def test_left_over_cents_go_to_the_largest_remainders(minor: int, weights: list[int], shares: list[int]) -> None:
    assert split_minor(minor, weights) == shares


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_an_amount_is_not_shared_over_nothing(weights: list[int]) -> None:
    with pytest.raises(NoWeights):
        Money(100, "EUR").split(weights)


@given(amounts, weights)
def test_shares_add_up_to_the_amount(minor: int, weights: list[int]) -> None:
    shares = Money(minor, "EUR").split(weights)

    assert Money.total(shares, "EUR") == Money(minor, "EUR")


@given(amounts, weights)
def test_no_share_is_a_cent_or_more_away_from_its_exact_part(minor: int, weights: list[int]) -> None:
    for share, weight in zip(split_minor(minor, weights), weights, strict=True):
        assert abs(share - Fraction(minor * weight, sum(weights))) < 1


@given(amounts, weights)
def test_a_negative_amount_splits_as_the_mirror(minor: int, weights: list[int]) -> None:
    assert split_minor(-minor, weights) == [-share for share in split_minor(minor, weights)]


# --- cash -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "step", "expected"),
    [
        (1002, 5, 1000),
        (1003, 5, 1005),
        (1023, 5, 1025),
        (1022, 5, 1020),
        (-1003, 5, -1005),
        (1050, 100, 1100),
        (1049, 100, 1000),
        (1234, 1, 1234),
    ],
)
def test_cash_is_rounded_to_the_smallest_coin(minor: int, step: int, expected: int) -> None:
    assert cash_round(Money(minor, "EUR"), step) == Money(expected, "EUR")


@pytest.mark.parametrize("step", [0, -5])
def test_a_coin_of_nothing_is_refused(step: int) -> None:
    with pytest.raises(NotAnAmount):
        cash_round(Money(100, "EUR"), step)


@given(amounts, st.sampled_from([1, 5, 10, 50, 100]))
def test_cash_differs_by_at_most_half_a_coin(minor: int, step: int) -> None:
    rounded = cash_round(Money(minor, "EUR"), step).minor

    assert rounded % step == 0
    assert abs(rounded - minor) * 2 <= step
