"""Raw values as the two databases take them: text of COPY for PostgreSQL, parameters for SQLite.

Rows are turned column by column, because a column nearly always holds values of one type: its encoder is chosen once
and runs in C over all of them. That costs a quarter of looking at each value by itself.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from rebill.kit.bulk.columns import Column, ValueRefused, by_column

NULL = "\\N"
_NONE = type(None)

# Made once: json.dumps makes an encoder for every value when it is asked to refuse NaN.
_json = json.JSONEncoder(allow_nan=False).encode


def copy_text(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> str:
    """The rows in the text format of PostgreSQL's COPY; NULL and the empty text stay apart."""
    texts = [_copy_column(values, column) for values, column in zip(by_column(rows, columns), columns, strict=True)]
    return "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"


def sqlite_columns(rows: Sequence[tuple[Any, ...]], columns: Sequence[Column]) -> list[Sequence[Any]]:
    """The values column by column, as Django keeps them in SQLite: moments as text in UTC, UUIDs as 32 hex digits."""
    return [_sqlite_column(values, column) for values, column in zip(by_column(rows, columns), columns, strict=True)]


def _copy_column(values: Sequence[Any], column: Column) -> Sequence[str]:
    types = set(map(type, values))
    has_null = _NONE in types
    types.discard(_NONE)
    kinds = {column.kind_of(each) for each in types}
    if not has_null and len(kinds) == 1:
        return _COPY[kinds.pop()](values)
    if len(kinds) > 1:
        return [NULL if value is None else _COPY[column.kind_of(type(value))]([value])[0] for value in values]
    if not kinds:
        return [NULL] * len(values)
    texts = iter(_COPY[kinds.pop()]([value for value in values if value is not None]))
    return [NULL if value is None else next(texts) for value in values]


def _sqlite_column(values: Sequence[Any], column: Column) -> Sequence[Any]:
    types = set(map(type, values))
    types.discard(_NONE)
    kinds = {column.kind_of(each) for each in types}
    if kinds.isdisjoint(_SQLITE):
        return values
    if len(kinds) == 1:
        [encode] = [_SQLITE[kind] for kind in kinds]
        return _once_each(values, encode) if kinds <= _REPEATED else [None if v is None else encode(v) for v in values]
    encoders = {each: _SQLITE.get(column.kind_of(each), _unchanged) for each in types} | {_NONE: _unchanged}
    return [encoders[type(value)](value) for value in values]


def _once_each(values: Sequence[Any], encode: Callable[[Any], Any]) -> list[Any]:
    """Encode each distinct value once: the days and moments of a run repeat thousands of times."""
    known = {value: None if value is None else encode(value) for value in set(values)}
    return list(map(known.__getitem__, values))


def _escaped(values: Sequence[str]) -> Sequence[str]:
    together = "".join(values)
    if "\0" in together:
        raise ValueRefused("Text with a NUL character cannot be kept.")
    for plain, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        if plain in together:
            values = [value.replace(plain, escape) for value in values]
    return values


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueRefused(f"The moment {value} has no time zone.")
    return value.astimezone(UTC)


def _unchanged(value: Any) -> Any:
    return value


def _texts(values: Iterable[Any]) -> list[str]:
    return list(map(str, values))


_COPY: dict[type, Callable[[Sequence[Any]], Sequence[str]]] = {
    bool: lambda values: ["t" if value else "f" for value in values],
    int: lambda values: list(map(int.__repr__, values)),
    str: _escaped,
    datetime: lambda values: _once_each(values, lambda value: _moment(value).isoformat(" ")),
    date: lambda values: _once_each(values, date.isoformat),
    UUID: _texts,
    bytes: lambda values: ["\\\\x" + value.hex() for value in values],
    dict: lambda values: _escaped(list(map(_json, values))),
    list: lambda values: _escaped(list(map(_json, values))),
}
_SQLITE: dict[type, Callable[[Any], Any]] = {
    datetime: lambda value: _moment(value).replace(tzinfo=None).isoformat(" "),
    date: date.isoformat,
    UUID: lambda value: value.hex,
    dict: _json,
    list: _json,
}
_REPEATED = frozenset({datetime, date})
