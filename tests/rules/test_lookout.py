"""A day of calls that is unlike the customer's own days before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.lookout import E6, DayOfCalls, is_unusual


@pytest.mark.parametrize(
    ("amount", "days", "before", "expected"),
    [
        (60, 10, 100, True),  # 10 a day before: five times as much is 50
        (50, 10, 100, False),
        (15, 10, 10, False),  # fifteen times as much, and only 14 more
        (25, 10, 10, True),
        (99, 2, 2, False),  # nothing to compare with
        (100, 2, 2, True),
        (100, 0, 0, True),
        (0, 0, 0, False),
    ],
)
def test_a_day_stands_out(amount, days, before, expected):
    assert is_unusual(DayOfCalls(amount * E6, days, before * E6)) is expected


@given(st.integers(0, 10**12), st.integers(3, 28), st.integers(0, 10**12))
def test_a_dearer_day_stands_out_no_less(amount, days, before):
    day = DayOfCalls(amount, days, before)

    assert not is_unusual(day) or is_unusual(DayOfCalls(amount + 1, days, before))


@given(st.integers(3, 28), st.integers(0, 10**9))
def test_a_day_like_all_others_never_stands_out(days, amount):
    assert not is_unusual(DayOfCalls(amount, days, amount * days))
