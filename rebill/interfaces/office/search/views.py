"""Search from the jump box and as a page: customers and documents by name or number, and pages by their name."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rebill.interfaces.office.navigation import places
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.invoices.queries.invoices import find_invoices
from rebill.parties.queries import find_customers

# So many of the last documents that match are looked at; for fewer PostgreSQL would rather walk through all there are.
NEWEST = 1_000
# Enough to choose from without scrolling; the lists of each kind show all.
FOUND_MAX = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: what it is called, its number, and where it is."""

    text: str
    number: str
    address: str


@page()
def search_page(request: OfficeRequest) -> HttpResponse:
    """What matches `q`; as a list alone when the jump box asks, as a page otherwise."""
    words = request.GET.get("q", "").strip()
    context = {
        "words": words,
        "pages": [place for place in places(request) if words and words.lower() in place.text.lower()],
        "customers": _customers(request, words) if words else [],
        "documents": _documents(request, words) if words else [],
    }
    template = "office/search/found.html" if request.htmx else "office/search/search.html"
    return render(request, template, context)


def _customers(request: OfficeRequest, words: str) -> list[Found]:
    slug = request.seller.slug
    return [
        Found(customer.name, customer.number or "", reverse("office:customer", args=[slug, customer.pk]))
        for customer in find_customers(request.acting, words)[:FOUND_MAX]
    ]


def _documents(request: OfficeRequest, words: str) -> list[Found]:
    slug = request.seller.slug
    return [
        Found(invoice.customer_name, invoice.number, reverse("office:invoice", args=[slug, invoice.pk]))
        for invoice in find_invoices(acting=request.acting, search=words, newest=NEWEST)[:FOUND_MAX]
    ]
