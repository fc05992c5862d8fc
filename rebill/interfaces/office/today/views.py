"""The first page: what needs me now. And the two addresses that belong to no seller."""

from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from rebill.access.models import User
from rebill.access.queries import is_anybody_known
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.today.first_steps import first_steps
from rebill.interfaces.office.today.present import present_run
from rebill.interfaces.office.today.revenue import revenue_shown
from rebill.interfaces.office.today.waiting import waiting_for
from rebill.parties.queries import sellers_of
from rebill.runs.queries.standing import Standing, latest_run, standings_waiting

LAST_SELLER = "office.last_seller"


def slug_to_open(request: HttpRequest) -> str | None:
    """The seller that was looked at last, else the user's first one that is nobody's dealer; None without any."""
    sellers = sorted(sellers_of(cast(User, request.user)), key=lambda seller: seller.as_customer_id is not None)
    slugs = [seller.slug for seller in sellers]
    last = request.session.get(LAST_SELLER)
    return last if last in slugs else next(iter(slugs), None)


def home(request: HttpRequest) -> HttpResponse:
    """To the seller that is opened first; where nobody is known yet, to the setup."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path()) if is_anybody_known() else redirect("office:setup")
    slug = slug_to_open(request)
    return render(request, "office/no_seller.html", status=403) if slug is None else redirect("office:today", slug)


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
    """What needs me now: the present run, what waits for a decision, and what was billed month by month."""
    if request.session.get(LAST_SELLER) != request.seller.slug:
        request.session[LAST_SELLER] = request.seller.slug
    found = latest_run(acting=request.acting)
    if found is None:
        return render(request, "office/today/first_day.html", {"steps": first_steps(request)})
    run, previous = found
    besides = [run.pk] if previous is None else [run.pk, previous.id]
    waiting, standings = standings_waiting(acting=request.acting, besides=besides)
    before = standings[previous.id] if previous else Standing()
    context = {
        "present": present_run(request, run, previous, standings[run.pk], before),
        "waiting": waiting_for(request, waiting),
        "revenue": revenue_shown(request, run, standings[run.pk]),
        "currency": request.seller.currency,
    }
    return render(request, "office/today/today.html", context)
