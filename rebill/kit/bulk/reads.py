"""Reading many rows as tuples of raw column values, in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler

from rebill.kit.errors import Invalid
from rebill.kit.fields import ScaledField

BLOCK = 4_000

ConvertColumn = Callable[[Sequence[Any]], Sequence[Any]]

# Most JSON says nothing, which takes no parsing.
_EMPTY: dict[Any, Callable[[], Any]] = {"[]": list, "{}": dict}
_REPEATED = (models.DateField, models.BooleanField)


class NothingToRead(Invalid):
    """No fields were named."""


def read_rows(queryset: models.QuerySet[Any], *fields: str) -> Iterator[tuple[Any, ...]]:
    """The `fields` of each row as one tuple, in the order of the queryset.

    As `values_list`, except that prices and quantities are the integers that are kept, as money is there too; days,
    moments, booleans, UUIDs and JSON come as Python values on both databases. Fields may be annotations and may cross
    relations. Reads as it goes: on PostgreSQL by a cursor on the server, so millions of rows need little memory.
    """
    return _blocks(_compiler(queryset, fields), as_it_goes=True)


def read_all(queryset: models.QuerySet[Any], *fields: str) -> list[tuple[Any, ...]]:
    """The rows of `read_rows`, all at once: for what one customer or one chunk of them has.

    A cursor on the server takes four round trips, and such a read takes none but its own.
    """
    return list(_blocks(_compiler(queryset, fields), as_it_goes=False))


def _compiler(queryset: models.QuerySet[Any], fields: Sequence[str]) -> SQLCompiler:
    if not fields:
        raise NothingToRead(f"Name the fields of {queryset.model._meta.label} to be read.")
    compiler: SQLCompiler = queryset.values_list(*fields).query.get_compiler(connection=connection)
    return compiler


def _blocks(compiler: SQLCompiler, *, as_it_goes: bool) -> Iterator[tuple[Any, ...]]:
    blocks = compiler.execute_sql(chunked_fetch=as_it_goes, chunk_size=BLOCK)
    converters = [
        (position, _converter(steps, expression))
        for position, (steps, expression) in compiler.get_converters(
            [expression for expression, *_ in compiler.select[: compiler.col_count]]
        ).items()
    ]
    for block in blocks:
        if not converters:
            yield from block
            continue
        columns: list[Sequence[Any]] = list(zip(*block, strict=True))
        for position, convert in converters:
            columns[position] = convert(columns[position])
        yield from zip(*columns, strict=True)


def _converter(steps: Sequence[Callable[..., Any]], expression: Any) -> ConvertColumn:
    """Django's own converters of a column, without the one that makes Decimals, for a whole column at once."""
    field = expression.output_field
    if isinstance(field, ScaledField):
        steps = [step for step in steps if getattr(step, "__self__", None) is not field]

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, expression, connection)
        return value

    def convert_each(values: Sequence[Any]) -> list[Any]:
        return list(map(convert, values))

    def convert_distinct(values: Sequence[Any]) -> list[Any]:
        known = {value: convert(value) for value in set(values)}
        return list(map(known.__getitem__, values))

    def convert_json(values: Sequence[Any]) -> list[Any]:
        return [_EMPTY[value]() if value in _EMPTY else convert(value) for value in values]

    # Parsing a day costs a microsecond and days repeat; a dict or list must not be shared between rows.
    if isinstance(field, _REPEATED):
        return convert_distinct
    return convert_json if isinstance(field, models.JSONField) else convert_each
