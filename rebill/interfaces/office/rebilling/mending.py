"""Mending what keeps a purchase invoice back: links, products, prices, rows that are not passed on."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission, require
from rebill.catalogue.commands import create_product
from rebill.catalogue.models import ProductKind
from rebill.catalogue.queries import find_products, product_by_code
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.forms import ids_in, plain_number
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.rebilling.forms import ProductForm
from rebill.interfaces.office.toasts import note, toast
from rebill.kit.errors import Invalid, NotFound, Refused, reason_of
from rebill.kit.fields import UnitPriceField
from rebill.rules.naming import name_in
from rebill.sources.supplier_invoices.commands import (
    leave_rows_out,
    link_article,
    link_row_customer,
    move_purchase_invoice,
    renew_matches,
    set_row_price,
    undo_settlement,
)
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState
from rebill.sources.supplier_invoices.queries.accounts import settlements_of
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, purchase_row_of
from rebill.sources.supplier_invoices.words import STATE_WORDS

SUGGESTED_MAX = 12


class StateUnknown(NotFound):
    """A purchase invoice stands nowhere of this name."""


def _back(request: OfficeRequest, purchase: PurchaseInvoice) -> HttpResponse:
    return redirect("office:rebilling-invoice", request.seller.slug, purchase.pk)


@require_POST
@page(Permission.KEEP_PURCHASES)
def read_again(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Finds customers and products anew."""
    purchase = renew_matches(acting=request.acting, invoice_id=purchase_id, now=request.now)
    toast(request, _("Invoice %(number)s is read again.") % {"number": purchase.number})
    return _back(request, purchase)


@require_POST
@page(Permission.KEEP_PURCHASES)
def undo_settled(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Takes a credit note off the invoice that it is set against, from the page of either."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    asked = request.POST.get("settlement", "")
    for each in settlements_of(purchase):
        if str(each.pk) == asked:
            undo_settlement(
                acting=request.acting, credit_id=each.credit_id, invoice_id=each.invoice_id, now=request.now
            )
            words = _("Credit note %(credit)s is not set against %(number)s any more.")
            toast(request, words % {"credit": each.credit.number, "number": each.invoice.number})
    return _back(request, purchase)


@require_POST
@page(Permission.KEEP_PURCHASES)
def move_invoice(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Into review, booked, or open again."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    asked = request.POST.get("to", "")
    if asked not in PurchaseState.values:
        raise StateUnknown(_("Choose where the invoice goes."))
    move_purchase_invoice(acting=request.acting, invoice_id=purchase_id, to=PurchaseState(asked), now=request.now)
    toast(request, _("Invoice %(number)s: %(state)s.") % {"number": purchase.number, "state": STATE_WORDS[asked]})
    return _back(request, purchase)


@require_POST
@page(Permission.REBILL)
def keep_prices(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """The prices of one that were entered; an emptied field goes back to the price group."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    changed = 0
    for name in request.POST:
        written = str(request.POST[name])
        row_id = name.removeprefix("price-")
        if not name.startswith("price-") or not row_id.isdigit() or written == request.POST.get(f"was-{row_id}"):
            continue
        try:
            price = UnitPriceField().to_python(plain_number(written)) if written.strip() else None
            changed += set_row_price(
                acting=request.acting, invoice_id=purchase_id, row_ids=[int(row_id)], price=price, now=request.now
            )
        except Invalid as refusal:
            note(request, reason_of(refusal))
    if changed:
        words = ngettext("%(count)s price is kept.", "%(count)s prices are kept.", changed)
        toast(request, words % {"count": changed})
    return _back(request, purchase)


@require_POST
@page(Permission.KEEP_PURCHASES)
def leave_out(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Rows that are not passed on, for a reason; without one they are taken in again."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    row_ids = ids_in(request.POST.getlist("row"))
    reason = request.POST.get("reason", "").strip()
    if "take_in" not in request.POST and not reason:
        note(request, _("Say why the row is not re-billed."))
        return _back(request, purchase)
    reason = "" if "take_in" in request.POST else reason
    changed = leave_rows_out(
        acting=request.acting, invoice_id=purchase_id, row_ids=row_ids, reason=reason, now=request.now
    )
    out = ngettext("%(count)s row is left out.", "%(count)s rows are left out.", changed)
    taken_in = ngettext("%(count)s row is taken in again.", "%(count)s rows are taken in again.", changed)
    toast(request, (out if reason else taken_in) % {"count": changed})
    return _back(request, purchase)


@page(Permission.KEEP_PURCHASES)
def customer_page(request: OfficeRequest, purchase_id: int, row_id: int) -> HttpResponse:
    """Whom the supplier means by what it writes in this row."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    row = purchase_row_of(purchase, row_id)
    customer = chosen_customer(request)
    if request.method == "POST" and customer is not None:
        changed = link_row_customer(
            acting=request.acting, invoice_id=purchase.pk, row_id=row.pk, customer_id=customer.pk, now=request.now
        )
        words = ngettext("%(count)s row is for %(name)s.", "%(count)s rows are for %(name)s.", changed)
        toast(request, words % {"count": changed, "name": customer.name})
        return _back(request, purchase)
    context = {"purchase": purchase, "row": row, "customer": customer, **({} if customer else chooser(request))}
    status = 422 if request.method == "POST" else 200
    return render(request, "office/rebilling/customer.html", context, status=status)


@page(Permission.KEEP_PURCHASES)
def product_page(request: OfficeRequest, purchase_id: int, row_id: int) -> HttpResponse:
    """Which product the supplier means by this row: one there is, or a new one."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    row = purchase_row_of(purchase, row_id)
    initial = {"code": row.code, "name": row.name}
    form = ProductForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = _keep_product(request, purchase, row, form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            words = ngettext("%(count)s row has its product.", "%(count)s rows have their product.", changed)
            toast(request, words % {"count": changed})
            return _back(request, purchase)
    suggested = [
        (each.code, name_in(each.names, request.seller.language) or each.code)
        for each in find_products(request.acting, "").filter(active=True)[:SUGGESTED_MAX]
    ]
    form.fields["existing"].widget.attrs |= {
        "list": "product-list",
        "hx-get": reverse("office:lines-products", args=[request.seller.slug]),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": "#product-list",
        "autocomplete": "off",
    }
    context = {"purchase": purchase, "row": row, "form": form, "suggested": suggested}
    return render(request, "office/rebilling/product.html", context, status=422 if form.errors else 200)


def _keep_product(request: OfficeRequest, purchase: PurchaseInvoice, row: PurchaseRow, form: ProductForm) -> int:
    typed = form.cleaned_data
    if typed["existing"]:
        product = product_by_code(request.acting, typed["existing"].strip())
    else:
        require(request.acting, Permission.KEEP_CATALOGUE)
        product = create_product(
            acting=request.acting, code=typed["code"] or row.code, name=typed["name"] or row.name,
            kind=ProductKind.RECURRING, ledger_account=typed["ledger_account"], now=request.now,
        )  # fmt: skip
    changed = link_article(
        acting=request.acting, invoice_id=purchase.pk, row_id=row.pk, product_id=product.pk, now=request.now
    )
    price: Decimal | None = typed["sell_price"]
    if price is not None:
        alike = purchase.rows.filter(code=row.code, name=row.name, rebilled__isnull=True)
        row_ids = list(alike.values_list("pk", flat=True))
        set_row_price(acting=request.acting, invoice_id=purchase.pk, row_ids=row_ids, price=price, now=request.now)
    return changed
