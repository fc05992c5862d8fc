"""The calls behind an invoice: what each destination comes to, every call, and the files of all of them."""

from django.http import HttpResponse
from django.shortcuts import render

from rebill.exports.specifications.reading import calls_of_invoice
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.specified import specification_context, specification_file


@page()
def invoice_calls_page(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The specification, a page of calls at a time."""
    calls = calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
    return render(request, "office/invoices/calls.html", specification_context(request, calls))


@page()
def invoice_calls_file(request: OfficeRequest, invoice_id: int, file_kind: str) -> HttpResponse:
    """All calls as a CSV file, a workbook, or the annex in PDF."""
    calls = calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
    return specification_file(calls, kind=file_kind, now=request.now)
