"""The dealers below a seller, and their customers by number and name."""

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.subscriptions.queries.below import customers_below, dealers_of

# As many customers as can be looked over; another word narrows them.
SHOWN = 50


@page()
def dealers_page(request: OfficeRequest) -> HttpResponse:
    """Every dealer at every depth, and the customers that the search finds."""
    words, dealer = request.GET.get("q", "").strip(), request.GET.get("dealer", "")
    dealers = dealers_of(acting=request.acting)
    found = list(customers_below(acting=request.acting, dealer=dealer, words=words)[: SHOWN + 1]) if dealers else []
    context = {
        "dealers": dealers,
        "customers": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "words": words,
        "dealer": next((each.seller for each in dealers if each.seller.slug == dealer), None),
    }
    return render(request, "office/dealers/dealers.html", context)
