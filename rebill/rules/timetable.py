"""When work is to be started by the clock: the monthly hours of each seller, and how long to wait before trying again.

A monthly job has one slot per seller and month: an hour on the first, where the seller is. A slot that was missed is
still due later in its month, once; slots of months before are not made up for, because a run bills everything that is
owed by its day anyway.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rebill.rules.errors import Invalid
from rebill.rules.periods import local_day

# After the first, second, … attempt that was put off; after the last one there is no further attempt.
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)


class MomentNaive(Invalid):
    """A moment that does not say its time zone is no moment."""


class MonthlyJob(StrEnum):
    """What is done on the first of the month without being asked."""

    PREPARE = "prepare"
    EXPORT = "export"


# Prepared before people come to work, exported when the run has been prepared.
HOURS: dict[MonthlyJob, time] = {MonthlyJob.PREPARE: time(6, 0), MonthlyJob.EXPORT: time(7, 30)}
AFTER: dict[MonthlyJob, MonthlyJob] = {MonthlyJob.EXPORT: MonthlyJob.PREPARE}


@dataclass(frozen=True, slots=True)
class SellerClock:
    """Where a seller is, and since when it has customers, None for not yet: what lies before that was not missed."""

    seller_id: int
    time_zone: str
    since: datetime | None


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One start of one job for one seller: `month` is the first it belongs to, `starts_at` that hour in UTC."""

    starts_at: datetime
    seller_id: int
    job: MonthlyJob
    month: date

    @property
    def name(self) -> str:
        """The name of the slot, the same however often it is asked for."""
        return f"{self.job} {self.seller_id} {self.month:%Y-%m}"


Answered = tuple[MonthlyJob, int, date]


def month_of(moment: datetime, time_zone: str) -> date:
    """The first of the month in which the moment lies where the seller is."""
    return local_day(moment, time_zone).replace(day=1)


def slot_of(job: MonthlyJob, clock: SellerClock, month: date) -> Slot:
    """The slot of a job in a month. The hour is that of the wall clock, in summer time and winter time alike.

    An hour that the clock skips on that day counts from before the change, so it starts as much later.
    """
    wall = datetime.combine(month, HOURS[job], tzinfo=ZoneInfo(clock.time_zone))
    return Slot(wall.astimezone(UTC), clock.seller_id, job, month)


def due_slots(now: datetime, clocks: Iterable[SellerClock], answered: Collection[Answered]) -> tuple[Slot, ...]:
    """The slots of this month whose hour has come and that nobody has answered yet, in the order of their hours.

    A job that comes after another one waits until that one is answered. `answered` holds (job, seller, month).
    """
    if now.tzinfo is None:
        raise MomentNaive(f"{now} does not say its time zone.")
    due = []
    for clock in clocks:
        month = month_of(now, clock.time_zone)
        for job in MonthlyJob:
            slot = slot_of(job, clock, month)
            if (job, clock.seller_id, month) in answered or slot.starts_at > now:
                continue
            if clock.since is None or clock.since > slot.starts_at:
                continue
            before = AFTER.get(job)
            if before and (before, clock.seller_id, month) not in answered:
                continue
            due.append(slot)
    return tuple(sorted(due))


def next_attempt_at(attempts_made: int, now: datetime) -> datetime | None:
    """When to try again after `attempts_made` attempts that were put off; None when it is time to give up."""
    if not 1 <= attempts_made <= len(BACK_OFF):
        return None
    return now + BACK_OFF[attempts_made - 1]
