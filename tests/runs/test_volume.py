"""Runs read and write in bulk: the number of queries does not grow with the number of customers."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.kit.database import is_postgresql
from rebill.runs.queries.lines import lines_of
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


def queries_for(customers: int) -> dict[str, int]:
    """How many queries a month takes, step by step."""
    month = Month()
    for index in range(customers):
        customer = month.customer(f"Klant {index}", number=str(index))
        for code in ("HOSTING-M", "MAIL", "BACKUP"):
            month.subscribe(customer, code, start_on=DAY)
    counts = {}
    for step, work in (
        ("prepare", lambda: month.prepare(DAY)),
        ("again", lambda: month.prepare(DAY)),
        ("approve", month.approve_all),
        ("issue", lambda: month.issue(DAY)),
        ("next", lambda: month.prepare(date(2026, 9, 1))),
    ):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            work()
        counts[step] = len(queries)
    return counts


def test_a_run_takes_as_many_queries_for_thirty_customers_as_for_three():
    queries_for(1)  # the very first run makes the rows that count ids
    few, many = queries_for(3), queries_for(30)

    assert many == few
    assert max(few.values()) < 100, few


def test_the_lines_of_a_few_drafts_are_found_among_any_number_of_charges():
    month = Month()
    for number in range(100):
        month.subscribe(month.customer(f"Bakkerij {number}"), "HOSTING-M", start_on=DAY)
    month.prepare(DAY)

    with connection.cursor() as cursor:
        # So few rows PostgreSQL would rather read from end to end; but it has to see that all are of one seller.
        cursor.execute("SET LOCAL enable_seqscan = off" if is_postgresql() else "ANALYZE kit_event")
        cursor.execute("ANALYZE charges_charge")
    with CaptureQueriesContext(connection) as queries:
        lines_of(seller_id=month.seller.pk, draft_ids=[1, 2, 3])
        [sql] = [each["sql"] for each in queries.captured_queries if 'FROM "charges_charge"' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'' if is_postgresql() else 'QUERY PLAN '}{sql[sql.index('SELECT') :]}")
        plan = str(cursor.fetchall())

    assert "charge_by_claim" in plan
