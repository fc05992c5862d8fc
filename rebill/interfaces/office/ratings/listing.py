"""The months of calls, as they are rated."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.pager import page_number, pager
from rebill.interfaces.office.toasts import toast
from rebill.kit.models import Work
from rebill.kit.work import under_way
from rebill.sources.usage.queries.ratings import months_to_rate, ratings_of

ROWS = 24


@page()
def ratings_page(request: OfficeRequest) -> HttpResponse:
    """Every month with calls: how many have a price, and what waits for a person's word."""
    found = ratings_of(acting=request.acting)
    start = (page_number(request) - 1) * ROWS
    rows = list(found[start : start + ROWS])
    context = {
        "rows": rows,
        "pager": pager(request, shown=len(rows), total=found.count(), rows=ROWS),
        "rating": rating_under_way(request),
        "unrated": months_to_rate(seller_id=request.acting.seller_id, zone=request.seller.time_zone),
    }
    return render(request, "office/ratings/ratings.html", context)


@page()
def rating_progress(request: OfficeRequest) -> HttpResponse:
    """How far the rating is that is under way; at its end the page is loaded anew."""
    work = rating_under_way(request)
    response = render(request, "office/ratings/progress.html", {"rating": work})
    if work is None:
        toast(request, _("The calls are rated."))
        response.headers["HX-Refresh"] = "true"
    return response


def rating_under_way(request: OfficeRequest) -> Work | None:
    """The rating that was asked for and has not ended."""
    return under_way(seller_id=request.acting.seller_id, kind="rate")
