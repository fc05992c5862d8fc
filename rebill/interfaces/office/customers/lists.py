"""The list of customers: by tab, by words, in an order, a page at a time."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.pager import ROWS, page_number, pager
from rebill.invoices.queries.pages import last_issued_of
from rebill.parties.models import Customer
from rebill.parties.queries import CustomerTab, count_customers, customers_in, customers_of, find_customers
from rebill.subscriptions.queries import count_subscriptions

_TAB_NAMES = {
    CustomerTab.ACTIVE: gettext_lazy("Active"),
    CustomerTab.ENDED: gettext_lazy("Ended"),
    CustomerTab.NO_EMAIL: gettext_lazy("Without e-mail"),
    CustomerTab.ALL: gettext_lazy("All"),
}
# Each order is one that an index answers.
_ORDERS: dict[str, tuple[str | Combinable, ...]] = {
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
    found = customers_in(find_customers(request.acting, words), tab)
    total = counts[tab]
    if words:
        # Searched once, for the page and for how many there are.
        ids = list(found.order_by().values_list("id", flat=True))
        found, total = customers_of(request.acting).filter(id__among=ids), len(ids)
    rows = _rows(request, found.order_by(*_ORDERS[order]))
    context = {
        "words": words,
        "tabs": [
            Tab(str(name), "" if each is CustomerTab.ACTIVE else each.value, each is tab, counts[each])
            for each, name in _TAB_NAMES.items()
        ],
        "tab": tab,
        "order": order,
        "rows": rows,
        "pager": pager(request, shown=len(rows), total=total),
        "nothing": _nothing(tab, words),
    }
    return render(request, "office/customers/customers.html", context)


def _rows(request: OfficeRequest, found: QuerySet[Customer]) -> list[CustomerRow]:
    start = (page_number(request) - 1) * ROWS
    customers = list(found[start : start + ROWS])
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
