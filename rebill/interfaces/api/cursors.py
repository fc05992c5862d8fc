"""Lists in pages by keyset: a page begins after the last row of the one before, whatever was added meanwhile.

No page counts or skips rows, so the last page of a million is as quick as the first.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import BaseModel
from pydantic import Field as Described

from rebill.kit.errors import Invalid

ROWS = 50
ROWS_MAX = 200

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item", bound=BaseModel)


class CursorUnreadable(Invalid):
    """The cursor is none that this list gave."""


class Page(BaseModel, Generic[Item]):
    """Some rows of a list, and the cursor of those that follow."""

    items: list[Item]
    next_cursor: str | None = Described(description="Send it as `cursor` for the rows that follow; null at the end.")


class Paging(BaseModel):
    """Where a page begins and how long it is; a list with filters adds them."""

    cursor: str = Described(
        "", max_length=500, description="The `next_cursor` of the page before; empty for the first."
    )
    limit: int = Described(ROWS, ge=1, le=ROWS_MAX, description="How many rows at most.")


Paged = Annotated[Paging, Query()]


def page_of(
    rows: QuerySet[Row], paging: Paging, show: Callable[[Sequence[Row]], list[Item]], *, by: Sequence[str] = ("id",)
) -> "Page[Item]":
    """The page of `rows` that was asked for, ordered by these columns, which must end in a unique one: `-id` is the
    newest first. `show` turns the rows of the page into items, all at once."""
    if paging.cursor:
        rows = rows.filter(_after(rows.model, by, _decode(paging.cursor, len(by))))
    found = list(rows.order_by(*by)[: paging.limit + 1])
    shown, has_more = found[: paging.limit], len(found) > paging.limit
    return Page(items=show(shown), next_cursor=_encode(shown[-1], by) if has_more else None)


def each(show: Callable[[Row], Item]) -> Callable[[Sequence[Row]], list[Item]]:
    """Shows rows one by one."""
    return lambda rows: [show(row) for row in rows]


def _after(model: type[Model], by: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows after these values: beyond in the first column, or equal there and beyond in the rest."""
    try:
        exact = [_column(model, name).to_python(value) for name, value in zip(by, values, strict=True)]
    except (ValidationError, TypeError, ValueError, OverflowError):
        raise _unreadable() from None
    if any(value is None or (isinstance(value, int) and abs(value) >= 2**63) for value in exact):
        raise _unreadable()
    conditions = Q()
    for position, column in reversed(list(enumerate(by))):
        name, beyond = column.removeprefix("-"), "lt" if column.startswith("-") else "gt"
        further = Q(**{f"{name}__{beyond}": exact[position]})
        conditions = further if not conditions else further | Q(**{name: exact[position]}) & conditions
    # Said once more for the first column alone, so that the database begins at the right place of its index.
    first, bound = by[0].removeprefix("-"), "lte" if by[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": exact[0]}) & conditions


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    column = model._meta.get_field(name.removeprefix("-"))
    assert isinstance(column, Field)
    return column


def _encode(row: Model, by: Sequence[str]) -> str:
    values = [reduce(getattr, column.removeprefix("-").split("__"), row) for column in by]
    return urlsafe_b64encode(json.dumps(values, default=str, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (NoBase64, ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(values, list) or len(values) != length or not all(isinstance(each, str | int) for each in values):
        raise _unreadable()
    return values


def _unreadable() -> CursorUnreadable:
    return CursorUnreadable(_("The cursor is none of this list. Begin again without one."))
