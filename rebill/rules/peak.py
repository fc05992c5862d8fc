"""Which quarters of an hour are off-peak, by the days and times of a week where the seller is, and its holidays."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

SLOT_SECONDS = 900
SLOT_MINUTES = SLOT_SECONDS // 60
DAY_MINUTES = 24 * 60


class PeakUnfit(Invalid):
    """Times of a week that cannot be told apart by quarters of an hour, or that are none."""


@dataclass(frozen=True, slots=True)
class PeakSpan:
    """Peak on these ISO days of the week (1 is Monday), from a minute of the day until before another."""

    days: frozenset[int]
    from_minute: int
    before_minute: int


def check_peak(week: Sequence[PeakSpan]) -> None:
    """Refuse spans without days, that end before they begin, or that begin or end between two quarters of an hour."""
    for span in week:
        if not span.days or not span.days <= set(range(1, 8)):
            raise PeakUnfit(_("Peak times are on days from 1, Monday, to 7, Sunday."))
        if not 0 <= span.from_minute < span.before_minute <= DAY_MINUTES:
            raise PeakUnfit(_("Peak times end after they begin, at 24:00 at the latest."))
        if span.from_minute % SLOT_MINUTES or span.before_minute % SLOT_MINUTES:
            raise PeakUnfit(_("Peak times begin and end at whole quarters of an hour."))


def is_peak(week: Sequence[PeakSpan], holidays: Collection[date], moment: datetime) -> bool:
    """Whether the local moment is peak: within a span of its day of the week, on a day that is no holiday."""
    if moment.date() in holidays:
        return False
    weekday, minute = moment.isoweekday(), moment.hour * 60 + moment.minute
    return any(weekday in span.days and span.from_minute <= minute < span.before_minute for span in week)


def offpeak_slots(
    week: Sequence[PeakSpan], holidays: Collection[date], zone: tzinfo, *, from_day: date, before_day: date
) -> Iterator[int]:
    """The off-peak slots of the local days, a slot being Unix seconds // 900; both hours of a change of clocks count.

    Zones are whole quarters of an hour from UTC, so that a slot is peak as a whole or not at all.
    """
    slot, end = _first_slot(from_day, zone), _first_slot(before_day, zone)
    while slot < end:
        if not is_peak(week, holidays, datetime.fromtimestamp(slot * SLOT_SECONDS, zone)):
            yield slot
        slot += 1


def _first_slot(day: date, zone: tzinfo) -> int:
    """The slot in which the local day begins: where its midnight is left out by a change of clocks, the first after."""
    midnight = datetime.combine(day, time(), zone)
    begin = midnight.astimezone(UTC)
    while begin.astimezone(zone).date() < day:
        begin += timedelta(seconds=SLOT_SECONDS)
    return int(begin.timestamp()) // SLOT_SECONDS
