"""The customer's documents: what they come to, by when, and the files."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.interfaces.pager import ROWS, Pager, page_number, pager
from rebill.interfaces.portal.visiting import PortalRequest, visit
from rebill.interfaces.specified import pdf_answer
from rebill.invoices.models import Invoice
from rebill.invoices.queries.files import document_now
from rebill.invoices.queries.invoices import InvoiceNotFound, invoice_of, with_calls
from rebill.invoices.queries.pages import InvoiceFilter, InvoiceRow, invoice_page
from rebill.parties.queries import main_account
from rebill.rules.money import Money


@dataclass(frozen=True, slots=True)
class Shown:
    """A document in the list."""

    row: InvoiceRow
    amount: Money
    has_calls: bool


@visit
def invoices_page(request: PortalRequest) -> HttpResponse:
    """The documents, the newest first."""
    wanted = InvoiceFilter(customer_id=request.customer.pk)
    found = invoice_page(acting=request.acting, wanted=wanted, page=page_number(request), page_size=ROWS)
    specified = with_calls([row.id for row in found.rows])
    shown = [Shown(row, Money(row.gross_minor, row.currency), row.id in specified) for row in found.rows]
    pages: Pager = pager(request, shown=len(shown), total=found.documents)
    currency = request.customer.currency or request.seller.currency
    context = {"shown": shown, "pager": pages, "account": main_account(request.seller.pk, currency)}
    return render(request, "portal/invoices.html", context)


@visit
def invoice_pdf(request: PortalRequest, invoice_id: int) -> HttpResponse:
    """The document as it was sent."""
    invoice = own_invoice(request, invoice_id)
    return pdf_answer(document_now(acting=request.acting, invoice=invoice), invoice.number)


def own_invoice(request: PortalRequest, invoice_id: int) -> Invoice:
    """The customer's document with this id; one of another customer is not found."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    if invoice.customer_id != request.customer.pk:
        raise InvoiceNotFound(_("There is no invoice %(named)s.") % {"named": invoice_id})
    return invoice
