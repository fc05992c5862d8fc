"""The list of subscriptions: by how they stand, by words, a page at a time.

Counting how many stand otherwise looks at many histories; the tabs ask for it when the page is there.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.catalogue.queries.products import products_of
from rebill.interfaces import formats
from rebill.interfaces.office.choosing.views import chosen_customer
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.words import STANDINGS
from rebill.interfaces.pager import COUNTED_MAX, short_page
from rebill.parties.models import Customer
from rebill.rules.naming import name_in
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import CurrentState, Standing, current_states, find_subscriptions, standing_as

ALL = "all"
_TABS = (Standing.RUNNING, Standing.UPCOMING, Standing.PAUSED, Standing.ENDED)


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription in the list, as it stands today."""

    subscription: Subscription
    state: CurrentState
    name: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `address` is empty for the one that an address without a tab means."""

    name: str
    text: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many stand on a tab, or more than that where they are `at_least` so many."""

    tab: str
    number: int
    at_least: bool


@page()
def subscriptions_page(request: OfficeRequest) -> HttpResponse:
    """The subscriptions that match: of one customer if the address names one."""
    words = request.GET.get("q", "").strip()
    tab = _tab(request)
    customer = chosen_customer(request)
    found = _found(request, customer, tab)
    # The newest first: any other order would look at all that match before it shows fifty.
    if customer is None:
        found = found.order_by("-id")
    ids, pages = short_page(request, found)
    by_id = find_subscriptions(acting=request.acting).filter(id__among=ids).in_bulk()
    states = current_states(acting=request.acting, subscription_ids=ids, on=request.today)
    products = products_of(request.acting).filter(code__in={each.product_code for each in states.values()})
    called = {each.code: name_in(each.names, formats.language(), request.seller.language) for each in products}
    names = [*((each.value, str(STANDINGS[each])) for each in _TABS), (ALL, _("All"))]
    tabs = [Tab(each, text, "" if each == Standing.RUNNING else each, each == tab) for each, text in names]
    context = {
        "words": words,
        "customer": customer,
        "tab": tab,
        "tabs": tabs,
        "rows": [_row(by_id[each], states[each], called) for each in ids],
        "pager": pages,
    }
    return render(request, "office/subscriptions/subscriptions.html", context)


@page()
def counts_part(request: OfficeRequest) -> HttpResponse:
    """How many match on each of the other tabs, up to a thousand."""
    customer, here = chosen_customer(request), _tab(request)
    counts = []
    for tab in (*(each.value for each in _TABS), ALL):
        if tab != here:
            number = _found(request, customer, tab).order_by()[: COUNTED_MAX + 1].count()
            counts.append(Count(tab, min(number, COUNTED_MAX), number > COUNTED_MAX))
    return render(request, "office/subscriptions/counts.html", {"counts": counts})


def _row(subscription: Subscription, state: CurrentState, called: dict[str, str]) -> SubscriptionRow:
    """The row, called by its own text, else by the name of the product."""
    name = subscription.description or called.get(state.product_code, "") or state.product_code
    return SubscriptionRow(subscription, state, name)


def _tab(request: OfficeRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked == ALL or asked in Standing.__members__.values() else Standing.RUNNING.value


def _found(request: OfficeRequest, customer: Customer | None, tab: str) -> QuerySet[Subscription]:
    words = request.GET.get("q", "").strip()
    found = find_subscriptions(acting=request.acting, search=words, customer_id=customer.pk if customer else None)
    return found if tab == ALL else standing_as(found, Standing(tab), acting=request.acting, on=request.today)
