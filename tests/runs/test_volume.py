"""Runs read and write in bulk: the number of queries does not grow with the number of customers."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
