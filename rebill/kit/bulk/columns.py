"""Which Python values a database column takes raw: what cannot be kept exactly is refused before it is written.

PostgreSQL would refuse most of it too; SQLite would keep the word "abc" in a column of integers without complaint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from rebill.kit.errors import Invalid

# In this order, because a bool is an int and a datetime is a date.
KINDS: tuple[type, ...] = (bool, int, str, datetime, date, UUID, bytes, dict, list)

_WHOLE_NUMBER = frozenset({int})
_TEXT = frozenset({str})
_KINDS_OF_FIELD: dict[str, frozenset[type]] = {
    "AutoField": _WHOLE_NUMBER,
    "BigAutoField": _WHOLE_NUMBER,
    "SmallAutoField": _WHOLE_NUMBER,
    "IntegerField": _WHOLE_NUMBER,
    "BigIntegerField": _WHOLE_NUMBER,
    "SmallIntegerField": _WHOLE_NUMBER,
    "PositiveIntegerField": _WHOLE_NUMBER,
    "PositiveBigIntegerField": _WHOLE_NUMBER,
    "PositiveSmallIntegerField": _WHOLE_NUMBER,
    "BooleanField": frozenset({bool}),
    "CharField": _TEXT,
    "TextField": _TEXT,
    "DateField": frozenset({date}),
    "DateTimeField": frozenset({datetime}),
    "UUIDField": frozenset({UUID}),
    "BinaryField": frozenset({bytes}),
    "JSONField": frozenset({dict, list, str}),
}


class ColumnUnknown(Invalid):
    """A column that the table does not have, or that is written twice in one row."""


class ValueRefused(Invalid):
    """A value that the column cannot keep raw and exactly, or a row with too few or too many values."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be written: its name in the database, and the kinds of values it takes."""

    name: str
    title: str
    kinds: frozenset[type]

    def kind_of(self, kind: type) -> type:
        """The member of KINDS that values of this type are written as; ValueRefused when the column takes none such."""
        found = _kind_of(kind)
        if found in self.kinds:
            return found
        takes = " or ".join(sorted(each.__name__ for each in self.kinds))
        raise ValueRefused(f"{self.title} takes raw values of type {takes}, not {kind.__name__}.")


@cache
def columns_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of the table of `model` with these database names, in this order."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise ColumnUnknown(
            f"{model._meta.db_table} has no column {', '.join(unknown)}; it has {', '.join(map(str, fields))}."
        )
    if not names or len(set(names)) < len(names):
        raise ColumnUnknown(f"Each column of {model._meta.db_table} to be written must be named once: {names}.")
    return tuple(Column(name, f"{model._meta.db_table}.{name}", _kinds_of(fields[name])) for name in names)


def by_column(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> list[tuple[Any, ...]]:
    """The values of `rows` column by column; ValueRefused when a row has another number of values."""
    if set(map(len, rows)) != {len(columns)}:
        row = next(row for row in rows if len(row) != len(columns))
        names = ", ".join(column.name for column in columns)
        raise ValueRefused(f"A row has {len(row)} values for the {len(columns)} columns {names}: {row!r:.200}.")
    return list(zip(*rows, strict=True))


@cache
def _kind_of(kind: type) -> type | None:
    return next((each for each in KINDS if issubclass(kind, each)), None)


def _kinds_of(field: "models.Field[Any, Any]") -> frozenset[type]:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return _KINDS_OF_FIELD.get(field.get_internal_type(), frozenset(KINDS))
