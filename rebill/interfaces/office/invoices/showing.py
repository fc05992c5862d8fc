"""One document: as the customer sees it, what became of it, and what can be done next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import dispatches_of
from rebill.interfaces.logos import logo_answer
from rebill.interfaces.office.invoices.standing import Pill, sending_of
from rebill.interfaces.office.invoices.time_line import time_line_of
from rebill.interfaces.office.looks import colour_sheet
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.specified import pdf_answer
from rebill.invoices.models import Invoice, InvoiceKind, InvoiceLine
from rebill.invoices.queries.documents import look_of
from rebill.invoices.queries.files import document_copy, document_now, document_words, is_made
from rebill.invoices.queries.invoices import credit_notes_of, has_calls, invoice_of, lines_of_invoice
from rebill.rules.money import Money

_NEEDS_A_PERSON = (DispatchState.FAILED, DispatchState.BOUNCED, DispatchState.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What the document comes to, what was credited of it, and what is left of it; with VAT."""

    total: Money
    credited: Money
    left: Money


@page()
def invoice_page(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The document, its amounts and its time line."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    notes = list(credit_notes_of(acting=request.acting, invoice_id=invoice.pk))
    dispatches = list(dispatches_of(request.acting, invoice.pk))
    amounts = amounts_of(invoice, notes)
    is_invoice = invoice.kind == InvoiceKind.INVOICE
    is_withdrawn = any(note.withdraws for note in notes)
    newest = dispatches[0] if dispatches else None
    context = {
        "invoice": invoice,
        "original": invoice.credits,
        "notes": notes,
        "amounts": amounts,
        "pill": _pill(is_withdrawn, amounts, newest),
        "logo": logo_address(request, invoice),
        "paper": document_words(acting=request.acting, invoice=invoice),
        "steps": time_line_of(request, invoice, notes, dispatches),
        "problem": newest if newest and newest.state in _NEEDS_A_PERSON else None,
        "returnable": newest if newest and newest.state == DispatchState.ACCEPTED else None,
        "is_invoice": is_invoice,
        "is_made": is_made(invoice=invoice),
        "may_credit": is_invoice and not is_withdrawn and bool(amounts.left.minor or not notes),
        "may_withdraw": is_invoice and not notes,
        "lines": [] if is_withdrawn else explained_lines(invoice, request),
        "has_calls": has_calls(invoice),
    }
    return render(request, "office/invoices/invoice.html", context)


@page()
def invoice_pdf(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The PDF: the very bytes that were sent, or with `copy` made once more and marked as a copy."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    is_copy = bool(request.GET.get("copy"))
    read = document_copy if is_copy else document_now
    return pdf_answer(read(acting=request.acting, invoice=invoice), f"{invoice.number}{'-copy' if is_copy else ''}")


@page()
def invoice_look(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The colour that is frozen with the document."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    return colour_sheet(invoice.frozen.content["look"].get("accent", ""))


@page()
def invoice_logo(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The logo as it is printed on the document."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    return logo_answer(look_of(invoice.frozen.content, invoice.language).logo)


def amounts_of(invoice: Invoice, notes: Sequence[Invoice]) -> Amounts:
    """What is left of a document after these credit notes."""
    credited = Money(-sum(note.gross_amount.minor for note in notes), invoice.currency)
    return Amounts(invoice.gross_amount, credited, invoice.gross_amount - credited)


def explained_lines(invoice: Invoice, request: OfficeRequest) -> list[InvoiceLine]:
    """The lines whose charge can say why they are what they are."""
    if invoice.draft is None:
        return []
    return [line for line in lines_of_invoice(acting=request.acting, invoice_id=invoice.pk) if line.charge is not None]


def logo_address(request: OfficeRequest, invoice: Invoice) -> str:
    """Where the document's logo is; empty when it has none."""
    if not invoice.frozen.content["look"].get("logo"):
        return ""
    return reverse("office:invoice-logo", args=[request.seller.slug, invoice.pk])


def _pill(is_withdrawn: bool, amounts: Amounts, newest: Dispatch | None) -> Pill:
    if is_withdrawn:
        return Pill(_("Withdrawn"), "credited")
    if amounts.credited.minor and not amounts.left.minor:
        return Pill(_("Credited"), "credited")
    return sending_of(newest)
