"""The calls behind an invoice: what each destination comes to, every call, and the files of all of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render

from rebill.catalogue.words import category_word
from rebill.exports.contract import FileKind
from rebill.exports.files import MEDIA_TYPES
from rebill.exports.specifications.annex import write_annex
from rebill.exports.specifications.reading import InvoiceCalls, calls_of_invoice
from rebill.exports.specifications.tables import amount_of, difference_of, duration_of, write_calls
from rebill.interfaces.office.invoices.showing import pdf_answer
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.pager import ROWS, page_number, pager
from rebill.sources.usage.queries.specification import Call

DESTINATIONS_SHOWN = 100
KINDS = ("csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A destination."""

    name: str
    kind: str
    calls: int
    minutes: str
    included: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the page shows it."""

    began_at: datetime
    caller: str
    called: str
    destination: str
    duration: str
    amount: Decimal


@page()
def invoice_calls_page(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The specification, a page of calls at a time."""
    calls = calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
    found = calls.specification
    rows = [_row(calls, call) for call in found.rows(offset=(page_number(request) - 1) * ROWS, limit=ROWS)]
    totals = found.totals()
    context = {
        "invoice": calls.invoice,
        "totals": [
            TotalRow(
                each.destination or category_word(each.category),
                category_word(each.category),
                each.calls,
                duration_of(each.billed_s),
                duration_of(each.included_s) if each.included_s else "",
                amount_of(each.amount_e6),
            )
            for each in totals[:DESTINATIONS_SHOWN]
        ],
        "whole": amount_of(sum(each.amount_e6 for each in totals)),
        "rows": rows,
        "pager": pager(request, shown=len(rows), total=sum(each.calls for each in totals)),
    }
    return render(request, "office/invoices/calls.html", context)


@page()
def invoice_calls_file(request: OfficeRequest, invoice_id: int, file_kind: str) -> HttpResponse:
    """All calls as a CSV file, a workbook, or the annex in PDF."""
    calls = calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
    if file_kind not in KINDS:
        raise Http404
    name = f"{calls.invoice.number}-calls"
    if file_kind == "pdf":
        return pdf_answer(write_annex(calls), name)
    kind = FileKind(file_kind)
    answer = HttpResponse(write_calls(calls, kind=kind, now=request.now), content_type=MEDIA_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.replace("/", "-")}.{kind}"'
    return answer


def _row(calls: InvoiceCalls, call: Call) -> CallRow:
    return CallRow(
        call.began_at(calls.seller.time_zone),
        call.caller,
        calls.shown_number(call),
        call.destination or category_word(call.category),
        duration_of(call.billed_s),
        difference_of(call),
    )
