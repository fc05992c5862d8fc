"""What was bought on account: the tabs that whoever looks holds and may see, and the orders on one of them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.portal.visiting import PortalRequest, visit
from rebill.sources.tabs.models import TabOrder
from rebill.sources.tabs.queries.holders import tabs_seen_by
from rebill.sources.tabs.queries.orders import tab_orders_of
from rebill.sources.tabs.words import STATE_WORDS

LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Bought:
    """An order, what of it is named, and how many further lines it has."""

    order: TabOrder
    lines: list[Any]
    further: int
    state: str


@visit
def tabs_page(request: PortalRequest) -> HttpResponse:
    """The tabs, and a page of the orders of the one that is chosen, else of the first."""
    tabs = list(tabs_seen_by(request.acting, customer_id=request.customer.pk, email=request.email))
    asked = request.GET.get("tab", "")
    chosen = next((each for each in tabs if str(each.pk) == asked), tabs[0] if tabs else None)
    context: dict[str, Any] = {"tabs": [(each, each.limit - each.balance) for each in tabs], "chosen": chosen}
    if chosen is not None:
        orders = tab_orders_of(request.acting, tab=chosen)
        start = (page_number(request) - 1) * ROWS
        bought = [_bought(each) for each in orders[start : start + ROWS]]
        context |= {"bought": bought, "pager": pager(request, shown=len(bought), total=orders.count())}
    return render(request, "portal/tabs.html", context)


def _bought(order: TabOrder) -> Bought:
    lines = list(order.lines.all())
    return Bought(order, lines[:LINES_SHOWN], max(len(lines) - LINES_SHOWN, 0), str(STATE_WORDS[order.state]))
