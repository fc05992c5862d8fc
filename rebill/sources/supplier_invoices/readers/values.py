"""Values as XML invoices write them, and what no document can do without."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from rebill.kit.xml import Element, local_name
from rebill.rules.errors import said as _
from rebill.sources.supplier_invoices.contract import Unreadable

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_SPACES = re.compile(r"[\s ]+")


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """The elements of this name right below, whatever their namespace."""
    if parent is not None:
        yield from (each for each in parent if local_name(each) == name)


def child(parent: Element | None, *path: str) -> Element | None:
    """The first element at the end of the path of names."""
    for name in path:
        parent = next(children(parent, name), None)
    return parent


def text(parent: Element | None, *path: str) -> str:
    """What stands there, without needless spaces; empty where nothing does."""
    found = child(parent, *path)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def texts(parent: Element | None, name: str) -> tuple[str, ...]:
    """What stands in each element of this name, without the empty ones."""
    found = (" ".join("".join(each.itertext()).split()) for each in children(parent, name))
    return tuple(each for each in found if each)


def number(parent: Element | None, *path: str) -> Decimal | None:
    """The number there, with a point or a comma; None where there is none. Unreadable when it is none."""
    return number_in(text(parent, *path), path[-1])


def number_in(written: str, field: str) -> Decimal | None:
    """The number that is written so in the field; None where nothing is. Unreadable when it is none."""
    if not written:
        return None
    plain = _SPACES.sub("", written).replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Unreadable(_("%(value)s in %(field)s is not a number.", value=written[:40], field=field)) from None
    if not value.is_finite() or abs(value) >= 10**11:
        raise Unreadable(_("%(value)s in %(field)s is no amount.", value=written[:40], field=field))
    return value


def is_true(parent: Element | None, *path: str) -> bool:
    """Whether it says so there, in either way that XML writes it."""
    return text(parent, *path).lower() in {"true", "1"}


def day(parent: Element | None, *path: str) -> date | None:
    """The day there, as 2026-11-01 or 20261101; None where there is none."""
    written = text(parent, *path)
    if not written:
        return None
    found = _DAY.match(written)
    try:
        return date(*map(int, found.groups())) if found else _no_day(written, path[-1])
    except ValueError:
        return _no_day(written, path[-1])


def _no_day(written: str, field: str) -> date:
    raise Unreadable(_("%(value)s in %(field)s is not a day.", value=written[:40], field=field))


def required(value: str, field: str) -> str:
    """The text, which must be there."""
    if not value:
        raise Unreadable(_("The document has no %(field)s.", field=field))
    return value


def required_number(value: Decimal | None, field: str) -> Decimal:
    """The number, which must be there."""
    if value is None:
        raise Unreadable(_("The document has no %(field)s.", field=field))
    return value


def required_day(value: date | None, field: str) -> date:
    """The day, which must be there."""
    if value is None:
        raise Unreadable(_("The document has no %(field)s.", field=field))
    return value


def dated_in_order(start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """A period as it is stated; a reversed one is none."""
    return (None, None) if start and end and end < start else (start, end)
