"""Monthly slots by the seller's wall clock, each once, and how long to wait before trying again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.timetable import (
    AFTER,
    BACK_OFF,
    HOURS,
    MomentNaive,
    MonthlyJob,
    SellerClock,
    due_slots,
    month_of,
    next_attempt_at,
    slot_of,
)

PREPARE, EXPORT = MonthlyJob.PREPARE, MonthlyJob.EXPORT
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)


def clock(time_zone: str = "Europe/Amsterdam", since: datetime | None = LONG_AGO, seller_id: int = 1) -> SellerClock:
    return SellerClock(seller_id, time_zone, since)


def due(now: datetime, *clocks: SellerClock, answered=()) -> list[str]:
    return [slot.name for slot in due_slots(now, clocks or [clock()], set(answered))]


@pytest.mark.parametrize(
    ("time_zone", "month", "starts_at"),
    [
        ("Europe/Amsterdam", date(2026, 7, 1), datetime(2026, 7, 1, 4, tzinfo=UTC)),
        ("Europe/Amsterdam", date(2026, 12, 1), datetime(2026, 12, 1, 5, tzinfo=UTC)),
        ("Europe/Helsinki", date(2026, 12, 1), datetime(2026, 12, 1, 4, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 1, 11, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 10, 1), datetime(2026, 9, 30, 17, tzinfo=UTC)),
        ("UTC", date(2026, 10, 1), datetime(2026, 10, 1, 6, tzinfo=UTC)),
    ],
)
def test_a_run_is_prepared_at_six_where_the_seller_is(time_zone, month, starts_at):
    assert slot_of(PREPARE, clock(time_zone), month).starts_at == starts_at


def test_nothing_is_due_before_its_hour_and_everything_from_then_on():
    starts_at = datetime(2026, 10, 1, 4, tzinfo=UTC)
    done = [(PREPARE, 1, date(2026, 9, 1)), (EXPORT, 1, date(2026, 9, 1))]

    assert due(starts_at - timedelta(seconds=1), answered=done) == []
    assert due(starts_at, answered=done) == ["prepare 1 2026-10"]


def test_the_export_waits_for_its_hour_and_for_the_run():
    half_past_seven = datetime(2026, 10, 1, 5, 30, tzinfo=UTC)
    prepared = [(PREPARE, 1, OCTOBER)]

    assert due(half_past_seven) == ["prepare 1 2026-10"]
    assert due(half_past_seven - timedelta(seconds=1), answered=prepared) == []
    assert due(half_past_seven, answered=prepared) == ["export 1 2026-10"]
    assert due(half_past_seven, answered=[*prepared, (EXPORT, 1, OCTOBER)]) == []


def test_a_slot_that_was_missed_is_due_for_the_rest_of_its_month():
    assert due(datetime(2026, 10, 31, 22, 59, tzinfo=UTC)) == ["prepare 1 2026-10"]
    assert due(datetime(2026, 10, 31, 23, 0, tzinfo=UTC)) == []


def test_months_that_went_by_unseen_are_not_made_up_for():
    now = datetime(2026, 12, 5, 12, tzinfo=UTC)

    assert due(now, answered=[(PREPARE, 1, date(2026, 8, 1))]) == ["prepare 1 2026-12"]


def test_what_lies_before_a_sellers_first_customer_was_not_missed():
    now = datetime(2026, 10, 15, 12, tzinfo=UTC)

    assert due(now, clock(since=datetime(2026, 10, 14, tzinfo=UTC))) == []
    assert due(now, clock(since=None)) == []
    assert due(now, clock(since=datetime(2026, 9, 30, tzinfo=UTC))) == ["prepare 1 2026-10"]


def test_when_the_clock_is_put_back_an_answered_month_stays_answered():
    november = [(PREPARE, 1, date(2026, 11, 1)), (EXPORT, 1, date(2026, 11, 1))]
    october = [(PREPARE, 1, OCTOBER), (EXPORT, 1, OCTOBER)]

    assert due(datetime(2026, 10, 20, tzinfo=UTC), answered=[*october, *november]) == []


def test_each_seller_has_its_own_month_and_hour():
    now = datetime(2026, 9, 30, 20, tzinfo=UTC)
    auckland, amsterdam = clock("Pacific/Auckland", seller_id=1), clock(seller_id=2)
    answered = [(PREPARE, 2, date(2026, 9, 1)), (EXPORT, 2, date(2026, 9, 1))]

    assert due(now, auckland, amsterdam, answered=answered) == ["prepare 1 2026-10"]


def test_an_hour_that_the_clock_skips_comes_all_the_same():
    """In Samoa 30 December 2011 did not happen; in some zones a summer begins in the small hours of a first."""
    slot = slot_of(PREPARE, clock("Pacific/Apia"), date(2012, 1, 1))

    assert slot.starts_at == datetime(2011, 12, 31, 16, tzinfo=UTC)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(MomentNaive):
        due_slots(datetime(2026, 10, 1, 6), [clock()], set())  # noqa: DTZ001


@given(
    st.datetimes(datetime(2020, 2, 2), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/Amsterdam", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "UTC"]),
)
def test_however_often_and_late_it_is_asked_each_slot_is_answered_once(now, time_zone):
    """Whoever asks, answers and asks again ends up with every job of the month, each once, in its order."""
    seller = clock(time_zone)
    answered, started = set(), []

    while slots := due_slots(now, [seller], answered):
        for slot in slots:
            assert (slot.job, slot.seller_id, slot.month) not in answered
            assert slot.starts_at <= now
            answered.add((slot.job, slot.seller_id, slot.month))
            started.append(slot.job)

    month = month_of(now, time_zone)
    assert started == [job for job in MonthlyJob if slot_of(job, seller, month).starts_at <= now]


def test_every_job_has_its_hour_and_waits_for_an_earlier_one():
    assert set(HOURS) == set(MonthlyJob)
    assert all(HOURS[before] <= HOURS[job] for job, before in AFTER.items())


def test_waiting_grows_and_ends():
    now = datetime(2026, 10, 1, tzinfo=UTC)

    waits = [next_attempt_at(attempts, now) - now for attempts in range(1, len(BACK_OFF) + 1)]

    assert waits == sorted(waits) == list(BACK_OFF)
    assert next_attempt_at(len(BACK_OFF) + 1, now) is None
