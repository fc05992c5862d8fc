"""Suppliers' invoices of calls: what they ask by destination, and what the same calls are bought at."""

from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.exports.specifications.tables import amount_of, duration_of
from rebill.interfaces import formats
from rebill.interfaces.compared_calls import invoiced_rows, unmatched_words
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.comparing import CallSums, InvoiceFinding, counts_agree, seconds_agree
from rebill.sources.usage.commands import remove_call_invoice
from rebill.sources.usage.queries.invoiced import (
    InvoicedSums,
    call_invoice_of,
    call_invoices_of,
    compare_invoice,
    invoiced_amounts,
)
from rebill.sources.usage.words import INVOICE_FINDING_WORDS

# The largest differences; the file and the API have all.
DESTINATIONS_SHOWN = 200


@page()
def call_invoices_page(request: OfficeRequest) -> HttpResponse:
    """The invoices of calls that were imported."""
    found = call_invoices_of(request.acting)
    start = (page_number(request) - 1) * ROWS
    invoices = list(found[start : start + ROWS])
    amounts = invoiced_amounts(invoices)
    rows = [(each, amount_of(amounts.get(each.pk, 0))) for each in invoices]
    context = {"rows": rows, "pager": pager(request, shown=len(rows), total=found.count())}
    return render(request, "office/calls/invoices.html", context)


@page()
def call_invoice_page(request: OfficeRequest, call_invoice_id: int) -> HttpResponse:
    """One invoice beside our calls: totals, how many destinations differ in which way, and each of them."""
    invoice = call_invoice_of(request.acting, call_invoice_id)
    found = compare_invoice(acting=request.acting, invoice=invoice)
    counts = found.counts()
    context = {
        "invoice": invoice,
        "counts": [(INVOICE_FINDING_WORDS[each], counts[each]) for each in InvoiceFinding],
        "ours": _side(found.ours),
        "theirs": _side(found.theirs),
        "difference": amount_of(found.difference_e6),
        "rows": [_row(each) for each in found.rows[:DESTINATIONS_SHOWN]],
        "others": max(len(found.rows) - DESTINATIONS_SHOWN, 0),
        "unbought": found.unbought,
        "unowned": found.unowned,
        "unmatched": unmatched_words(found),
    }
    return render(request, "office/calls/invoice.html", context)


@page()
def call_invoice_file(request: OfficeRequest, call_invoice_id: int) -> HttpResponse:
    """Every destination of the invoice and of our calls, as CSV."""
    invoice = call_invoice_of(request.acting, call_invoice_id)
    content = BytesIO()
    write_csv(invoiced_rows(compare_invoice(acting=request.acting, invoice=invoice)), to=content)
    answer = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="calls-{invoice.pk}-compared.csv"'
    return answer


@page(Permission.ADD_LINES)
def remove_call_invoice_page(request: OfficeRequest, call_invoice_id: int) -> HttpResponse:
    """Asks before an invoice of calls is removed, and removes it."""
    invoice = call_invoice_of(request.acting, call_invoice_id)
    back = reverse("office:calls-invoices", args=[request.seller.slug])
    if request.method == "POST":
        remove_call_invoice(acting=request.acting, call_invoice_id=invoice.pk, now=request.now)
        toast(request, _("%(number)s is removed.") % {"number": invoice.number})
        return redirect(back)
    dialog = Dialog(
        question=_("Remove %(number)s?") % {"number": invoice.number},
        effects=(
            Effect("x", _("Its lines are deleted, and it is no longer compared.")),
            Effect("check", _("Nothing was billed or booked by it, so nothing else changes.")),
        ),
        verb=_("Remove"),
        action=request.path,
        back=reverse("office:calls-invoice", args=[request.seller.slug, invoice.pk]),
        hurts=True,
    )
    return show_dialog(request, dialog)


def _row(each: InvoicedSums) -> dict[str, object]:
    ours, theirs = each.ours, each.theirs
    return {
        "destination": each.destination or _("Without a price"),
        "words": INVOICE_FINDING_WORDS[each.finding],
        "is_same": each.finding is InvoiceFinding.SAME,
        "ours": _side(ours),
        "theirs": _side(theirs),
        "calls_differ": ours is not None and theirs is not None and not counts_agree(ours, theirs),
        "seconds_differ": ours is not None and theirs is not None and not seconds_agree(ours, theirs),
        "difference": amount_of(each.difference_e6),
    }


def _side(sums: CallSums | None) -> dict[str, object] | None:
    if sums is None:
        return None
    return {
        "calls": formats.NOTHING if sums.calls is None else formats.number(sums.calls),
        "minutes": formats.NOTHING if sums.seconds is None else duration_of(sums.seconds),
        "amount": amount_of(sums.amount_e6),
    }
