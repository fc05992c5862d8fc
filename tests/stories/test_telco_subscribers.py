"""The IBM telco subscribers, a file that others made: imported through a mapped layout, and a month of them billed.

Every invoice comes to the subscriber's monthly charge, with VAT on it, and all of them to the file, to the cent.
"""

import csv
from datetime import date
from decimal import Decimal

import pytest

from rebill.charges.checks import check_charges
from rebill.interfaces.imports.inspecting import Wishes, open_file
from rebill.interfaces.imports.running import FileImport, import_file
from rebill.invoices.checks import check_billing, check_invoices, check_numbers
from rebill.invoices.models import Invoice, InvoiceLine
from tests.paths import CORPORA, needs_corpora
from tests.stories.month import Month

TELCO = CORPORA / "5_business" / "ibm_telco_subscribers.csv"
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
LAYOUT = Wishes(
    # The monthly charge and the customer's id are known by their headings.
    mapping={"InternetService": "product_code", "Contract": None, "tenure": None},
    constants={
        "start_on": "2026-11-01",
        "kind": "person",
        "street": "Main Street 1",
        "postcode": "1000 AA",
        "city": "Amsterdam",
        "country": "NL",
        "invoice_emails": "subscriber@telco.example",
    },
)

pytestmark = [pytest.mark.django_db, needs_corpora("5_business", "ibm_telco_subscribers.csv")]


def monthly_cents() -> dict[str, int]:
    """What the file says each subscriber pays a month."""
    with TELCO.open(encoding="utf-8", newline="") as file:
        return {row["customerID"]: int(Decimal(row["MonthlyCharges"]) * 100) for row in csv.DictReader(file)}


def moved_in(month: Month) -> FileImport:
    opened = open_file(acting=month.acting, entity="subscribers", source=TELCO, file_name=TELCO.name, wishes=LAYOUT)
    return import_file(acting=month.acting, opened=opened, now=month.at(NOVEMBER))


def with_vat(net: int) -> tuple[int, int, int]:
    """Net, 21 per cent of it half-up, and both together: reckoned here from the file alone."""
    tax = (net * 21 + 50) // 100
    return net, tax, net + tax


def invoiced(day: date) -> dict[str, list[int]]:
    """What stands on the invoices of the day, in cents, by customer."""
    rows = Invoice.objects.filter(issued_on=day)
    return {
        number: amounts
        for number, *amounts in rows.values_list("customer_number", "net_amount", "tax_amount", "gross_amount")
    }


def test_every_invoice_is_the_subscribers_monthly_charge_with_vat():
    month, charges = Month(), monthly_cents()
    moved = moved_in(month).result

    month.bill_on(NOVEMBER)

    found = invoiced(NOVEMBER)
    assert (moved.accepted, moved.rejected, moved.unchanged) == (len(charges), 0, 0)
    assert found == {number: [*with_vat(cents)] for number, cents in charges.items()}
    assert sum(net for net, _, _ in found.values()) == sum(charges.values())
    assert InvoiceLine.objects.count() == len(charges)


def test_the_next_month_bills_the_same_again_and_everything_adds_up():
    month, charges = Month(), monthly_cents()
    moved_in(month)
    month.bill_on(NOVEMBER)

    month.bill_on(DECEMBER)

    assert sum(net for net, _, _ in invoiced(NOVEMBER).values()) == sum(charges.values())
    assert invoiced(DECEMBER) == invoiced(NOVEMBER)
    checks = (check_charges, check_invoices, check_billing, check_numbers)
    assert [problem for check in checks for problem in check(acting=month.acting)] == []
