"""How long a purchase invoice takes: read, matched and kept, and then passed on as one draft for each customer.

    python -m benchmarks.ready benchmarks.rebilling 5000

on an empty database that DATABASE_URL names. Prints one JSON object. A small invoice goes first, so that nothing is
measured which happens once. Four rows for a customer, 40 products, half of the customers with a margin.
"""

import json
import resource
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter

from django.core.management import call_command
from lxml import etree

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.catalogue.commands import create_product
from rebill.catalogue.models import ProductKind
from rebill.kit.bulk import insert_rows
from rebill.parties.commands import create_seller
from rebill.parties.models import Customer
from rebill.runs.commands import rebill_purchase
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.supplier_invoices.commands import assign_price_group, set_price_factor, take_purchase_invoice
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of
from rebill.sources.supplier_invoices.queries.splitting import split_invoice

NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
PRODUCTS = 40
ROWS_PER_CUSTOMER = 25 / 6
WARM_UP = 100


def finvoice(number: str, rows: int, customers: int) -> bytes:
    """A Finvoice with so many rows for so many customers, in no order of theirs."""
    written, cents = [], 0
    for each in range(rows):
        code, price = each % PRODUCTS, 100 + each * 7919 % 20_000
        quantity = 1 + each % 9
        cents += quantity * price
        written.append(
            f"<InvoiceRow><ArticleIdentifier>NV-{code}</ArticleIdentifier><ArticleName>Product {code}</ArticleName>"
            f'<InvoicedQuantity QuantityUnitCode="kpl">{quantity}</InvoicedQuantity><StartDate>20261001</StartDate>'
            f"<EndDate>20261031</EndDate><UnitPriceAmount>{_euros(price)}</UnitPriceAmount><RowAnyPartyDetails>"
            f"<RowAnyPartyText>Asiakas</RowAnyPartyText><RowAnyPartyIdentifier>{y_tunnus(each % customers)}"
            f"</RowAnyPartyIdentifier></RowAnyPartyDetails><RowVatRatePercent>25,5</RowVatRatePercent>"
            f"<RowVatExcludedAmount>{_euros(quantity * price)}</RowVatExcludedAmount></InvoiceRow>"
        )
    vat = (cents * 255 + 500) // 1000
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Finvoice Version="3.0"><SellerPartyDetails>'
        f"<SellerPartyIdentifier>2491000-9</SellerPartyIdentifier><SellerOrganisationName>Ohjelmistotalo Oy"
        f"</SellerOrganisationName></SellerPartyDetails><InvoiceDetails><InvoiceTypeCode>INV01</InvoiceTypeCode>"
        f"<InvoiceNumber>{number}</InvoiceNumber><InvoiceDate>20261101</InvoiceDate>"
        f"<InvoiceTotalVatExcludedAmount>{_euros(cents)}</InvoiceTotalVatExcludedAmount>"
        f"<InvoiceTotalVatAmount>{_euros(vat)}</InvoiceTotalVatAmount>"
        f'<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">{_euros(cents + vat)}'
        f"</InvoiceTotalVatIncludedAmount></InvoiceDetails>{''.join(written)}</Finvoice>"
    ).encode()


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def y_tunnus(number: int) -> str:
    """A Finnish business id whose check digit is right."""
    while True:
        digits = f"{2_000_000 + number:07}"
        rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{0 if rest == 0 else 11 - rest}"
        number += 3_000_000


def fill(acting: Acting, customers: int) -> None:
    """Customers by their business ids, products, and a margin for every second customer."""
    columns = (
        "seller_id", "number", "kind", "name", "chamber_id", "country", "street", "postcode", "city",
        "invoice_interval_months", "invoice_months", "invoice_emails", "channel", "per_cost_centre", "dimensions",
        "status", "created_at", "attention", "street_extra", "vat_id", "language", "currency", "cost_centre",
        "invoice_reference", "notes", "search_text",
    )  # fmt: skip
    insert_rows(
        Customer,
        columns,
        (
            (acting.seller_id, f"{each:06}", "organisation", f"Asiakas {each} Oy", y_tunnus(each), "FI", "Katu 1",
             "00100", "Helsinki", 1, [], ["a@asiakas.example"], "email", False, {}, "active", NOW, *[""] * 9)
            for each in range(customers)
        ),
    )  # fmt: skip
    for code in range(PRODUCTS):
        create_product(acting=acting, code=f"NV-{code}", name=f"Product {code}", kind=ProductKind.RECURRING, now=NOW)
    with_margin = list(Customer.objects.order_by("id").values_list("id", flat=True))[::2]
    assign_price_group(acting=acting, customer_ids=with_margin, group="Margin", now=NOW)
    set_price_factor(acting=acting, group="Margin", factor=Decimal("1.25"), valid_from=date(2026, 1, 1), now=NOW)


def measured(acting: Acting, number: str, rows: int, customers: int) -> dict[str, float]:
    """Seconds for taking the invoice in, for passing it on, and for doing that again with nothing changed."""
    content = finvoice(number, rows, customers)
    told: dict[str, float] = {"rows": rows, "customers": customers, "megabytes": len(content) / 1e6}
    begun = perf_counter()
    assert sum(len(row) for row in etree.fromstring(content).iter("InvoiceRow")) > rows
    told["read_seconds"] = perf_counter() - begun
    begun = perf_counter()
    invoice = take_purchase_invoice(acting=acting, content=content, file_name=f"{number}.xml", now=NOW)
    told["taken_seconds"] = perf_counter() - begun
    for name in ("drafted_seconds", "again_seconds"):
        begun = perf_counter()
        made = rebill_purchase(
            acting=acting, purchase_id=invoice.pk, terms=RebillingTerms(invoice_on=date(2026, 11, 3)), now=NOW
        )
        told[name] = perf_counter() - begun
    told["drafts"] = made.drafts
    begun = perf_counter()
    assert split_invoice(acting, purchase_invoice_of(acting, invoice.pk)).sums.left_over == 0
    told["split_seconds"] = perf_counter() - begun
    assert check_purchases(acting=acting) == []
    return told


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    owner = create_user(acting=None, username="bench", email="bench@noordwal.example", now=NOW)
    seller = create_seller(owner=owner, slug="bench", name="Bench", country="FI", language="fi", now=NOW)
    acting = Acting(seller_id=seller.pk, role=Role.OWNER, user_id=owner.pk)
    customers = int(rows / ROWS_PER_CUSTOMER)
    fill(acting, customers)
    measured(acting, "warm-up", WARM_UP, min(customers, 50))
    told = measured(acting, "1", rows, customers)
    told["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
