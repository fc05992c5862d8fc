"""What one call costs: steps, a second price, bounds, rounding, shares of the buy price."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.rating.rates import (
    BUY_MOST_E6,
    LONGEST_S,
    PRICE_MOST_E6,
    Billed,
    Rate,
    RateUnfit,
    Rounding,
    billed_seconds,
    check_rate,
    price_of,
)


def e6(amount: str) -> int:
    return int(Decimal(amount).scaleb(6))


def rate(minute: str = "0", **columns) -> Rate:
    return Rate(e6(minute), e6(columns.pop("offpeak", minute)), **columns)


# --- traps ------------------------------------------------------------------------------------------------------------


def test_c054_two_hours_are_no_number_with_a_thousands_separator():
    assert price_of(rate("12.5"), 7_200) == e6("1500")


@pytest.mark.parametrize(("seconds", "expected"), [(32, "0.0036"), (57, "0.006"), (75, "0.0078")])
def test_c077_increments(seconds: int, expected: str):
    assert price_of(rate("0.006", first_s=30, next_s=6), seconds) == e6(expected)


@pytest.mark.parametrize(
    ("rounding", "expected"), [(Rounding.UP, "0.4"), (Rounding.DOWN, "0.3"), (Rounding.HALF_UP, "0.3")]
)
def test_c079_rounding_direction(rounding: Rounding, expected: str):
    a_second_at_0033 = rate("1.98", quantum_e6=e6("0.1"), rounding=rounding)

    assert price_of(a_second_at_0033, 10) == e6(expected)


def test_c080_zero_seconds_cost_nothing():
    assert price_of(rate("1", setup_e6=e6("1"), minimum_e6=e6("2")), 0) == 0
    assert price_of(rate("1", markup_e6=0), 0) == 0


FORTY_CENTS = rate("0.40", setup_e6=e6("0.80"), first_s=30, next_s=30, later_after_s=60, later_e6=e6("0.20"),
                   later_next_s=10)  # fmt: skip
TEN_CENTS = rate("0.10", setup_e6=e6("0.20"), first_s=60, next_s=60, later_after_s=60, later_e6=e6("0.05"))


def test_c082_peak_switch():
    assert price_of(FORTY_CENTS, 90) == e6("1.30")
    # CGRateS says 0.3249: it rounds each of thirty seconds at 0.00083333 by itself.
    assert price_of(TEN_CENTS, 90) == e6("0.325")


def test_c082_the_moment_of_the_start_decides_for_the_whole_call():
    both = rate("0.40", offpeak="0.10")

    assert price_of(both, 90) == e6("0.60")
    assert price_of(both, 90, offpeak=True) == e6("0.15")


def test_c086_a_call_that_a_timer_ended_is_billed_like_any_other():
    # The reason why a call ended is no argument of its price: 72 seconds are 72 seconds.
    assert price_of(rate("0.50"), 72) == e6("0.60")


# --- steps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "before", "later"),
    [(1, 30, 0), (30, 30, 0), (31, 60, 0), (60, 60, 0), (61, 60, 10), (70, 60, 10), (71, 60, 20)],
)
def test_steps_before_and_after_the_second_price(seconds: int, before: int, later: int):
    assert billed_seconds(FORTY_CENTS, seconds) == Billed(before, later)


def test_a_step_never_reaches_beyond_where_the_second_price_begins():
    uneven = rate("0.40", first_s=30, next_s=30, later_after_s=45, later_e6=e6("0.20"), later_next_s=10)

    assert [billed_seconds(uneven, seconds).total_s for seconds in (40, 45, 46)] == [45, 45, 55]


@given(st.integers(1, 10_000), st.integers(0, 90), st.integers(1, 90), st.integers(0, 300), st.integers(1, 90))
def test_more_seconds_are_never_billed_as_fewer(seconds: int, first: int, next_s: int, after: int, later: int):
    stepped = rate(first_s=first, next_s=next_s, later_after_s=after, later_next_s=later)

    shorter, longer = (billed_seconds(stepped, each).total_s for each in (seconds, seconds + 1))

    assert seconds <= shorter <= longer


# --- bounds, shares, signs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "expected"), [(1, "0.05"), (6, "0.06"), (60, "0.50"), (0, "0")])
def test_a_call_costs_at_least_the_minimum_and_at_most_the_maximum(seconds: int, expected: str):
    assert price_of(rate("0.60", minimum_e6=e6("0.05"), maximum_e6=e6("0.50")), seconds) == e6(expected)


def test_a_share_of_the_buy_price_comes_on_top_of_it():
    marked_up = rate(setup_e6=e6("0.05"), markup_e6=e6("0.20"))

    assert price_of(marked_up, 60, buy_e6=e6("0.10")) == e6("0.17")
    assert price_of(replace(marked_up, markup_e6=0), 60, buy_e6=e6("0.10")) == e6("0.15")


def test_without_a_buy_price_a_share_of_it_is_not_known():
    assert price_of(rate("0.10", markup_e6=0), 60) is None


def test_revenue_mirrors_cost():
    revenue = rate("-0.0333", minimum_e6=e6("0.05"), quantum_e6=e6("0.01"))

    assert price_of(revenue, 90) == e6("-0.05")
    assert price_of(revenue, 150) == e6("-0.08")
    assert price_of(replace(revenue, rounding=Rounding.UP), 150) == e6("-0.09")


@given(
    st.integers(-(10**9), 10**9), st.integers(0, 10**6), st.sampled_from(Rounding), st.sampled_from((1, 100, 10_000))
)
def test_a_negative_rate_is_the_mirror_of_the_positive_one(minute: int, seconds: int, rounding: Rounding, quantum: int):
    cost = Rate(minute, minute, setup_e6=minute // 3, quantum_e6=quantum, rounding=rounding)
    mirrored = replace(cost, minute_e6=-minute, setup_e6=-(minute // 3))

    assert price_of(mirrored, seconds) == -price_of(cost, seconds)


def test_a_call_is_rounded_once():
    # 0.0033 a minute: 7 seconds are 0.000385, and ten such calls 0.0040, not 0.00385.
    assert price_of(rate("0.0033"), 7) == e6("0.0004")


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"next_s": 0}, {"first_s": -1}, {"later_next_s": 0}, {"later_after_s": -1}, {"first_s": LONGEST_S + 1},
     {"quantum_e6": 0}, {"minimum_e6": -1}, {"minimum_e6": 2, "maximum_e6": 1}, {"setup_e6": PRICE_MOST_E6 + 1},
     {"markup_e6": 3_000_000}],
)  # fmt: skip
def test_a_rate_that_prices_nothing_is_refused(wrong: dict[str, int]):
    with pytest.raises(RateUnfit):
        check_rate(rate("0.10", **wrong))


def test_a_usual_rate_is_accepted():
    check_rate(replace(FORTY_CENTS, minimum_e6=1, maximum_e6=1, markup_e6=-1_000_000))


def test_what_64_bits_do_not_hold_is_unpriced():
    assert price_of(rate("0.10"), LONGEST_S) is not None
    assert price_of(rate("0.10"), LONGEST_S + 1) is None
    assert price_of(rate(markup_e6=0), 60, buy_e6=BUY_MOST_E6 + 1) is None
    assert price_of(rate(markup_e6=0, setup_e6=PRICE_MOST_E6), 60, buy_e6=1) is None
