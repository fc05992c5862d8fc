"""Ordering for a customer of a dealer: the product is this seller's, the subscription the dealer's.

What it does on each level is shown first; then the order is placed.
"""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.models import ProductKind
from rebill.catalogue.queries import products_of
from rebill.interfaces import formats
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.history.fields import LABELS
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.models import Customer
from rebill.rules.naming import name_in
from rebill.runs.queries.orders_below import Level, effect_of_order_below
from rebill.subscriptions.commands import StartTerms, start_subscription_below
from rebill.subscriptions.queries.below import customer_in_chain, products_sold_at


class OrderBelowForm(OfficeForm):
    """What is ordered. Prices are none of it: each seller asks its own."""

    product = forms.TypedChoiceField(label=gettext_lazy("Product"), coerce=int)
    quantity = NumberField(label=LABELS["quantity"], initial=Decimal(1))
    start_on = DayField(label=gettext_lazy("First day"))
    order_number = forms.CharField(label=gettext_lazy("Order number"), required=False)
    general_reference = forms.CharField(label=LABELS["general_reference"], required=False)
    reference = forms.CharField(label=LABELS["reference"], required=False)

    def __init__(self, *args: Any, products: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = products  # type: ignore[attr-defined]

    def terms(self) -> StartTerms:
        """The terms as the commands take them."""
        said = self.cleaned_data
        return StartTerms(quantity=said["quantity"], start_on=said["start_on"], reference=said["reference"])


@page(Permission.KEEP_SUBSCRIPTIONS)
def order_below_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Shows what the dealer resells of this seller's products, what an order does, and places it once that was seen."""
    customer = customer_in_chain(acting=request.acting, customer_id=customer_id)
    sold = products_sold_at(acting=request.acting, seller_id=customer.seller_id)
    own = products_of(request.acting).filter(pk__in=sold.keys(), active=True, kind=ProductKind.RECURRING)
    products = [(each.pk, f"{name_in(each.names, formats.language()) or each.code} ({each.code})") for each in own]
    form = OrderBelowForm(request.POST or None, initial={"start_on": request.today}, products=products)
    levels: Sequence[Level] = ()
    seen = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        asked = {"customer_id": customer.pk, "product_id": said["product"], "terms": form.terms()}
        try:
            levels = effect_of_order_below(acting=request.acting, today=request.today, **asked)
            seen = _fingerprint(said, levels)
            if request.POST.get("seen") == seen:
                start_subscription_below(
                    acting=request.acting,
                    order_number=said["order_number"],
                    general_reference=said["general_reference"],
                    now=request.now,
                    **asked,
                )
                return _done(request, customer)
        except Refused as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", None))
            levels = ()
    context = {"form": form, "customer": customer, "products": products, "levels": levels, "seen": seen}
    return render(request, "office/dealers/order.html", context, status=422 if form.errors else 200)


def _done(request: OfficeRequest, customer: Customer) -> HttpResponse:
    toast(request, _("Ordered for %(name)s: every seller bills its own customer.") % {"name": customer.name})
    return redirect(f"{reverse('office:dealers', args=[request.seller.slug])}?dealer={customer.seller.slug}")


def _fingerprint(said: dict[str, Any], levels: Sequence[Level]) -> str:
    """Of what was entered and shown, so that what is ordered is what was looked at."""
    shown = [(each.seller.pk, each.effect and (each.effect.billed_on, each.effect.periods)) for each in levels]
    return sha256(repr((sorted(said.items(), key=str), shown)).encode()).hexdigest()[:24]
