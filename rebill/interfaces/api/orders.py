"""Orders: what a customer ordered, which subscriptions may name."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Id, Line, Shown, with_example
from rebill.parties.queries import customer_of
from rebill.subscriptions import commands
from rebill.subscriptions.models import Order
from rebill.subscriptions.queries import orders_of

orders = Endpoints(Area.SUBSCRIPTIONS, "Orders")


class OrderShown(Shown):
    """What a customer ordered, under the seller's own number."""

    id: int
    number: str
    customer_id: int
    general_reference: str
    ordered_on: date | None


class NewOrder(Body):
    """An order to be placed; placed a second time it is the same order."""

    model_config = with_example({"customer_id": 42, "number": "SO-2026-114", "general_reference": "PO 8812"})

    customer_id: Id
    number: Line
    general_reference: Line = ""
    ordered_on: Day | None = None


class OrderFilters(Paging):
    """Which orders are listed."""

    customer_id: Id = LEFT_OUT
    number: Line = Field("", description="Exactly this number.")


def show_order(order: Order) -> OrderShown:
    """The order as an answer says it."""
    return OrderShown.model_validate(order, from_attributes=True)


@orders.read("/orders")
def list_orders(request: ApiRequest, filters: Annotated[OrderFilters, Query()]) -> Page[OrderShown]:
    """List orders, the oldest first."""
    rows = orders_of(acting=request.acting)
    if filters.customer_id:
        rows = rows.filter(customer_id=filters.customer_id)
    if filters.number:
        rows = rows.filter(number=filters.number)
    return page_of(rows, filters, each(show_order))


@orders.write("POST", "/orders", status=HTTPStatus.CREATED)
def place_order(request: ApiRequest, body: NewOrder) -> OrderShown:
    """Place an order. Nothing starts by it: subscriptions name the order."""
    order = commands.place_order(
        acting=request.acting,
        customer=customer_of(request.acting, body.customer_id),
        number=body.number,
        general_reference=body.general_reference,
        ordered_on=body.ordered_on,
        now=request.now,
    )
    return show_order(order)
