"""Prices of events: percentages, what is missing to a minimum, quantities that move within the period."""

from itertools import accumulate

import pytest

from rebill.rules.money import ONE_E6, ONE_E8
from rebill.rules.pricing import Tier
from rebill.rules.rating.events import Movement, Percentage, ShareUnfit, moving_price, percentage_prices, true_up

ONE_PERCENT = 10_000


def test_c064_free_events_and_a_percentage():
    price = Percentage(ONE_PERCENT, fee_e6=5 * ONE_E6, free_events=3)

    assert percentage_prices(price, [10 * ONE_E6] * 4) == [0, 0, 0, 5_100_000]


def test_c065_a_free_amount():
    price = Percentage(ONE_PERCENT, fee_e6=5 * ONE_E6, free_e6=15 * ONE_E6)

    prices = percentage_prices(price, [4 * ONE_E6] * 4 + [10 * ONE_E6])

    assert list(accumulate(prices)) == [0, 0, 0, 5_010_000, 10_110_000]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        # To the cent inside; beyond it what costs nothing still pays the fee.
        ([15, 0], [0, 0]), ([10, 10, 0], [0, 5_050_000, 5_000_000]), ([20], [5_050_000]),
        # What is given back inside the free amount costs nothing, and is there to be used again.
        ([10, -10, 10, 10], [0, 0, 0, 5_050_000]),
    ],
)  # fmt: skip
def test_c065_neighbour_a_free_amount_at_its_edge_and_given_back(amounts, expected):
    price = Percentage(ONE_PERCENT, fee_e6=5 * ONE_E6, free_e6=15 * ONE_E6)

    assert percentage_prices(price, [amount * ONE_E6 for amount in amounts]) == expected


def test_a_percentage_is_rounded_once_per_event():
    assert percentage_prices(Percentage(ONE_PERCENT), [50, 49, -50]) == [1, 0, -1]


def test_c067_a_true_up_of_part_of_a_period():
    assert true_up(10_00, 8_00, 25, 28) == 93
    assert true_up(10_00, 8_93, 25, 28) == 0
    assert true_up(10_00, 20_00, 28, 28) == 0


@pytest.mark.parametrize("days", [-1, 29])
def test_a_true_up_of_more_than_the_period_is_refused(days: int):
    with pytest.raises(ShareUnfit):
        true_up(10_00, 0, days, 28)


SEATS = (
    Tier(5 * ONE_E8, 10 * ONE_E6, 100 * ONE_E6),
    Tier(15 * ONE_E8, 5 * ONE_E6, 50 * ONE_E6),
    Tier(None, 2 * ONE_E6),
)


@pytest.mark.parametrize(
    ("movements", "expected"),
    [(1, 114_00), (2, 184_00), (3, 165_67), (4, 179_67), (5, 183_00), (6, 187_00)],
)
def test_c070_negative_usage(movements: int, expected: int):
    """September: 2 from the 10th, 5 more from the 16th, 6 gone from the 20th, 10 more from the 25th, and so on."""
    september = [(2, 21), (5, 15), (-6, 11), (10, 6), (4, 5), (60, 1)]

    moved = [Movement(quantity * ONE_E8, days, 30) for quantity, days in september[:movements]]

    assert moving_price(SEATS, moved, 2) == expected


def test_a_quantity_that_never_came_costs_nothing():
    assert moving_price(SEATS, [], 2) == 0
