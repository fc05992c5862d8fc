"""The customer's calls, as they were billed: what each destination comes to, and every call."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from rebill.exports.specifications.reading import InvoiceCalls, calls_of_invoice
from rebill.exports.specifications.tables import amount_of
from rebill.interfaces.portal.invoices import own_invoice
from rebill.interfaces.portal.visiting import PortalRequest, visit
from rebill.interfaces.specified import specification_context, specification_file, total_row
from rebill.invoices.queries.invoices import invoices_with_calls

# A year of months, and the largest destinations of the newest; the specification has all.
MONTHS_SHOWN, DESTINATIONS_SHOWN = 12, 12


@visit
def usage_page(request: PortalRequest) -> HttpResponse:
    """The invoices that bill calls, and what stands behind the one that is chosen, else behind the newest."""
    found = list(invoices_with_calls(acting=request.acting, customer_id=request.customer.pk)[:MONTHS_SHOWN])
    asked = request.GET.get("invoice", "")
    chosen = next((each for each in found if str(each.pk) == asked), found[0] if found else None)
    context: dict[str, Any] = {"invoices": found, "chosen": chosen}
    if chosen is not None:
        totals = calls_of_invoice(acting=request.acting, invoice_id=chosen.pk).specification.totals()
        shown, rest = totals[:DESTINATIONS_SHOWN], totals[DESTINATIONS_SHOWN:]
        most = max((abs(each.amount_e6) for each in totals), default=0) or 1
        context |= {
            "totals": [(total_row(each), abs(each.amount_e6) * 100 // most) for each in shown],
            "calls": sum(each.calls for each in totals),
            "whole": amount_of(sum(each.amount_e6 for each in totals)),
            "other_calls": sum(each.calls for each in rest),
            "other": amount_of(sum(each.amount_e6 for each in rest)),
            "others": len(rest),
        }
    return render(request, "portal/usage.html", context)


@visit
def calls_page(request: PortalRequest, invoice_id: int) -> HttpResponse:
    """The specification of one invoice, a page of calls at a time."""
    return render(request, "portal/calls.html", specification_context(request, _own_calls(request, invoice_id)))


@visit
def calls_file(request: PortalRequest, invoice_id: int, file_kind: str) -> HttpResponse:
    """All calls of one invoice as a file."""
    return specification_file(_own_calls(request, invoice_id), kind=file_kind, now=request.now)


def _own_calls(request: PortalRequest, invoice_id: int) -> InvoiceCalls:
    own_invoice(request, invoice_id)
    return calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
