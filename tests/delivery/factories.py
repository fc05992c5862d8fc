"""Sellers, customers and issued documents, written straight into their tables, so that sending can be tested alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count
from typing import Any

import pikepdf

from rebill.access.acting import Acting, timetable
from rebill.invoices.models import Document, Frozen, Invoice, InvoiceKind, InvoiceLine
from rebill.kit.files import store_file
from rebill.parties.models import Customer, Look, Seller

NOW = datetime(2026, 10, 1, 6, 30, tzinfo=UTC)

_numbers = count(1)


def make_seller(slug: str = "noorderlicht", **fields: Any) -> Seller:
    given = {"name": "Noorderlicht Hosting", "email": "facturen@noorderlicht.example", **fields}
    return Seller.objects.create(slug=slug, **given)


def acting_of(seller: Seller) -> Acting:
    return timetable(seller.pk)


def make_look(seller: Seller, **fields: Any) -> Look:
    return Look.objects.create(seller=seller, created_at=NOW, **fields)


def make_customer(seller: Seller, name: str = "Jansen Bouw", **fields: Any) -> Customer:
    given = {
        "number": str(1000 + next(_numbers)),
        "street": "Dorpsstraat 1",
        "postcode": "9711 AA",
        "city": "Groningen",
        "country": "NL",
        "invoice_emails": ["administratie@jansen.example"],
        "created_at": NOW,
        **fields,
    }
    return Customer.objects.create(seller=seller, name=name, **given)


def make_pdf(words: str = "one page", pages: int = 1) -> bytes:
    """A PDF that can be told apart by its title."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = words
        content = BytesIO()
        pdf.save(content)
    return content.getvalue()


def make_invoice(
    customer: Customer,
    *,
    gross: int = 12_100,
    language: str = "nl",
    pdf: bytes | None = b"",
    credits: Invoice | None = None,
    withdraws: bool = False,
    issued_on: date = date(2026, 10, 1),
    **fields: Any,
) -> Invoice:
    """An issued document of one line; with its PDF unless `pdf` is None."""
    number = next(_numbers)
    seller = customer.seller
    frozen, _ = Frozen.objects.get_or_create(seller=seller, hash="0" * 64, defaults={"content": {}})
    kind = InvoiceKind.CREDIT_NOTE if gross < 0 else InvoiceKind.INVOICE
    given: dict[str, Any] = {
        "number": f"2026-{number:05}",
        "issued_at": NOW,
        "due_on": date(2026, 10, 15) if issued_on <= date(2026, 10, 15) else issued_on,
        "currency": "EUR",
        "customer_frozen": frozen_customer(customer),
        **fields,
    }
    net = round(gross / 1.21)
    invoice = Invoice.objects.create(
        seller=seller,
        customer=customer,
        kind=kind,
        sequence_key=f"{seller.pk}:test",
        sequence_number=number,
        credits=credits,
        withdraws=withdraws,
        issued_on=issued_on,
        language=language,
        net_amount=net,
        tax_amount=gross - net,
        gross_amount=gross,
        customer_name=customer.name,
        customer_number=customer.number or "",
        frozen=frozen,
        **given,
    )
    add_line(invoice, net)
    if pdf is not None:
        keep_pdf(invoice, pdf or make_pdf(invoice.number))
    return invoice


def withdraw(invoice: Invoice, *, pdf: bytes | None = b"") -> Invoice:
    """The credit note that withdraws an invoice."""
    return make_invoice(
        invoice.customer,
        gross=-invoice.gross_amount.minor,
        language=invoice.language,
        pdf=pdf,
        credits=invoice,
        withdraws=True,
    )


def add_line(invoice: Invoice, net: int, *, group: int = 2, position: int = 1) -> InvoiceLine:
    return InvoiceLine.objects.create(
        invoice=invoice,
        position=position,
        kind="PERIODIC",
        description="Hosting",
        summary_group=group,
        quantity="1",
        prorated_quantity="1",
        unit_price="1",
        currency=invoice.currency,
        net_amount=net,
        tax_category="S",
        tax_rate="21",
    )


def keep_pdf(invoice: Invoice, content: bytes) -> Document:
    file = store_file(content, media_type="application/pdf", now=NOW)
    return Document.objects.create(invoice=invoice, format="pdf", file=file, made_at=NOW)


def frozen_customer(customer: Customer) -> dict[str, Any]:
    """The customer as an issued document keeps it."""
    emails: Sequence[str] = customer.invoice_emails
    return {
        "name": customer.name,
        "attention": customer.attention,
        "street": customer.street,
        "street_extra": customer.street_extra,
        "postcode": customer.postcode,
        "city": customer.city,
        "country": customer.country,
        "vat_id": customer.vat_id,
        "chamber_id": customer.chamber_id,
        "number": customer.number or "",
        "emails": list(emails),
        "channel": str(customer.channel),
        "kind": str(customer.kind),
    }
