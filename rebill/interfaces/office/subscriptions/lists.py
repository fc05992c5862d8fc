"""The list of subscriptions: by how they stand, by words, a page at a time."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.interfaces.office.choosing.views import chosen_customer
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.pager import ROWS, page_number, short_pager
from rebill.interfaces.office.words import STANDINGS
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import CurrentState, Standing, current_states, find_subscriptions, standing_as

ALL = "all"
_TABS = (Standing.RUNNING, Standing.UPCOMING, Standing.PAUSED, Standing.ENDED)


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription in the list, as it stands today."""

    subscription: Subscription
    state: CurrentState


@page()
def subscriptions_page(request: OfficeRequest) -> HttpResponse:
    """The subscriptions that match: of one customer if the address names one."""
    words = request.GET.get("q", "").strip()
    asked = request.GET.get("tab", "")
    tab = asked if asked == ALL or asked in Standing.__members__.values() else Standing.RUNNING.value
    customer = chosen_customer(request)
    found = find_subscriptions(acting=request.acting, search=words, customer_id=customer.pk if customer else None)
    if tab != ALL:
        found = standing_as(found, Standing(tab), acting=request.acting, on=request.today)
    # The newest first: any other order would look at all that match before it shows fifty.
    if customer is None:
        found = found.order_by("-id")
    start = (page_number(request) - 1) * ROWS
    subscriptions = list(found[start : start + ROWS])
    ids = [each.pk for each in subscriptions]
    states = current_states(acting=request.acting, subscription_ids=ids, on=request.today)
    names = [*((each.value, str(STANDINGS[each])) for each in _TABS), (ALL, _("All"))]
    context = {
        "words": words,
        "customer": customer,
        "tab": tab,
        "tabs": [(text, "" if each == Standing.RUNNING else each, each == tab) for each, text in names],
        "rows": [SubscriptionRow(each, states[each.pk]) for each in subscriptions],
        "pager": short_pager(request, found, shown=len(subscriptions)),
    }
    return render(request, "office/subscriptions/subscriptions.html", context)
