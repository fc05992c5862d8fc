"""Ids taken in advance, so that rows of several tables can name each other before any of them is written."""

from collections.abc import Sequence

from django.db import connection, models

from rebill.kit.database import is_postgresql, require_transaction
from rebill.kit.errors import Invalid


class CountRefused(Invalid):
    """Fewer than no ids were asked for."""


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """`count` ids of the table of `model`, ascending, that no other row has or will get. Needs a transaction.

    Mostly a range; when others inserted at the same moment on PostgreSQL their ids lie in between, and it is a list.
    Use the ids in this transaction: SQLite takes them back when it is rolled back, PostgreSQL leaves a gap.
    """
    require_transaction("Reserving ids")
    if count < 0:
        raise CountRefused(f"{count} ids cannot be reserved.")
    if count == 0:
        return range(0)
    return _reserve_postgresql(model, count) if is_postgresql() else _reserve_sqlite(model, count)


def _reserve_postgresql(model: type[models.Model], count: int) -> Sequence[int]:
    # Moving the sequence with setval would race with whoever calls nextval in between; nextval alone is safe. The ids
    # come back as stretches without a hole, nearly always one, so a million of them is one short row.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS stretch FROM ("
            "SELECT nextval((SELECT pg_get_serial_sequence(%s, %s)::regclass)) AS id FROM generate_series(1, %s)"
            ") AS taken) AS numbered GROUP BY stretch ORDER BY 1",
            [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column, count],
        )
        stretches = [range(first, last + 1) for first, last in cursor.fetchall()]
    return stretches[0] if len(stretches) == 1 else [number for stretch in stretches for number in stretch]


def _reserve_sqlite(model: type[models.Model], count: int) -> range:
    # AUTOINCREMENT keeps the highest id ever used per table in sqlite_sequence, from the first insert on.
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        moved = cursor.fetchall()
        if not moved:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
            moved = [(count,)]
    [(last,)] = moved
    return range(last - count + 1, last + 1)
