"""Months as the frames of calls count them, and the seconds a month has where a seller is."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from rebill.rules.periods import add_months
from rebill.sources.usage.schema import SLOT_SECONDS

_EPOCH = date(1970, 1, 1).toordinal()


class Span(NamedTuple):
    """Seconds since 1970, from `first_s` until before `before_s`."""

    first_s: int
    before_s: int


def month_number(month: date) -> int:
    """The number of the month in the frames."""
    return 12 * month.year + month.month - 1


def month_of(number: int) -> date:
    """The first day of the month of this number."""
    return date(number // 12, number % 12 + 1, 1)


def day_number(day: date) -> int:
    """The number of the day in the frames."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The day of this number."""
    return date.fromordinal(number + _EPOCH)


def start_of(day: date, zone: str) -> int:
    """The second at which the day begins in the zone."""
    return int(datetime.combine(day, time.min, ZoneInfo(zone)).timestamp())


def span_of(month: date, zones: Iterable[str]) -> Span:
    """The seconds that belong to the month in any of these zones."""
    named = set(zones)
    after = add_months(month, 1)
    return Span(min(start_of(month, zone) for zone in named), max(start_of(after, zone) for zone in named))


def calendar_of(span: Span, zone: str) -> pl.DataFrame:
    """`schema.CALENDAR`: the local day and month of every slot that the span touches.

    The offsets of all zones are multiples of a quarter of an hour, so a slot lies within one day.
    """
    place = ZoneInfo(zone)
    slots = range(span.first_s // SLOT_SECONDS, -(-span.before_s // SLOT_SECONDS))
    days = [datetime.fromtimestamp(slot * SLOT_SECONDS, UTC).astimezone(place).date() for slot in slots]
    return pl.DataFrame(
        {"slot": list(slots), "day": [day_number(day) for day in days], "month": [month_number(day) for day in days]},
        schema={"slot": pl.Int64, "day": pl.Int64, "month": pl.Int64},
    )


def days_around(month: date) -> tuple[date, date]:
    """The days whose prices a rating of the month needs: a day more at both ends, for sellers in other zones."""
    return month - timedelta(days=1), add_months(month, 1) + timedelta(days=1)
