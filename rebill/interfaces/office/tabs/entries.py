"""The orders of a tab as a list: on screen, on paper, and as a file."""

import csv
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.rules.money import Money
from rebill.sources.tabs.models import OrderState, Tab, TabOrder
from rebill.sources.tabs.queries.orders import order_sums, tab_orders_of
from rebill.sources.tabs.queries.tabs import tab_of
from rebill.sources.tabs.words import STATE_WORDS

PILLS = {
    OrderState.RESERVED: "draft",
    OrderState.BOOKED: "due",
    OrderState.BILLED: "sent",
    OrderState.SETTLED: "paid",
    OrderState.CANCELLED: "off",
}
FILE_MAX = 100_000
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the list."""

    order: TabOrder
    bought: str
    pill: str
    state: str


def entries_of(request: OfficeRequest, tab: Tab, *, state: str = "") -> list[Entry]:
    """The latest orders of the tab, as many as a page shows."""
    return _shown(list(_orders(request, tab, state)[:ROWS]))


@page()
def entries_page(request: OfficeRequest, tab_id: int) -> HttpResponse:
    """All orders of the tab, narrowed by state; fit to be printed."""
    tab = tab_of(request.acting, tab_id)
    state = _state(request)
    sums = order_sums(tab)
    total = sums[OrderState(state)][0] if state else sum(count for count, _minor in sums.values())
    start = (page_number(request) - 1) * ROWS
    rows = _shown(list(_orders(request, tab, state)[start : start + ROWS]))
    context = {
        "tab": tab,
        "state": state,
        "states": [(each.value, STATE_WORDS[each], sums[each][0]) for each in OrderState],
        "total_count": sum(count for count, _minor in sums.values()),
        "sum": Money(sums[OrderState(state)][1], tab.currency) if state else None,
        "entries": rows,
        "pager": pager(request, shown=len(rows), total=total),
    }
    return render(request, "office/tabs/entries.html", context)


@page(Permission.EXPORT)
def entries_file(request: OfficeRequest, tab_id: int) -> HttpResponse:
    """The same as a file: one row for each line of each order."""
    tab = tab_of(request.acting, tab_id)
    zone = ZoneInfo(request.seller.time_zone)
    file = StringIO()
    rows = csv.writer(file, delimiter=";")
    rows.writerow(
        [
            _("Tab"), _("Order"), _("Day"), _("Time"), _("State"), _("Till"), _("Holder"), _("Line"), _("Description"),
            _("Quantity"), _("Price"), _("Amount"), _("VAT %"), _("VAT in the price"), _("Currency"),
        ]
    )  # fmt: skip
    for order in _orders(request, tab, _state(request))[:FILE_MAX]:
        bought_at: datetime = order.ordered_at.astimezone(zone)
        for line in order.lines.all():
            rows.writerow(
                [
                    *map(_plain, (tab.number, order.key)), f"{order.ordered_on:%Y-%m-%d}", f"{bought_at:%H:%M}",
                    STATE_WORDS[order.state], *map(_plain, (order.till, order.holder.name if order.holder else "")),
                    line.number, _plain(line.description), _number(f"{line.quantity.normalize():f}"),
                    _number(f"{line.unit_price.normalize():f}"), _number(str(line.amount.decimal)),
                    _number(f"{line.vat_rate.normalize():f}"), _("yes") if order.includes_vat else _("no"),
                    tab.currency,
                ]
            )  # fmt: skip
    response = HttpResponse(file.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    name = "".join(each if each.isalnum() or each in "-_." else "-" for each in tab.number)
    response.headers["Content-Disposition"] = f'attachment; filename="tab-{name}.csv"'
    return response


def _orders(request: OfficeRequest, tab: Tab, state: str) -> QuerySet[TabOrder]:
    found = tab_orders_of(request.acting, tab=tab)
    return found.filter(state=state) if state else found


def _state(request: OfficeRequest) -> str:
    asked = request.GET.get("state", "")
    return asked if asked in set(OrderState) else ""


def _shown(orders: list[TabOrder]) -> list[Entry]:
    return [
        Entry(
            order,
            ", ".join(f"{line.quantity.normalize():f} × {line.description}" for line in order.lines.all()),
            PILLS[OrderState(order.state)],
            str(STATE_WORDS[order.state]).capitalize(),
        )
        for order in orders
    ]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _number(text: str) -> str:
    return text.replace(".", ",")
