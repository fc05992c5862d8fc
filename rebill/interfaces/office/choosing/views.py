"""The customers that match a search, each a link back to the page that asks, with the customer in its address.

A page shows `office/parts/customer_chooser.html` with what `chooser` says, and reads the answer with
`chosen_customer`. With scripts the suggestions open below the field and the arrows walk them; without, the same search
is a page of its own.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from rebill.interfaces.office.forms import id_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.errors import Invalid
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of, find_customers

# As many as can be taken in at a glance; another word narrows them.
FOUND_MAX = 8


class ChoiceAstray(Invalid):
    """The page to go back to is none of this seller's."""


@page()
def choose_customer_page(request: OfficeRequest) -> HttpResponse:
    """What matches `q`; only the suggestions when the field itself asks."""
    to, words = request.GET.get("to", ""), request.GET.get("q", "").strip()
    if not _is_of_seller(to, request.seller.slug):
        raise ChoiceAstray(_("The page to go back to is missing. Go back and search there."))
    context = {"to": to, "words": words, "found": found_customers(request, words, to)}
    template = "office/choosing/found.html" if request.htmx else "office/choosing/choose_customer.html"
    return render(request, template, context)


def chooser(request: OfficeRequest) -> dict[str, Any]:
    """What `office/parts/customer_chooser.html` shows on a page that wants a customer: the first ones to begin with."""
    to = request.get_full_path()
    return {"to": to, "found": found_customers(request, "", to)}


def found_customers(request: OfficeRequest, words: str, to: str) -> list[tuple[Customer, str]]:
    """The customers that match, each with the address that chooses it; the first of all as long as nothing is typed."""
    joined = "&" if "?" in to else "?"
    customers = find_customers(request.acting, words)[:FOUND_MAX]
    return [(customer, f"{to}{joined}{urlencode({'customer': customer.pk})}") for customer in customers]


def chosen_customer(request: OfficeRequest) -> Customer | None:
    """The customer that the page's address or form names as `customer`; None before one is chosen.

    Another seller's is not found.
    """
    asked = id_or_none(request.POST.get("customer") or request.GET.get("customer", ""))
    return None if asked is None else customer_of(request.acting, asked)


def _is_of_seller(to: str, slug: str) -> bool:
    return to.startswith(f"/s/{slug}/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
