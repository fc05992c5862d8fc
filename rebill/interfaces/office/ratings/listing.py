"""The months of calls, as they are rated."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import page_number, pager
from rebill.kit.models import Work
from rebill.kit.work import under_way
from rebill.rules.money import Money
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import UnusualDay
from rebill.sources.usage.queries.ratings import months_to_rate, ratings_of, unusual_days

ROWS = 24
DAYS = 20


@dataclass(frozen=True, slots=True)
class Day:
    """A day that stands out; the customer is the seller's own, the name that of who made the calls."""

    customer_id: int
    day: date
    name: str
    calls: int
    amount: Money
    usual: Money | None


@page()
def ratings_page(request: OfficeRequest) -> HttpResponse:
    """Every month with calls: how many have a price, and what waits for a person's word."""
    found = ratings_of(acting=request.acting)
    start = (page_number(request) - 1) * ROWS
    rows = list(found[start : start + ROWS])
    days = unusual_days(seller_id=request.acting.seller_id).select_related("owner", "seller")
    context = {
        "days": [_day(day) for day in days[:DAYS]],
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


def _day(day: UnusualDay) -> Day:
    currency = day.owner.currency or day.seller.currency
    usual = Money(wanted_minor(day.usual_e6, currency), currency) if day.usual_e6 else None
    return Day(
        day.buyer_id, day.day, day.owner.name, day.calls, Money(wanted_minor(day.amount_e6, currency), currency), usual
    )


def rating_under_way(request: OfficeRequest) -> Work | None:
    """The rating that was asked for and has not ended."""
    return under_way(seller_id=request.acting.seller_id, kind="rate")
