"""Issued documents: finding them, their lines and VAT, their PDF, crediting and withdrawing."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field, model_validator

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, Paging, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.invoice_lines import InvoiceLineShown, show_line
from rebill.interfaces.api.reviewed import Category
from rebill.interfaces.api.values import (
    LEFT_OUT,
    Amount,
    Body,
    Day,
    Exact,
    Id,
    Line,
    Search,
    Shown,
    amount_of,
    minor_amount,
    with_example,
)
from rebill.interfaces.api.work import WorkShown, accept
from rebill.invoices import commands
from rebill.invoices.models import Invoice, InvoiceTax
from rebill.invoices.queries.files import document_copy, document_file
from rebill.invoices.queries.invoices import find_invoices, invoice_of, lines_of_invoice, taxes_of_invoice
from rebill.invoices.queries.pages import FOUND_MAX, credited_of
from rebill.kit.fields import QuantityField
from rebill.rules.crediting import LineRequest
from rebill.rules.money import Money

invoices = Endpoints(Area.INVOICES, "Invoices")

PDF = "application/pdf"
DocumentKind = Literal["invoice", "credit_note"]

_QUANTITY = QuantityField()


class InvoiceShown(Shown):
    """An issued document, as it was printed. Nothing of it ever changes; `credited` says what was taken back since."""

    id: int
    number: str
    kind: DocumentKind
    customer_id: int
    customer_number: str
    customer_name: str
    issued_on: date
    issued_at: datetime
    due_on: date
    supplied_from: date | None
    supplied_before: date | None
    language: str
    net: Amount = Field(description="Below zero on credit notes.")
    tax: Amount
    gross: Amount
    credits_id: int | None = Field(description="The invoice that a credit note corrects.")
    withdraws: bool = Field(description="Whether the credit note takes all of it back, to be billed again.")
    reason: str
    credited: Amount = Field(description="What credit notes took back of it, VAT included.")
    is_withdrawn: bool
    payment_reference: str
    customer_reference: str
    cost_centre: str
    intro: str
    closing: str


class InvoiceTaxShown(Shown):
    """VAT for one category and rate, over the sum of its lines."""

    category: Category
    rate: Exact
    base: Amount
    tax: Amount
    exemption_text: str
    exemption_reason: str


class InvoiceTaxesShown(Shown):
    """The VAT of a document."""

    items: list[InvoiceTaxShown]


class InvoiceFilters(Paging):
    """Which documents are listed."""

    search: Search = Field("", description="In numbers and customers; finds the last thousand issued that match.")
    number: Line = Field("", description="Exactly this number.")
    customer_id: Id = LEFT_OUT
    kind: DocumentKind = LEFT_OUT
    issued_from: Day = LEFT_OUT
    issued_before: Day = LEFT_OUT


class CreditedLine(Body):
    """What to credit of one line: a quantity, or a net amount, or all that is left of it."""

    position: int = Field(ge=1, le=1_000_000)
    quantity: Exact | None = None
    net: Exact | None = Field(None, description="In the currency of the invoice.")


class ToCredit(Body):
    """What to credit: some lines, or a net amount off the whole, or (neither) all that is left."""

    model_config = with_example({"lines": [{"position": 2, "quantity": "1"}]})

    lines: Annotated[list[CreditedLine], Field(min_length=1, max_length=1_000)] | None = None
    net: Exact | None = Field(None, description="In the currency of the invoice.")

    @model_validator(mode="after")
    def say_one(self) -> "ToCredit":
        """Both are two credits."""
        if self.lines is not None and self.net is not None:
            raise ValueError("Say lines or net, not both")
        return self

    def asked(self, invoice: Invoice) -> dict[str, Any]:
        """What `credit_invoice` and `preview_credit` are asked."""
        currency = invoice.currency
        return {
            "lines": None if self.lines is None else [_line_request(each, currency) for each in self.lines],
            "net_minor": None if self.net is None else Money.of(self.net, currency).minor,
        }


class Crediting(ToCredit):
    """What to credit, and why: some lines, or a net amount off the whole, or (neither) all that is left."""

    model_config = with_example({"reason": "One phone was returned", "lines": [{"position": 2, "quantity": "1"}]})

    reason: Line


class Withdrawal(Body):
    """Why an invoice is withdrawn."""

    model_config = with_example({"reason": "Wrong customer"})

    reason: Line


def show_invoices(rows: Sequence[Invoice]) -> list[InvoiceShown]:
    """Documents as answers say them; one read for what was credited since."""
    credited = credited_of([row.pk for row in rows])
    return [_show(row, *credited.get(row.pk, (0, False))) for row in rows]


def show_invoice(invoice: Invoice) -> InvoiceShown:
    """One document as an answer says it."""
    return show_invoices([invoice])[0]


_OURS = frozenset({"net", "tax", "gross", "credited", "is_withdrawn"})


def _show(row: Invoice, credited_minor: int, is_withdrawn: bool) -> InvoiceShown:
    return InvoiceShown(
        **{name: getattr(row, name) for name in InvoiceShown.model_fields if name not in _OURS},
        net=amount_of(row.net_amount),
        tax=amount_of(row.tax_amount),
        gross=amount_of(row.gross_amount),
        credited=minor_amount(credited_minor, row.currency),
        is_withdrawn=is_withdrawn,
    )


def _show_tax(tax: InvoiceTax) -> InvoiceTaxShown:
    return InvoiceTaxShown.model_validate(
        {
            "category": tax.category,
            "rate": tax.rate,
            "base": amount_of(tax.base_amount),
            "tax": amount_of(tax.tax_amount),
            "exemption_text": tax.exemption_text,
            "exemption_reason": tax.exemption_reason,
        }
    )


@invoices.read("/invoices")
def list_invoices(request: ApiRequest, filters: Annotated[InvoiceFilters, Query()]) -> Page[InvoiceShown]:
    """List issued documents, the newest first."""
    rows = find_invoices(acting=request.acting, search=filters.search, newest=FOUND_MAX)
    if filters.number:
        rows = rows.filter(number=filters.number)
    if filters.customer_id:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.issued_from:
        rows = rows.filter(issued_on__gte=filters.issued_from)
    if filters.issued_before:
        rows = rows.filter(issued_on__lt=filters.issued_before)
    return page_of(rows, filters, show_invoices, by=("-issued_on", "-id"))


@invoices.write("POST", "/invoices/render", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def render_documents(request: ApiRequest) -> WorkShown:
    """Make the PDFs that are missing, and decide how new documents are sent.

    The timetable does so every ten minutes; this does it now.
    """
    return accept(request, "render", Permission.ISSUE, {})


@invoices.read("/invoices/{invoice_id}")
def get_invoice(request: ApiRequest, invoice_id: Id) -> InvoiceShown:
    """Show an issued document."""
    return show_invoice(invoice_of(acting=request.acting, invoice_id=invoice_id))


@invoices.read("/invoices/{invoice_id}/lines")
def list_invoice_lines(request: ApiRequest, invoice_id: Id, paging: Paged) -> Page[InvoiceLineShown]:
    """List the lines of a document, as printed."""
    rows = lines_of_invoice(acting=request.acting, invoice_id=invoice_id)
    return page_of(rows, paging, lambda page: [show_line(each) for each in page], by=("position",))


@invoices.read("/invoices/{invoice_id}/taxes")
def get_invoice_taxes(request: ApiRequest, invoice_id: Id) -> InvoiceTaxesShown:
    """Show the VAT of a document."""
    rows = taxes_of_invoice(acting=request.acting, invoice_id=invoice_id)
    return InvoiceTaxesShown(items=[_show_tax(tax) for tax in rows])


@invoices.read("/invoices/{invoice_id}/pdf", media_type=PDF, refusals=[HTTPStatus.CONFLICT])
def get_invoice_pdf(request: ApiRequest, invoice_id: Id) -> HttpResponse:
    """Download the PDF that was kept when the document was issued."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    return _file(document_file(acting=request.acting, invoice=invoice), f"{invoice.number}.pdf")


@invoices.read("/invoices/{invoice_id}/copy", media_type=PDF)
def get_invoice_copy(request: ApiRequest, invoice_id: Id) -> HttpResponse:
    """Download the document once more, marked as a copy."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    return _file(document_copy(acting=request.acting, invoice=invoice), f"{invoice.number}-copy.pdf")


def _file(content: bytes, name: str) -> HttpResponse:
    plain = "".join(mark if mark.isascii() and (mark.isalnum() or mark in "-_.") else "-" for mark in name)
    return HttpResponse(content, content_type=PDF, headers={"Content-Disposition": f'attachment; filename="{plain}"'})


@invoices.write("POST", "/invoices/{invoice_id}/credit", status=HTTPStatus.CREATED, at="/invoices/{id}")
def credit_invoice(request: ApiRequest, invoice_id: Id, body: Crediting) -> InvoiceShown:
    """Issue a credit note for an invoice: never for more than is left of it."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    note = commands.credit_invoice(
        acting=request.acting,
        invoice_id=invoice_id,
        reason=body.reason,
        **body.asked(invoice),
        today=request.today,
        now=request.now,
    )
    return show_invoice(note)


def _line_request(line: CreditedLine, currency: str) -> LineRequest:
    return LineRequest(
        position=line.position,
        quantity_e8=None if line.quantity is None else _QUANTITY.scaled(line.quantity),
        net_minor=None if line.net is None else Money.of(line.net, currency).minor,
    )


@invoices.write("POST", "/invoices/{invoice_id}/withdraw", status=HTTPStatus.CREATED, at="/invoices/{id}")
def withdraw_invoice(request: ApiRequest, invoice_id: Id, body: Withdrawal) -> InvoiceShown:
    """Take a wrong invoice back by a credit note over all of it, and open its charges to be billed again."""
    note = commands.withdraw_invoice(
        acting=request.acting,
        invoice_id=invoice_id,
        reason=body.reason,
        today=request.today,
        now=request.now,
    )
    return show_invoice(note)
