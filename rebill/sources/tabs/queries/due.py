"""Reads of what customers owe of their tabs: the booked orders, and when they owe them."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.kit.literals import literals
from rebill.sources.contract import Outlook
from rebill.sources.tabs.models import OrderState, Tab, TabOrder, TabOrderLine
from rebill.sources.tabs.queries.tabs import TabUnknown

# As the condition of the index `tab_order_open` says it.
_OPEN = tuple(literals((OrderState.RESERVED, OrderState.BOOKED)))


class DueLine(NamedTuple):
    """A line of a booked order: the quantity in 10⁻⁸, the price in 10⁻⁶, the amount in minor units."""

    customer_id: int
    tab_id: int
    order_id: int
    number: int
    ordered_at: datetime
    ordered_on: date
    includes_vat: bool
    order_amount: int
    currency: str
    product_id: int | None
    description: str
    quantity_e8: int
    price_e6: int
    amount: int
    rate_class: str
    rate_e6: int
    supply: str


class DueTab(NamedTuple):
    """What billing needs to know of a tab."""

    id: int
    number: str
    layout: str
    tellings_made: int


def outlooks(
    *, seller_id: int, customer_ids: Collection[int] | None, tab_ids: Collection[int] | None
) -> Iterator[Outlook]:
    """The day of each customer's first booked order: one grouped read over the open ones."""
    rows = _booked(seller_id, tab_ids)
    if customer_ids is not None:
        rows = rows.filter(tab__customer_id__among=Numbers(customer_ids))
    grouped = rows.values("tab__customer_id").annotate(first_on=Min("ordered_on")).order_by("tab__customer_id")
    for customer_id, first_on in read_rows(grouped, "tab__customer_id", "first_on"):
        yield Outlook(customer_id=customer_id, arrears_on=first_on)


def lines_due(*, seller_id: int, customer_ids: Collection[int], tab_ids: Collection[int] | None) -> list[DueLine]:
    """Every line of the booked orders of these customers, by customer, tab and moment."""
    orders = _booked(seller_id, tab_ids).filter(tab__customer_id__among=Numbers(customer_ids))
    rows = TabOrderLine.objects.filter(order_id__in=orders.order_by().values("id")).order_by(
        "order__tab__customer_id", "order__tab_id", "order__ordered_at", "order_id", "number"
    )
    return [
        DueLine(*row)
        for row in read_all(
            rows,
            "order__tab__customer_id",
            "order__tab_id",
            "order_id",
            "number",
            "order__ordered_at",
            "order__ordered_on",
            "order__includes_vat",
            "order__amount",
            "order__currency",
            "product_id",
            "description",
            "quantity",
            "unit_price",
            "amount",
            "rate_class",
            "vat_rate",
            "supply",
        )
    ]


def tabs_due(tab_ids: Collection[int]) -> dict[int, DueTab]:
    """What billing needs to know of these tabs."""
    rows = Tab.objects.filter(id__among=tab_ids).order_by("id")
    return {row[0]: DueTab(*row) for row in read_all(rows, "id", "number", "layout", "tellings_made")}


def has_tabs(seller_id: int) -> bool:
    """Whether the seller has any tabs at all: most have none."""
    return Tab.objects.filter(seller_id=seller_id).exists()


def customers_of_tabs(*, seller_id: int, tab_ids: Collection[int]) -> list[int]:
    """Whose these tabs are: the customers with booked orders on them, in order. TabUnknown where one is none of the
    seller's."""
    own = Tab.objects.filter(seller_id=seller_id, pk__among=Numbers(tab_ids)).values_list("pk", flat=True)
    strange = set(tab_ids).difference(own)
    if strange:
        raise TabUnknown(_("There is no tab %(named)s.") % {"named": min(strange)})
    rows = _booked(seller_id, tab_ids)
    return sorted(set(rows.order_by().values_list("tab__customer_id", flat=True)))


def _booked(seller_id: int, tab_ids: Collection[int] | None) -> QuerySet[TabOrder]:
    rows = TabOrder.objects.filter(seller_id=seller_id, state__in=_OPEN, state=OrderState.BOOKED)
    return rows if tab_ids is None else rows.filter(tab_id__among=Numbers(tab_ids))
