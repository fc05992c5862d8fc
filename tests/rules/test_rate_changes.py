"""What a prefix leads to, what margin is left, and what to sell for instead."""

import pytest

from rebill.rules.rate_changes import kind_of_prefix, margin_e6, sell_for


@pytest.mark.parametrize(
    ("prefix", "destination", "kind"),
    [
        ("31", "Netherlands, fixed", 1),
        ("316", "Netherlands, mobile", 2),
        ("49", "Germany", 3),
        ("4915", "Germany Cellular-O2", 4),
        ("49151", "Deutschland Mobilfunk", 4),
        ("1251", "Mobile, Alabama", 4),
        ("251", "Automobilia", 3),
        ("onnet", "", 7),
        ("=112", "Emergency", 8),
    ],
)
def test_what_a_prefix_leads_to(prefix, destination, kind):
    assert kind_of_prefix(prefix, destination, "31") == kind


@pytest.mark.parametrize(
    ("buy", "sell", "left"),
    [
        (45_500, 55_000, 172_727),
        (149_000, 139_000, -71_942),
        (0, 9_000, 1_000_000),
        (9_000, 9_000, 0),
        (None, 9_000, None),
        (9_000, None, None),
        (9_000, 0, None),
        (-9_000, -8_000, None),
    ],
)
def test_the_share_of_the_sell_price_that_is_left(buy, sell, left):
    assert margin_e6(buy, sell) == left


@pytest.mark.parametrize(
    ("buy", "markup", "step", "sell"),
    [
        (295_000, 250_000, 500, 369_000),
        (149_000, 250_000, 500, 186_500),
        (4_850_000, 250_000, 500, 6_062_500),
        (8_000, 250_000, 500, 10_000),
        (10_000, 0, 3_000, 12_000),
    ],
)
def test_the_markup_is_rounded_up_to_a_whole_step(buy, markup, step, sell):
    assert sell_for(buy, markup, step) == sell
