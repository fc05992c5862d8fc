"""What every page of the portal begins with: whose portal it is, who looks, for which customer, in which language.

Who looks has no account. A mailed link opened a session for an address, and with every page the customer is asked
again whether it still names that address: who is taken off a customer's list sees nothing from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from rebill.access.acting import Acting, Role, timetable
from rebill.interfaces.jobs import read_clock
from rebill.kit.errors import NotFound, Refused
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import seller_with_slug
from rebill.parties.visitors import customer_reached_at
from rebill.rules.periods import local_day
from rebill.sources.tabs.queries.holders import tabs_seen_by

Asked = ParamSpec("Asked")

KEPT = "portal"
LANGUAGE = "portal_language"
LIVES = timedelta(hours=12)
_LANGUAGES = dict(settings.LANGUAGES)


class PortalRequest(HttpRequest):
    """A request to a seller's portal; `customer` is there on pages for who has come in."""

    seller: Seller
    customer: Customer
    email: str
    now: datetime
    today: date
    # As whom the stages are asked. They answer for the whole seller: each page asks for its customer's rows only.
    acting: Acting
    language: str
    # What else the portal's frame shows.
    frame: "Frame"


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the portal's menu."""

    name: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The menu, the languages to choose from, and whether the address belongs to further customers."""

    entries: tuple[Entry, ...]
    languages: tuple[tuple[str, str], ...]
    has_others: bool


View = Callable[Concatenate[PortalRequest, Asked], HttpResponseBase]


def door(view: View[Asked]) -> Callable[..., HttpResponseBase]:
    """Wraps a page for whoever comes by: only the seller is known."""

    @wraps(view)
    def answer(request: HttpRequest, seller: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        portal = cast(PortalRequest, request)
        return _answered(portal, seller, lambda: view(portal, *args, **kwargs))

    answer.is_of_portal = "door"  # type: ignore[attr-defined]
    return answer


def visit(view: View[Asked]) -> Callable[..., HttpResponseBase]:
    """Wraps a page for who has come in; anybody else is led to the door. What belongs to another customer is not
    found."""

    @wraps(view)
    def answer(request: HttpRequest, seller: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        portal = cast(PortalRequest, request)

        def looked() -> HttpResponseBase:
            if not come_in(portal):
                return redirect("portal:enter", seller=portal.seller.slug)
            with translation.override(_language(portal, portal.customer.language)):
                return _said(portal, view(portal, *args, **kwargs))

        return _answered(portal, seller, looked)

    answer.is_of_portal = "visit"  # type: ignore[attr-defined]
    return answer


def open_visit(request: PortalRequest, *, email: str, customers: list[Customer]) -> None:
    """Keeps in the session that the reader of this address has come in, for the first of the customers."""
    # Another session id, so that nobody who knew the old one comes in too.
    request.session.cycle_key()
    kept = dict(request.session.get(KEPT, {}))
    kept[request.seller.slug] = {
        "email": email,
        "customer": customers[0].pk,
        "others": len(customers) - 1,
        "until": (request.now + LIVES).isoformat(),
    }
    request.session[KEPT] = kept


def choose_customer(request: PortalRequest, customer: Customer) -> None:
    """Looks on for another customer of the same address."""
    kept = dict(request.session[KEPT])
    kept[request.seller.slug] = {**kept[request.seller.slug], "customer": customer.pk}
    request.session[KEPT] = kept


def close_visit(request: PortalRequest) -> None:
    """Forgets who looked."""
    kept = dict(request.session.get(KEPT, {}))
    kept.pop(request.seller.slug, None)
    request.session[KEPT] = kept


def _answered(request: PortalRequest, slug: str, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        request.seller = seller_with_slug(slug)
    except NotFound:
        return render(request, "portal/nothing.html", status=404)
    request.now = read_clock()
    request.today = local_day(request.now, request.seller.time_zone)
    # The portal itself writes nothing but links, which it asks for as the timetable does.
    request.acting = timetable(request.seller.pk)
    request.frame = Frame((), tuple(_LANGUAGES.items()), has_others=False)
    asked = request.GET.get("language", "")
    if asked in _LANGUAGES:
        request.session[LANGUAGE] = asked
    with translation.override(_language(request, "")):
        try:
            response = answer()
        except Refused as refusal:
            status = 404 if isinstance(refusal, NotFound) else 409
            response = render(request, "portal/nothing.html", {"refusal": refusal, "status": status}, status=status)
        return _said(request, response)


def come_in(request: PortalRequest) -> bool:
    """Whether who looks has come in and may still; then the request knows for which customer."""
    entry = request.session.get(KEPT, {}).get(request.seller.slug)
    if not entry or datetime.fromisoformat(entry["until"]) <= request.now:
        return False
    acting = Acting(seller_id=request.seller.pk, role=Role.VIEWER)
    customer = customer_reached_at(acting, entry["customer"], entry["email"])
    if customer is None:
        return False
    request.acting, request.customer, request.email = acting, customer, entry["email"]
    here = request.resolver_match.url_name if request.resolver_match else ""
    slug = request.seller.slug
    # Whoever may see no tab is not told that there are any.
    sees_tabs = tabs_seen_by(acting, customer_id=customer.pk, email=request.email).exists()
    entries = tuple(
        Entry(name, reverse(f"portal:{name}", args=[slug]), here == name or (name == "invoices" and here == "calls"))
        for name in ("invoices", "usage", "subscriptions", *(["tabs"] if sees_tabs else []), "details")
    )
    request.frame = Frame(entries, tuple(_LANGUAGES.items()), has_others=bool(entry["others"]))
    return True


def _language(request: PortalRequest, of_customer: str) -> str:
    """What was chosen, else the customer's, else the seller's; and the one of the answer."""
    chosen = str(request.session.get(LANGUAGE, "")) or of_customer or request.seller.language
    request.language = chosen if chosen in _LANGUAGES else "en"
    return request.language


def _said(request: PortalRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Content-Language"] = request.language
    # A bill is nobody's else: not even a shared machine keeps it.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
