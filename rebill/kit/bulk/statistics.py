"""Telling the database how large its tables have become, right after they grew."""

from django.apps import apps
from django.db import connection

from rebill.kit.database import is_postgresql

# What fewer rows change, PostgreSQL learns in time by itself.
ROWS_MIN = 1_000

# Tables that have half as many pages again as when they were last looked at, and more than a few.
_GROWN = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relname = ANY(%s) AND pg_relation_size(oid) > 8192 * GREATEST(1.5 * relpages, 32)
ORDER BY relname
"""


def learn_sizes(rows_written: int) -> None:
    """After a command that wrote so many rows: have PostgreSQL look at the tables that grew by half or more.

    It plans by what it last saw. Its autovacuum looks a minute later at the earliest, and the next step of a month does
    not wait that long: it would walk a hundred thousand rows as if they were ten. SQLite plans without such figures.
    """
    if rows_written < ROWS_MIN or not is_postgresql():
        return
    ours = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith("rebill.")]
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [ours])
        grown = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        if grown:
            cursor.execute(f"ANALYZE {', '.join(grown)}")
