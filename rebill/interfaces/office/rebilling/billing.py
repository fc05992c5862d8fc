"""Passing a purchase invoice on: what will happen first, then doing it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.rebilling.forms import BillForm
from rebill.interfaces.office.rebilling.showing import show_purchase
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.rules.money import Money
from rebill.runs.commands import rebill_purchase
from rebill.runs.commands.rebilling import Rebilled
from rebill.runs.models import DraftState
from rebill.runs.queries.rebilled import drafts_of_purchase
from rebill.sources.supplier_invoices.commands import confirm_orders
from rebill.sources.supplier_invoices.models import PurchaseInvoice, Target
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, waiting_orders
from rebill.sources.supplier_invoices.queries.splitting import EndCustomer, Standing, split_invoice


@require_POST
@page(Permission.REBILL)
def bill(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Asks with everything that will happen; done when it is sent with `sure`."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    form = BillForm(request, split_invoice(request.acting, purchase), request.POST)
    if not form.is_valid():
        return show_purchase(request, purchase, form)
    if "sure" not in request.POST:
        dimensions = form.cleaned_data["dimensions"]
        return show_dialog(request, _dialog(request, purchase, form), dimensions=dimensions)
    try:
        told = rebill_purchase(
            acting=request.acting, purchase_id=purchase.pk, terms=form.terms(), now=request.now, goes_on=form.goes_on,
            rows_max=form.rows_max,
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return show_purchase(request, purchase, form)
    toast(request, _told(told))
    if told.run_id is not None:
        return redirect("office:run", request.seller.slug, told.run_id)
    return redirect("office:rebilling-invoice", request.seller.slug, purchase.pk)


def _dialog(request: OfficeRequest, purchase: PurchaseInvoice, form: BillForm) -> Dialog:
    chosen = _chosen(form)
    sell = Money(sum(each.sell for each in chosen), purchase.currency)
    slug = request.seller.slug
    left = ("csrfmiddlewaretoken", "form_key", "dimensions")
    fields = {name: str(request.POST[name]) for name in request.POST if name not in left}
    number = {"count": formats.number(len(chosen)), "number": purchase.number, "supplier": purchase.supplier.name}
    question = ngettext(
        "Bill %(count)s customer from %(supplier)s %(number)s?",
        "Bill %(count)s customers from %(supplier)s %(number)s?",
        len(chosen),
    )
    verb = ngettext("Bill %(count)s customer", "Bill %(count)s customers", len(chosen))
    return Dialog(
        question=question % number,
        effects=tuple(_effects(request, purchase, form, chosen, sell)),
        verb=verb % number,
        action=reverse("office:rebilling-bill", args=[slug, purchase.pk]),
        back=reverse("office:rebilling-invoice", args=[slug, purchase.pk]),
        fields={**fields, "sure": "1"},
        form="office/rebilling/dimensions.html",
    )


def _chosen(form: BillForm) -> list[EndCustomer]:
    wanted = (Standing.READY,) if form.goes_on else (Standing.READY, Standing.WITHDRAWN, Standing.BILLED)
    found: list[EndCustomer] = []
    rows = 0
    for each in form.split.standing(*wanted):
        count = len(list(each.counted))
        if form.rows_max is not None and found and rows + count > form.rows_max:
            break
        found.append(each)
        rows += count
    return found


def _effects(
    request: OfficeRequest, purchase: PurchaseInvoice, form: BillForm, chosen: list[EndCustomer], sell: Money
) -> list[Effect]:
    amount = {"amount": formats.money(sell), "count": formats.number(len(chosen))}
    first = {
        Target.INVOICES: _("Drafts of %(amount)s excl. VAT. Nothing is sent; you approve them like any run."),
        Target.NEXT_RUN: _("%(amount)s excl. VAT goes on the drafts of the customers’ next run."),
        Target.ORDERS: _("%(amount)s excl. VAT waits as orders until you confirm them."),
    }[form.terms().target]
    effects = [Effect("ring", first % amount)]
    below = sum(each.below_cost for each in chosen)
    if below:
        words = ngettext("%(count)s row sells below cost.", "%(count)s rows sell below cost.", below)
        effects.append(Effect("warn", words % {"count": formats.number(below)}))
    if not form.goes_on:
        for each in drafts_of_purchase(request.acting, purchase):
            replaced = each.state in (DraftState.OPEN, DraftState.HELD)
            words = (
                ngettext("%(count)s earlier draft is replaced.", "%(count)s earlier drafts are replaced.", each.drafts)
                if replaced
                else ngettext(
                    "%(count)s approved or issued one stays.", "%(count)s approved or issued ones stay.", each.drafts
                )
            )
            effects.append(Effect("back" if replaced else "check", words % {"count": formats.number(each.drafts)}))
    held = len(form.split.standing(Standing.HELD))
    if held:
        words = ngettext("%(count)s customer is held back.", "%(count)s customers are held back.", held)
        effects.append(Effect("warn", words % {"count": formats.number(held)}))
    effects.append(Effect("back", _("Wrong? Mend it and bill again. Rows are never billed twice.")))
    return effects


def _told(told: Rebilled) -> str:
    if told.run_id is None:
        words = ngettext("%(count)s customer’s rows wait.", "%(count)s customers’ rows wait.", told.customers)
        return words % {"count": formats.number(told.customers)}
    return ngettext("%(count)s draft made.", "%(count)s drafts made.", told.drafts) % {
        "count": formats.number(told.drafts)
    }


@require_POST
@page(Permission.REBILL)
def confirm(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """What waits as orders goes on the customers' next run."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    customer_ids = set(waiting_orders(purchase).values_list("customer_id", flat=True))
    rows = confirm_orders(acting=request.acting, invoice_id=purchase.pk, customer_ids=customer_ids, now=request.now)
    words = ngettext("%(count)s row goes on the next run.", "%(count)s rows go on the next run.", rows)
    toast(request, words % {"count": formats.number(rows)})
    return redirect("office:rebilling-invoice", request.seller.slug, purchase.pk)
