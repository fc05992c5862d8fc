"""Orders on tabs: reserving, booking, cancelling, settling and giving back, within the limit whoever asks at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Forbidden
from rebill.kit.states import MoveRefused
from rebill.parties.models import Customer
from rebill.sources.tabs.commands.order_content import (
    OrderTerms,
    TabOrderUnfit,
    order_content,
    require_key,
    require_moment,
)
from rebill.sources.tabs.commands.order_steps import (
    book_order,
    end_order,
    give_back,
    insert_order,
    order_differs,
    products_named,
    take_early_steps,
)
from rebill.sources.tabs.models import EarlyKind, EarlyStep, OrderState, TabHolder, TabOrder
from rebill.sources.tabs.queries.orders import TabOrderUnknown
from rebill.sources.tabs.queries.tabs import TabTerms, tab_terms_of
from rebill.sources.tabs.words import STATE_WORDS


class HolderMayNotBuy(Forbidden):
    """The holder who was named may not buy on this tab."""


def place_tab_order(
    *, acting: Acting, tab_id: int, terms: OrderTerms, now: datetime, reserve: bool = False, is_late: bool = False
) -> TabOrder:
    """An order on the tab, booked or with `reserve` only reserved; the same key again gives the same order.

    LimitExceeded when it does not fit: the balance is raised by one update under the condition that it stays within the
    limit, so no two tills exceed it together. With `is_late` it was bought while the till was off line: then it is kept
    in any case, and marked where it is over the limit or the tab was not for sale. What was told of it before it came
    is done with it, whichever way it comes.
    """
    require(acting, Permission.SELL_ON_TABS)
    tab = tab_terms_of(acting, tab_id)
    content = order_content(terms=terms, tab=tab, products=products_named(acting, terms))
    if terms.holder_id is not None:
        _require_buyer(tab, terms.holder_id)
    order = TabOrder(
        seller_id=acting.seller_id,
        tab_id=tab.id,
        key=terms.key,
        fingerprint=content.fingerprint,
        till=terms.till,
        reference=terms.reference,
        holder_id=terms.holder_id,
        ordered_at=terms.ordered_at,
        ordered_on=content.ordered_on,
        received_at=now,
        currency=tab.currency,
        amount=content.amount_minor,
        includes_vat=terms.includes_vat,
        is_late=is_late,
        state=OrderState.RESERVED if reserve else OrderState.BOOKED,
        was_booked=not reserve,
    )
    return insert_order(acting, order, content.lines, now)


def book_tab_order(
    *, acting: Acting, key: str, now: datetime, terms: OrderTerms | None = None, is_late: bool = False
) -> TabOrder:
    """A reserved order that is bought now, as it was reserved or with other lines; booked already, it is left alone.

    With other lines it may come to more, if that still fits into the limit. Their key and moment are those of the
    order, whatever `terms` say. With `is_late` one that was cancelled or settled meanwhile stays so.
    """
    require(acting, Permission.SELL_ON_TABS)
    with atomic_write():
        order = _held(acting, key)
        book_order(acting, order, terms, is_late=is_late)
        take_early_steps(acting, order, now)
    return order


def book_late_tab_order(*, acting: Acting, key: str, now: datetime, terms: OrderTerms | None = None) -> TabOrder | None:
    """Books what was reserved while the till was off line; where the order has not come yet, as soon as it comes."""
    require(acting, Permission.SELL_ON_TABS)
    try:
        return book_tab_order(acting=acting, key=key, terms=terms, is_late=True, now=now)
    except TabOrderUnknown:
        said = None if terms is None else [line.write() for line in terms.lines]
        return _wait(acting, key, EarlyKind.BOOK, now, order_lines=said)


def cancel_tab_order(
    *, acting: Acting, key: str, now: datetime, reason: str = "", is_late: bool = False
) -> TabOrder | None:
    """An open order that is not bought after all; its amount is free again. Cancelled already, it is left alone.

    With `is_late` an order that has not come yet is cancelled as soon as it comes: then there is none to return.
    """
    return _end(acting, key, OrderState.CANCELLED, reason, now, is_late=is_late)


def settle_tab_order(
    *, acting: Acting, key: str, now: datetime, reason: str = "", is_late: bool = False
) -> TabOrder | None:
    """An open order that was paid at the till after all: it is never invoiced, and its amount is free again."""
    return _end(acting, key, OrderState.SETTLED, reason, now, is_late=is_late)


def refund_tab_order(
    *,
    acting: Acting,
    key: str,
    refund_key: str,
    ordered_at: datetime,
    now: datetime,
    lines: Collection[int] | None = None,
) -> TabOrder:
    """Gives an order back, all that is left of it or some of its lines by number, as an order of its own below zero.

    Of a booked or billed order the next invoice gives it back; of a settled one the till has paid it out, so it is
    settled as well. Nothing is given back twice, whichever tills ask at once.
    """
    require(acting, Permission.SELL_ON_TABS)
    require_key(refund_key)
    require_moment(ordered_at)
    with atomic_write():
        return give_back(acting, _held(acting, key), refund_key, ordered_at, now, lines)


def refund_late_tab_order(
    *,
    acting: Acting,
    key: str,
    refund_key: str,
    ordered_at: datetime,
    now: datetime,
    lines: Collection[int] | None = None,
) -> TabOrder | None:
    """Gives back what was given back while the till was off line; where the order has not come or was not booked yet,
    as soon as it is."""
    require(acting, Permission.SELL_ON_TABS)
    waits = False
    try:
        with atomic_write():
            order = _held(acting, key)
            # What its booking will come to is not known yet.
            waits = not order.was_booked and order.state != OrderState.CANCELLED
            return refund_tab_order(
                acting=acting, key=key, refund_key=refund_key, ordered_at=ordered_at, lines=lines, now=now
            )
    except TabOrderUnknown:
        pass
    except (MoveRefused, TabOrderUnfit):
        if not waits:
            raise
    said = None if lines is None else sorted(set(lines))
    return _wait(acting, key, EarlyKind.REFUND, now, refund_key, refunded_at=ordered_at, refunded_lines=said)


def _held(acting: Acting, key: str) -> TabOrder:
    """The order, locked together with its customer: a run that bills the customer holds that row until it is done."""
    rows = TabOrder.objects.filter(seller_id=acting.seller_id, key=key)
    customer_id = rows.values_list("tab__customer_id", flat=True).first()
    if customer_id is None:
        raise TabOrderUnknown(_("There is no order %(named)s.") % {"named": key})
    list(Customer.objects.select_for_update().filter(pk=customer_id).values_list("id", flat=True))
    rows = rows.select_for_update(of=("self",))
    return rows.get()


def _end(acting: Acting, key: str, to: OrderState, reason: str, now: datetime, *, is_late: bool) -> TabOrder | None:
    require(acting, Permission.SELL_ON_TABS)
    reason = " ".join(reason.split())[:200]
    try:
        with atomic_write():
            order = _held(acting, key)
            end_order(order, to, reason, now, is_late=is_late)
            take_early_steps(acting, order, now)
            return order
    except TabOrderUnknown:
        if not is_late:
            raise
    return _wait(acting, key, EarlyKind.END, now, to=to.value, reason=reason)


def _wait(
    acting: Acting, key: str, kind: EarlyKind, now: datetime, refund_key: str = "", **said: Any
) -> TabOrder | None:
    """Keeps the step until its order comes. One that came in this very moment is taken at once, and returned."""
    require_key(key)
    with atomic_write():
        step, is_new = EarlyStep.objects.get_or_create(
            seller_id=acting.seller_id, key=key, kind=kind, refund_key=refund_key, defaults={**said, "received_at": now}
        )
    if not is_new and kind == EarlyKind.END and step.to != said["to"]:
        raise MoveRefused(
            _("Order %(key)s is %(state)s: that cannot be done with it any more.")
            % {"key": key, "state": STATE_WORDS[step.to]}
        )
    if not is_new and any(
        getattr(step, name) != said[name] for name in ("order_lines", "refunded_lines") if name in said
    ):
        raise order_differs(key)
    try:
        with atomic_write():
            order = _held(acting, key)
            take_early_steps(acting, order, now)
    except TabOrderUnknown:
        return None
    return None if EarlyStep.objects.filter(pk=step.pk).exists() else order


def _require_buyer(tab: TabTerms, holder_id: int) -> None:
    if not TabHolder.objects.filter(tab_id=tab.id, holder_id=holder_id, may_buy=True).exists():
        raise HolderMayNotBuy(_("This holder may not buy on tab %(number)s.") % {"number": tab.number})
