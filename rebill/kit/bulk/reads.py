"""Reading many rows as tuples of raw column values, in bounded memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler

from rebill.kit.errors import Invalid
from rebill.kit.fields import ScaledField

BLOCK = 4_000

ConvertColumn = Callable[[Sequence[Any]], Sequence[Any]]

_REPEATED = (models.DateField, models.BooleanField)


class NothingToRead(Invalid):
    """No fields were named."""


def read_rows(queryset: models.QuerySet[Any], *fields: str) -> Iterator[tuple[Any, ...]]:
    """The `fields` of each row as one tuple, in the order of the queryset.

    As `values_list`, except that prices and quantities are the integers that are kept, as money is there too; days,
    moments, booleans, UUIDs and JSON come as Python values on both databases. Fields may be annotations and may cross
    relations. Reads as it goes: on PostgreSQL by a cursor on the server, so millions of rows need little memory.
    """
    if not fields:
        raise NothingToRead(f"Name the fields of {queryset.model._meta.label} to be read.")
    compiler = queryset.values_list(*fields).query.get_compiler(connection=connection)
    return _blocks(compiler)


def _blocks(compiler: SQLCompiler) -> Iterator[tuple[Any, ...]]:
    blocks = compiler.execute_sql(chunked_fetch=True, chunk_size=BLOCK)
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

    # Parsing a day costs a microsecond and days repeat; a dict or list must not be shared between rows.
    return convert_distinct if isinstance(field, _REPEATED) else convert_each
