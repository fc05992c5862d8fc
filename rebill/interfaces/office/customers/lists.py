"""The list of customers: by tab, by words, in an order, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, Pager, page_number, pager, short_page
from rebill.invoices.queries.pages import last_issued_of
from rebill.kit.search import says
from rebill.parties.models import Customer
from rebill.parties.queries import CustomerTab, count_customers, customers_in, customers_of, find_customers
from rebill.subscriptions.queries import count_subscriptions

_TAB_NAMES = {
    CustomerTab.ACTIVE: gettext_lazy("Active"),
    CustomerTab.ENDED: gettext_lazy("Ended"),
    CustomerTab.NO_EMAIL: gettext_lazy("Without e-mail"),
    CustomerTab.ALL: gettext_lazy("All"),
}
# So many that words find are named one by one.
NAMED = 2_000
# Each order is one that an index answers.
Order: TypeAlias = tuple[str | Combinable, ...]
_ORDERS: dict[str, Order] = {
    "number": ("number", "id"),
    "name": (Lower("name"), "id"),
    "new": ("-id",),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a list; `address` is empty for the one that an address without a tab means."""

    text: str
    address: str
    is_here: bool
    number: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list, with what later stages know of it."""

    customer: Customer
    subscriptions: int
    last_invoice_on: date | None


@page()
def customers_page(request: OfficeRequest) -> HttpResponse:
    """The customers that match."""
    words = request.GET.get("q", "").strip()
    asked = request.GET.get("tab", "")
    tab = CustomerTab(asked) if asked in CustomerTab.__members__.values() else CustomerTab.ACTIVE
    order = request.GET.get("sort", "")
    order = order if order in _ORDERS else "number"
    counts = count_customers(request.acting)
    if words:
        customers, pages = _found(request, words, tab, _ORDERS[order])
    else:
        customers, pages = _page(request, customers_in(customers_of(request.acting), tab), _ORDERS[order], counts[tab])
    context = {
        "words": words,
        "tabs": [
            Tab(str(name), "" if each is CustomerTab.ACTIVE else each.value, each is tab, counts[each])
            for each, name in _TAB_NAMES.items()
        ],
        "tab": tab,
        "order": order,
        "rows": _rows(request, customers),
        "pager": pages,
        "nothing": _nothing(tab, words),
    }
    return render(request, "office/customers/customers.html", context)


def _found(request: OfficeRequest, words: str, tab: CustomerTab, order: Order) -> tuple[list[Customer], Pager]:
    """The page of those that words find, and its pager: they are searched once, and very many counted up to a
    thousand."""
    ids = list(customers_in(find_customers(request.acting, words), tab).order_by().values_list("id")[: NAMED + 1])
    customers = customers_of(request.acting)
    if len(ids) <= NAMED:
        return _page(request, customers.filter(id__among=[each for (each,) in ids]), order, len(ids))
    # So many are met soon by who looks at each in the order.
    shown, pages = short_page(request, customers_in(customers.filter(says(words)), tab).order_by(*order))
    by_id = customers.in_bulk(shown)
    return [by_id[each] for each in shown], pages


def _page(
    request: OfficeRequest, customers: QuerySet[Customer], order: Order, total: int
) -> tuple[list[Customer], Pager]:
    start = (page_number(request) - 1) * ROWS
    shown = list(customers.order_by(*order)[start : start + ROWS])
    return shown, pager(request, shown=len(shown), total=total)


def _rows(request: OfficeRequest, customers: Sequence[Customer]) -> list[CustomerRow]:
    ids = [customer.pk for customer in customers]
    taken = count_subscriptions(acting=request.acting, customer_ids=ids, on=request.today)
    last = last_issued_of(acting=request.acting, customer_ids=ids)
    return [CustomerRow(each, taken.get(each.pk, 0), last.get(each.pk)) for each in customers]


def _nothing(tab: CustomerTab, words: str) -> str:
    """What an empty list says."""
    if words:
        return _("No customer matches. Try the number, fewer letters, or another tab.")
    return {
        CustomerTab.ACTIVE: _("There are no customers yet. Begin with the first one, or import them from a file."),
        CustomerTab.ENDED: _("No customer has ended."),
        CustomerTab.NO_EMAIL: _("Everybody who gets invoices by e-mail has an address."),
        CustomerTab.ALL: _("There are no customers yet. Begin with the first one, or import them from a file."),
    }[tab]
