"""Prices that include VAT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.money import ONE_E6
from rebill.rules.pricing import PriceUnfit, gross_to_net
from rebill.rules.tax import tax_of


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [(52_50, 12, 46_88, 5_62), (100_00, 0, 100_00, 0), (-52_50, 12, -46_88, -5_62), (1, 21, 1, 0), (0, 21, 0, 0)],
)
def test_c042_price_including_vat(gross: int, rate: int, net: int, tax: int) -> None:
    assert gross_to_net(gross, rate * ONE_E6) == (net, tax)


@pytest.mark.parametrize(("gross", "net", "tax"), [(11_90, 9_83, 2_07), (2_80, 2_31, 49)])
def test_c044_21_percent_included(gross: int, net: int, tax: int) -> None:
    assert gross_to_net(gross, 21 * ONE_E6) == (net, tax)


@pytest.mark.parametrize(("gross", "net", "tax"), [(5_00, 4_75, 25), (10_00, 9_50, 50), (50_00, 47_60, 2_40)])
def test_c045_cash_rounding_005(gross: int, net: int, tax: int) -> None:
    assert gross_to_net(gross, 5 * ONE_E6, step_minor=5) == (net, tax)


def test_an_amount_that_no_coins_make_up_is_refused() -> None:
    with pytest.raises(PriceUnfit):
        gross_to_net(5_01, 5 * ONE_E6, step_minor=5)


rates = st.integers(1, 30 * ONE_E6)


@given(st.integers(-(10**12), 10**12), rates, st.sampled_from([1, 5, 10]))
def test_net_and_vat_add_up_to_the_gross_amount(coins: int, rate_e6: int, step: int) -> None:
    net, tax = gross_to_net(coins * step, rate_e6, step)

    assert net + tax == coins * step
    assert net % step == 0


@given(st.integers(-(10**12), 10**12), rates)
def test_gross_and_net_make_the_round_trip(net_minor: int, rate_e6: int) -> None:
    """From net to gross and back is exact; the VAT found on the way differs by no cent."""
    tax_minor = tax_of(net_minor, rate_e6)

    assert gross_to_net(net_minor + tax_minor, rate_e6) == (net_minor, tax_minor)


@given(st.integers(0, 10**12), rates)
def test_the_vat_within_a_gross_amount_is_the_vat_on_its_net_within_a_cent(gross: int, rate_e6: int) -> None:
    net, tax = gross_to_net(gross, rate_e6)

    assert abs(tax - tax_of(net, rate_e6)) <= 1
