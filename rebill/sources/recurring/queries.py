"""Reads of the recurring source: which subscriptions may owe something, and everything that decides what."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When

from rebill.catalogue.models import PriceRevision
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.periods import Timing
from rebill.rules.proration import ProrationBase
from rebill.rules.timeline import History, Step
from rebill.sources.contract import Outlook
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import steps_of

# A price revision: its number, the product and the customer it is about (None: all), and from when it holds.
Revision = tuple[int, int | None, int | None, date]


class Remembered(NamedTuple):
    """What the source remembers of a subscription: see `models.Mark`."""

    told_before: date
    next_on: date | None
    sequence: int
    price_revision: int
    begun: bool


class Tier(NamedTuple):
    """What is different of a subscription further down the chain: its end customer, how its seller counts days, and
    that seller's products by the asking seller's own, because the key of a charge is the same on every level."""

    end_customer_id: int
    end_customer_name: str
    base: ProrationBase
    events: Mapping[int, int]


# A product of which the asking seller has none: it sells something else then, and this seller owes and bills nothing.
NOT_RESOLD = 0


class Recurring(NamedTuple):
    """One subscription as the source needs it, as it is read; quantities and prices as integers.

    From `told_before` on it is what the source remembers, all None for what it never looked at. With a `tier` it is the
    subscription of a dealer's customer: `customer_id` is then the dealer, and the products are the asking seller's.
    """

    id: int
    customer_id: int
    product_id: int
    description: str
    months: int
    timing: str
    alignment: str
    cost_centre: str
    sequence: int
    start_on: date
    ends_before: date | None
    trial_before: date | None
    quantity_e8: int
    price_e6: int | None
    reference: str
    told_before: date | None
    next_on: date | None
    seen_sequence: int | None
    price_revision: int | None
    begun: bool | None
    owes_setup: bool
    steps: tuple[Step, ...]
    tier: Tier | None = None

    @property
    def history(self) -> History:
        """What it was on which day."""
        return History(
            self.start_on,
            self.ends_before,
            self.trial_before,
            self.product_id,
            self.quantity_e8,
            self.price_e6,
            self.reference,
            self.steps,
        )

    @property
    def remembered(self) -> tuple[object, ...]:
        """The values of its mark, in the order of `Remembered`."""
        return self[_MARK_STARTS_AT:_MARK_ENDS_BEFORE]

    @property
    def mark(self) -> Remembered | None:
        """What the source remembers of it; None when it never looked at it."""
        if self.told_before is None or self.seen_sequence is None or self.price_revision is None:
            return None
        return Remembered(self.told_before, self.next_on, self.seen_sequence, self.price_revision, bool(self.begun))


_MARK_STARTS_AT = Recurring._fields.index("told_before")
_MARK_ENDS_BEFORE = _MARK_STARTS_AT + len(Remembered._fields)


def begun_subscriptions(customer_id: int) -> set[int]:
    """The customer's subscriptions of which any seller of the chain has billed something; the caller may see it."""
    told = Q(mark__begun=True) | Q(tier_marks__begun=True)
    rows = Subscription.objects.filter(told, customer_id=customer_id)
    return set(rows.order_by().values_list("id", flat=True))


def _reconsidered() -> Exists:
    """Whether a price was entered or corrected that reaches back into what the subscription has told."""
    return Exists(
        PriceRevision.objects.filter(
            Q(product__isnull=True) | Q(product=OuterRef("product")) | Q(product__in=_products_by_change()),
            Q(customer__isnull=True) | Q(customer=OuterRef("customer")),
            seller=OuterRef("seller"),
            id__gt=OuterRef("mark__price_revision"),
            valid_from__lt=OuterRef("mark__told_before"),
        )
    )


def _products_by_change() -> QuerySet[Change, int | None]:
    return Change.objects.filter(subscription=OuterRef(OuterRef("id")), product__isnull=False).values_list(
        "product_id", flat=True
    )


def outlooks(*, seller_id: int, customer_ids: Collection[int] | None) -> Iterator[Outlook]:
    """When each customer's subscriptions may owe something: one grouped read over subscriptions and marks."""
    rows = Subscription.objects.filter(seller_id=seller_id)
    if customer_ids is not None:
        rows = rows.filter(customer_id__among=Numbers(customer_ids))
    changed = Q(mark__isnull=False) & ~Q(mark__sequence=F("sequence"))
    if PriceRevision.objects.filter(seller_id=seller_id, id__gt=_oldest_revision_seen(seller_id)).exists():
        changed |= Q(_reconsidered())
    first_day = Case(When(mark__isnull=True, then=F("start_on")), default=F("mark__next_on"))
    grouped = (
        rows.annotate(reached_on=first_day, differs=Case(When(changed, then=Value(1)), default=Value(0)))
        .values("customer_id")
        .annotate(
            advance_on=Min("reached_on", filter=Q(timing=Timing.ADVANCE)),
            arrears_on=Min("reached_on", filter=Q(timing=Timing.ARREARS)),
            any_differs=Max("differs"),
        )
        .order_by("customer_id")
    )
    for customer_id, advance_on, arrears_on, differs in read_rows(
        grouped, "customer_id", "advance_on", "arrears_on", "any_differs"
    ):
        yield Outlook(customer_id, advance_on, arrears_on, bool(differs))


def _oldest_revision_seen(seller_id: int) -> int:
    seen = Subscription.objects.filter(seller_id=seller_id, mark__isnull=False).aggregate(
        oldest=Min("mark__price_revision")
    )
    return seen["oldest"] or 0


def latest_revision(seller_id: int) -> int:
    """The number of the seller's newest price revision; 0 when there is none."""
    return PriceRevision.objects.filter(seller_id=seller_id).aggregate(latest=Max("id"))["latest"] or 0


def revised_since(seller_id: int, revision: int) -> list[Revision]:
    """The price revisions after `revision`, in order."""
    rows = PriceRevision.objects.filter(seller_id=seller_id, id__gt=revision).order_by("id")
    return list(rows.values_list("id", "product_id", "customer_id", "valid_from"))


def subscriptions_of(*, seller_id: int, customer_ids: Collection[int], revision: int) -> list[Recurring]:
    """The subscriptions of these customers that may owe something at all, with history and mark; two reads.

    `revision` is the seller's newest price revision: what has not seen it may owe a difference.
    """
    open_rows = Subscription.objects.filter(seller_id=seller_id, customer_id__among=Numbers(customer_ids)).filter(
        Q(mark__isnull=True)
        | Q(mark__next_on__isnull=False)
        | ~Q(mark__sequence=F("sequence"))
        | Q(mark__price_revision__lt=revision)
    )
    return _read(open_rows)


def one_subscription(*, seller_id: int, subscription_id: int) -> list[Recurring]:
    """This subscription of the seller, whether it may owe something or not; nothing when there is none."""
    return _read(Subscription.objects.filter(seller_id=seller_id, id=subscription_id))


def subscriptions_of_customer(*, seller_id: int, customer_id: int) -> list[Recurring]:
    """All that a customer of the seller ever subscribed to, whether it may owe something or not; two reads."""
    return _read(Subscription.objects.filter(seller_id=seller_id, customer_id=customer_id))


def _read(found: QuerySet[Subscription]) -> list[Recurring]:
    rows = read_all(
        found.order_by("customer_id", "id"),
        "id", "customer_id", "product_id", "description", "billing_months", "timing", "alignment",
        "cost_centre", "sequence", "start_on", "ends_before", "trial_before", "quantity", "unit_price", "reference",
        "mark__told_before", "mark__next_on", "mark__sequence", "mark__price_revision",
        "mark__begun", "owes_setup",
    )  # fmt: skip
    steps = steps_of([row[0] for row in rows if row[8]])
    return [Recurring._make((*row, steps.get(row[0], ()), None)) for row in rows]


def uuids_of(subscription_ids: Collection[int]) -> dict[int, UUID]:
    """How people know these subscriptions."""
    rows = Subscription.objects.filter(id__among=subscription_ids).order_by("id")
    return dict(rows.values_list("id", "uuid"))
