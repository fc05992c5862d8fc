"""Reads days as people write them; where day and month could be swapped, the column or a person decides."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from django.utils.translation import gettext as _

from rebill.kit.imports.options import DATE_ORDERS, DateOrder
from rebill.kit.imports.refusals import CellRefused

YEAR_MIN, YEAR_MAX = 1900, 2199
# Two digits of a year mean 1969 to 2068, as in POSIX.
_CENTURY_TURNS_AT = 69
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,2})([-/. ])\s?([0-9]{1,2})\2\s?([0-9]{4}|[0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})[-. /]*\s?([^\W\d_]{3,14})[-. /]*\s?([0-9]{4}|[0-9]{2})")
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,14})\.?\s([0-9]{1,2}),?\s([0-9]{4})")
_TIME = re.compile(
    r"[T ](?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\s?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_MIDNIGHT = re.compile(r"0{1,2}:00(:00(\.0+)?)?")
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SERIAL_MIN, _SERIAL_MAX = 18_264, 73_050

# Beginnings of the month names in English, Dutch, German and Finnish; the longest that fits decides.
_MONTH_BEGINNINGS = {
    beginning: number
    for number, beginnings in enumerate(
        (
            ("jan", "jän", "tam"),
            ("feb", "hel"),
            ("mar", "maa", "mrt", "mär", "mae", "mrz"),
            ("apr", "huh"),
            ("may", "mei", "mai", "tou"),
            ("jun", "kes"),
            ("jul", "hei"),
            ("aug", "elo"),
            ("sep", "syy"),
            ("oct", "okt", "lok"),
            ("nov", "marr"),
            ("dec", "dez", "jou"),
        ),
        start=1,
    )
    for beginning in beginnings
}


def parse_date(text: str, *, date_order: DateOrder | None = None, from_1904: bool = False) -> date:
    """The day in `text`. A day that another order would read differently is refused unless the order is known.

    A time of day is dropped, unless its zone could move it to another day. A number of five digits is the serial
    number by which spreadsheets count days.
    """
    plain = _without_time(text.strip().removeprefix("'"), text)
    if _SERIAL.fullmatch(plain):
        return serial_day(Decimal(plain), from_1904=from_1904)
    readings = admitted_days(plain)
    if not readings:
        raise _no_day(text)
    if date_order is not None and date_order in readings:
        return readings[date_order]
    if date_order is not None:
        raise CellRefused(
            why=_("The day does not fit the order of this column, which is %(order)s.") % {"order": _shown(date_order)},
            remedy=_("Write it in that order, or as 2027-12-31, which always fits."),
            value=text,
        )
    days = sorted(set(readings.values()))
    if len(days) > 1:
        raise CellRefused(
            why=_("The day may be %(days)s.") % {"days": " / ".join(day.isoformat() for day in days)},
            remedy=_("Say in which order this file writes day, month and year."),
            value=text,
        )
    return days[0]


# A column of a long file holds the same few days again and again.
@lru_cache(maxsize=4096)
def admitted_days(text: str) -> Mapping[DateOrder, date]:
    """Every order in which `text` is a day, with that day; all orders give the same where the writing is clear."""
    plain = text.strip()
    certain = _certain_day(plain)
    if certain is not None:
        return MappingProxyType(dict.fromkeys(DATE_ORDERS, certain))
    match = _NUMERIC.fullmatch(plain)
    if match is None:
        return MappingProxyType({})
    first, mark, second, third = match.groups()
    candidates: dict[DateOrder, tuple[str, str, str]] = {"dmy": (third, second, first)}
    # Nobody writes the month first with dots, nor the year first in two digits with dots.
    if mark not in ". ":
        candidates["mdy"] = (third, first, second)
        if len(third) == 2 and len(first) == 2:
            candidates["ymd"] = (first, second, third)
    found = {order: _day(*parts) for order, parts in candidates.items()}
    return MappingProxyType({order: day for order, day in found.items() if day is not None})


def shown_date_orders(text: str) -> frozenset[DateOrder] | None:
    """The orders in which `text` is a day, None when it is none or when every order reads it alike."""
    readings = admitted_days(_TIME.sub("", text.strip()))
    if not readings or (len(readings) == len(DATE_ORDERS) and len(set(readings.values())) == 1):
        return None
    return frozenset(readings)


def serial_day(number: Decimal, *, from_1904: bool) -> date:
    """The day a spreadsheet means by a number: days since the end of 1899, or since 1904 in old workbooks of a Mac."""
    days = int(number)
    if not _SERIAL_MIN <= days <= _SERIAL_MAX:
        raise _no_day(str(number))
    return (_DAY_ZERO_1904 if from_1904 else _DAY_ZERO) + timedelta(days=days)


def _certain_day(plain: str) -> date | None:
    match = _COMPACT.fullmatch(plain)
    if match is not None:
        return _day(*match.groups())
    match = _YEAR_FIRST.fullmatch(plain)
    if match is not None:
        return _day(match[1], match[3], match[4])
    match = _NAMED.fullmatch(plain)
    if match is not None:
        month = _month(match[2])
        return _day(match[3], str(month), match[1]) if month else None
    match = _NAMED_FIRST.fullmatch(plain)
    if match is not None:
        month = _month(match[1])
        return _day(match[3], str(month), match[2]) if month else None
    return None


def _month(name: str) -> int | None:
    folded = name.casefold()
    return _MONTH_BEGINNINGS.get(folded[:4]) or _MONTH_BEGINNINGS.get(folded[:3])


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _CENTURY_TURNS_AT else 2000
    if not YEAR_MIN <= number <= YEAR_MAX:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _without_time(plain: str, text: str) -> str:
    match = _TIME.search(plain)
    if match is None:
        return plain
    if match["zone"] and not _MIDNIGHT.fullmatch(match["clock"]):
        raise CellRefused(
            why=_("The time zone decides which day this is."),
            remedy=_("Write the day alone, as 2027-12-31."),
            value=text,
        )
    return plain[: match.start()].strip()


def _shown(order: DateOrder) -> str:
    return {
        "dmy": _("day, month, year"),
        "mdy": _("month, day, year"),
        "ymd": _("year, month, day"),
    }[order]


def _no_day(text: str) -> CellRefused:
    return CellRefused(
        why=_("“%(text)s” is not a day.") % {"text": text[:60]},
        remedy=_("Write it as 2027-12-31 or 31-12-2027."),
        value=text,
    )
