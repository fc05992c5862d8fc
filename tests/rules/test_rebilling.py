"""What purchase rows are sold for: quantity and price that come to the row, factors of price groups, due days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import amount_minor
from rebill.rules.rebilling import Factor, PriceGroups, bought, sell_price_e6
from rebill.rules.terms import due_day, term_days

QUANTITIES = st.integers(-(10**13), 10**13)
PRICES = st.one_of(st.none(), st.integers(-(10**10), 10**10))
NETS = st.integers(-(10**10), 10**10)
NOVEMBER = date(2026, 11, 1)


@given(QUANTITIES, PRICES, NETS, st.sampled_from([0, 2, 3]))
def test_quantity_times_price_is_always_what_the_supplier_asks(quantity, price, net, digits):
    found = bought(quantity_e8=quantity, price_e6=price, net_minor=net, digits=digits)

    assert amount_minor(found.quantity_e8, found.price_e6, digits) == net
    assert found.price_e6 >= 0


@given(st.integers(0, 10**13), st.integers(0, 10**9))
def test_what_is_stated_stays_where_it_comes_to_the_amount(quantity, price):
    net = amount_minor(quantity, price, 2)

    assert bought(quantity_e8=quantity, price_e6=price, net_minor=net, digits=2) == (quantity, price)


@given(st.integers(-(10**13), 10**13), st.integers(0, 10**9), st.integers(0, 10**7))
def test_a_credit_mirrors_its_charge_at_every_factor(quantity, price, factor):
    asked = sell_price_e6(price, factor)

    assert amount_minor(-quantity, asked, 2) == -amount_minor(quantity, asked, 2)


@pytest.mark.parametrize(
    ("quantity", "price", "net", "expected"),
    [
        # A discount in the amount: the price that gives it.
        (2 * 10**8, 50_000_000, 9_000, (2 * 10**8, 45_000_000)),
        # A price for a hundred, without its base.
        (100 * 10**8, 5_000_000, 500, (100 * 10**8, 50_000)),
        # No price gives it for three: one at the whole amount.
        (3 * 10**14, None, 1, (10**8, 10_000)),
        (10**8, None, 0, (10**8, 0)),
        (-(10**8), -12_000_000, 1_200, (10**8, 12_000_000)),
        # The minus of a credit at the amount only: 3 × 0.115 is 0.35, and at 1.25 it gives back 0.43, not 0.44.
        (3 * 10**8, 115_000, -35, (-3 * 10**8, 115_000)),
    ],
)
def test_where_the_stated_price_says_less_than_the_amount(quantity, price, net, expected):
    assert bought(quantity_e8=quantity, price_e6=price, net_minor=net, digits=2) == expected


def test_the_latest_factor_in_force_counts():
    groups = PriceGroups(
        {1: 7},
        [
            Factor(7, None, 1_100_000, date(2026, 1, 1), None),
            Factor(7, None, 1_200_000, NOVEMBER, None),
            Factor(7, 5, 1_300_000, date(2026, 1, 1), NOVEMBER),
        ],
    )

    found = [
        groups.factor(customer_id=customer, product_id=product, on=on)
        for customer, product, on in (
            (1, 4, NOVEMBER - timedelta(days=1)), (1, 4, NOVEMBER), (1, 5, NOVEMBER - timedelta(days=1)),
            (1, 5, NOVEMBER), (2, 4, NOVEMBER), (1, 4, date(2025, 12, 31)),
        )
    ]  # fmt: skip

    assert [each.factor_e6 if each else None for each in found] == [
        1_100_000, 1_200_000, 1_300_000, 1_200_000, None, None,
    ]  # fmt: skip


@given(
    st.one_of(st.none(), st.integers(0, 365)),
    st.one_of(st.none(), st.integers(0, 365)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_an_invoice_is_never_due_before_it_is_issued(customers, sellers, entered):
    due = due_day(issued_on=NOVEMBER, days=term_days(customers, sellers), entered=entered)

    assert due >= NOVEMBER
    if customers is not None:
        assert due == NOVEMBER + timedelta(days=customers)
