"""What a till asks and tells: which tabs there are, what changed of them, and orders, on line and late."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Query

from rebill.access.acting import Permission, require
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.problems import code_of
from rebill.interfaces.api.till_values import (
    LateStep,
    LateSteps,
    LateStepShown,
    LateStepsShown,
    NewTabOrder,
    OrderBooked,
    OrderEnded,
    OrderLineSaid,
    OrderRefunded,
    TabOrderFilters,
    TabOrderLineShown,
    TabOrderShown,
    TillChangesAsked,
    TillChangesShown,
    TillTabFilters,
    TillTabShown,
)
from rebill.interfaces.api.values import amount_of
from rebill.kit.errors import Invalid, Refused, reason_of
from rebill.rules.tax import RateClass
from rebill.sources.tabs import commands
from rebill.sources.tabs.commands import OrderLine, OrderTerms
from rebill.sources.tabs.models import Tab, TabOrder
from rebill.sources.tabs.queries.orders import tab_order_of, tab_orders_of
from rebill.sources.tabs.queries.tabs import tab_by_number, tab_of, tabs_changed, tabs_for_till

till = Endpoints(Area.TILL, "Till")


class LateStepIncomplete(Invalid):
    """A late step of an order comes without the order, or one of a refund without the refund."""

    field = "order"


def _show_tabs(found: Sequence[Tab]) -> list[TillTabShown]:
    plain = ("id", "number", "description", "status", "may_buy", "is_shown")
    return [
        TillTabShown(
            **{name: getattr(tab, name) for name in plain},
            name=tab.customer.name,
            limit=amount_of(tab.limit),
            balance=amount_of(tab.balance),
            left=amount_of(tab.limit - tab.balance),
        )
        for tab in found
    ]


def _show_orders(found: Sequence[TabOrder]) -> list[TabOrderShown]:
    own = ("amount", "refunded", "lines")
    return [
        TabOrderShown(
            **{name: getattr(order, name) for name in TabOrderShown.model_fields if name not in own},
            amount=amount_of(order.amount),
            refunded=amount_of(order.refunded),
            lines=[
                TabOrderLineShown(
                    number=line.number,
                    product_id=line.product_id,
                    description=line.description,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    amount=amount_of(line.amount),
                    rate_class=line.rate_class,  # type: ignore[arg-type]
                    vat_percent=line.vat_rate,
                )
                for line in order.lines.all()
            ],
        )
        for order in found
    ]


def _show(request: ApiRequest, order: TabOrder) -> TabOrderShown:
    """The order with its lines."""
    return _show_orders([tab_order_of(request.acting, order.key)])[0]


def _lines(said: Sequence[OrderLineSaid]) -> list[OrderLine]:
    return [
        OrderLine(
            quantity=Decimal(line.quantity),
            unit_price=line.unit_price,
            description=line.description,
            product_code=line.product_code,
            rate_class=None if line.rate_class is None else RateClass(line.rate_class),
            vat_percent=line.vat_percent,
        )
        for line in said
    ]


def _place(request: ApiRequest, body: NewTabOrder, *, is_late: bool) -> TabOrder:
    tab_id = body.tab_id if body.tab_id is not None else tab_by_number(request.acting, body.tab).pk
    said: dict[str, Any] = {
        name: getattr(body, name) for name in ("key", "ordered_at", "includes_vat", "till", "reference", "holder_id")
    }
    return commands.place_tab_order(
        acting=request.acting,
        tab_id=tab_id,
        terms=OrderTerms(**said, lines=_lines(body.lines)),
        reserve=body.reserve,
        is_late=is_late,
        now=request.now,
    )


@till.read("/till/tabs")
def list_till_tabs(request: ApiRequest, filters: Annotated[TillTabFilters, Query()]) -> Page[TillTabShown]:
    """List the tabs that may be bought on, those first that are shown without being asked."""
    found = tabs_for_till(request.acting, search=filters.search, shown_only=filters.shown_only)
    return page_of(found, filters, _show_tabs, by=("-is_shown", "number", "id"))


@till.read("/till/changes")
def list_till_changes(request: ApiRequest, asked: Annotated[TillChangesAsked, Query()]) -> TillChangesShown:
    """List the tabs that changed since a cursor, so that a till need not sign off and on.

    A tab may come twice; no change is ever missed.
    """
    feed = tabs_changed(request.acting, cursor=asked.cursor, at_most=asked.limit)
    return TillChangesShown(tabs=_show_tabs(feed.tabs), cursor=feed.cursor, has_more=feed.has_more)


@till.read("/till/orders")
def list_tab_orders(request: ApiRequest, filters: Annotated[TabOrderFilters, Query()]) -> Page[TabOrderShown]:
    """List orders, the latest first."""
    tab = None if filters.tab_id is None else tab_of(request.acting, filters.tab_id)
    found = tab_orders_of(request.acting, tab=tab)
    if filters.state:
        found = found.filter(state=filters.state)
    return page_of(found, filters, _show_orders, by=("-id",))


@till.write("POST", "/till/orders", status=HTTPStatus.CREATED)
def place_tab_order(request: ApiRequest, body: NewTabOrder) -> TabOrderShown:
    """Book an order on a tab, or reserve it. The same order under the same key is one order."""
    return _show(request, _place(request, body, is_late=body.is_late))


@till.write("POST", "/till/late")
def take_late_steps(request: ApiRequest, body: LateSteps) -> LateStepsShown:
    """Take what happened while the till was off line, in any order; what is refused never stops the rest."""
    require(request.acting, Permission.SELL_ON_TABS)
    return LateStepsShown(steps=[_take_late(request, step) for step in body.steps])


@till.read("/till/orders/{key}")
def get_tab_order(request: ApiRequest, key: str) -> TabOrderShown:
    """Show an order by the till's key."""
    return _show_orders([tab_order_of(request.acting, key)])[0]


@till.write("POST", "/till/orders/{key}/book")
def book_tab_order(request: ApiRequest, key: str, body: OrderBooked) -> TabOrderShown:
    """Book a reserved order, as it was reserved or for what it came to."""
    said = tab_order_of(request.acting, key)
    terms = (
        None
        if body.lines is None
        else OrderTerms(key=key, ordered_at=said.ordered_at, lines=_lines(body.lines), includes_vat=said.includes_vat)
    )
    order = commands.book_tab_order(acting=request.acting, key=key, terms=terms, is_late=body.is_late, now=request.now)
    return _show(request, order)


@till.write("POST", "/till/orders/{key}/cancel")
def cancel_tab_order(request: ApiRequest, key: str, body: OrderEnded) -> TabOrderShown:
    """Cancel an open order; its amount is free again."""
    tab_order_of(request.acting, key)
    return _ended(request, commands.cancel_tab_order, key, body)


@till.write("POST", "/till/orders/{key}/settle")
def settle_tab_order(request: ApiRequest, key: str, body: OrderEnded) -> TabOrderShown:
    """Settle an open order that was paid at the till; it is never invoiced."""
    tab_order_of(request.acting, key)
    return _ended(request, commands.settle_tab_order, key, body)


@till.write("POST", "/till/orders/{key}/refund", status=HTTPStatus.CREATED)
def refund_tab_order(request: ApiRequest, key: str, body: OrderRefunded) -> TabOrderShown:
    """Give an order back, all that is left of it or some of its lines."""
    order = commands.refund_tab_order(
        acting=request.acting,
        key=key,
        refund_key=body.refund_key,
        ordered_at=body.ordered_at,
        lines=body.lines,
        now=request.now,
    )
    return _show(request, order)


def _ended(request: ApiRequest, end: Callable[..., TabOrder | None], key: str, body: OrderEnded) -> TabOrderShown:
    order = end(acting=request.acting, key=key, reason=body.reason, now=request.now)
    assert order is not None
    return _show(request, order)


def _take_late(request: ApiRequest, step: LateStep) -> LateStepShown:
    key = step.order.key if step.order is not None else step.key
    try:
        order = _done_late(request, step, key)
    except Refused as refusal:
        return LateStepShown(
            key=key, is_taken=False, state=None, over_limit=False, code=code_of(type(refusal)),
            detail=reason_of(refusal),
        )  # fmt: skip
    state: Any = None if order is None else order.state
    over_limit = order is not None and order.over_limit
    return LateStepShown(key=key, is_taken=True, state=state, over_limit=over_limit, code="", detail="")


def _done_late(request: ApiRequest, step: LateStep, key: str) -> TabOrder | None:
    acting, now = request.acting, request.now
    if step.do == "order":
        if step.order is None:
            raise LateStepIncomplete(_("Send the order with it."))
        return _place(request, step.order, is_late=True)
    if step.do == "book":
        lines = None if step.book is None else step.book.lines
        terms = None if lines is None else OrderTerms(key=key, ordered_at=now, lines=_lines(lines))
        return commands.book_late_tab_order(acting=acting, key=key, terms=terms, now=now)
    if step.do == "refund":
        if step.refund is None:
            raise LateStepIncomplete(_("Send the refund with it."))
        return commands.refund_late_tab_order(
            acting=acting,
            key=key,
            refund_key=step.refund.refund_key,
            ordered_at=step.refund.ordered_at,
            lines=step.refund.lines,
            now=now,
        )
    end = commands.cancel_tab_order if step.do == "cancel" else commands.settle_tab_order
    return end(acting=acting, key=key, reason=step.reason, is_late=True, now=now)
