"""Coming in: an address is asked for, a link is mailed to it, and who follows the link looks."""

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from rebill.interfaces.portal.visiting import (
    PortalRequest,
    choose_customer,
    close_visit,
    come_in,
    door,
    open_visit,
    visit,
)
from rebill.interfaces.portal_links import ask_for_link
from rebill.kit.errors import NotFound
from rebill.parties.commands import enter_portal
from rebill.parties.commands.portal import LinkRefused
from rebill.parties.visitors import customer_reached_at, customers_reached_at


class AddressForm(forms.Form):
    """Where the link goes."""

    email = forms.EmailField(max_length=254)


@door
def enter_page(request: PortalRequest) -> HttpResponseBase:
    """Asks for the address. What is said next does not tell whether anybody has it."""
    if request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            ask_for_link(request.acting, form.cleaned_data["email"])
            return render(request, "portal/mailed.html", {"email": form.cleaned_data["email"]})
        return render(request, "portal/enter.html", {"form": form}, status=422)
    if "again" not in request.GET and come_in(request):
        return redirect("portal:invoices", seller=request.seller.slug)
    return render(request, "portal/enter.html", {"form": AddressForm()})


@door
@sensitive_variables("secret")
def link_page(request: PortalRequest, secret: str) -> HttpResponse:
    """Where a link leads. Looking at it does nothing, for mail servers look at links; the button comes in."""
    if request.method != "POST":
        return render(request, "portal/link.html")
    try:
        email, customers = enter_portal(acting=request.acting, secret=secret, now=request.now)
    except LinkRefused as refusal:
        return render(request, "portal/enter.html", {"form": AddressForm(), "refusal": refusal}, status=403)
    open_visit(request, email=email, customers=customers)
    return redirect("portal:customers" if len(customers) > 1 else "portal:invoices", seller=request.seller.slug)


@door
def leave(request: PortalRequest) -> HttpResponse:
    """Goes out, by the button only."""
    if request.method == "POST":
        close_visit(request)
    return redirect("portal:enter", seller=request.seller.slug)


@visit
def customers_page(request: PortalRequest) -> HttpResponse:
    """The customers that share the address: for which of them one looks."""
    if request.method == "POST":
        named = request.POST.get("customer", "")
        chosen = customer_reached_at(request.acting, int(named), request.email) if named.isdecimal() else None
        if chosen is None:
            raise NotFound(_("There is no customer %(named)s.") % {"named": named})
        choose_customer(request, chosen)
        return redirect("portal:invoices", seller=request.seller.slug)
    customers = customers_reached_at(request.acting, request.email)
    return render(request, "portal/customers.html", {"customers": customers})
