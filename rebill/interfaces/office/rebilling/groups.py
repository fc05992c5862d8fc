"""Price groups: what is asked on top of suppliers' prices, since when, and of whom."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission, require
from rebill.catalogue.queries import product_by_code
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import note, toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.errors import Refused
from rebill.parties.models import Customer
from rebill.sources.supplier_invoices.commands import assign_price_group, set_price_factor
from rebill.sources.supplier_invoices.models import PriceGroup
from rebill.sources.supplier_invoices.queries.pricing import (
    factors_of_group,
    group_members,
    listed_price_groups,
    price_group_with_id,
)

# More factors than these nobody looks through; the latest of them count.
FACTORS_SHOWN = 200


class FactorForm(OfficeForm):
    """What buy prices are multiplied by, from a day on."""

    factor = NumberField(
        label=gettext_lazy("Times the buy price"), min_value=0, help_text=gettext_lazy("1.25 asks a quarter more.")
    )
    product = forms.CharField(
        label=gettext_lazy("Product"), required=False, max_length=60,
        help_text=gettext_lazy("A code of the catalogue; of all products if left empty."),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("From"))
    valid_before = DayField(
        label=gettext_lazy("Until before"), required=False, help_text=gettext_lazy("The days of purchase invoices.")
    )


class NewGroupForm(FactorForm):
    """A group begins with its name and a factor."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    field_order = ("name",)


@page()
def groups_page(request: OfficeRequest) -> HttpResponse:
    """The price groups, and room for another."""
    form = NewGroupForm(request.POST if request.method == "POST" else None, initial={"valid_from": request.today})
    if request.method == "POST" and form.is_valid():
        kept = _keep_factor(request, form, form.cleaned_data["name"])
        if kept is not None:
            return redirect("office:rebilling-group", request.seller.slug, kept.pk)
    context = {"groups": listed_price_groups(request.acting, on=request.today), "form": form}
    return render(request, "office/rebilling/groups.html", context, status=422 if form.errors else 200)


@page()
def group_page(request: OfficeRequest, group_id: int) -> HttpResponse:
    """One price group: its factors, and who is in it."""
    group = price_group_with_id(request.acting, group_id)
    form = FactorForm(request.POST if request.method == "POST" else None, initial={"valid_from": request.today})
    if request.method == "POST" and form.is_valid() and _keep_factor(request, form, group.name) is not None:
        return redirect("office:rebilling-group", request.seller.slug, group.pk)
    members = group_members(request.acting, group)
    start = (page_number(request) - 1) * ROWS
    shown = list(members[start : start + ROWS])
    customer = chosen_customer(request)
    context: dict[str, Any] = {
        "group": group,
        "form": form,
        "factors": list(factors_of_group(request.acting, group)[:FACTORS_SHOWN]),
        "members": shown,
        "pager": pager(request, shown=len(shown), total=members.count()),
        "customer": customer,
        **({} if customer else chooser(request)),
        "still": True,
    }
    return render(request, "office/rebilling/group.html", context, status=422 if form.errors else 200)


def _keep_factor(request: OfficeRequest, form: FactorForm, name: str) -> PriceGroup | None:
    """The group that has the factor now; None when it was refused, which the form says."""
    require(request.acting, Permission.KEEP_CATALOGUE)
    typed = form.cleaned_data
    try:
        code = typed["product"].strip()
        product_id = product_by_code(request.acting, code).pk if code else None
        kept = set_price_factor(
            acting=request.acting, group=name, factor=typed["factor"], valid_from=typed["valid_from"],
            valid_before=typed["valid_before"], product_id=product_id, now=request.now,
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return None
    toast(request, _("Price group %(name)s is kept.") % {"name": kept.group.name})
    return kept.group


@require_POST
@page(Permission.KEEP_CATALOGUE)
def change_member(request: OfficeRequest, group_id: int) -> HttpResponse:
    """Puts a customer into the group, or takes it out."""
    group = price_group_with_id(request.acting, group_id)
    customer = chosen_customer(request)
    if customer is None:
        note(request, _("Choose a customer."))
        return redirect("office:rebilling-group", request.seller.slug, group.pk)
    leaves = "out" in request.POST
    said: dict[str, Any] = {"acting": request.acting, "customer_ids": [customer.pk], "now": request.now}
    if not leaves:
        assign_price_group(group=group.name, **said)
    elif _is_member(group, customer):
        assign_price_group(group="", **said)
    words = _("%(name)s is in no price group any more.") if leaves else _("%(name)s is in this price group.")
    toast(request, words % {"name": customer.name})
    return redirect("office:rebilling-group", request.seller.slug, group.pk)


def _is_member(group: PriceGroup, customer: Customer) -> bool:
    """Somebody else may have put it into another group, where it stays."""
    return group.members.filter(customer=customer).exists()
