"""Off-peak quarters of an hour: by day and time where the seller is, on holidays, and when clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rebill.rules.peak import PeakSpan, PeakUnfit, check_peak, offpeak_slots

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = (PeakSpan(frozenset({1, 2, 3, 4, 5}), 8 * 60, 18 * 60),)


def offpeak(from_day, before_day, *, week=OFFICE, holidays=(), zone=AMSTERDAM):
    return list(offpeak_slots(week, holidays, zone, from_day=from_day, before_day=before_day))


def slot(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=AMSTERDAM).timestamp()) // 900


def test_a_weekday_is_off_peak_before_and_after_the_office():
    slots = offpeak(date(2026, 9, 1), date(2026, 9, 2))

    assert len(slots) == 96 - 40
    assert slot(2026, 9, 1, 7, 45) in slots
    assert slot(2026, 9, 1, 8, 0) not in slots
    assert slot(2026, 9, 1, 17, 45) not in slots
    assert slot(2026, 9, 1, 18, 0) in slots


def test_saturdays_sundays_and_holidays_are_off_peak_as_a_whole():
    assert len(offpeak(date(2026, 9, 5), date(2026, 9, 7))) == 2 * 96
    assert len(offpeak(date(2026, 12, 25), date(2026, 12, 26), holidays={date(2026, 12, 25)})) == 96


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_both_hours_of_a_change_of_clocks_count(day, hours):
    slots = offpeak(day, date.fromordinal(day.toordinal() + 1))

    assert len(slots) == hours * 4
    assert slots == list(range(slots[0], slots[0] + hours * 4))


def test_a_day_whose_midnight_does_not_exist_begins_at_one():
    # In Beirut clocks went from 0:00 to 1:00 on 29 March 2026.
    beirut = ZoneInfo("Asia/Beirut")

    slots = offpeak(date(2026, 3, 29), date(2026, 3, 30), week=(), zone=beirut)

    assert len(slots) == 23 * 4
    assert datetime.fromtimestamp(slots[0] * 900, UTC).astimezone(beirut).date() == date(2026, 3, 29)


def test_the_days_of_a_year_follow_each_other_without_a_gap():
    whole = offpeak(date(2026, 1, 1), date(2027, 1, 1))
    by_month = [
        each
        for month in range(1, 13)
        for each in offpeak(date(2026, month, 1), date(2026 + month // 12, month % 12 + 1, 1))
    ]

    assert by_month == whole


@pytest.mark.parametrize(
    "span",
    [
        PeakSpan(frozenset(), 480, 1080),
        PeakSpan(frozenset({0}), 480, 1080),
        PeakSpan(frozenset({1}), 1080, 480),
        PeakSpan(frozenset({1}), 480, 1500),
        PeakSpan(frozenset({1}), 485, 1080),
    ],
)
def test_times_that_are_none_are_refused(span):
    with pytest.raises(PeakUnfit):
        check_peak([span])
