"""`rebill peak-times`: which times of the week are peak, and which of them a deck knows from a day on."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.commands import change_peak_times, create_peak_times, set_deck_peak_times
from rebill.catalogue.deck_fields import PeakTerms
from rebill.catalogue.models import PeakTimes
from rebill.catalogue.queries.decks import deck_by_code, peak_by_code, peak_times_chosen, peak_times_of
from rebill.interfaces.cli.figures import day
from rebill.interfaces.cli.options import Asked, FromOption, asked, with_options_of
from rebill.interfaces.cli.rates.showing import DeckArgument
from rebill.interfaces.cli.tables import Column, short

peak_times_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Say which times are peak, and which decks know them."
)

_STRETCH = re.compile(r"([1-7])(?:-([1-7]))? (\d{1,2}:\d\d)-(\d{1,2}:\d\d)")

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="The code of the peak times.", show_default=False)]
NameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What people call them.")]
PeakOption = Annotated[
    list[str] | None,
    typer.Option(
        "--peak", metavar="WHEN", help='Days and times such as "1-5 08:00-18:00", 1 is Monday; as often as needed.'
    ),
]
HolidaysOption = Annotated[
    str | None,
    typer.Option("--holidays", metavar="REGION", help='Whose holidays are off-peak, as NL or DE-BY; "" for none.'),
]


@peak_times_app.command("list")
@with_options_of(asked)
def list_peak_times(ask: Asked) -> int:
    """All peak times."""
    found = list(peak_times_of(ask.session.acting))
    return ask.tell_rows(
        "peak_times",
        [_facts(each) for each in found],
        [short(_("Code")), Column(_("Name")), Column(_("Peak")), short(_("Public holidays off-peak"))],
        [(each.code, each.name, ", ".join(_stretches(each)), each.holidays) for each in found],
    )


@peak_times_app.command("create")
@with_options_of(asked)
def create(
    ask: Asked, code: CodeArgument, name: NameOption = None, peak: PeakOption = None, holidays: HolidaysOption = None
) -> int:
    """Make peak times; a deck knows them once they are chosen for it."""
    made = create_peak_times(acting=ask.session.acting, code=code, now=ask.session.now, **_terms(name, peak, holidays))
    return ask.tell(_facts(made), _told(made))


@peak_times_app.command("change")
@with_options_of(asked)
def change(
    ask: Asked, code: CodeArgument, name: NameOption = None, peak: PeakOption = None, holidays: HolidaysOption = None
) -> int:
    """Correct peak times for all days; what is not said stays, and calls that were rated are looked at again.

    For other times from a day on, make other peak times and choose them for the deck.
    """
    changed = change_peak_times(
        acting=ask.session.acting,
        peak_times_id=peak_by_code(ask.session.acting, code).pk,
        now=ask.session.now,
        **_terms(name, peak, holidays),
    )
    return ask.tell(_facts(changed), _told(changed))


@peak_times_app.command("choose")
@with_options_of(asked)
def choose(
    ask: Asked,
    deck: DeckArgument,
    starts: FromOption,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="The peak times; none if left out.", show_default=False)
    ] = None,
) -> int:
    """Say which peak times a deck knows from a day on, and show those it knew before and will know."""
    acting = ask.session.acting
    set_deck_peak_times(
        acting=acting,
        deck_id=deck_by_code(acting, deck).pk,
        peak_times_id=None if code is None else peak_by_code(acting, code).pk,
        valid_from=starts,
        now=ask.session.now,
    )
    return _tell_chosen(ask, deck)


@peak_times_app.command("chosen")
@with_options_of(asked)
def chosen(ask: Asked, deck: DeckArgument) -> int:
    """The peak times that a deck knew, knows and will know, the latest first."""
    return _tell_chosen(ask, deck)


def _tell_chosen(ask: Asked, deck: str) -> int:
    found = [
        (each.valid_from, each.peak_times.code if each.peak_times else None)
        for each in peak_times_chosen(deck_by_code(ask.session.acting, deck))
    ]
    return ask.tell_rows(
        "chosen",
        [{"deck": deck, "from": starts, "peak_times": code} for starts, code in found],
        [short(_("From")), short(_("Peak times"))],
        [(day(starts), code or _("none")) for starts, code in found],
    )


def _terms(name: str | None, peak: Sequence[str] | None, holidays: str | None) -> PeakTerms:
    """What was said, and nothing else."""
    terms: PeakTerms = {}
    if name is not None:
        terms["name"] = name
    if peak:
        terms["week"] = [_stretch(each) for each in peak]
    if holidays is not None:
        terms["holidays"] = holidays
    return terms


def _stretch(text: str) -> tuple[list[int], str, str]:
    """Days of the week and the times between which they are peak."""
    found = _STRETCH.fullmatch(" ".join(text.split()))
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise typer.BadParameter(
            _("%(text)r is no stretch of the week; write it as 1-5 08:00-18:00.") % {"text": text}, param_hint="--peak"
        )
    return list(range(int(found[1]), int(found[2] or found[1]) + 1)), found[3], found[4]


def _stretches(peak_times: PeakTimes) -> list[str]:
    """The times as `--peak` takes them: each run of days once."""
    return [
        f"{first}-{last} {begins}-{ends}" if last > first else f"{first} {begins}-{ends}"
        for days, begins, ends in peak_times.week
        for first, last in _runs(days)
    ]


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    firsts = [each for each in days if each - 1 not in days]
    lasts = [each for each in days if each + 1 not in days]
    return list(zip(firsts, lasts, strict=True))


def _told(peak_times: PeakTimes) -> str:
    times = ", ".join(_stretches(peak_times)) or _("none")
    return _("Peak times %(code)s: %(times)s.") % {"code": peak_times.code, "times": times}


def _facts(peak_times: PeakTimes) -> dict[str, object]:
    return {
        "code": peak_times.code,
        "name": peak_times.name,
        "peak": _stretches(peak_times),
        "holidays": peak_times.holidays,
    }
