"""A line from the catalogue: the products that match what is typed, each at the price of the draft's customer."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.catalogue.models import Product
from rebill.catalogue.queries.listed import ListedPrice, listed_prices
from rebill.catalogue.queries.products import find_products
from rebill.interfaces import formats
from rebill.interfaces.office.drafts.lines import first_supplied_on
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.words import per
from rebill.rules.naming import name_in
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import draft_of

# As many as can be taken in at a glance; another word narrows them.
FOUND_MAX = 12


@dataclass(frozen=True, slots=True)
class Offered:
    """A product with what it costs the customer, in words."""

    code: str
    name: str
    price: str


@page(Permission.REVIEW)
def catalogue(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The search, over the page or as a page; only what is found when the field itself asks."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    words = request.GET.get("q", "").strip()
    context = {"draft": draft, "words": words, "offered": _offered(request, draft, words)}
    if request.htmx.target == "dialog":
        return render(request, "office/drafts/catalogue.html", context)
    template = "office/drafts/offered.html" if request.htmx else "office/drafts/catalogue_page.html"
    return render(request, template, context)


def _offered(request: OfficeRequest, draft: Draft, words: str) -> list[Offered]:
    products: list[Product] = list(find_products(request.acting, words).filter(active=True)[:FOUND_MAX])
    prices = listed_prices(
        request.acting,
        customer=draft.customer,
        product_ids=[each.pk for each in products],
        currency=draft.currency,
        on=first_supplied_on(request, draft),
    )
    return [
        Offered(
            each.code,
            name_in(each.names, formats.language(), request.seller.language) or each.code,
            _price_words(prices.get(each.pk)),
        )
        for each in products
    ]


def _price_words(price: ListedPrice | None) -> str:
    if price is None:
        return _("no price")
    if price.unit_price is None:
        return _("by quantity")
    return f"{formats.price(price.unit_price)} {per(price.months)}"
