"""Where the story is told: for whom, when, in which folder, and how far it has come."""

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.demo.base import Base, make_base
from rebill.interfaces.demo.days import StoryDays, story_days
from rebill.interfaces.demo.diary import Diary
from rebill.interfaces.demo.files import Cabinet
from rebill.interfaces.demo.partner import find_partner, make_partner
from rebill.interfaces.demo.taking import Bar
from rebill.kit.errors import Conflict


class DiaryLost(Conflict):
    """The partner is in the database, and how far its story has come is not known."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a step needs. `folder` is the demo's part of the data folder."""

    acting: Acting
    base: Base
    days: StoryDays
    diary: Diary
    folder: Path
    bar: Bar

    @property
    def cabinet(self) -> Cabinet:
        """The partner's own files."""
        return Cabinet(self.folder / "files")


def set_stage(*, home: Path, today: date, bar: Bar) -> Stage:
    """The partner, made if it is not there, and its story where it was left.

    A story that was begun keeps its month, whatever day it is by now.
    """
    diary = Diary(home)
    partner = find_partner()
    if partner is None:
        # A diary without a partner is of another database.
        diary.begin(story_days(today).month)
    elif diary.month is None:
        raise DiaryLost(
            _(
                "The demo partner is in the database, but %(home)s does not know how far its month has "
                "come. Use the folder in which it was made, or another database."
            )
            % {"home": home}
        )
    if "password" not in diary.figures:
        diary.note(password=_new_password())
    days = StoryDays(diary.month or story_days(today).month)
    return Stage(
        acting=make_partner(days.begun_at, password=diary.figures["password"]),
        base=make_base(days.month),
        days=days,
        diary=diary,
        folder=home / "demo",
        bar=bar,
    )


def _new_password() -> str:
    """A password that is easily typed from a terminal and is another one on every machine."""
    words = secrets.SystemRandom().sample(
        ("anker", "boei", "dijk", "gors", "haven", "kade", "loods", "molen", "wad"), 2
    )
    return f"{words[0]}-{words[1]}-{1000 + secrets.randbelow(9000)}"
