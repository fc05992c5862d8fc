"""Orders on tabs: reserving, booking, cancelling, settling and giving back, within the limit whoever asks at once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Forbidden
from rebill.kit.fields import MoneyField
from rebill.kit.stamps import Stamp
from rebill.kit.states import MoveRefused, move_rows
from rebill.parties.models import Customer
from rebill.rules.money import Money
from rebill.rules.periods import local_day
from rebill.rules.tabs import order_gross
from rebill.sources.tabs.commands.order_content import (
    OrderContent,
    OrderTerms,
    TabOrderUnfit,
    codes_in,
    fingerprint_of,
    order_content,
    require_key,
    require_moment,
)
from rebill.sources.tabs.models import (
    ORDER_MOVES,
    EarlyEnd,
    OrderState,
    Tab,
    TabHolder,
    TabOrder,
    TabOrderLine,
    TabStatus,
)
from rebill.sources.tabs.queries.orders import TabOrderUnknown
from rebill.sources.tabs.queries.tabs import TabTerms, tab_terms_of
from rebill.sources.tabs.words import STATE_WORDS


class LimitExceeded(Conflict):
    """The order does not fit into what is left of the limit."""


class TabNotForSale(Conflict):
    """The tab is not active, or buying on name is not allowed on it."""


class HolderMayNotBuy(Forbidden):
    """The holder who was named may not buy on this tab."""


class OrderDiffers(Conflict):
    """The till's key is taken by an order that says something else."""


def place_tab_order(
    *, acting: Acting, tab_id: int, terms: OrderTerms, now: datetime, reserve: bool = False, is_late: bool = False
) -> TabOrder:
    """An order on the tab, booked or with `reserve` only reserved; the same key again gives the same order.

    LimitExceeded when it does not fit: the balance is raised by one update under the condition that it stays within the
    limit, so no two tills exceed it together. With `is_late` it was bought while the till was off line: then it is kept
    in any case, and marked where it is over the limit or the tab was not for sale.
    """
    require(acting, Permission.SELL_ON_TABS)
    tab = tab_terms_of(acting, tab_id)
    content = order_content(terms=terms, tab=tab, products=_products(acting, terms))
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
    )
    return _insert(order, content.lines, now)


def book_tab_order(
    *, acting: Acting, key: str, now: datetime, terms: OrderTerms | None = None, is_late: bool = False
) -> TabOrder:
    """A reserved order that is bought now, as it was reserved or with other lines; booked already, it is left alone.

    With other lines it may come to more, if that still fits into the limit. Their key and moment are those of the
    order, whatever `terms` say.
    """
    require(acting, Permission.SELL_ON_TABS)
    with atomic_write():
        order = _held(acting, key)
        content = None if terms is None else _content_again(acting, order, terms)
        if order.state == OrderState.BOOKED and (content is None or content.fingerprint == order.fingerprint):
            return order
        also: dict[str, Any] = {}
        if content is not None and content.fingerprint != order.fingerprint:
            more = content.amount_minor - order.amount.minor
            also = {"amount": content.amount_minor, "fingerprint": content.fingerprint}
            also |= _take(order.tab_id, more, order.ordered_at, is_late=is_late, is_new=False)
            TabOrderLine.objects.filter(order_id=order.pk).delete()
            _write_lines(order, content.lines)
        _move(order, OrderState.BOOKED, **also)
        Tab.objects.filter(pk=order.tab_id).update(stamp=Stamp(Tab))
        order.refresh_from_db()
    return order


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
        order = _held(acting, key)
        known = TabOrder.objects.filter(seller_id=acting.seller_id, key=refund_key).first()
        if known is not None:
            if known.refunds_id != order.pk:
                raise _differs(refund_key)
            return known
        if order.state in (OrderState.CANCELLED, OrderState.RESERVED) or order.refunds_id is not None:
            raise MoveRefused(_("Order %(key)s was not bought: there is nothing to give back.") % {"key": key})
        given = set(TabOrderLine.objects.filter(order__refunds=order).values_list("number", flat=True))
        bought = list(order.lines.all())
        wanted = [line for line in bought if line.number not in given and (lines is None or line.number in lines)]
        if not wanted or (lines is not None and len(wanted) != len(set(lines))):
            raise TabOrderUnfit("lines", _("Name lines that the order has and that were not given back yet."))
        on = local_day(ordered_at, tab_terms_of(acting, order.tab_id).time_zone)
        is_last = len(given) + len(wanted) == len(bought)
        refund, back = _refund(order, wanted, refund_key, ordered_at, on, now, is_last=is_last)
        TabOrder.objects.filter(pk=order.pk).update(refunded=F("refunded") + _money(-refund.amount.minor))
        return _insert(refund, back, now)


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
    gross = -left if is_last else max(order_gross(amounts, includes_vat=order.includes_vat), -left)
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
        refunds=order,
    )
    return refund, back


# --- the one update ---------------------------------------------------------------------------------------------------


def _take(tab_id: int, minor: int, at: datetime, *, is_late: bool, is_new: bool = True) -> dict[str, Any]:
    """Raises the balance if that may be; returns what an order that came late is marked with."""
    rows = Tab.objects.filter(pk=tab_id)
    raised: dict[str, Any] = {"balance": F("balance") + _money(minor), "stamp": Stamp(Tab)}
    if is_new and minor > 0:
        # What comes late may be older than what is known.
        bought = Value(at, output_field=DateTimeField())
        raised["last_bought_at"] = Greatest(Coalesce(F("last_bought_at"), bought), bought)
    if minor <= 0:
        # What is given back fits any limit.
        rows.update(**raised)
        return {}
    for_sale = {"status": TabStatus.ACTIVE, "may_buy": True}
    if rows.filter(**for_sale, balance__lte=F("limit") - _money(minor)).update(**raised):
        return {}
    if is_late:
        rows.update(**raised)
        standing = rows.get()
        is_over = standing.balance.minor > standing.limit.minor
        return {"over_limit": is_over, "not_allowed": not _is_for_sale(standing)}
    standing = rows.get()
    if not _is_for_sale(standing):
        raise TabNotForSale(
            _("Nothing can be bought on tab %(number)s now: it is not active, or buying on name is not allowed.")
            % {"number": standing.number}
        )
    left = Money(standing.limit.minor - standing.balance.minor, standing.currency)
    raise LimitExceeded(
        _("%(amount)s does not fit on tab %(number)s: %(left)s is left of its limit of %(limit)s.")
        % {
            "amount": Money(minor, standing.currency),
            "number": standing.number,
            "left": left,
            "limit": standing.limit,
        }
    )


def _is_for_sale(tab: Tab) -> bool:
    return tab.status == TabStatus.ACTIVE and tab.may_buy


def _money(minor: int) -> Value:
    return Value(minor, output_field=MoneyField())


# --- writing ----------------------------------------------------------------------------------------------------------


def _insert(order: TabOrder, lines: Sequence[TabOrderLine], now: datetime) -> TabOrder:
    """Inserts the order under its key, or returns the one that stands there and says the same."""
    try:
        with atomic_write():
            # The key first: whoever sends it twice waits here for himself, before anything is taken of the limit.
            order.save(force_insert=True)
            _write_lines(order, lines)
            early = EarlyEnd.objects.filter(seller_id=order.seller_id, key=order.key).first() if order.is_late else None
            if early is not None:
                _move(order, OrderState(early.to), ended_at=now, ended_reason=early.reason)
                early.delete()
                order.refresh_from_db()
            elif order.state != OrderState.SETTLED:
                marks = _take(order.tab_id, order.amount.minor, order.ordered_at, is_late=order.is_late)
                if any(marks.values()):
                    TabOrder.objects.filter(pk=order.pk).update(**marks)
                    order.refresh_from_db(fields=list(marks))
    except IntegrityError:
        known = TabOrder.objects.filter(seller_id=order.seller_id, key=order.key).first()
        if known is None:
            raise
        if known.fingerprint != order.fingerprint:
            raise _differs(order.key) from None
        return known
    return order


def _differs(key: str) -> OrderDiffers:
    return OrderDiffers(_("Order %(key)s exists and says something else. Give a new key.") % {"key": key})


def _write_lines(order: TabOrder, lines: Sequence[TabOrderLine]) -> None:
    for line in lines:
        line.order_id = order.pk
    TabOrderLine.objects.bulk_create(lines)


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
    with atomic_write():
        try:
            order = _held(acting, key)
        except TabOrderUnknown:
            if not is_late:
                raise
            require_key(key)
            EarlyEnd.objects.get_or_create(
                seller_id=acting.seller_id,
                key=key,
                defaults={"to": to.value, "reason": reason, "received_at": now},
            )
            return None
        if order.state != to:
            if order.refunded.minor or order.refunds_id is not None:
                raise MoveRefused(
                    _("Order %(key)s was given back, at least in part; give the rest back too.") % {"key": key}
                )
            _move(order, to, ended_at=now, ended_reason=reason)
            _take(order.tab_id, -order.amount.minor, now, is_late=True)
            order.refresh_from_db()
    return order


def _move(order: TabOrder, to: OrderState, **also: Any) -> None:
    if not move_rows(TabOrder.objects.filter(pk=order.pk), to=to, moves=ORDER_MOVES, **also):
        raise MoveRefused(
            _("Order %(key)s is %(state)s: that cannot be done with it any more.")
            % {"key": order.key, "state": STATE_WORDS[order.state]}
        )


def _content_again(acting: Acting, order: TabOrder, terms: OrderTerms) -> OrderContent:
    said = OrderTerms(key=order.key, ordered_at=order.ordered_at, lines=terms.lines, includes_vat=order.includes_vat)
    return order_content(terms=said, tab=tab_terms_of(acting, order.tab_id), products=_products(acting, terms))


def _products(acting: Acting, terms: OrderTerms) -> dict[str, Product]:
    codes = codes_in(terms)
    if not codes:
        return {}
    return {product.code: product for product in Product.objects.filter(seller_id=acting.seller_id, code__in=codes)}


def _require_buyer(tab: TabTerms, holder_id: int) -> None:
    if not TabHolder.objects.filter(tab_id=tab.id, holder_id=holder_id, may_buy=True).exists():
        raise HolderMayNotBuy(_("This holder may not buy on tab %(number)s.") % {"number": tab.number})
