"""What the database is told of tables that grew."""

from django.db import connection

from rebill.kit.bulk import insert_rows, learn_sizes
from rebill.kit.database import is_postgresql
from rebill.kit.models import Event
from tests.factories import NOW, make_seller

COLUMNS = ("seller_id", "subject_type", "subject_id", "verb", "actor_id", "occurred_at", "details")


def known_rows() -> int:
    """How many events the planner of PostgreSQL takes for granted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Event._meta.db_table])
        return cursor.fetchone()[0]


def write_events(seller_id: int, number: int) -> None:
    rows = ((seller_id, "any.thing", each, "made", None, NOW, {"words": "x" * 50}) for each in range(number))
    insert_rows(Event, COLUMNS, rows)


def test_tables_that_grew_are_looked_at_once(db, django_assert_num_queries):
    write_events(make_seller().pk, 5_000)

    # SQLite is asked nothing; PostgreSQL which tables grew, and to look at them.
    with django_assert_num_queries(2 if is_postgresql() else 0):
        learn_sizes(5_000)

    assert not is_postgresql() or known_rows() >= 5_000
    with django_assert_num_queries(1 if is_postgresql() else 0):
        learn_sizes(5_000)


def test_what_is_small_asks_nothing(db, django_assert_num_queries):
    write_events(make_seller().pk, 999)

    with django_assert_num_queries(0):
        learn_sizes(999)
