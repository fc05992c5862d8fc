"""When what happens: the story of a month that is over by now, so that real commands can go on where it ends."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebill.interfaces.demo.base import TRIAL_MONTHS
from rebill.rules.periods import add_months

_ZONE = ZoneInfo("Europe/Amsterdam")
_NEXT_WEEK = 8


@dataclass(frozen=True, slots=True)
class StoryDays:
    """The moments of the story, in the partner's own time."""

    month: date

    @property
    def first_month(self) -> date:
        """The first month that is billed, for trial."""
        return add_months(self.month, -TRIAL_MONTHS)

    @property
    def begun_at(self) -> datetime:
        """The partner brings its files."""
        return _at(self.first_month - timedelta(days=3), 10, 0)

    @property
    def moved_at(self) -> datetime:
        """From here on rebill sends what it issues."""
        return _at(self.month - timedelta(days=1), 17, 0)

    @property
    def prepared_at(self) -> datetime:
        """The drafts are made before anybody is at work."""
        return _at(self.month, 6, 12)

    @property
    def reviewed_at(self) -> datetime:
        """The clerk looks at them."""
        return _at(self.month, 9, 20)

    @property
    def issued_at(self) -> datetime:
        """Numbers are given."""
        return _at(self.month, 9, 31)

    @property
    def exported_at(self) -> datetime:
        """The file for the bookkeeping is mailed the same morning."""
        return _at(self.month, 9, 45)

    @property
    def next_week(self) -> date:
        """The day on which two things turn out to be wrong."""
        return self.month.replace(day=_NEXT_WEEK)

    @property
    def corrected_at(self) -> datetime:
        """They are put right."""
        return _at(self.next_week, 10, 15)

    @property
    def next_month(self) -> date:
        """The next run."""
        return add_months(self.month, 1)

    @property
    def next_prepared_at(self) -> datetime:
        """The drafts of the next run are made ahead, to be looked at in good time."""
        return _at(self.next_week, 11, 0)

    def entered_at(self, billed_on: date) -> datetime:
        """What a run bills was entered the day before."""
        return _at(billed_on - timedelta(days=1), 16, 0)

    def run_at(self, billed_on: date) -> datetime:
        """The run of a trial month."""
        return _at(billed_on, 6, 10)


def story_days(today: date) -> StoryDays:
    """The latest month whose second week has begun before `today`."""
    this_month = today.replace(day=1)
    return StoryDays(this_month if today.day > _NEXT_WEEK else add_months(this_month, -1))


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=_ZONE)
