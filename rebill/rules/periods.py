"""Periods and the grids they lie on: months that never drift, calendar quarters, anniversaries on the 31st.

A period includes its first day and excludes its end. Days are the seller's local days; `local_day` turns a moment
into one, and nothing else here knows hours or time zones.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from rebill.rules.errors import Invalid

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class UnknownZone(Invalid):
    """The name is not a time zone, or the moment does not know its own."""


class ImpossibleInterval(Invalid):
    """Months and days that no calendar has: an interval of no month, month 13, the 0th of a month."""


class Alignment(StrEnum):
    """CALENDAR: months, quarters and years as on the wall; ANNIVERSARY: counted from the day it began."""

    CALENDAR = "calendar"
    ANNIVERSARY = "anniversary"


class Timing(StrEnum):
    """Billed in ADVANCE, when its period begins, or in ARREARS, when the period is over."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class InvoiceInterval(IntEnum):
    """How often a customer gets an invoice, in months."""

    MONTHLY = 1
    QUARTERLY = 3
    HALF_YEARLY = 6
    YEARLY = 12


DEFAULT_INVOICE_MONTHS: dict[int, frozenset[int]] = {
    InvoiceInterval.MONTHLY: frozenset(range(1, 13)),
    InvoiceInterval.QUARTERLY: frozenset({1, 4, 7, 10}),
    InvoiceInterval.HALF_YEARLY: frozenset({1, 7}),
    InvoiceInterval.YEARLY: frozenset({1}),
}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `starts_on` up to but not including `ends_before`; empty (and false) when there are none."""

    starts_on: date
    ends_before: date

    @property
    def days(self) -> int:
        return max(0, (self.ends_before - self.starts_on).days)

    @property
    def last_on(self) -> date:
        """The last day inside, as people print it: 1 to 31 January. An empty period has none and answers its start."""
        return max(self.starts_on, self.ends_before - timedelta(days=1))

    def __bool__(self) -> bool:
        return self.starts_on < self.ends_before

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before

    def covers(self, other: "Period") -> bool:
        """Whether every day of `other` lies inside."""
        return not other or (self.starts_on <= other.starts_on and other.ends_before <= self.ends_before)

    def intersect(self, other: "Period") -> "Period | None":
        """The days both have, or None when they share none."""
        starts_on = self.starts_on if self.starts_on > other.starts_on else other.starts_on
        ends_before = self.ends_before if self.ends_before < other.ends_before else other.ends_before
        return Period(starts_on, ends_before) if starts_on < ends_before else None


def days_in_month(year: int, month: int) -> int:
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _MONTH_DAYS[month - 1]


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """The same day `months` later, or the last day of a month that is too short for it.

    Adding month after month would turn the 31st into the 28th for ever; `anchor_day` is the day it began on and comes
    back as soon as a month has it: 31 Jan, 28 Feb, 31 Mar.
    """
    return _day_at(_month_index(day) + months, anchor_day or day.day)


def _month_index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_at(month_index: int, day: int) -> date:
    year, month0 = divmod(month_index, 12)
    if year > date.max.year:
        # date.max stands for "without end", and the grid has to reach it.
        return date.max
    return date(year, month0 + 1, min(day, days_in_month(year, month0 + 1)))


@lru_cache(maxsize=8192)
def _grid_period(month_index: int, months: int, anchor_day: int) -> Period:
    # Shared between all subscriptions of a run: most of them lie on a few grids.
    return Period(_day_at(month_index, anchor_day), _day_at(month_index + months, anchor_day))


@dataclass(frozen=True)
class Schedule:
    """The endless grid of billing periods of one subscription: no gap, no overlap, no drift.

    On a calendar grid periods that divide the year start in January (quarters in January, April, July, October);
    others (5, 24, 36 months) start on the first of the anchor's month. On an anniversary grid they start on the
    anchor's day, or on the last day of a month that does not have it.
    """

    anchor_on: date
    months: int
    alignment: Alignment

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ImpossibleInterval(f"A billing period of {self.months} months does not exist.")

    @cached_property
    def first_period(self) -> Period:
        """The whole grid period that the anchor lies in."""
        return self.period_of(self.anchor_on)

    @cached_property
    def grid(self) -> tuple[int, int, int]:
        """What two schedules with the same periods have in common: how many months, from which month on, which day."""
        return self.months, self._month_index_of(self.anchor_on) % self.months, self._anchor_day()

    def period_of(self, day: date) -> Period:
        """The whole grid period with `day` inside."""
        return _grid_period(self._month_index_of(day), self.months, self._anchor_day())

    def periods(self, from_on: date, before: date) -> Iterator[Period]:
        """Every whole grid period that has at least one day in [from_on, before), in order."""
        if from_on >= before:
            return
        months, anchor_day = self.months, self._anchor_day()
        month_index = self._month_index_of(from_on)
        period = _grid_period(month_index, months, anchor_day)
        while period.starts_on < before:
            yield period
            month_index += months
            period = _grid_period(month_index, months, anchor_day)

    def _anchor_day(self) -> int:
        return 1 if self.alignment is Alignment.CALENDAR else self.anchor_on.day

    def _month_index_of(self, day: date) -> int:
        """The month in which the grid period of `day` starts, counted from year 0."""
        months, index = self.months, day.year * 12 + day.month - 1
        if self.alignment is Alignment.CALENDAR:
            if 12 % months == 0:
                return index - index % months
            return index - (index - _month_index(self.anchor_on)) % months
        anchor_day = self.anchor_on.day
        if day.day < anchor_day and day.day < days_in_month(day.year, day.month):
            index -= 1
        return index - (index - _month_index(self.anchor_on)) % months


def due_on(period: Period, timing: Timing, *, days_before: int = 0) -> date:
    """The day its charge falls due for billing; `days_before` bills on the eve (1: last day of the month before)."""
    day = period.starts_on if timing is Timing.ADVANCE else period.ends_before
    return day - timedelta(days=days_before) if days_before else day


def is_due(period: Period, timing: Timing, *, arrears_until: date, advance_before: date) -> bool:
    """Whether a run bills the period: in arrears when it is over by `arrears_until`, in advance when it starts before
    `advance_before`."""
    if timing is Timing.ADVANCE:
        return period.starts_on < advance_before
    return period.ends_before <= arrears_until


def is_invoice_month(day: date, interval_months: int, months: Set[int] | None = None) -> bool:
    """Whether customers with this interval are invoiced in the month of `day`."""
    return day.month in _invoice_months(interval_months, months)


def next_invoice_on(day: date, interval_months: int, months: Set[int] | None = None, day_of_month: int = 1) -> date:
    """The first invoice day after `day`; the 31st is the last day in a shorter month.

    `months` are the customer's own invoice months; without them a quarter starts in January, a half-year in January
    and July, a year in January.
    """
    if not 1 <= day_of_month <= 31:
        raise ImpossibleInterval(f"No month has a day {day_of_month}.")
    invoice_months = _invoice_months(interval_months, months)
    index = _month_index(day)
    while True:
        if index % 12 + 1 in invoice_months:
            invoice_on = _day_at(index, day_of_month)
            if invoice_on > day:
                return invoice_on
        index += 1


def _invoice_months(interval_months: int, months: Set[int] | None) -> Set[int]:
    if months:
        if not all(1 <= month <= 12 for month in months):
            raise ImpossibleInterval(f"Months run from 1 to 12, not {sorted(months)}.")
        return months
    try:
        return DEFAULT_INVOICE_MONTHS[interval_months]
    except KeyError:
        raise ImpossibleInterval(f"Invoices every {interval_months} months need their months named.") from None


def local_day(moment: datetime, zone: str) -> date:
    """The calendar day of a moment where the seller is: 31 March 22:30 UTC is 1 April in Amsterdam."""
    if moment.tzinfo is None:
        raise UnknownZone(f"{moment} does not say its time zone.")
    return moment.astimezone(_zone(zone)).date()


def _zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(f"{zone!r} is not a time zone.") from None
