"""Reads of subscriptions: one by its uuid, the history of many, and the days of one as people see them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.bulk import Numbers, chunks, read_all, read_rows
from rebill.kit.errors import NotFound
from rebill.rules.timeline import FOREVER, ChangeKind, History, Step, Stretch, standing_steps, stretches
from rebill.subscriptions.models import Change, Order, Subscription

# SQLite takes some 32,000 parameters in one statement.
_IDS_AT_ONCE = 10_000


class OrderNotFound(NotFound):
    """The seller has no order with this number."""


class SubscriptionNotFound(NotFound):
    """The seller has no subscription with this uuid."""


class ChangeNotFound(NotFound):
    """The seller has no change with this uuid."""


@dataclass(frozen=True, slots=True)
class DatedState:
    """What was taken from a day up to and including another (None: no end is known); paused days are left out.

    `unit_price` is the subscription's own price, None where the price lists count.
    """

    starts_on: date
    last_on: date | None
    product_code: str
    product_names: Mapping[str, str]
    quantity: Decimal
    unit_price: Decimal | None
    reference: str


class Standing(StrEnum):
    """How a subscription stands on a day. One that is paused without an end counts as ended until it is resumed."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CurrentState:
    """What is taken on a day, or next, or was taken last; `last_on` is the last day that is owed, None without end.

    `unit_price` is the subscription's own price, None where the price lists count.
    """

    standing: Standing
    product_code: str
    quantity: Decimal
    unit_price: Decimal | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class EnteredChange:
    """A change as it was entered, and whether another one has taken it back since."""

    uuid: UUID
    sequence: int
    kind: ChangeKind
    effective_on: date
    quantity: Decimal | None
    unit_price: Decimal | None
    product_code: str | None
    reference: str
    entered_at: datetime
    entered_by: int | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """One subscription for people: what is taken on which days, and everything that was ever entered."""

    subscription: Subscription
    states: tuple[DatedState, ...]
    changes: tuple[EnteredChange, ...]


def order_of(*, acting: Acting, number: str) -> Order:
    """The seller's order with this number."""
    require(acting, Permission.READ)
    order = Order.objects.filter(seller_id=acting.seller_id, number=number).first()
    if order is None:
        raise OrderNotFound(f"There is no order {number}.")
    return order


def orders_of(*, acting: Acting) -> QuerySet[Order]:
    """The seller's orders, to be filtered further."""
    require(acting, Permission.READ)
    return Order.objects.filter(seller_id=acting.seller_id)


def subscription_of(*, acting: Acting, uuid: UUID) -> Subscription:
    """The seller's subscription with this uuid, with its customer and product."""
    found = subscriptions(acting=acting).filter(uuid=uuid).first()
    if found is None:
        raise SubscriptionNotFound(f"There is no subscription {uuid}.")
    return found


def change_of(*, acting: Acting, uuid: UUID) -> Change:
    """The seller's change with this uuid, with its subscription."""
    require(acting, Permission.READ)
    found = Change.objects.select_related("subscription").filter(seller_id=acting.seller_id, uuid=uuid).first()
    if found is None:
        raise ChangeNotFound(f"There is no change {uuid}.")
    return found


def subscriptions(*, acting: Acting) -> QuerySet[Subscription]:
    """The seller's subscriptions with customer and product, to be filtered further."""
    require(acting, Permission.READ)
    return Subscription.objects.filter(seller_id=acting.seller_id).select_related("customer", "product", "order")


def find_subscriptions(*, acting: Acting, search: str = "", customer_id: int | None = None) -> QuerySet[Subscription]:
    """The seller's subscriptions by customer: of one customer if given, and with the words in the customer's name or at
    the beginning of its number, the product's code or the order's number."""
    found = subscriptions(acting=acting)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    for word in search.split():
        found = found.filter(
            Q(customer__name__icontains=word)
            | Q(customer__number__istartswith=word)
            | Q(product__code__istartswith=word)
            | Q(order__number__istartswith=word)
        )
    return found.order_by("customer__number", "customer_id", "id")


def current_states(*, acting: Acting, subscription_ids: Collection[int], on: date) -> dict[int, CurrentState]:
    """How these subscriptions of the seller stand on a day, changes and all; three reads."""
    require(acting, Permission.READ)
    known = histories(seller_id=acting.seller_id, subscription_ids=subscription_ids)
    days = {subscription_id: stretches(history) for subscription_id, history in known.items()}
    used = {row.product_id for rows in days.values() for row in rows}
    products = dict(Product.objects.filter(id__among=used).order_by("id").values_list("id", "code"))
    return {subscription_id: _current_state(rows, products, on) for subscription_id, rows in days.items()}


def _current_state(rows: tuple[Stretch, ...], products: Mapping[int, str], on: date) -> CurrentState:
    if not rows:
        return CurrentState(Standing.ENDED, "", Decimal(0), None, None)
    now = next((row for row in rows if row.starts_on <= on < row.ends_before), None)
    standing = Standing.RUNNING
    if now is None:
        later = next((row for row in rows if row.starts_on > on), None)
        before = any(row.ends_before <= on for row in rows)
        standing = Standing.ENDED if later is None else Standing.PAUSED if before else Standing.UPCOMING
        now = later or rows[-1]
    last = rows[-1].ends_before
    return CurrentState(
        standing=standing,
        product_code=products[now.product_id],
        quantity=Decimal(now.quantity_e8).scaleb(-8),
        unit_price=None if now.price_e6 is None else Decimal(now.price_e6).scaleb(-6),
        last_on=None if last == FOREVER else last - timedelta(days=1),
    )


def history_of(subscription: Subscription) -> History:
    """The subscription as first entered, and every change since, as `rules.timeline` reads it."""
    return histories(seller_id=subscription.seller_id, subscription_ids=[subscription.pk])[subscription.pk]


def histories(*, seller_id: int, subscription_ids: Collection[int]) -> dict[int, History]:
    """The histories of these subscriptions by id, in two reads for every 10,000; ids of another seller are left out."""
    found: dict[int, History] = {}
    for ids in chunks(subscription_ids, _IDS_AT_ONCE):
        rows = Subscription.objects.filter(seller_id=seller_id, id__in=ids).order_by("id")
        firsts = list(
            read_rows(
                rows, "id", "start_on", "ends_before", "trial_before", "product_id", "quantity", "unit_price",
                "reference", "sequence",
            )
        )  # fmt: skip
        steps = steps_of([row[0] for row in firsts if row[8]])
        for row in firsts:
            found[row[0]] = History(row[1], row[2], row[3], row[4], row[5], row[6], row[7], steps.get(row[0], ()))
    return found


def steps_of(subscription_ids: Collection[int]) -> dict[int, tuple[Step, ...]]:
    """The changes of these subscriptions as steps in order of entry; subscriptions without changes are left out."""
    found: dict[int, list[Step]] = defaultdict(list)
    if not subscription_ids:
        return {}
    rows = read_all(
        Change.objects.filter(subscription_id__among=Numbers(subscription_ids)).order_by("subscription_id", "sequence"),
        "subscription_id", "sequence", "kind", "effective_on", "quantity", "unit_price", "product_id",
        "revokes__sequence", "reference",
    )  # fmt: skip
    for subscription_id, sequence, kind, *rest in rows:
        found[subscription_id].append(Step(sequence, _KINDS[kind], *rest))
    return {subscription_id: tuple(steps) for subscription_id, steps in found.items()}


_KINDS = {kind.value: kind for kind in ChangeKind}


def timeline_of(*, acting: Acting, uuid: UUID) -> Timeline:
    """Everything a page shows of one subscription, in four reads."""
    subscription = subscription_of(acting=acting, uuid=uuid)
    history = history_of(subscription)
    rows = stretches(history)
    products = Product.objects.in_bulk({row.product_id for row in rows})
    entered = Change.objects.filter(subscription=subscription).select_related("product").order_by("sequence")
    standing = _standing_sequences(history)
    return Timeline(
        subscription=subscription,
        states=tuple(_dated_state(row, products[row.product_id]) for row in rows),
        changes=tuple(_entered_change(change, taken_back=change.sequence not in standing) for change in entered),
    )


def _standing_sequences(history: History) -> set[int]:
    """The changes that nothing took back: those that hold, and the revokes that no later revoke undid."""
    standing = {step.sequence for step in standing_steps(history.steps)}
    revoked: set[int | None] = set()
    for step in sorted(history.steps, key=lambda each: each.sequence, reverse=True):
        if step.kind is ChangeKind.REVOKE and step.sequence not in revoked:
            standing.add(step.sequence)
            revoked.add(step.revokes)
    return standing


def _dated_state(row: Stretch, product: Product) -> DatedState:
    return DatedState(
        starts_on=row.starts_on,
        last_on=None if row.ends_before == FOREVER else row.ends_before - timedelta(days=1),
        product_code=product.code,
        product_names=product.names,
        quantity=Decimal(row.quantity_e8).scaleb(-8),
        unit_price=None if row.price_e6 is None else Decimal(row.price_e6).scaleb(-6),
        reference=row.reference,
    )


def _entered_change(change: Change, *, taken_back: bool) -> EnteredChange:
    return EnteredChange(
        uuid=change.uuid,
        sequence=change.sequence,
        kind=ChangeKind(change.kind),
        effective_on=change.effective_on,
        quantity=change.quantity,
        unit_price=change.unit_price,
        product_code=change.product.code if change.product else None,
        reference=change.reference,
        entered_at=change.entered_at,
        entered_by=change.entered_by,
        taken_back=taken_back,
    )
