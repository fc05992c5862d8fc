"""Bundles: what a plan's customers, or those with a product, have free in a month."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import change_bundle, create_bundle
from rebill.catalogue.queries import plans_of, products_of
from rebill.catalogue.queries.decks import bundle_of
from rebill.interfaces.office.decks.words import CATEGORIES
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused


class BundleForm(OfficeForm):
    """What is included, and whose it is; whose it is and since when stay once it is there."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    plan_id = forms.TypedChoiceField(
        label=gettext_lazy("For customers of the plan"), required=False, coerce=int, empty_value=None
    )
    product_id = forms.TypedChoiceField(
        label=gettext_lazy("With each piece of the product"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("All pieces of one customer share what they include."),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("Valid from"))
    minutes = forms.IntegerField(label=gettext_lazy("Minutes a month"), required=False, min_value=0)
    amount = NumberField(label=gettext_lazy("Or money a month"), required=False, max_digits=12, decimal_places=6)
    categories = forms.TypedMultipleChoiceField(
        label=gettext_lazy("For calls"), coerce=int, choices=list(CATEGORIES.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, request: OfficeRequest, *, is_kept: bool = False, initial: dict[str, Any]) -> None:
        super().__init__(request.POST or None, initial=initial)
        if is_kept:
            for name in ("plan_id", "product_id", "valid_from"):
                del self.fields[name]
            return
        plans = [(plan.pk, plan.name) for plan in plans_of(request.acting)]
        products = [(product.pk, product.code) for product in products_of(request.acting)]
        for name, choices in (("plan_id", plans), ("product_id", products)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", _("none")), *choices]


@page(Permission.KEEP_CATALOGUE)
def new_bundle_page(request: OfficeRequest) -> HttpResponse:
    """A new bundle."""
    form = BundleForm(request, initial={"valid_from": request.today, "plan_id": request.GET.get("plan", "")})
    if request.method == "POST" and form.is_valid():
        try:
            bundle = create_bundle(acting=request.acting, **form.cleaned_data, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is there.") % {"name": bundle.name})
            return redirect("office:decks", request.seller.slug)
    return render(request, "office/decks/bundle.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.KEEP_CATALOGUE)
def change_bundle_page(request: OfficeRequest, bundle_id: int) -> HttpResponse:
    """The bundle corrected, for all its days."""
    bundle = bundle_of(request.acting, bundle_id)
    initial = {
        "name": bundle.name,
        "minutes": None if bundle.seconds is None else bundle.seconds // 60,
        "amount": bundle.amount,
        "categories": bundle.categories,
    }
    form = BundleForm(request, is_kept=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_bundle(acting=request.acting, bundle_id=bundle_id, **form.cleaned_data, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is saved.") % {"name": bundle.name})
            return redirect("office:decks", request.seller.slug)
    context = {"form": form, "bundle": bundle}
    return render(request, "office/decks/bundle.html", context, status=422 if form.errors else 200)
