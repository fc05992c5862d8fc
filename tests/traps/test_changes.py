"""Traps C2: changes, cancellations and credits, from what is entered to what the customer is invoiced."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.catalogue.commands import set_price
from rebill.catalogue.fields import TierPrice
from rebill.rules.periods import Timing
from rebill.rules.pricing import PriceModel
from tests.stories.month import LONG_AGO, Month
from tests.traps.steps import (
    ANNIVERSARY,
    all_lines,
    change_price_on,
    change_quantity_on,
    corrected,
    lines_of,
    nets,
)

pytestmark = pytest.mark.django_db


def test_c016_an_upgrade_half_way_is_five_back_and_ten_more():
    month = Month()
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="10", start_on=date(2026, 6, 1))
    month.bill_on(date(2026, 6, 1))

    change_price_on(month, hosting, "20", date(2026, 6, 16))
    month.bill_on(date(2026, 6, 20))

    assert [line[3] for line in lines_of(month.invoices()[-1])] == [-5, 10]
    assert nets(month) == [10, 5]


def test_c019_a_second_upgrade_gives_back_of_what_the_first_one_billed():
    # The source counts seconds: 93.69 and 92.38 per cent are 342 and 337 days of 365 by the day.
    month = Month()
    customer = month.customer("A")
    year = {"price_months": 12, "months": 12, **ANNIVERSARY}
    start, first, second = date(2025, 1, 1), date(2025, 1, 24), date(2025, 2, 21)
    basic = month.subscribe(customer, "BASIC", price="499", start_on=start, **year)
    month.bill_on(start)

    month.cancel(basic, ends_before=first)
    more = month.subscribe(customer, "MORE", price="998", start_on=first, **year)
    month.bill_on(first)
    month.cancel(more, ends_before=second)
    month.subscribe(customer, "MOST", price="1497", start_on=second, **year)
    month.bill_on(second)

    assert nets(month) == [499, Decimal("530.44"), Decimal("575.56")]


def test_c020_more_seats_at_a_lower_price_cost_the_difference_for_the_days_left():
    # The source truncates to 17.54; half-up it is 17.55, as 33.03 less 15.48.
    month = Month()
    product = month.product("SEAT")
    set_price(
        acting=month.acting, plan_id=month.plan.pk, product_id=product.pk, valid_from=LONG_AGO, now=month.at(LONG_AGO),
        model=PriceModel.VOLUME, months=1,
        tiers=[
            TierPrice(up_to=Decimal(3), unit_price=Decimal(10)),
            TierPrice(up_to=None, unit_price=Decimal(8)),
        ],
    )  # fmt: skip
    seats = month.subscribe(month.customer("A"), "SEAT", price=None, quantity="3", start_on=date(2025, 1, 1))
    month.bill_on(date(2025, 1, 1))

    change_quantity_on(month, seats, 8, date(2025, 1, 16))
    month.bill_on(date(2025, 1, 20))
    month.bill_on(date(2025, 2, 1))

    assert nets(month) == [30, Decimal("17.55"), 64]


def test_c022_the_next_invoice_has_the_new_price():
    month = Month()
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="10", start_on=date(2026, 6, 1))
    month.bill_on(date(2026, 6, 1))

    change_price_on(month, hosting, "20", date(2026, 6, 16))
    month.bill_on(date(2026, 7, 1))
    month.bill_on(date(2026, 8, 1))

    assert nets(month) == [10, 25, 20]


def test_c024_what_is_cancelled_on_the_day_it_starts_is_taken_back_whole():
    month = Month()
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="100", start_on=date(2025, 2, 8))
    month.bill_on(date(2025, 2, 8))

    month.cancel(hosting, ends_before=date(2025, 2, 8))
    month.bill_on(date(2025, 3, 1))

    assert [(each.kind, each.net_amount.decimal, each.gross_amount.decimal) for each in month.invoices()] == [
        ("invoice", Decimal("75.00"), Decimal("90.75")),
        ("credit_note", Decimal("-75.00"), Decimal("-90.75")),
    ]


def test_c026_a_cancellation_before_billed_through_gives_the_rest_back():
    month = Month()
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="30", start_on=date(2025, 6, 1))
    month.bill_on(date(2025, 6, 1))

    month.cancel(hosting, last_day=date(2025, 6, 10))
    month.bill_on(date(2025, 7, 1))

    assert all_lines(month)[1:] == [("PERIODICCORRECTION", date(2025, 6, 11), date(2025, 7, 1), -20)]


def test_c027_what_ended_in_arrears_is_billed_to_its_end_and_no_further():
    month = Month()
    hosting = month.subscribe(
        month.customer("A"), "HOSTING", price="30", start_on=date(2025, 6, 1), timing=Timing.ARREARS
    )
    month.cancel(hosting, last_day=date(2025, 6, 10))

    for number in (7, 8, 9):
        month.bill_on(date(2025, number, 1))

    assert nets(month) == [10]


def test_c029_a_backdated_price_corrects_the_line_that_was_billed():
    month = Month()
    hosting = month.subscribe(month.customer("A"), "HOSTING", price="10", start_on=date(2026, 6, 1))
    month.bill_on(date(2026, 6, 1))
    month.bill_on(date(2026, 7, 1))

    change_price_on(month, hosting, "20", date(2026, 6, 16))
    month.bill_on(date(2026, 7, 5))

    of_june = [line for line in lines_of(month.invoices()[-1]) if line[1] < date(2026, 7, 1)]
    assert [line[3] for line in of_june] == [-5, 10]
    assert corrected(month)[:2] == [(-5, "PERIODICFIRST"), (10, "PERIODICFIRST")]


def test_c030_a_year_that_becomes_months_is_given_back_and_billed_by_the_month():
    month = Month()
    customer = month.customer("A")
    year = {"price": "2399.95", "price_months": 12, "months": 12, **ANNIVERSARY}
    yearly = month.subscribe(customer, "SHOTGUN", start_on=date(2025, 4, 1), **year)
    month.bill_on(date(2025, 4, 1))

    month.cancel(yearly, ends_before=date(2025, 4, 1))
    month.subscribe(customer, "SHOTGUN-M", price="249.95", start_on=date(2025, 4, 1))
    for number in (4, 5, 6):
        month.bill_on(date(2025, number, 2))

    assert nets(month) == [Decimal("2399.95"), Decimal("-2150.00"), Decimal("249.95"), Decimal("249.95")]
    assert [each.kind for each in month.invoices()] == ["invoice", "credit_note", "invoice", "invoice"]
