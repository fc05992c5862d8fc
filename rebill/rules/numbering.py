"""How a document number is written: a pattern such as "{year}-{number:05}", and which counter it draws from.

The counter itself, gapless under load, is a matter of `kit`; here a number that was given becomes text.
"""

import re
from datetime import date
from functools import lru_cache
from string import Formatter

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

NUMBER_LENGTH_MAX = 35  # what SEPA, EDIFACT and most bookkeeping programs accept
_FIELDS = {"number": re.compile(r"(0[1-9]|01[0-2])?"), "year": None, "yy": None, "month": None, "day": None}
_LITERAL = re.compile(r"[A-Za-z0-9 ._/#-]*")

# (text before, field, width, conversion), as string.Formatter reads a pattern
Pieces = tuple[tuple[str, str | None, str | None, str | None], ...]


class PatternUnfit(Invalid):
    """The pattern would repeat numbers, or holds something that is no field of a document number."""


def validate_pattern(pattern: str, *, per_year: bool = False) -> None:
    """Refuses patterns that are not `{number}` or `{number:05}` once, with year, yy, month, day and plain text around.

    A series that begins again every year needs the year in its numbers, or they would repeat.
    """
    pieces, fields = _pieces(pattern), []
    for literal, field, width, conversion in pieces:
        if not _LITERAL.fullmatch(literal):
            raise PatternUnfit(
                _("%(literal)r has characters other than letters, digits, spaces and . _ / # -", literal=literal)
            )
        if field is None:
            continue
        if field not in _FIELDS or conversion:
            raise PatternUnfit(
                _(
                    "{%(field)s} is not one of %(fields)s.",
                    field=field,
                    fields=", ".join("{" + name + "}" for name in _FIELDS),
                )
            )
        allowed = _FIELDS[field]
        if width and (allowed is None or not allowed.fullmatch(width)):
            raise PatternUnfit(
                _(
                    "{%(field)s:%(width)s}: only the number has a width, from {number:01} to {number:012}.",
                    field=field,
                    width=width,
                )
            )
        fields.append(field)
    if fields.count("number") != 1:
        raise PatternUnfit(_("%(pattern)r needs {number} exactly once.", pattern=pattern))
    if per_year and not {"year", "yy"} & set(fields):
        raise PatternUnfit(_("%(pattern)r begins again every year and needs {year} or {yy}.", pattern=pattern))
    if len(_written(pieces, 10**12 - 1, date(2000, 1, 1))) > NUMBER_LENGTH_MAX:
        raise PatternUnfit(
            _(
                "%(pattern)r makes numbers of more than %(length)s characters.",
                pattern=pattern,
                length=NUMBER_LENGTH_MAX,
            )
        )


def format_number(pattern: str, *, number: int, day: date) -> str:
    """The document number as printed. A number too long for its width is written in full, never cut."""
    if number < 0:
        raise PatternUnfit(_("%(number)s is no document number.", number=number))
    return _written(_validated(pattern), number, day)


def series_key(*, per_year: bool, day: date) -> str:
    """Which counter the number comes from: one a year ("2026"), or one for all time ("")."""
    return f"{day.year:04}" if per_year else ""


@lru_cache(maxsize=256)
def _validated(pattern: str) -> Pieces:
    # Once per pattern, not once per document: a run writes a hundred thousand numbers.
    validate_pattern(pattern)
    return _pieces(pattern)


def _written(pieces: Pieces, number: int, day: date) -> str:
    values = {
        "year": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
    }
    written = []
    for literal, field, width, _conversion in pieces:
        written.append(literal)
        if field == "number":
            written.append(str(number).zfill(int(width or 1)))
        elif field is not None:
            written.append(values[field])
    return "".join(written)


def _pieces(pattern: str) -> Pieces:
    try:
        return tuple(Formatter().parse(pattern))
    except ValueError as error:
        raise PatternUnfit(_("%(pattern)r cannot be read: %(error)s.", pattern=pattern, error=error)) from None
