"""Reads numbers as people write them: decimal comma or point, thousands marks, minus before, behind or as brackets.

| written | read | because |
|---|---|---|
| `1.234,56`, `1 234,56`, `1'234.56` | 1234.56 | the last mark is followed by no group of three |
| `1.234.567` | 1234567 | a mark that comes twice marks thousands |
| `0.125`, `1234.567` | as written | what stands before the mark is no group of thousands |
| `1.234`, `1,234` | refused unless the decimal mark is known | it may be a thousand or a little more than one |
| `1.500,-` | 1500.00 | a dash stands for no cents |
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from rebill.kit.imports.options import DecimalMark
from rebill.kit.imports.refusals import CellRefused

_PLAIN = re.compile(r"-?[0-9]{1,30}")
# One mark and no three digits behind it: what most cells hold, and never two things.
_CLEAR = re.compile(r"(-?[0-9]{1,30})([.,])([0-9]{1,2})")
_LENGTH_MAX = 60
# The narrow and the wide no-break space, the thin and the figure space: all of them mark thousands somewhere.
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
_APOSTROPHES = re.compile(r"[\u2019\u02bc`\u00b4]")
_CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_WRITTEN = re.compile(
    r"""
    (?P<bracket>\()?
    (?P<sign>[-+\u2212\u2013]?)\ ?
    (?P<currency_before>[€$£¥]|[A-Za-z]{3})?\ ?
    (?P<minus_inside>[-\u2212\u2013]?)
    (?P<body>[0-9.,' ]*[0-9])
    (?:(?P<no_cents>[.,])[-\u2013\u2014]{1,2})?
    \ ?(?P<minus_behind>[-\u2212\u2013]?)
    \ ?(?P<currency_behind>[€$£¥]|[A-Za-z]{3})?
    (?P<minus_last>[-\u2212\u2013]?)
    (?(bracket)\))
    """,
    re.VERBOSE,
)
_SHORTENED = re.compile(r"[+-]?[0-9]([.,][0-9]+)?[eE][+-]?[0-9]+")


@dataclass(frozen=True)
class _Readings:
    """What the digits mean under each decimal mark; None where they mean nothing."""

    comma: Decimal | None
    point: Decimal | None

    def under(self, mark: DecimalMark) -> Decimal | None:
        return self.comma if mark == "," else self.point


def parse_decimal(text: str, *, decimal_mark: DecimalMark | None = None, currency: str | None = None) -> Decimal:
    """The exact number in `text`. Without a decimal mark, a number that could be either is refused.

    A currency sign or code is refused unless it is that of `currency`. Never rounds, never passes through a float.
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text) + 0
    clear = _CLEAR.fullmatch(text)
    if clear is not None and decimal_mark in {None, clear[2]}:
        return Decimal(f"{clear[1]}.{clear[3]}") + 0
    written = _written(text)
    if written is None:
        raise _no_number(text)
    _require_currency(written, text, currency)
    number = _decided(_readings(written), text, decimal_mark)
    return -number if _is_negative(written) and number else number


def shown_decimal_mark(text: str) -> DecimalMark | None:
    """The decimal mark that this number or percentage proves, None when it proves none or is no number."""
    if "," not in text and "." not in text:
        return None
    clear = _CLEAR.fullmatch(text)
    if clear is not None:
        return "," if clear[2] == "," else "."
    written = _written(text.rstrip().removesuffix("%"))
    if written is None:
        return None
    readings = _readings(written)
    if (readings.comma is None) == (readings.point is None):
        return None
    return "," if readings.comma is not None else "."


def _written(text: str) -> re.Match[str] | None:
    """The parts of the number as written; None when it is none, or has more than one sign."""
    plain = _APOSTROPHES.sub("'", _SPACES.sub(" ", text)).strip().removeprefix("'")
    if len(plain) > _LENGTH_MAX:
        return None
    written = _WRITTEN.fullmatch(plain)
    return written if written is not None and len(_minuses(written)) <= 1 else None


def _minuses(written: re.Match[str]) -> list[str]:
    places = ("bracket", "sign", "minus_inside", "minus_behind", "minus_last")
    return [written[place] for place in places if written[place]]


def _is_negative(written: re.Match[str]) -> bool:
    return _minuses(written) not in ([], ["+"])


def _require_currency(written: re.Match[str], text: str, currency: str | None) -> None:
    for sign in (written["currency_before"], written["currency_behind"]):
        code = _CURRENCY_SIGNS.get(sign, sign.upper()) if sign else currency
        if code != currency:
            raise CellRefused(
                why=_("The amount carries the currency %(code)s, which this column does not have.") % {"code": code},
                remedy=_("State the amount in %(currency)s, without a sign.") % {"currency": currency}
                if currency
                else _("Take the currency out of the cell, or say in which currency the file is."),
                value=text,
            )


def _decided(readings: _Readings, text: str, decimal_mark: DecimalMark | None) -> Decimal:
    if decimal_mark is not None:
        number = readings.under(decimal_mark)
        if number is not None:
            return number
        other = readings.under("." if decimal_mark == "," else ",")
        if other is None:
            raise _no_number(text)
        raise CellRefused(
            why=_("The number does not fit the decimal mark of this column, which is “%(mark)s”.")
            % {"mark": decimal_mark},
            remedy=_("Write it as %(example)s, or choose the other decimal mark for this file.")
            % {"example": f"{other:f}".replace(".", decimal_mark)},
            value=text,
        )
    found = {number for number in (readings.comma, readings.point) if number is not None}
    if not found:
        raise _no_number(text)
    if len(found) > 1:
        raise CellRefused(
            why=_("The number may mean %(thousands)s or %(fraction)s.")
            % {"thousands": f"{max(found):f}", "fraction": f"{min(found):f}"},
            remedy=_("Say whether this file writes a decimal comma or a decimal point."),
            value=text,
        )
    return found.pop()


def _readings(written: re.Match[str]) -> _Readings:
    return _readings_of(written["body"], written["no_cents"])


# A column of a long file holds the same prices again and again.
@lru_cache(maxsize=4096)
def _readings_of(body: str, no_cents: str | None) -> _Readings:
    """A dash in place of the cents shows the decimal mark, as digits behind it would."""
    if no_cents == ",":
        return _Readings(comma=_reading(f"{body},00", ","), point=None)
    if no_cents == ".":
        return _Readings(comma=None, point=_reading(f"{body}.00", "."))
    return _Readings(comma=_reading(body, ","), point=_reading(body, "."))


def _reading(body: str, mark: DecimalMark) -> Decimal | None:
    whole, found, fraction = body.partition(mark)
    if found and not fraction.isdigit():
        return None
    if not whole or whole.isdigit():
        return Decimal(f"{whole or '0'}{'.' if found else ''}{fraction}")
    groups = re.split(r"[.,' ]", whole)
    is_grouped = (
        len({character for character in whole if not character.isdigit()}) == 1
        and 1 <= len(groups[0]) <= 3
        and not groups[0].startswith("0")
        and all(len(group) == 3 for group in groups[1:])
    )
    return Decimal(f"{''.join(groups)}{'.' if found else ''}{fraction}") if is_grouped else None


def _no_number(text: str) -> CellRefused:
    if _SHORTENED.fullmatch(text.strip()):
        return CellRefused(
            why=_("A spreadsheet has shortened this number; its last digits are lost."),
            remedy=_("Format the column as a number or as text in the spreadsheet, and export it again."),
            value=text,
        )
    return CellRefused(
        why=_("“%(text)s” is not a number.") % {"text": text[:60]},
        remedy=_("Write digits with at most one decimal mark, such as 1234.56 or 1234,56."),
        value=text,
    )
