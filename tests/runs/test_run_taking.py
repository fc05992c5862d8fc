"""Which run bills what is added by hand."""

from datetime import date

import pytest

from rebill.runs.queries.due import run_taking
from tests.factories import make_customer, make_seller


@pytest.mark.parametrize(
    ("today", "supplied_on", "interval", "taken_on"),
    [
        # Added in September, for a service of that month: the next first of a month.
        (date(2026, 9, 10), date(2026, 9, 10), 1, date(2026, 10, 1)),
        (date(2026, 9, 1), date(2026, 9, 1), 1, date(2026, 9, 1)),
        # A day in the month that the run bills ahead.
        (date(2026, 9, 10), date(2026, 10, 20), 1, date(2026, 10, 1)),
        (date(2026, 9, 10), date(2026, 11, 2), 1, date(2026, 11, 1)),
        # A customer who is invoiced by the quarter.
        (date(2026, 9, 10), date(2026, 9, 10), 3, date(2026, 10, 1)),
        (date(2026, 10, 2), date(2026, 10, 2), 3, date(2027, 1, 1)),
        # Nobody waits for ever on a slip of the pen.
        (date(2026, 9, 10), date(9926, 9, 10), 12, date(9926, 1, 1)),
    ],
)
def test_a_line_is_taken_by_the_first_run_that_reaches_its_day(db, today, supplied_on, interval, taken_on):
    customer = make_customer(make_seller(), invoice_interval_months=interval)

    assert run_taking(customer=customer, supplied_on=supplied_on, today=today) == taken_on
