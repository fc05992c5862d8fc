"""The first page: what needs me now. And the two addresses that belong to no seller."""

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from rebill.access.queries import is_anybody_known
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.parties.queries import sellers_of

LAST_SELLER = "office.last_seller"


def home(request: HttpRequest) -> HttpResponse:
    """To the seller that was looked at last, else to the user's first one; where nobody is known yet, to the setup."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path()) if is_anybody_known() else redirect("office:setup")
    slugs = [seller.slug for seller in sellers_of(request.user)]
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
