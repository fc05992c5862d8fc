"""Which rate a call has, and what a bundle leaves to pay."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.rating.bundles import Bundle, Priced, price_call, prorated_cap
from rebill.rules.rating.decks import Found, find_prefix, longest_prefix
from rebill.rules.rating.rates import Rate


def e6(amount: str) -> int:
    return int(Decimal(amount).scaleb(6))


# --- decks ------------------------------------------------------------------------------------------------------------


def test_c083_the_longest_prefix_wins():
    assert find_prefix({"49", "4915"}, set(), "4915123456") == Found("4915", own=False)
    assert find_prefix({"49", "4915"}, set(), "4930123456") == Found("49", own=False)


def test_c084_a_number_without_a_prefix_has_no_rate():
    assert find_prefix({"49", "4915"}, set(), "31201234567") is None
    assert find_prefix({"49"}, set(), "4") is None


@pytest.mark.parametrize(("own", "expected"), [({"49"}, "4915"), ({"4915"}, "own 4915"), ({"49151"}, "own 49151")])
def test_an_exception_wins_when_it_is_at_least_as_long(own: set[str], expected: str):
    found = find_prefix({"49", "4915"}, own, "4915123456")

    assert found == Found(expected.removeprefix("own "), own=expected.startswith("own"))


def test_a_call_within_has_the_rate_for_it_where_there_is_one():
    assert find_prefix({"49", "onnet"}, {"49301"}, "4930123456", onnet=True) == Found("onnet", own=False)
    assert find_prefix({"49", "onnet"}, {"onnet"}, "4930123456", onnet=True) == Found("onnet", own=True)
    assert find_prefix({"49"}, set(), "4930123456", onnet=True) == Found("49", own=False)
    assert find_prefix({"49", "onnet"}, set(), "4930123456") == Found("49", own=False)


def test_a_short_code_has_prefixes_of_its_own():
    assert longest_prefix({"1", "=112"}, "=112") == "=112"
    assert longest_prefix({"112"}, "=112") is None
    assert longest_prefix({"", "49"}, "=112") == ""


# --- bundles ----------------------------------------------------------------------------------------------------------

RATE = Rate(e6("0.60"), e6("0.60"), setup_e6=e6("0.10"), first_s=1, next_s=1)


def test_a_call_inside_costs_nothing_and_one_partly_inside_pays_setup_and_what_is_beyond():
    bundle = Bundle(cap_s=100)

    prices = [price_call(RATE, 60, bundle=bundle) for _ in range(3)]

    assert prices == [
        Priced(60, 60, e6("0.70"), 0),
        Priced(60, 40, e6("0.40"), e6("0.30")),
        Priced(60, 0, 0, e6("0.70")),
    ]


def test_seconds_are_counted_after_rounding_up():
    stepped, bundle = Rate(e6("0.60"), e6("0.60"), first_s=60, next_s=60), Bundle(cap_s=90)

    assert [price_call(stepped, 5, bundle=bundle).included_s for _ in range(3)] == [60, 30, 0]


def test_the_first_seconds_of_a_call_are_those_inside():
    two_prices = Rate(e6("0.60"), e6("0.60"), later_after_s=60, later_e6=e6("0.06"))

    assert price_call(two_prices, 120, bundle=Bundle(cap_s=90)).amount_e6 == e6("0.03")


def test_money_covers_the_rated_amount():
    bundle = Bundle(cap_e6=e6("1.00"))

    prices = [price_call(RATE, 60, bundle=bundle) for _ in range(3)]

    assert [(price.covered_e6, price.amount_e6) for price in prices] == [
        (e6("0.70"), 0),
        (e6("0.30"), e6("0.40")),
        (0, e6("0.70")),
    ]


def test_what_earns_money_or_has_no_price_uses_up_no_bundle():
    bundle = Bundle(cap_s=60)
    revenue = Rate(e6("-0.60"), e6("-0.60"))
    unknown = Rate(0, 0, markup_e6=0)

    assert price_call(revenue, 60, bundle=bundle) == Priced(60, 0, 0, e6("-0.60"))
    assert price_call(unknown, 60, bundle=bundle) == Priced(60, 0, 0, None)
    assert price_call(RATE, 0, bundle=bundle) == Priced(0, 0, 0, 0)
    assert price_call(RATE, 60, bundle=bundle).included_s == 60


@given(st.lists(st.integers(0, 400), max_size=30), st.integers(0, 3_000))
def test_a_bundle_covers_no_more_than_it_holds(calls: list[int], cap: int):
    bundle = Bundle(cap_s=cap)

    included = sum(price_call(RATE, seconds, bundle=bundle).included_s for seconds in calls)

    assert included == min(cap, sum(calls))


def test_c069_a_bundle_prorated():
    assert prorated_cap(100 * 60, 15, 30) == 50 * 60
    assert prorated_cap(100 * 60, 30, 30) == 100 * 60
    assert prorated_cap(100, 1, 31) == 3
