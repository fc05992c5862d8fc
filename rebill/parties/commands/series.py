"""How a seller's documents are numbered."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.kit.sequences import peek_number, start_sequence
from rebill.parties import entries
from rebill.parties.changes import set_fields
from rebill.parties.commands.sellers import locked_seller
from rebill.parties.models import NumberSeries, SeriesPurpose
from rebill.parties.queries import sequence_key
from rebill.rules.numbering import format_number, validate_pattern

FIRST_NUMBER_MAX = 2**31 - 1

_first_number = entries.whole_number(1, FIRST_NUMBER_MAX)
_first_year = entries.whole_number(2000, 9999)


class NumberGiven(Conflict):
    """The number, or a later one, stands on a document already."""


class SeriesClash(Conflict):
    """Two series of one seller would print the same numbers."""


def set_number_series(
    *,
    acting: Acting,
    purpose: SeriesPurpose,
    pattern: str,
    today: date,
    now: datetime,
    per_year: bool = True,
    first_number: int | None = None,
    first_year: int | None = None,
) -> NumberSeries:
    """The pattern of invoices or credit notes, and where numbering goes on after an old system.

    `first_number` counts for `first_year` (this year unless said) when numbering begins again every year; later years
    begin at 1. Without it numbering goes on where it stands. Refused: a number at or before one that was given, and a
    pattern that would print numbers of the seller's other series.
    """
    require(acting, Permission.CONFIGURE)
    validate_pattern(pattern, per_year=per_year)
    if first_number is not None:
        _first_number("first_number", first_number)
    if first_year is not None:
        _first_year("first_year", first_year)
    with atomic_write():
        seller = locked_seller(acting)
        _require_no_clash(seller.pk, purpose, pattern)
        series = NumberSeries.objects.filter(seller=seller, purpose=purpose).first()
        wanted: dict[str, object] = {"pattern": pattern, "per_year": per_year}
        least = 1
        if series is None:
            series = NumberSeries(seller=seller, purpose=purpose, pattern="")
        elif series.per_year != per_year:
            # Another counter takes over: where both print alike it must not count from the beginning.
            least = (peek_number(sequence_key(series, today)) or 1) if _prints_alike(series.pattern, pattern) else 1
            first_number = least if first_number is None else first_number
        if first_number is not None:
            _require_not_given(first_number, least)
            wanted |= {"first_number": first_number, "first_year": (first_year or today.year) if per_year else None}
        changed = set_fields(series, wanted)
        if first_number is not None:
            begins_on = today if series.first_year is None else date(series.first_year, 1, 1)
            start_sequence(sequence_key(series, begins_on), first_number)
        if changed:
            series.save()
            record_event(
                seller_id=seller.pk,
                subject=series,
                verb="changed",
                actor_id=acting.user_id,
                now=now,
                details=changed,
            )
    return series


def _require_not_given(first_number: int, least: int) -> None:
    if first_number < least:
        raise NumberGiven(
            _("Numbers up to %(given)s were given; numbering cannot begin at %(first)s.")
            % {"given": least - 1, "first": first_number}
        )


def _require_no_clash(seller_id: int, purpose: SeriesPurpose, pattern: str) -> None:
    for other in NumberSeries.objects.filter(seller_id=seller_id).exclude(purpose=purpose):
        if _prints_alike(other.pattern, pattern):
            raise SeriesClash(
                _("The %(purpose)s series prints the same numbers. Begin one of them with a letter, such as C.")
                % {"purpose": other.purpose}
            )


def _prints_alike(pattern: str, other: str) -> bool:
    """Whether two patterns print the same text for a number that is longer than any width."""
    number, day = 10**12 - 1, date(2034, 5, 6)
    return format_number(pattern, number=number, day=day) == format_number(other, number=number, day=day)
