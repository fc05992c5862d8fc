"""How subscriptions stand on a day: of some, from their histories; and among all, by the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.literals import Literal
from rebill.rules.timeline import FOREVER, ChangeKind, History, last_day_exclusive, standing_steps, stretches
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries.histories import histories

# A revoke that is revoked, and so on: nobody goes back and forth more often over one change.
_TAKEN_BACK_DEPTH = 5
_FOREVER = Value(FOREVER, output_field=DateField())


class Standing(StrEnum):
    """How a subscription stands on a day. One of which nothing is taken before its end is paused."""

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


# --- of some --------------------------------------------------------------------------------------------------------


def current_states(*, acting: Acting, subscription_ids: Collection[int], on: date) -> dict[int, CurrentState]:
    """How these subscriptions of the seller stand on a day, changes and all; three reads."""
    require(acting, Permission.READ)
    known = histories(seller_id=acting.seller_id, subscription_ids=subscription_ids)
    used = {history.product_id for history in known.values()}
    used.update(step.product_id for history in known.values() for step in history.steps if step.product_id)
    products = dict(Product.objects.filter(id__among=used).order_by("id").values_list("id", "code"))
    return {subscription_id: _current_state(history, products, on) for subscription_id, history in known.items()}


def standing_of(history: History, on: date) -> Standing:
    """How a subscription with this history stands on the day."""
    end = last_day_exclusive(history, standing_steps(history.steps))
    if end <= max(on, history.billed_from):
        return Standing.ENDED
    if on < history.billed_from:
        return Standing.UPCOMING
    is_taken = any(row.starts_on <= on < row.ends_before for row in stretches(history))
    return Standing.RUNNING if is_taken else Standing.PAUSED


def _current_state(history: History, products: Mapping[int, str], on: date) -> CurrentState:
    rows = stretches(history)
    standing = standing_of(history, on)
    now = next((row for row in rows if on < row.ends_before), rows[-1] if rows else None)
    end = last_day_exclusive(history, standing_steps(history.steps))
    if standing is Standing.ENDED:
        end = rows[-1].ends_before if rows else history.billed_from
    return CurrentState(
        standing=standing,
        product_code=products[history.product_id if now is None else now.product_id],
        quantity=Decimal(0) if now is None else Decimal(now.quantity_e8).scaleb(-8),
        unit_price=None if now is None or now.price_e6 is None else Decimal(now.price_e6).scaleb(-6),
        last_on=None if end == FOREVER else end - timedelta(days=1),
    )


# --- among all ------------------------------------------------------------------------------------------------------


def standing_as(
    rows: QuerySet[Subscription], standing: Standing, *, acting: Acting, on: date
) -> QuerySet[Subscription]:
    """Those of the seller's subscriptions that stand so on the day: as `standing_of` says, for any number."""
    rows = _with_days(rows)
    ended = _ended(on)
    own = Subscription.objects.filter(seller_id=acting.seller_id).order_by()
    said = Change.objects.filter(seller_id=acting.seller_id).order_by()
    # Indexes name the few that can stand so at all; otherwise everything would be looked at.
    if standing is Standing.ENDED:
        agreed, cancelled = own.filter(ends_before__isnull=False), said.filter(kind=Literal(ChangeKind.CANCEL))
        return rows.filter(ended, pk__in=agreed.values("pk").union(cancelled.values("subscription")))
    if standing is Standing.UPCOMING:
        later = own.filter(start_on__gt=on).values("pk").union(own.filter(trial_before__gt=on).values("pk"))
        return rows.filter(~ended, Q(billed_from__gt=on), pk__in=later)
    resting = Q(taken=0) | Q(sequence__gt=0, last_pause=ChangeKind.PAUSE)
    rows = rows.alias(
        taken=Case(When(sequence=0, then=F("quantity")), default=Coalesce(_last_quantity(on), F("quantity"))),
        last_pause=Coalesce(_last_pause(on), Value(ChangeKind.RESUME.value)),
    ).filter(~ended, Q(billed_from__lte=on))
    if standing is Standing.RUNNING:
        return rows.exclude(resting)
    paused, emptied = said.filter(kind=Literal(ChangeKind.PAUSE)), said.filter(quantity=Literal(0))
    nothing = own.filter(quantity=Literal(0)).values("pk")
    return rows.filter(resting, pk__in=nothing.union(paused.values("subscription"), emptied.values("subscription")))


def count_subscriptions(*, acting: Acting, customer_ids: Collection[int], on: date) -> dict[int, int]:
    """How many subscriptions that have not ended these customers have on the day; those without any are left out."""
    require(acting, Permission.READ)
    rows = Subscription.objects.filter(seller_id=acting.seller_id, customer_id__among=customer_ids)
    counted = _with_days(rows).exclude(_ended(on)).order_by().values_list("customer_id").annotate(number=Count("id"))
    return dict(counted)


def _with_days(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """With the first day that can be owed, and the first that no longer is by the last cancellation entered."""
    cancelled = _holding(ChangeKind.CANCEL).order_by("-sequence").values("effective_on")[:1]
    return rows.alias(
        billed_from=Case(When(trial_before__gt=F("start_on"), then=F("trial_before")), default=F("start_on")),
        # Never empty, so that what asks for it need not ask twice.
        cancelled_before=Case(
            When(sequence=0, then=_FOREVER), default=Coalesce(Subquery(cancelled), _FOREVER), output_field=DateField()
        ),
    )


def _ended(on: date) -> Q:
    today = Greatest(Value(on, output_field=DateField()), F("billed_from"))
    return Q(ends_before__isnull=False, ends_before__lte=today) | Q(cancelled_before__lte=today)


def _last_quantity(on: date) -> Subquery:
    said = _holding(ChangeKind.QUANTITY, ChangeKind.PRODUCT).filter(quantity__isnull=False, effective_on__lte=on)
    return Subquery(said.order_by("-effective_on", "-sequence").values("quantity")[:1])


def _last_pause(on: date) -> Subquery:
    said = _holding(ChangeKind.PAUSE, ChangeKind.RESUME).filter(effective_on__lte=on)
    return Subquery(said.order_by("-effective_on", "-sequence").values("kind")[:1])


def _holding(*kinds: ChangeKind) -> QuerySet[Change]:
    """The changes of the outer subscription of these kinds that nothing took back."""
    takers = Change.objects.filter(revokes=OuterRef("id"))
    for _ in range(_TAKEN_BACK_DEPTH):
        takers = Change.objects.filter(_none_of(takers), revokes=OuterRef("id"))
    return Change.objects.filter(_none_of(takers), subscription=OuterRef("id"), kind__in=kinds)


def _none_of(takers: QuerySet[Change]) -> Exact:
    """That there is none, asked for each change by itself.

    Of a plain NOT EXISTS PostgreSQL makes a join. Where it believes its tables to be empty still, as after a large
    import, it joins all changes with all changes, as often as one may be taken back.
    """
    return Exact(Exists(takers), Value(False))
