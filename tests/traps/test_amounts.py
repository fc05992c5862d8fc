"""Traps C3, C119 and C120: amounts and VAT as they stand on the issued document."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.models import Charge
from rebill.rules.pricing import multiply_price
from tests.stories.month import Month
from tests.traps.steps import lines_of

pytestmark = pytest.mark.django_db
AUGUST = date(2026, 8, 1)


def billed(*prices: str, **terms) -> Month:
    """A seller that has invoiced one customer these lines."""
    month = Month(**terms)
    customer = month.customer("Bakkerij Jansen")
    for price in prices:
        month.add_line(customer, "Regel", price=price, on=AUGUST)
    month.bill_on(AUGUST)
    return month


def test_c035_a_line_is_rounded_half_up_away_from_zero():
    month = Month()
    customer = month.customer("Bakkerij Jansen")
    month.add_line(customer, "Regel", price="0.125", on=AUGUST)
    month.add_line(customer, "Regel", price="2.675", on=AUGUST)
    month.add_credit(customer, "Tegoed", price="0.125", on=AUGUST)

    month.bill_on(AUGUST)

    [invoice] = month.invoices()
    assert sorted(line[3] for line in lines_of(invoice)) == [Decimal("-0.13"), Decimal("0.13"), Decimal("2.68")]


def test_c037_vat_of_fifty_lines_is_that_of_their_sum():
    [invoice] = billed(*["241.67"] * 50).invoices()

    # 12,083.50 at 21 %; line by line it would be 50 × 50.75 = 2,537.50.
    assert invoice.tax_amount.decimal == Decimal("2537.54")


def test_c039_vat_is_that_of_the_sum_of_its_category():
    [invoice] = billed("2.38", "2.38").invoices()

    # 4.76 at 21 % is 1.00; line by line it would be 0.50 + 0.50, and of 2.40 it would be one cent more.
    assert [(tax.base_amount.decimal, tax.tax_amount.decimal) for tax in invoice.taxes.all()] == [
        (Decimal("4.76"), Decimal("1.00"))
    ]


def test_c040_the_total_is_the_sum_of_the_printed_lines():
    [invoice] = billed("769.230769", "615.384615").invoices()

    assert [line[3] for line in lines_of(invoice)] == [Decimal("769.23"), Decimal("615.38")]
    assert invoice.net_amount.decimal == Decimal("1384.61")


def test_c047_vat_is_computed_from_the_rounded_net_amount():
    month = Month()
    month.subscribe(month.customer("A"), "HOSTING", price="160", start_on=date(2026, 6, 2))

    month.bill_on(date(2026, 6, 1))

    [invoice] = month.invoices()
    assert (invoice.net_amount.decimal, invoice.tax_amount.decimal) == (Decimal("154.67"), Decimal("32.48"))


def test_c052_a_currency_with_three_decimals_is_rounded_to_them():
    [invoice] = billed("1.2345", currency="KWD").invoices()

    assert invoice.net_amount.decimal == Decimal("1.235")


def test_c119_buying_and_selling_share_the_prorated_quantity():
    month = Month()
    customer = month.customer("A")
    month.subscribe(customer, "BOUGHT", price="6", start_on=date(2026, 6, 11))
    month.subscribe(customer, "SOLD", price="9", start_on=date(2026, 6, 11))

    month.bill_on(date(2026, 6, 1))

    charges = Charge.objects.filter(seller=month.seller).order_by("id")
    assert {charge.prorated_quantity for charge in charges} == {Decimal("0.66666667")}
    assert [charge.amount.decimal for charge in charges] == [4, 6]


def test_c120_a_multiplied_unit_price_keeps_six_decimals_to_the_line():
    price_e6 = multiply_price(3_333_000, Decimal("1.25"))
    month = Month()
    month.subscribe(month.customer("A"), "RESOLD", price=str(Decimal(price_e6) / 10**6), quantity="3", start_on=AUGUST)

    month.bill_on(AUGUST)

    [invoice] = month.invoices()
    assert invoice.net_amount.decimal == Decimal("12.50")
