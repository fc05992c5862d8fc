"""What a kind of long work is: a function that gets who acts, what was asked, and a way to say how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from rebill.access.acting import Acting
from rebill.kit.work import advance_work
from rebill.rules.periods import local_day


class Advance(Protocol):
    """Says how far a step is; `total` is None while nobody knows."""

    def __call__(self, step: str, done: int, total: int | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work as its function gets it. `clock` tells the moment anew whenever it is asked."""

    acting: Acting
    time_zone: str
    request: dict[str, Any]
    clock: Callable[[], datetime]
    advance: Advance

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return self.clock()

    @property
    def today(self) -> date:
        """The seller's day."""
        return local_day(self.now, self.time_zone)


# What was done, fit for JSON: numbers and names that the pages and the API show.
Result = dict[str, Any]
Kind = Callable[[Job], Result]

# A row is written at most this often per piece of work: progress is for people.
SECONDS_BETWEEN_WORDS = 0.4


@dataclass(slots=True)
class Told:
    """An `Advance` that writes to the row of the work: every step, and in between as often as people look."""

    work_id: Any
    clock: Callable[[], datetime]
    step: str = ""
    told_at: datetime | None = field(default=None)

    def __call__(self, step: str, done: int, total: int | None) -> None:
        now = self.clock()
        is_news = step != self.step or done == total
        if not is_news and self.told_at and (now - self.told_at).total_seconds() < SECONDS_BETWEEN_WORDS:
            return
        advance_work(work_id=self.work_id, step=step, done=done, total=total)
        self.step, self.told_at = step, now
