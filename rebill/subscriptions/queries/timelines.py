"""The days of subscriptions as people see them: what is taken when, and everything that was ever entered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.rules.timeline import FOREVER, ChangeKind, History, Stretch, standing_steps, stretches
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries.finding import subscription_of
from rebill.subscriptions.queries.histories import histories


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


def timeline_of(*, acting: Acting, uuid: UUID) -> Timeline:
    """Everything a page shows of one subscription, in five reads."""
    [timeline] = timelines_of([subscription_of(acting=acting, uuid=uuid)])
    return timeline


def timelines_of(found: Sequence[Subscription]) -> list[Timeline]:
    """Everything a page shows of these subscriptions of one seller, in their order and in four reads."""
    if not found:
        return []
    ids = [each.pk for each in found]
    known = histories(seller_id=found[0].seller_id, subscription_ids=ids)
    days = {each: stretches(history) for each, history in known.items()}
    products = Product.objects.in_bulk({row.product_id for rows in days.values() for row in rows})
    entered: dict[int, list[Change]] = defaultdict(list)
    rows = Change.objects.filter(subscription_id__among=ids).select_related("product")
    for change in rows.order_by("subscription_id", "sequence"):
        entered[change.subscription_id].append(change)
    return [_timeline(each, known[each.pk], days[each.pk], products, entered[each.pk]) for each in found]


def _timeline(
    subscription: Subscription,
    history: History,
    days: Sequence[Stretch],
    products: Mapping[int, Product],
    entered: Sequence[Change],
) -> Timeline:
    standing = _standing_sequences(history)
    return Timeline(
        subscription=subscription,
        states=tuple(_dated_state(row, products[row.product_id]) for row in days),
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
