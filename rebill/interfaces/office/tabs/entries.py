"""The orders of a tab as a list: on screen, on paper, and as a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.imports.spreadsheet import OutCell, write_csv, write_xlsx
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
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    """The same as a file, CSV or with `as=xlsx` a workbook: one row for each line of each order."""
    tab = tab_of(request.acting, tab_id)
    rows = _rows(tab, _orders(request, tab, _state(request))[:FILE_MAX], ZoneInfo(request.seller.time_zone))
    file = BytesIO()
    as_workbook = request.GET.get("as") == "xlsx"
    if as_workbook:
        write_xlsx(rows, to=file, made_at=request.now)
    else:
        write_csv(rows, to=file)
    response = HttpResponse(file.getvalue(), content_type=_WORKBOOK if as_workbook else "text/csv; charset=utf-8")
    name = "".join(each if each.isalnum() or each in "-_." else "-" for each in tab.number)
    ending = "xlsx" if as_workbook else "csv"
    response.headers["Content-Disposition"] = f'attachment; filename="tab-{name}.{ending}"'
    return response


def _rows(tab: Tab, orders: Iterable[TabOrder], zone: ZoneInfo) -> Iterator[Sequence[OutCell]]:
    yield [
        _("Tab"), _("Order"), _("Day"), _("Time"), _("State"), _("Till"), _("Holder"), _("Line"), _("Description"),
        _("Quantity"), _("Price"), _("Amount"), _("VAT %"), _("VAT in the price"), _("Currency"),
    ]  # fmt: skip
    for order in orders:
        bought_at: datetime = order.ordered_at.astimezone(zone)
        for line in order.lines.all():
            yield [
                tab.number, order.key, order.ordered_on, f"{bought_at:%H:%M}", str(STATE_WORDS[order.state]),
                order.till, order.holder.name if order.holder else "", line.number, line.description,
                line.quantity.normalize(), line.unit_price.normalize(), line.amount.decimal, line.vat_rate.normalize(),
                _("yes") if order.includes_vat else _("no"), tab.currency,
            ]  # fmt: skip


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
