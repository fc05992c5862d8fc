"""Writing many rows with few statements: COPY on PostgreSQL, executemany on SQLite, on Django's own connection."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from operator import itemgetter
from typing import Any

from django.db import connection, models, transaction

from rebill.kit.bulk.chunks import chunks
from rebill.kit.bulk.columns import Column, ColumnUnknown, ValueRefused, columns_of
from rebill.kit.bulk.encoding import copy_text, sqlite_columns
from rebill.kit.database import is_postgresql

# Big enough that the statement around a block costs nothing, small enough that a block of wide rows is a few megabytes.
BLOCK = 4_000

Row = tuple[Any, ...]

_staging_numbers = count(1)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> int:
    """Insert rows of raw column values and return how many went in.

    `columns` are names in the database (`seller_id`, not `seller`); columns left out get the default of the database,
    not of the model. Values are int (also for money, prices and quantities: the integer that is kept), str, bool, date,
    aware datetime, UUID, bytes, None, and dict or list for JSON (a str there is JSON already). Others are refused.
    All rows go in or none. Rows may be a generator, and it may use the database itself: no statement is open meanwhile.
    With `ignore_conflicts` a row that meets a unique constraint is left out and not counted.
    """
    written = columns_of(model, tuple(columns))
    skip = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return _insert(model, written, rows, skip)


def upsert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> int:
    """Insert rows, or set the columns `update` where a row with the same `unique` columns stands; return how many.

    `unique` must be the columns of a unique constraint without a condition. Values are those of `insert_rows`. The
    same key twice among the rows is refused, because which of the two should win was not said.
    """
    written = columns_of(model, tuple(columns))
    columns_of(model, tuple(update))
    positions = [columns.index(name) for name in unique if name in columns]
    if len(positions) < len(unique) or not set(update) <= set(columns):
        raise ColumnUnknown(f"The columns {', '.join([*unique, *update])} must be among those written.")
    assignments = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in update)
    conflict = f" ON CONFLICT ({_listed(unique)}) DO UPDATE SET {assignments}"
    return _insert(model, written, _each_once(rows, positions), conflict)


def update_rows(model: type[models.Model], key: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Set `columns` of the rows found by the column `key`; return how many rows were found and set.

    Each of `rows` is the key followed by the values of `columns`, as raw as for `insert_rows`. A key may stand once.
    """
    written = columns_of(model, (key, *columns))
    table = _quoted(model._meta.db_table)
    keyed = _each_once(rows, [0])
    total = 0
    with transaction.atomic():
        if is_postgresql():
            assignments = ", ".join(f"{_quoted(name)} = staged.{_quoted(name)}" for name in columns)
            with _staging(model, written) as staging:
                for block in chunks(keyed, BLOCK):
                    _copy(staging, written, block)
                    total += _execute(
                        f"UPDATE {table} SET {assignments} FROM {staging} staged"
                        f" WHERE {table}.{_quoted(key)} = staged.{_quoted(key)}"
                    )
                    _execute(f"TRUNCATE {staging}")
            return total
        assignments = ", ".join(f"{_quoted(name)} = %s" for name in columns)
        for block in chunks(keyed, BLOCK):
            keys, *values = sqlite_columns(block, written)
            sql = f"UPDATE {table} SET {assignments} WHERE {_quoted(key)} = %s"
            total += _execute_many(sql, zip(*values, keys, strict=True))
    return total


def _insert(model: type[models.Model], written: Sequence[Column], rows: Iterable[Row], conflict: str) -> int:
    table = _quoted(model._meta.db_table)
    names = _listed([column.name for column in written])
    total = 0
    with transaction.atomic():
        if not is_postgresql():
            places = ", ".join(["%s"] * len(written))
            for block in chunks(rows, BLOCK):
                values = zip(*sqlite_columns(block, written), strict=True)
                total += _execute_many(f"INSERT INTO {table} ({names}) VALUES ({places}){conflict}", values)
        elif not conflict:
            for block in chunks(rows, BLOCK):
                total += _copy(table, written, block)
        else:
            with _staging(model, written) as staging:
                for block in chunks(rows, BLOCK):
                    _copy(staging, written, block)
                    total += _execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {staging}{conflict}")
                    _execute(f"TRUNCATE {staging}")
    return total


def _each_once(rows: Iterable[Row], positions: Sequence[int]) -> Iterator[Row]:
    """The same rows; ValueRefused when a key, the values at `positions`, comes a second time (NULL equals nothing)."""
    seen: set[Row] = set()
    for block in chunks(rows, BLOCK):
        columns = [map(itemgetter(position), block) for position in positions]
        keys = [key for key in zip(*columns, strict=True) if None not in key]
        distinct = set(keys)
        if len(distinct) < len(keys) or not seen.isdisjoint(distinct):
            times = Counter(keys)
            twice = next(key for key in keys if times[key] > 1 or key in seen)
            raise ValueRefused(f"The key {twice} stands twice among the rows to be written.")
        seen |= distinct
        yield from block


@contextmanager
def _staging(model: type[models.Model], written: Sequence[Column]) -> Iterator[str]:
    """An empty table with these columns but no constraints, gone with the transaction: COPY knows no conflicts."""
    name = f"kit_staging_{next(_staging_numbers)}"
    names = _listed([column.name for column in written])
    table = _quoted(model._meta.db_table)
    _execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
    yield name
    _execute(f"DROP TABLE {name}")


def _copy(table: str, written: Sequence[Column], block: Sequence[Row]) -> int:
    text = copy_text(block, written)
    names = _listed([column.name for column in written])
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.write(text)
        touched: int = cursor.rowcount
    return touched


def _execute(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        touched: int = cursor.rowcount
    return touched


def _execute_many(sql: str, rows: Iterable[Row]) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
        touched: int = cursor.rowcount
    return touched


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))
