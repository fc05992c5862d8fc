"""The steps of an order on a row that its caller holds, and those that came before it and wait for it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Refused
from rebill.kit.stamps import Stamp
from rebill.kit.states import MoveRefused, move_rows
from rebill.rules.periods import local_day
from rebill.rules.tabs import order_gross
from rebill.sources.tabs.commands.order_content import (
    OrderContent,
    OrderLine,
    OrderTerms,
    TabOrderUnfit,
    codes_in,
    fingerprint_of,
    order_content,
    says_the_same,
)
from rebill.sources.tabs.commands.taking import fits_and_nothing_waits, money_value, take_of_limit
from rebill.sources.tabs.models import (
    OPEN_STATES,
    ORDER_MOVES,
    EarlyKind,
    EarlyStep,
    OrderState,
    Tab,
    TabOrder,
    TabOrderLine,
)
from rebill.sources.tabs.queries.orders import early_steps_of
from rebill.sources.tabs.queries.tabs import tab_terms_of
from rebill.sources.tabs.words import STATE_WORDS


class OrderDiffers(Conflict):
    """The till's key is taken by an order that says something else."""


def insert_order(acting: Acting, order: TabOrder, lines: Sequence[TabOrderLine], now: datetime) -> TabOrder:
    """Inserts the order under its key, or returns the one that stands there and says the same."""
    try:
        with atomic_write():
            # The key first: whoever sends it twice waits here for himself, before anything is taken of the limit.
            order.save(force_insert=True)
            _write_lines(order, lines)
            if order.state != OrderState.SETTLED and not fits_and_nothing_waits(order):
                _insert_with_early(acting, order, now)
    except IntegrityError:
        known = TabOrder.objects.filter(seller_id=order.seller_id, key=order.key).first()
        if known is None:
            raise
        if known.fingerprint != order.fingerprint:
            raise order_differs(order.key) from None
        return known
    return order


def _insert_with_early(acting: Acting, order: TabOrder, now: datetime) -> None:
    """What was ended before it came needs no limit; anything else does, and then the steps that wait are taken."""
    has_ended = early_steps_of(acting, order.key).filter(kind=EarlyKind.END).exists()
    is_late = order.is_late or has_ended
    buys = order.refunds_id is None
    marks = take_of_limit(order.tab_id, order.amount.minor, order.ordered_at, is_late=is_late, buys=buys)
    if any(marks.values()) and not has_ended:
        TabOrder.objects.filter(pk=order.pk).update(**marks)
    take_early_steps(acting, order, now)


def take_early_steps(acting: Acting, order: TabOrder, now: datetime) -> None:
    """Takes what waits for the order, as it must have happened: booked, ended, given back.

    What cannot be done yet or at all goes on waiting; `checks.check_tabs` tells what waits for nothing any more.
    """
    rank = list(EarlyKind)
    for step in sorted(early_steps_of(acting, order.key), key=lambda each: rank.index(EarlyKind(each.kind))):
        try:
            with atomic_write():
                _take_early_step(acting, order, step, now)
                step.delete()
        except Refused:
            order.refresh_from_db()
    order.refresh_from_db()


def _take_early_step(acting: Acting, order: TabOrder, step: EarlyStep, now: datetime) -> None:
    if step.kind == EarlyKind.BOOK:
        terms = None
        if step.order_lines is not None:
            lines = [OrderLine.read(said) for said in step.order_lines]
            terms = OrderTerms(key=order.key, ordered_at=order.ordered_at, lines=lines)
        book_order(acting, order, terms, is_late=True)
    elif step.kind == EarlyKind.END:
        end_order(order, OrderState(step.to), step.reason, now, is_late=True)
    else:
        assert step.refunded_at is not None
        give_back(acting, order, step.refund_key, step.refunded_at, now, step.refunded_lines)


def book_order(acting: Acting, order: TabOrder, terms: OrderTerms | None, *, is_late: bool) -> None:
    """Books a reserved order, for what `terms` say where they are given; booked so already, it is left alone.

    Late, one that has ended meanwhile stays ended, and is kept as it was bought.
    """
    content = None if terms is None else _content_again(acting, order, terms)
    if content is not None and says_the_same(content.lines, order.lines.all()):
        content = None
    if order.was_booked and content is None and (is_late or order.state == OrderState.BOOKED):
        return
    is_over = is_late and order.state not in OPEN_STATES
    if is_over and order.refunded.minor:
        # What was given back of what was reserved was paid out: the lines stay as they were then.
        return
    has_ended = is_over and not order.was_booked
    also: dict[str, Any] = {"was_booked": True}
    if content is not None:
        also["amount"] = content.amount_minor
        if not has_ended:
            more = content.amount_minor - order.amount.minor
            also |= take_of_limit(order.tab_id, more, order.ordered_at, is_late=is_late, is_new=False)
        TabOrderLine.objects.filter(order_id=order.pk).delete()
        _write_lines(order, content.lines)
    if has_ended:
        TabOrder.objects.filter(pk=order.pk).update(**also)
    else:
        move_order(order, OrderState.BOOKED, **also)
        Tab.objects.filter(pk=order.tab_id).update(stamp=Stamp(Tab))
    order.refresh_from_db()


def end_order(order: TabOrder, to: OrderState, reason: str, now: datetime, *, is_late: bool) -> None:
    """Cancels or settles an open order; ended so already, it is left alone."""
    if order.state == to:
        return
    given_back = 0
    if order.refunded.minor or order.refunds_id is not None:
        given_back = _settle_refunds(order, now) if is_late and to == OrderState.SETTLED else 0
        if not given_back:
            raise MoveRefused(
                _("Order %(key)s was given back, at least in part; give the rest back too.") % {"key": order.key}
            )
    move_order(order, to, ended_at=now, ended_reason=reason)
    # Of an order below zero the balance rises again, which has to fit unless it has happened already.
    take_of_limit(
        order.tab_id, given_back - order.amount.minor, now, is_late=is_late or order.amount.minor > 0, is_new=False
    )
    order.refresh_from_db()


def _settle_refunds(order: TabOrder, now: datetime) -> int:
    """What was given back before it was told that the order had been paid was paid out; 0 where it was billed."""
    refunds = TabOrder.objects.filter(refunds=order)
    amounts = [each.amount.minor for each in refunds]
    if move_rows(refunds, to=OrderState.SETTLED, moves=ORDER_MOVES, ended_at=now) != len(amounts):
        raise MoveRefused(_("What was given back of order %(key)s was billed already.") % {"key": order.key})
    return -sum(amounts)


def give_back(
    acting: Acting, order: TabOrder, key: str, at: datetime, now: datetime, lines: Collection[int] | None
) -> TabOrder:
    """The order below zero under this key, or the one that stands there and gives the same order back."""
    known = TabOrder.objects.filter(seller_id=order.seller_id, key=key).first()
    if known is not None:
        if known.refunds_id != order.pk:
            raise order_differs(key)
        return known
    if order.state in (OrderState.CANCELLED, OrderState.RESERVED) or order.refunds_id is not None:
        raise MoveRefused(_("Order %(key)s was not bought: there is nothing to give back.") % {"key": order.key})
    given = set(TabOrderLine.objects.filter(order__refunds=order).values_list("number", flat=True))
    bought = list(order.lines.all())
    wanted = [line for line in bought if line.number not in given and (lines is None or line.number in lines)]
    if not wanted or (lines is not None and len(wanted) != len(set(lines))):
        raise TabOrderUnfit("lines", _("Name lines that the order has and that were not given back yet."))
    on = local_day(at, tab_terms_of(acting, order.tab_id).time_zone)
    is_last = len(given) + len(wanted) == len(bought)
    refund, back = _refund(order, wanted, key, at, on, now, is_last=is_last)
    TabOrder.objects.filter(pk=order.pk).update(refunded=F("refunded") + money_value(-refund.amount.minor))
    order.refresh_from_db(fields=["refunded"])
    return insert_order(acting, refund, back, now)


def _refund(
    order: TabOrder, wanted: Sequence[TabOrderLine], key: str, at: datetime, on: date, now: datetime, *, is_last: bool
) -> tuple[TabOrder, list[TabOrderLine]]:
    """The order below zero. The last one takes what is left, so that VAT rounded per refund loses no cent."""
    back = [
        TabOrderLine(
            number=line.number,
            product_id=line.product_id,
            description=line.description,
            quantity=-line.quantity,
            unit_price=line.unit_price,
            currency=line.currency,
            amount=-line.amount.minor,
            rate_class=line.rate_class,
            vat_rate=line.vat_rate,
            supply=line.supply,
        )
        for line in wanted
    ]
    amounts = ((line.amount.minor, int(line.vat_rate.scaleb(6))) for line in back)
    left = order.amount.minor - order.refunded.minor
    gross = -left if is_last else order_gross(amounts, includes_vat=order.includes_vat)
    if not is_last and all(line.quantity > 0 for line in order.lines.all()):
        gross = max(gross, -left)
    refund = TabOrder(
        seller_id=order.seller_id,
        tab_id=order.tab_id,
        key=key,
        fingerprint=fingerprint_of(order.tab_id, order.includes_vat, back, refunds=order.key),
        till=order.till,
        reference=order.reference,
        holder_id=order.holder_id,
        state=OrderState.SETTLED if order.state == OrderState.SETTLED else OrderState.BOOKED,
        ordered_at=at,
        ordered_on=on,
        received_at=now,
        ended_at=now if order.state == OrderState.SETTLED else None,
        currency=order.currency,
        amount=gross,
        includes_vat=order.includes_vat,
        was_booked=True,
        refunds=order,
    )
    return refund, back


def order_differs(key: str) -> OrderDiffers:
    """That the key is taken."""
    return OrderDiffers(_("Order %(key)s exists and says something else. Give a new key.") % {"key": key})


def move_order(order: TabOrder, to: OrderState, **also: Any) -> None:
    """Moves the order in the database, or refuses in words."""
    if not move_rows(TabOrder.objects.filter(pk=order.pk), to=to, moves=ORDER_MOVES, **also):
        raise MoveRefused(
            _("Order %(key)s is %(state)s: that cannot be done with it any more.")
            % {"key": order.key, "state": STATE_WORDS[order.state]}
        )


def products_named(acting: Acting, terms: OrderTerms) -> dict[str, Product]:
    """The seller's products that the order names, by code."""
    codes = codes_in(terms)
    if not codes:
        return {}
    return {product.code: product for product in Product.objects.filter(seller_id=acting.seller_id, code__in=codes)}


def _content_again(acting: Acting, order: TabOrder, terms: OrderTerms) -> OrderContent:
    said = OrderTerms(key=order.key, ordered_at=order.ordered_at, lines=terms.lines, includes_vat=order.includes_vat)
    return order_content(terms=said, tab=tab_terms_of(acting, order.tab_id), products=products_named(acting, terms))


def _write_lines(order: TabOrder, lines: Sequence[TabOrderLine]) -> None:
    for line in lines:
        line.order_id = order.pk
    TabOrderLine.objects.bulk_create(lines)
