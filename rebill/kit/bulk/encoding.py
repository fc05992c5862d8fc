"""Raw values as the two databases take them: text of COPY for PostgreSQL, parameters for SQLite.

Rows are turned column by column, because a column nearly always holds values of one type: its encoder is chosen once
and runs in C over all of them. That costs a quarter of looking at each value by itself.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from rebill.kit.bulk.columns import Column, ValueRefused, by_column

Encode = Callable[[Sequence[Any]], Sequence[Any]]
_NONE = type(None)

# Made once: json.dumps makes an encoder for every value when it is asked to refuse NaN.
_json = json.JSONEncoder(allow_nan=False).encode


def copy_text(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> str:
    """The rows in the text format of PostgreSQL's COPY; NULL and the empty text stay apart."""
    texts = [
        _encoded(values, column, _COPY, null="\\N")
        for values, column in zip(by_column(rows, columns), columns, strict=True)
    ]
    return "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"


def sqlite_columns(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> list[Sequence[Any]]:
    """The values column by column, as Django keeps them in SQLite: moments as text in UTC, UUIDs as 32 hex digits."""
    return [
        _encoded(values, column, _SQLITE, null=None)
        for values, column in zip(by_column(rows, columns), columns, strict=True)
    ]


def _encoded(values: Sequence[Any], column: Column, encoders: Mapping[type, Encode], null: str | None) -> Sequence[Any]:
    types = set(map(type, values))
    has_null = _NONE in types
    types.discard(_NONE)
    kinds = {column.kind_of(each) for each in types}
    if not kinds:
        return [null] * len(values)
    if len(kinds) > 1:
        return [null if value is None else encoders[column.kind_of(type(value))]([value])[0] for value in values]
    encode = encoders[kinds.pop()]
    if not has_null:
        return encode(values)
    encoded = iter(encode([value for value in values if value is not None]))
    return [null if value is None else next(encoded) for value in values]


def _once_each(values: Sequence[Any], encode: Callable[[Any], Any]) -> list[Any]:
    """Encode each distinct value once: the days and moments of a run repeat thousands of times."""
    known = {value: encode(value) for value in set(values)}
    return list(map(known.__getitem__, values))


def _moments(values: Sequence[datetime]) -> list[str]:
    """Moments in UTC, as text without their zone."""
    zones = set(map(attrgetter("tzinfo"), values))
    if None in zones:
        raise ValueRefused(f"The moment {next(value for value in values if value.tzinfo is None)} has no time zone.")
    if zones == {UTC}:
        return _once_each(values, _moment)
    # In other zones the two hours of a night in October are equal to Python, though an hour apart.
    return list(map(_moment, values))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _checked(values: Sequence[str]) -> Sequence[str]:
    if "\0" in "".join(values):
        raise ValueRefused("Text with a NUL character cannot be kept.")
    return values


def _escaped(values: Sequence[str]) -> Sequence[str]:
    together = "".join(_checked(values))
    for plain, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        if plain in together:
            values = [value.replace(plain, escape) for value in values]
    return values


def _unchanged(values: Sequence[Any]) -> Sequence[Any]:
    return values


_COPY: Mapping[type, Encode] = {
    bool: lambda values: ["t" if value else "f" for value in values],
    int: lambda values: list(map(int.__repr__, values)),
    str: _escaped,
    datetime: lambda values: [f"{moment}+00" for moment in _moments(values)],
    date: lambda values: _once_each(values, date.isoformat),
    UUID: lambda values: list(map(str, values)),
    bytes: lambda values: ["\\\\x" + value.hex() for value in values],
    dict: lambda values: _escaped(list(map(_json, values))),
    list: lambda values: _escaped(list(map(_json, values))),
}
_SQLITE: Mapping[type, Encode] = {
    bool: _unchanged,
    int: _unchanged,
    str: _checked,
    datetime: _moments,
    date: lambda values: _once_each(values, date.isoformat),
    UUID: lambda values: [value.hex for value in values],
    bytes: _unchanged,
    dict: lambda values: list(map(_json, values)),
    list: lambda values: list(map(_json, values)),
}
