"""Endpoints: whose an account, a trunk, a number or a range of numbers is."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.dialogs import Dialog, show_dialog
from rebill.interfaces.office.forms import DayField, OfficeForm, day_or_none, id_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.parties.models import Customer
from rebill.parties.queries import customer_by_number, customer_of
from rebill.sources.usage.commands import add_endpoint, end_endpoint
from rebill.sources.usage.models import EndpointKind
from rebill.sources.usage.queries.endpoints import endpoint_of, endpoints_of

KINDS = {
    EndpointKind.ACCOUNT: gettext_lazy("SIP account or account code"),
    EndpointKind.TRUNK: gettext_lazy("Trunk"),
    EndpointKind.NUMBER: gettext_lazy("Number"),
    EndpointKind.RANGE: gettext_lazy("Range of numbers"),
}


class EndpointForm(OfficeForm):
    """An endpoint of a customer."""

    customer = forms.CharField(label=gettext_lazy("Customer number"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(each.value, words) for each, words in KINDS.items()])
    value = forms.CharField(label=gettext_lazy("Account, trunk or number"), max_length=80)
    value_to = forms.CharField(label=gettext_lazy("Last number of a range"), required=False, max_length=80)
    valid_from = DayField(label=gettext_lazy("From"))


class EndForm(OfficeForm):
    """When an endpoint ends."""

    valid_before = DayField(label=gettext_lazy("The first day it is nobody's"))


def _customer_named(request: OfficeRequest) -> Customer | None:
    asked = id_or_none(request.GET.get("customer", ""))
    return None if asked is None else customer_of(request.acting, asked)


@page()
def endpoints_page(request: OfficeRequest) -> HttpResponse:
    """All endpoints, or with `?customer=` those of one customer; `?search=` finds one."""
    customer = _customer_named(request)
    search = request.GET.get("search", "")[:100]
    found = endpoints_of(request.acting, customer_id=customer.pk if customer else None, search=search)
    start = (page_number(request) - 1) * ROWS
    rows = [(each, KINDS[EndpointKind(each.kind)]) for each in found[start : start + ROWS]]
    context = {
        "rows": rows,
        "customer": customer,
        "search": search,
        "pager": pager(request, shown=len(rows), total=found.count()),
    }
    return render(request, "office/calls/endpoints.html", context)


@page(Permission.KEEP_SUBSCRIPTIONS)
def new_endpoint_page(request: OfficeRequest) -> HttpResponse:
    """An endpoint that is a customer's from a day on."""
    customer = _customer_named(request)
    initial = {
        "customer": customer.number if customer else "",
        "kind": request.GET.get("kind", "number"),
        "value": request.GET.get("value", ""),
        "valid_from": day_or_none(request.GET.get("from", "")) or request.today,
    }
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            owner = customer_by_number(request.acting, said["customer"])
            endpoint = add_endpoint(
                acting=request.acting,
                customer_id=owner.pk,
                kind=EndpointKind(said["kind"]),
                value=said["value"],
                value_to=said["value_to"],
                valid_from=said["valid_from"],
                now=request.now,
            )
        except NotFound as refusal:
            form.refuse(refusal, field="customer")
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", "value"))
        else:
            toast(request, _("Calls of %(value)s are %(name)s’s.") % {"value": endpoint.value, "name": owner.name})
            return redirect(f"{_list(request)}?customer={owner.pk}")
    context = {"form": form, "customer": customer}
    return render(request, "office/calls/endpoint.html", context, status=422 if form.errors else 200)


@page(Permission.KEEP_SUBSCRIPTIONS)
def end_endpoint_page(request: OfficeRequest, endpoint_id: int) -> HttpResponse:
    """Asks from which day on an endpoint is nobody's."""
    endpoint = endpoint_of(request.acting, endpoint_id)
    back = f"{_list(request)}?customer={endpoint.customer_id}"
    form = EndForm(request.POST or None, initial={"valid_before": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            end_endpoint(
                acting=request.acting,
                endpoint_id=endpoint.pk,
                valid_before=form.cleaned_data["valid_before"],
                now=request.now,
            )
            return redirect(back)
        except Invalid as refusal:
            form.refuse(refusal, field="valid_before")
    dialog = Dialog(
        question=_("Until when is %(value)s an endpoint of %(name)s?")
        % {"value": endpoint.value, "name": endpoint.customer.name},
        effects=(),
        verb=_("End"),
        action=request.path,
        back=back,
        form="office/calls/end_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _list(request: OfficeRequest) -> str:
    return reverse("office:calls-endpoints", args=[request.seller.slug])
