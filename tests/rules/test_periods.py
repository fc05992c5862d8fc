"""Periods, their grids and the days on which they fall due."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.periods import (
    Alignment,
    ImpossibleInterval,
    Period,
    Schedule,
    Timing,
    add_months,
    due_on,
    is_due,
)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
schedules = st.builds(Schedule, anchor_on=days, months=st.integers(1, 36), alignment=st.sampled_from(Alignment))


def period(starts_on: str, ends_before: str) -> Period:
    return Period(date.fromisoformat(starts_on), date.fromisoformat(ends_before))


def starts(schedule: Schedule, from_on: str, before: str) -> list[str]:
    found = schedule.periods(date.fromisoformat(from_on), date.fromisoformat(before))
    return [each.starts_on.isoformat() for each in found]


def anniversary(anchor_on: str, months: int = 1) -> Schedule:
    return Schedule(date.fromisoformat(anchor_on), months, Alignment.ANNIVERSARY)


def calendar(anchor_on: str, months: int = 1) -> Schedule:
    return Schedule(date.fromisoformat(anchor_on), months, Alignment.CALENDAR)


# --- a period ---------------------------------------------------------------------------------------------------------


def test_a_period_includes_its_start_and_excludes_its_end() -> None:
    march = period("2025-03-01", "2025-04-01")

    assert date(2025, 3, 1) in march
    assert date(2025, 3, 31) in march
    assert date(2025, 4, 1) not in march
    assert march.days == 31
    assert march.last_on == date(2025, 3, 31)


@pytest.mark.parametrize("ends_before", ["2025-02-08", "2025-02-01"])
def test_a_period_without_days_is_false(ends_before: str) -> None:
    empty = period("2025-02-08", ends_before)

    assert not empty
    assert empty.days == 0
    assert date(2025, 2, 8) not in empty


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (("2025-03-10", "2025-03-20"), ("2025-03-10", "2025-03-20")),
        (("2025-02-01", "2025-03-02"), ("2025-03-01", "2025-03-02")),
        (("2025-03-31", "2025-06-01"), ("2025-03-31", "2025-04-01")),
        (("2025-01-01", "2026-01-01"), ("2025-03-01", "2025-04-01")),
        (("2025-04-01", "2025-05-01"), None),
        (("2025-02-01", "2025-03-01"), None),
    ],
)
def test_periods_share_the_days_both_have(other: tuple[str, str], shared: tuple[str, str] | None) -> None:
    march = period("2025-03-01", "2025-04-01")

    assert march.intersect(period(*other)) == (period(*shared) if shared else None)
    assert period(*other).intersect(march) == (period(*shared) if shared else None)


def test_c015_end_before_start_leaves_no_days() -> None:
    """A line that ended before its next period starts owes nothing and is no error, today or next month."""
    stretch = period("2025-03-10", "2025-03-05")

    assert stretch.intersect(period("2025-03-01", "2025-04-01")) is None
    assert list(anniversary("2025-03-10").periods(stretch.starts_on, stretch.ends_before)) == []


def test_c024_cancel_on_start_day_leaves_an_empty_period() -> None:
    """Lago bills one day; ours owes nothing for [8 Feb, 8 Feb), so the whole charge is corrected."""
    assert not period("2025-02-08", "2025-02-08")


def test_c025_cancel_before_start_leaves_no_period() -> None:
    assert list(calendar("2025-07-01").periods(date(2025, 7, 1), date(2025, 6, 20))) == []


def test_a_period_covers_what_lies_inside_it() -> None:
    march = period("2025-03-01", "2025-04-01")

    assert march.covers(period("2025-03-01", "2025-04-01"))
    assert march.covers(period("2025-03-31", "2025-03-31"))
    assert not march.covers(period("2025-03-31", "2025-04-02"))


# --- months -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "anchor_day", "expected"),
    [
        ("2023-01-31", 1, None, "2023-02-28"),
        ("2024-01-31", 1, None, "2024-02-29"),
        ("2023-02-28", 1, 31, "2023-03-31"),
        ("2023-02-28", 1, 30, "2023-03-30"),
        ("2023-04-30", 1, 31, "2023-05-31"),
        ("2023-12-31", 2, None, "2024-02-29"),
        ("2023-01-15", -1, None, "2022-12-15"),
        ("2024-03-31", -1, None, "2024-02-29"),
        ("2024-02-29", 12, None, "2025-02-28"),
        ("2025-02-28", 36, 29, "2028-02-29"),
        ("1900-01-31", 1, None, "1900-02-28"),
        ("2000-01-31", 1, None, "2000-02-29"),
        ("2025-06-15", 0, None, "2025-06-15"),
    ],
)
def test_a_short_month_gives_its_last_day(day: str, months: int, anchor_day: int | None, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months, anchor_day) == date.fromisoformat(expected)


# --- grids ------------------------------------------------------------------------------------------------------------


def test_c007_anniversary_31() -> None:
    days_2023 = ["31", "28", "31", "30", "31", "30", "31", "31", "30", "31", "30", "31"]
    expected = ["2022-12-31", *(f"2023-{month:02}-{day}" for month, day in enumerate(days_2023, 1))]

    found = starts(anniversary("2022-12-31"), "2022-12-31", "2024-04-01")

    assert found == [*expected, "2024-01-31", "2024-02-29", "2024-03-31"]


@pytest.mark.parametrize(
    ("anchor_on", "expected"),
    [
        ("2023-01-29", ["2023-01-29", "2023-02-28", "2023-03-29", "2023-04-29"]),
        ("2024-01-29", ["2024-01-29", "2024-02-29", "2024-03-29", "2024-04-29"]),
        ("2023-01-30", ["2023-01-30", "2023-02-28", "2023-03-30", "2023-04-30"]),
        ("2023-01-28", ["2023-01-28", "2023-02-28", "2023-03-28", "2023-04-28"]),
    ],
)
def test_c007_anniversaries_near_the_month_end_never_drift(anchor_on: str, expected: list[str]) -> None:
    assert starts(anniversary(anchor_on), anchor_on, f"{anchor_on[:4]}-05-01")[:4] == expected


def test_c009_next_date_at_month_end() -> None:
    grid = list(anniversary("2025-03-31").periods(date(2025, 3, 31), date(2025, 5, 31)))

    due = [
        each for each in grid if is_due(each, Timing.ARREARS, arrears_until=date(2025, 5, 30), advance_before=date.min)
    ]
    assert due == [period("2025-03-31", "2025-04-30")]
    assert grid[1] == period("2025-04-30", "2025-05-31")
    assert due_on(grid[1], Timing.ARREARS) == date(2025, 5, 31)


def test_c010_29_february_yearly() -> None:
    assert starts(anniversary("2024-02-29", 12), "2024-02-29", "2028-03-01") == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_c014_a_month_with_a_lost_hour_has_its_days() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    begins, ends = (datetime(2025, month, 1, tzinfo=zone).astimezone(UTC) for month in (3, 4))

    assert ends - begins == timedelta(hours=743)
    assert period("2025-03-01", "2025-04-01").days == 31


@pytest.mark.parametrize(
    ("months", "day", "expected"),
    [
        (1, "2024-05-20", ("2024-05-01", "2024-06-01")),
        (2, "2024-05-20", ("2024-05-01", "2024-07-01")),
        (3, "2024-05-20", ("2024-04-01", "2024-07-01")),
        (4, "2024-05-20", ("2024-05-01", "2024-09-01")),
        (6, "2024-07-01", ("2024-07-01", "2025-01-01")),
        (12, "2024-12-31", ("2024-01-01", "2025-01-01")),
        (24, "2024-12-31", ("2023-05-01", "2025-05-01")),
        (36, "2022-04-30", ("2020-05-01", "2023-05-01")),
        (5, "2023-10-01", ("2023-10-01", "2024-03-01")),
        (5, "2023-04-30", ("2022-12-01", "2023-05-01")),
    ],
)
def test_a_calendar_grid_stands_on_the_wall_calendar(months: int, day: str, expected: tuple[str, str]) -> None:
    """Anchored on 17 May 2023; periods that do not divide the year count from its month."""
    assert calendar("2023-05-17", months).period_of(date.fromisoformat(day)) == period(*expected)


@pytest.mark.parametrize(
    ("months", "day", "expected"),
    [
        (1, "2024-05-16", ("2024-04-17", "2024-05-17")),
        (1, "2024-05-17", ("2024-05-17", "2024-06-17")),
        (3, "2024-05-16", ("2024-02-17", "2024-05-17")),
        (12, "2023-05-16", ("2022-05-17", "2023-05-17")),
        (36, "2029-05-17", ("2029-05-17", "2032-05-17")),
    ],
)
def test_an_anniversary_grid_counts_from_the_day_it_began(months: int, day: str, expected: tuple[str, str]) -> None:
    assert anniversary("2023-05-17", months).period_of(date.fromisoformat(day)) == period(*expected)


def test_periods_are_those_with_a_day_in_the_range() -> None:
    grid = calendar("2025-01-01")

    assert starts(grid, "2025-01-31", "2025-03-01") == ["2025-01-01", "2025-02-01"]
    assert starts(grid, "2025-02-01", "2025-02-02") == ["2025-02-01"]
    assert starts(grid, "2025-02-01", "2025-02-01") == []


def test_a_grid_reaches_the_end_of_time() -> None:
    last = list(anniversary("2024-02-29", 12).periods(date(9998, 1, 1), date.max))

    assert last[-1].ends_before == date.max
    assert calendar("2024-01-01").period_of(date(9999, 12, 15)) == Period(date(9999, 12, 1), date.max)


@pytest.mark.parametrize("months", [0, -1])
def test_a_period_of_no_month_is_refused(months: int) -> None:
    with pytest.raises(ImpossibleInterval):
        calendar("2025-01-01", months)


@given(schedules, days)
def test_every_day_lies_in_the_period_found_for_it(schedule: Schedule, day: date) -> None:
    assert day in schedule.period_of(day)


@given(schedules, days, st.integers(1, 2000))
def test_grid_periods_follow_each_other_without_gap_or_overlap(schedule: Schedule, from_on: date, length: int) -> None:
    before = from_on + timedelta(days=length)

    grid = list(schedule.periods(from_on, before))

    assert from_on in grid[0]
    assert before - timedelta(days=1) in grid[-1]
    assert all(first.ends_before == second.starts_on for first, second in pairwise(grid))


@given(schedules, days, days)
def test_the_grid_is_the_same_wherever_one_enters_it(schedule: Schedule, one: date, other: date) -> None:
    first, last = sorted((one, other))

    assert schedule.period_of(last) == list(schedule.periods(first, last + timedelta(days=1)))[-1]


@given(days, st.integers(1, 36), st.integers(0, 200))
def test_an_anniversary_never_drifts(anchor_on: date, months: int, count: int) -> None:
    schedule = Schedule(anchor_on, months, Alignment.ANNIVERSARY)

    starts_on = add_months(anchor_on, count * months)

    assert schedule.period_of(starts_on).starts_on == starts_on
    assert schedule.period_of(starts_on).ends_before == add_months(anchor_on, (count + 1) * months)


@given(schedules, days)
def test_a_calendar_period_starts_on_the_first(schedule: Schedule, day: date) -> None:
    starts_on = schedule.period_of(day).starts_on

    if schedule.alignment is Alignment.CALENDAR:
        assert starts_on.day == 1
    else:
        assert starts_on.day == schedule.anchor_on.day or (starts_on + timedelta(days=1)).day == 1
