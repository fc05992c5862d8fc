"""The list of products, by kind and by words, with what each costs today."""

from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.models import ProductKind
from rebill.catalogue.queries import default_plan_of, find_products
from rebill.catalogue.queries.decks import decks_of
from rebill.catalogue.queries.pages import count_products, prices_in
from rebill.interfaces import formats
from rebill.interfaces.office.catalogue_words import GROUPS, KINDS, RATE_CLASSES
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.reselling import prices_asked
from rebill.interfaces.office.products.words import shown_price
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.rules.naming import name_in

INACTIVE = "inactive"


@page()
def products_page(request: OfficeRequest) -> HttpResponse:
    """Everything that can be charged."""
    words, tab = request.GET.get("q", "").strip(), request.GET.get("tab", "")
    found = find_products(request.acting, words)
    counts = count_products(found)
    found = found.filter(active=tab != INACTIVE)
    if tab in ProductKind.values:
        found = found.filter(kind=tab)
        total = counts.kinds.get(tab, 0)
    else:
        total = counts.inactive if tab == INACTIVE else counts.all
    start = (page_number(request) - 1) * ROWS
    products = list(found[start : start + ROWS])
    plan = default_plan_of(request.acting)
    ids = [each.pk for each in products]
    prices = prices_in(plan, ids, currency=request.seller.currency, on=request.today) if plan else {}
    resold = prices_asked(request, [each.pk for each in products if each.resells_id and each.pk not in prices])
    by_deck = set(decks_of(request.acting).filter(product_id__in=ids).values_list("product_id", flat=True))
    rows = [
        {
            "product": product,
            "name": name_in(product.names, formats.language(), request.seller.language) or product.code,
            "kind": KINDS[product.kind],
            "group": GROUPS[product.summary_group],
            "rate_class": RATE_CLASSES[product.rate_class],
            "price": shown_price(prices[product.pk], request.today) if product.pk in prices else None,
            "asked": resold.get(product.pk),
            "by_deck": product.pk in by_deck,
        }
        for product in products
    ]
    context = {
        "words": words,
        "tab": tab,
        "tabs": [(kind, KINDS[kind], counts.kinds.get(kind, 0)) for kind in KINDS if counts.kinds.get(kind)],
        "counts": counts,
        "rows": rows,
        "plan": plan,
        "pager": pager(request, shown=len(rows), total=total),
    }
    return render(request, "office/products/products.html", context)
