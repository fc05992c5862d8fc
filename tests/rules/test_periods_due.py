"""The days on which periods fall due and customers are invoiced, and the seller's local day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rebill.rules.periods import (
    Alignment,
    ImpossibleInterval,
    InvoiceInterval,
    Period,
    Schedule,
    Timing,
    UnknownZone,
    due_on,
    is_due,
    is_invoice_month,
    local_day,
    next_invoice_on,
)


def calendar(anchor_on: str) -> Schedule:
    return Schedule(date.fromisoformat(anchor_on), 1, Alignment.CALENDAR)


# --- due --------------------------------------------------------------------------------------------------------------


def test_c012_in_advance_on_the_last_day() -> None:
    months = calendar("2016-02-01").periods(date(2016, 2, 1), date(2016, 5, 1))

    invoiced_on = [due_on(month, Timing.ADVANCE, days_before=1) for month in months]

    assert invoiced_on == [date(2016, 1, 31), date(2016, 2, 29), date(2016, 3, 31)]


@pytest.mark.parametrize(
    ("timing", "arrears_until", "advance_before", "expected"),
    [
        (Timing.ARREARS, "2025-04-01", "2025-05-01", True),
        (Timing.ARREARS, "2025-03-31", "2025-05-01", False),
        (Timing.ADVANCE, "2025-01-01", "2025-03-02", True),
        (Timing.ADVANCE, "2025-05-01", "2025-03-01", False),
    ],
)
def test_a_period_is_due_when_over_or_when_it_starts(
    timing: Timing, arrears_until: str, advance_before: str, expected: bool
) -> None:
    march = Period(date(2025, 3, 1), date(2025, 4, 1))

    due = is_due(
        march,
        timing,
        arrears_until=date.fromisoformat(arrears_until),
        advance_before=date.fromisoformat(advance_before),
    )

    assert due is expected


# --- invoice days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "interval", "expected"),
    [
        ("2025-01-01", 1, "2025-02-01"),
        ("2024-12-31", 1, "2025-01-01"),
        ("2025-01-01", 3, "2025-04-01"),
        ("2025-03-31", 3, "2025-04-01"),
        ("2025-01-01", 6, "2025-07-01"),
        ("2025-07-02", 6, "2026-01-01"),
        ("2025-01-01", 12, "2026-01-01"),
        ("2024-12-31", 12, "2025-01-01"),
    ],
)
def test_the_next_invoice_day_comes_after_the_day(day: str, interval: int, expected: str) -> None:
    assert next_invoice_on(date.fromisoformat(day), interval) == date.fromisoformat(expected)


def test_a_customer_may_have_invoice_months_of_its_own() -> None:
    months = frozenset({2, 8})

    assert next_invoice_on(date(2025, 1, 15), InvoiceInterval.HALF_YEARLY, months) == date(2025, 2, 1)
    assert next_invoice_on(date(2025, 2, 1), InvoiceInterval.HALF_YEARLY, months) == date(2025, 8, 1)
    assert is_invoice_month(date(2025, 8, 31), InvoiceInterval.HALF_YEARLY, months)
    assert not is_invoice_month(date(2025, 7, 1), InvoiceInterval.HALF_YEARLY, months)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-01-31", "2025-02-28"), ("2025-02-28", "2025-03-31"), ("2024-01-31", "2024-02-29")],
)
def test_an_invoice_day_31_is_the_last_of_a_shorter_month(day: str, expected: str) -> None:
    assert next_invoice_on(date.fromisoformat(day), 1, day_of_month=31) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("interval", "count"),
    [
        (InvoiceInterval.MONTHLY, 12),
        (InvoiceInterval.QUARTERLY, 4),
        (InvoiceInterval.HALF_YEARLY, 2),
        (InvoiceInterval.YEARLY, 1),
    ],
)
def test_a_year_has_as_many_invoices_as_its_interval_says(interval: InvoiceInterval, count: int) -> None:
    day, found = date(2024, 12, 31), 0
    while (day := next_invoice_on(day, interval)) < date(2026, 1, 1):
        found += 1

    assert found == count


def test_intervals_and_days_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ImpossibleInterval):
        next_invoice_on(date(2025, 1, 1), 5)
    with pytest.raises(ImpossibleInterval):
        next_invoice_on(date(2025, 1, 1), 1, day_of_month=32)
    with pytest.raises(ImpossibleInterval):
        is_invoice_month(date(2025, 1, 1), 3, frozenset({0, 13}))


# --- local days -------------------------------------------------------------------------------------------------------


def test_c074_month_border() -> None:
    assert local_day(datetime(2025, 3, 31, 22, 30, tzinfo=UTC), "Europe/Amsterdam") == date(2025, 4, 1)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2025-03-31T21:59:59+00:00", "Europe/Amsterdam", "2025-03-31"),
        ("2025-12-31T22:30:00+00:00", "Europe/Helsinki", "2026-01-01"),
        ("2025-12-31T22:30:00+00:00", "Europe/Amsterdam", "2025-12-31"),
        ("2025-03-30T00:59:59+00:00", "Europe/Amsterdam", "2025-03-30"),
        ("2025-10-26T22:59:59+00:00", "Europe/Amsterdam", "2025-10-26"),
        ("2025-04-01T03:30:00+00:00", "America/New_York", "2025-03-31"),
        ("2025-03-31T23:30:00-04:00", "Europe/Amsterdam", "2025-04-01"),
    ],
)
def test_c074_the_day_is_the_sellers_day(moment: str, zone: str, expected: str) -> None:
    assert local_day(datetime.fromisoformat(moment), zone) == date.fromisoformat(expected)


@pytest.mark.parametrize("account_day", [1, 15])
def test_c075_daylight_saving_and_periods(account_day: int) -> None:
    zone = ZoneInfo("America/New_York")
    points = [
        datetime(2024, 3, 1, 4, tzinfo=zone),
        datetime(2024, 3, 15, tzinfo=zone),
        datetime(2024, 3, 31, 23, 59, tzinfo=zone),
        datetime(2024, 4, 1, 0, 0, tzinfo=zone),
        datetime(2024, 4, 1, 0, 1, tzinfo=zone),
        datetime(2024, 4, 15, tzinfo=zone),
        datetime(2024, 4, 30, 23, 59, tzinfo=zone),
        datetime(2024, 5, 1, 0, 0, tzinfo=zone),
        datetime(2024, 5, 1, 0, 1, tzinfo=zone),
    ]
    grid = calendar(f"2024-03-{account_day:02}")

    counted: dict[int, int] = {}
    for point in points:
        month = grid.period_of(local_day(point.astimezone(UTC), "America/New_York")).starts_on.month
        counted[month] = counted.get(month, 0) + 1

    assert counted == {3: 3, 4: 4, 5: 2}


def test_a_moment_without_zone_has_no_day() -> None:
    with pytest.raises(UnknownZone):
        local_day(datetime(2025, 3, 31, 22, 30), "Europe/Amsterdam")  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone):
        local_day(datetime(2025, 3, 31, tzinfo=UTC), zone)
