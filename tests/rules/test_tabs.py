"""Numbers of tabs, and how the till's amounts become net amounts that an invoice bills."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.errors import Invalid
from rebill.rules.money import ONE_E8, amount_minor
from rebill.rules.tabs import net_shares, order_gross, price_of_share, tab_number, tab_series, validate_scheme
from rebill.rules.tax import tax_of

RATES = st.sampled_from([0, 9_000_000, 14_000_000, 19_000_000, 21_000_000, 25_500_000])
AMOUNTS = st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("scheme", "number", "written"),
    [("2890-{number:04}", 1, "2890-0001"), ("{customer}-{number:02}", 3, "10482-03"), ("T{number}", 12, "T12")],
)
def test_tabs_are_numbered_by_their_scheme(scheme, number, written):
    assert tab_number(tab_series(scheme, customer="10482"), number=number) == written


@pytest.mark.parametrize("scheme", ["2890", "{number}{number}", "{seller}-{number}", "{number:4}", "{number}!"])
def test_a_scheme_that_would_not_do_is_refused(scheme):
    with pytest.raises(Invalid):
        validate_scheme(scheme)


def test_a_number_that_grows_too_long_is_refused():
    with pytest.raises(Invalid, match="40"):
        tab_number(tab_series("{customer}-{number:012}", customer="1" * 35), number=1)


def test_vat_is_added_once_per_rate_to_prices_without_it():
    assert order_gross([(3, 21_000_000), (3, 21_000_000), (3, 9_000_000)], includes_vat=False) == 9 + 1 + 0
    assert order_gross([(280, 21_000_000), (450, 9_000_000)], includes_vat=True) == 730


@given(AMOUNTS, RATES)
def test_net_shares_are_the_net_of_the_sum(amounts, rate_e6):
    shares = net_shares(amounts, rate_e6)

    total = sum(shares)
    assert abs(total + tax_of(total, rate_e6) - sum(amounts)) <= 1
    exact = [amount * ONE_E8 / (ONE_E8 + rate_e6) for amount in amounts]
    assert all(abs(share - net) <= 1 for share, net in zip(shares, exact, strict=True))


@given(st.integers(-1_000_000, 1_000_000), st.integers(1, 999), st.sampled_from([0, 2, 3]))
def test_a_price_is_found_at_which_so_many_come_to_the_amount(net, units, digits):
    quantity_e8 = units * ONE_E8 if net >= 0 else -units * ONE_E8

    price = price_of_share(net, quantity_e8, digits)

    assert price is not None
    assert amount_minor(quantity_e8, price, digits) == net


def test_no_price_comes_to_a_cent_for_a_hundred_million():
    assert price_of_share(1, 10**8 * ONE_E8, 2) is None
    assert price_of_share(5, 0, 2) is None
