"""A customer who changes currency: what was billed in one is corrected in it, what follows is billed in the other."""

from datetime import date

import pytest

from rebill.charges.checks import check_charges
from rebill.charges.models import Charge
from rebill.invoices.commands import credit_invoice
from rebill.parties.commands import change_customer
from tests import factories
from tests.stories.month import LONG_AGO, Month

pytestmark = pytest.mark.django_db

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture
def month() -> Month:
    month = Month()
    product = month.product("HOSTING-M")
    for currency, price in (("EUR", "31.00"), ("CHF", "40.00"), ("JPY", "5000")):
        factories.make_plan_price(
            product,
            price,
            valid_from=LONG_AGO,
            plan=month.plan,
            months=1,
            currency="" if currency == "EUR" else currency,
        )
    return month


@pytest.mark.parametrize(("currency", "august"), [("CHF", 4000), ("JPY", 5000)])
def test_a_cancellation_from_before_the_change_is_credited_as_it_was_billed(month, currency, august):
    customer = month.customer("Uhren AG")
    hosting = month.subscribe(customer, "HOSTING-M", start_on=JULY)
    month.bill_on(JULY)
    change_customer(acting=month.acting, customer_id=customer.pk, currency=currency, now=month.at(AUGUST))
    month.bill_on(AUGUST)

    month.cancel(hosting, last_day=date(2026, 7, 15))
    month.bill_on(SEPTEMBER)

    assert sorted((each.currency, each.net_amount.minor) for each in month.invoices()) == sorted(
        [("EUR", 3100), (currency, august), ("EUR", -1600), (currency, -august)]
    )
    assert check_charges(acting=month.acting) == []


def test_what_credit_notes_and_a_correction_give_back_twice_is_owed_in_the_currency_it_was_billed_in(month):
    customer = month.customer("Uhren AG")
    hosting = month.subscribe(customer, "HOSTING-M", start_on=JULY)
    month.bill_on(JULY)
    [invoice] = month.invoices()
    credit_invoice(acting=month.acting, invoice_id=invoice.id, reason="Goodwill", today=JULY, now=month.at(JULY))
    change_customer(acting=month.acting, customer_id=customer.pk, currency="JPY", now=month.at(AUGUST))

    month.cancel(hosting, last_day=date(2026, 7, 15))
    month.bill_on(AUGUST)

    again = [(each.currency, each.amount.minor) for each in Charge.objects.order_by("id") if each.kind != "PERIODIC"]
    assert again == [("EUR", 3100), ("EUR", -1600), ("EUR", 1600)]
    assert check_charges(acting=month.acting) == []
