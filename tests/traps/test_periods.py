"""Traps C1: periods and proration, from the subscription to the invoice."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.rules.periods import Timing
from rebill.rules.proration import ProrationBase
from tests.stories.month import Month
from tests.traps.steps import ANNIVERSARY, all_lines, bill_months, nets, starts

pytestmark = pytest.mark.django_db


def test_c002_the_invoice_of_an_ended_quarter_divides_by_the_whole_quarter():
    month = Month()
    customer = month.customer("Bakkerij Jansen")
    quarter = {"price": "910", "price_months": 3, "months": 3, "timing": Timing.ARREARS}
    office = month.subscribe(customer, "OFFICE", start_on=date(2024, 5, 20), **quarter)
    month.cancel(office, last_day=date(2024, 6, 20))

    month.bill_on(date(2024, 7, 1))

    assert nets(month) == [Decimal("320.00")]


@pytest.mark.parametrize(
    ("base", "before", "after"), [("fixed_30", "5.32", "14.63"), ("actual", "5.32", "14.80")], ids=["thirty", "days"]
)
def test_c004_a_cancelled_month_is_corrected_by_the_sellers_base(base, before, after):
    month = Month(proration_base=ProrationBase(base))
    first = month.subscribe(month.customer("A"), "HOSTING", price="19.95", start_on=date(2023, 4, 23), **ANNIVERSARY)
    month.cancel(first, ends_before=date(2023, 5, 15))
    month.bill_on(date(2023, 4, 23))
    second = month.subscribe(month.customer("B"), "HOSTING", start_on=date(2023, 5, 15), **ANNIVERSARY)
    month.bill_on(date(2023, 5, 15))
    month.cancel(second, ends_before=date(2023, 5, 23))
    month.bill_on(date(2023, 6, 1))

    kept = Decimal("19.95") - Decimal(before)
    assert nets(month) == [kept, Decimal("19.95"), -Decimal(after)]


def test_c005_february_has_thirty_days_for_a_seller_who_counts_so():
    month = Month(proration_base=ProrationBase.FIXED_30)
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="30", start_on=date(2023, 2, 15), **ANNIVERSARY)
    month.bill_on(date(2023, 2, 15))

    month.cancel(hosting, ends_before=date(2023, 2, 23))
    month.bill_on(date(2023, 3, 1))

    assert nets(month) == [30, -22]


def test_c007_a_subscription_of_the_31st_stays_on_the_last_days():
    month = Month()
    month.subscribe(month.customer("A"), "HOSTING", start_on=date(2022, 12, 31), **ANNIVERSARY)

    bill_months(month, date(2022, 12, 1), 16)

    days = [(2022, 12, 31), (2023, 1, 31), (2023, 2, 28), (2023, 3, 31), (2023, 4, 30), (2023, 5, 31), (2023, 6, 30)]
    days += [(2023, 7, 31), (2023, 8, 31), (2023, 9, 30), (2023, 10, 31), (2023, 11, 30), (2023, 12, 31)]
    days += [(2024, 1, 31), (2024, 2, 29), (2024, 3, 31)]
    assert starts(month) == [date(*day) for day in days]
    assert set(nets(month)) == {Decimal("12.50")}


def test_c009_a_month_in_arrears_is_billed_when_it_is_over_and_not_before():
    month = Month()
    month.subscribe(month.customer("A"), "HOSTING", start_on=date(2025, 3, 31), timing=Timing.ARREARS, **ANNIVERSARY)

    month.bill_on(date(2025, 5, 30))
    before = [line[1:3] for line in all_lines(month)]
    month.bill_on(date(2025, 5, 31))

    assert before == [(date(2025, 3, 31), date(2025, 4, 30))]
    assert [line[1:3] for line in all_lines(month)][1:] == [(date(2025, 4, 30), date(2025, 5, 31))]


def test_c010_a_year_from_29_february_is_billed_on_its_last_day():
    month = Month()
    month.subscribe(
        month.customer("A"), "DOMAIN", price="12", price_months=12, months=12, start_on=date(2024, 2, 29), **ANNIVERSARY
    )

    for year in range(2024, 2029):
        month.bill_on(date(year, 2, 1))

    assert starts(month) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
    assert set(nets(month)) == {12}


@pytest.mark.parametrize("is_dated_beforehand", [False, True], ids=["issued on the eve", "dated on the eve"])
def test_c012_a_month_in_advance_is_invoiced_on_the_last_day_before_it(is_dated_beforehand):
    month = Month()
    month.set_price("HOSTING", "12.50", valid_from=date(2016, 1, 1))
    month.subscribe(month.customer("A"), "HOSTING", start_on=date(2016, 2, 1))

    for number, eve in ((2, date(2016, 1, 31)), (3, date(2016, 2, 29)), (4, date(2016, 3, 31))):
        run = month.prepare(date(2016, number, 1))
        month.approve_all()
        if is_dated_beforehand:
            month.date_invoices(run.run_id, eve)
        month.issue(date(2016, number, 1) if is_dated_beforehand else eve)

    assert [invoice.issued_on for invoice in month.invoices()] == [
        date(2016, 1, 31),
        date(2016, 2, 29),
        date(2016, 3, 31),
    ]
    assert starts(month) == [date(2016, 2, 1), date(2016, 3, 1), date(2016, 4, 1)]


def test_c014_the_month_that_loses_an_hour_costs_a_whole_month():
    month = Month()
    whole = month.customer("A")
    month.subscribe(whole, "HOSTING", price="31", start_on=date(2025, 3, 1))
    month.subscribe(month.customer("B"), "HOSTING", start_on=date(2025, 3, 30))

    month.bill_on(date(2025, 3, 1))

    assert nets(month) == [31, 2]


def test_c015_what_ended_is_neither_billed_nor_looked_at_for_ever():
    month = Month()
    month.subscribe(month.customer("A"), "HOSTING", start_on=date(2026, 1, 1), ends_before=date(2026, 2, 1))
    month.bill_on(date(2026, 1, 1))

    prepared = [month.prepare(date(2026, number, 1)) for number in (2, 3)]

    assert [(run.customers, run.charges, run.drafts) for run in prepared] == [(0, 0, 0), (0, 0, 0)]
