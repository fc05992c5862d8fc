"""The first page: what needs me now. And the two addresses that belong to no seller."""

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.parties.queries import sellers_of

LAST_SELLER = "office.last_seller"


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the seller that was looked at last, else to the user's first one."""
    slugs = [seller.slug for seller in sellers_of(request.user)]  # type: ignore[arg-type]
    if not slugs:
        return render(request, "office/no_seller.html", status=403)
    last = request.session.get(LAST_SELLER)
    return redirect("office:today", last if last in slugs else slugs[0])


def health(request: HttpRequest) -> HttpResponse:
    """Whether the office can answer: 200 when the database does, 503 when it does not. For proxies and watchers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


@page()
def today_page(request: OfficeRequest) -> HttpResponse:
    """What waits for a decision."""
    request.session[LAST_SELLER] = request.seller.slug
    return render(request, "office/today/today.html")
