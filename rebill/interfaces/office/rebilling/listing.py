"""Purchase invoices: those that wait, one to be sent, and what re-billing earned."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.access.acting import Permission
from rebill.interfaces.imports.purchase_rows import PURCHASES
from rebill.interfaces.imports.uploads import take_upload
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import note, toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.purchases.arriving import Arrived, take_path_named
from rebill.interfaces.purchases.tables import is_table, lacks_columns
from rebill.interfaces.receiving import received_file
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.uploads import unfinished_uploads
from rebill.kit.models import Upload
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseState
from rebill.sources.supplier_invoices.queries.accounts import supplier_balances
from rebill.sources.supplier_invoices.queries.margins import monthly_margins, purchase_margins
from rebill.sources.supplier_invoices.queries.purchases import RowCounts, find_purchase_invoices, row_counts
from rebill.sources.supplier_invoices.words import STATE_WORDS

TABS = {
    "": gettext_lazy("Open"),
    PurchaseState.REBILLED.value: gettext_lazy("Re-billed"),
    PurchaseState.BOOKED.value: gettext_lazy("Booked"),
    "all": gettext_lazy("All"),
}
PILLS = {
    PurchaseState.UNHANDLED.value: "draft",
    PurchaseState.IN_REVIEW.value: "off",
    PurchaseState.REBILLED.value: "ready",
    PurchaseState.BOOKED.value: "approved",
}


@dataclass(frozen=True, slots=True)
class ListedPurchase:
    """A purchase invoice as the list shows it."""

    invoice: PurchaseInvoice
    counts: RowCounts
    pill: str
    state: str


@page()
def purchases_page(request: OfficeRequest) -> HttpResponse:
    """The purchase invoices of a tab, the latest first."""
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else ""
    words = request.GET.get("q", "").strip()
    found = find_purchase_invoices(acting=request.acting, tab=tab or ("all" if words else "open"), search=words)
    start = (page_number(request) - 1) * ROWS
    invoices = list(found[start : start + ROWS])
    counts = row_counts([each.pk for each in invoices])
    rows = [
        ListedPurchase(each, counts.get(each.pk, RowCounts()), PILLS[each.state], str(STATE_WORDS[each.state]))
        for each in invoices
    ]
    context = {
        "rows": rows,
        "tab": tab,
        "tabs": list(TABS.items()),
        "words": words,
        "pager": pager(request, shown=len(rows), total=found.count()),
    }
    return render(request, "office/rebilling/purchases.html", context)


@page(Permission.KEEP_PURCHASES)
def send_page(request: OfficeRequest) -> HttpResponse:
    """A file of a supplier, as it came."""
    problem, first_id = "", None
    if request.method == "POST":
        file, problem = received_file(request, "file")
        if file is not None:
            path, name = Path(file.temporary_file_path()), str(file.name)
            waiting = _waiting_for_columns(request, path, name)
            if waiting is not None:
                return redirect("office:rebilling-columns", request.seller.slug, waiting.id)
            arrived = take_path_named(acting=request.acting, path=str(path), name=name, now=request.now)
            taken = [invoice for each in arrived for invoice in each.invoices]
            if taken:
                return taken_in(request, taken, arrived)
            problem = " ".join(_said(each, arrived) for each in arrived if not each.is_left)
            first_id = next((each.first_id for each in arrived if each.first_id is not None), None)
    waiting_files = unfinished_uploads(seller_id=request.acting.seller_id).filter(entity=PURCHASES)[:ROWS]
    context = {"problem": problem, "first_id": first_id, "waiting": waiting_files}
    return render(request, "office/rebilling/send.html", context, status=422 if problem else 200)


def _waiting_for_columns(request: OfficeRequest, path: Path, name: str) -> Upload | None:
    """The table, kept until a person has said which column is which; None for whatever needs no such word."""
    with suppress(FileRefused):
        if is_table(name) and lacks_columns(acting=request.acting, source=path, name=name):
            return take_upload(
                acting=request.acting,
                entity=PURCHASES,
                source=path,
                file_name=name,
                options=ImportOptions(),
                now=request.now,
            )
    return None


def taken_in(request: OfficeRequest, taken: list[PurchaseInvoice], arrived: Sequence[Arrived] = ()) -> HttpResponse:
    """To the invoice that came in, or to the list of several; with a note of what did not."""
    for each in arrived:
        if not each.is_settled or (each.invoice is not None and each.words):
            note(request, _said(each, arrived))
    if len(taken) == 1:
        toast(request, _("Invoice %(number)s is in.") % {"number": taken[0].number})
        return redirect("office:rebilling-invoice", request.seller.slug, taken[0].pk)
    words = ngettext("%(count)s invoice is in.", "%(count)s invoices are in.", len(taken))
    toast(request, words % {"count": len(taken)})
    return redirect("office:rebilling", request.seller.slug)


def _said(each: Arrived, arrived: Sequence[Arrived]) -> str:
    return each.words if len(arrived) == 1 else f"{each.name}: {each.words}"


@page()
def margins_page(request: OfficeRequest) -> HttpResponse:
    """What re-billing earned, month by month and invoice by invoice, and what suppliers are owed."""
    margins = purchase_margins(request.acting)
    context = {
        "parts": [(_("Months"), monthly_margins(margins)), (_("Purchase invoices"), margins[:ROWS])],
        "balances": supplier_balances(request.acting),
    }
    return render(request, "office/rebilling/margins.html", context)
