"""Stamps on rows that change, so that a reader can ask again and again what changed since, and misses nothing.

A plain counter would not do on PostgreSQL: a transaction that took number 7 may end after one that took 8, and who has
read 8 would never see 7. There the stamp is the number of the writing transaction, and a reader goes on from the oldest
transaction that was still under way: what it sees twice is harmless, what it would miss is not. On SQLite writers queue
up, so the stamp counts.
"""

from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Max
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

from rebill.kit.database import is_postgresql


class Stamp(Expression):
    """The stamp of this moment for a row of `model` that is written now; give it to `create` or `update`."""

    def __init__(self, model: type[models.Model], column: str = "stamp") -> None:
        super().__init__(output_field=BigIntegerField())
        self.table = model._meta.db_table
        self.column = column

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        if connection.vendor == "postgresql":
            return "pg_current_xact_id()::text::bigint", ()
        quoted = connection.ops.quote_name
        return f"(SELECT COALESCE(MAX({quoted(self.column)}), 0) + 1 FROM {quoted(self.table)})", ()


def next_stamp(model: type[models.Model], column: str = "stamp") -> int:
    """The stamp of this moment as a number, for rows that are written in bulk. Needs a transaction that writes."""
    return _transaction("pg_current_xact_id()") if is_postgresql() else _counted(model, column)


def settled_before(model: type[models.Model], column: str = "stamp") -> int:
    """The stamp below which nothing can change any more unseen: where a reader that reads now goes on later.

    Ask before reading the rows.
    """
    return _transaction("pg_snapshot_xmin(pg_current_snapshot())") if is_postgresql() else _counted(model, column)


def counted_to(model: type[models.Model], column: str = "stamp") -> int:
    """The stamp that no row has yet: a reader that names a later one comes from another database."""
    return _transaction("pg_snapshot_xmax(pg_current_snapshot())") if is_postgresql() else _counted(model, column)


def _transaction(asked: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}::text::bigint")
        return int(cursor.fetchone()[0])


def _counted(model: type[models.Model], column: str) -> int:
    return int(model._default_manager.aggregate(latest=Max(column))["latest"] or 0) + 1
