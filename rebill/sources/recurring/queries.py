"""Reads of the recurring source: which subscriptions may owe something, and everything that decides what."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When

from rebill.catalogue.models import PriceRevision
from rebill.kit.bulk import read_rows
from rebill.rules.periods import Alignment, Timing
from rebill.rules.timeline import History, Step
from rebill.sources.contract import Outlook
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import steps_of


class Remembered(NamedTuple):
    """What the source remembers of a subscription: see `models.Mark`."""

    told_before: date
    next_on: date | None
    sequence: int
    price_revision: int
    begun: bool


class Recurring(NamedTuple):
    """One subscription as the source needs it; quantities and prices as integers."""

    id: int
    customer_id: int
    uuid: UUID
    product_id: int
    description: str
    months: int
    timing: Timing
    alignment: Alignment
    cost_centre: str
    sequence: int
    history: History
    mark: Remembered | None


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
        rows = rows.filter(customer_id__among=customer_ids)
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


def revised_since(seller_id: int, revision: int) -> list[tuple[int, int | None, int | None, date]]:
    """The price revisions after `revision`, as (id, product, customer, valid from)."""
    rows = PriceRevision.objects.filter(seller_id=seller_id, id__gt=revision).order_by("id")
    return list(rows.values_list("id", "product_id", "customer_id", "valid_from"))


def subscriptions_of(*, seller_id: int, customer_ids: Collection[int]) -> list[Recurring]:
    """The subscriptions of these customers that may owe something at all, with history and mark; two reads."""
    open_rows = Subscription.objects.filter(seller_id=seller_id, customer_id__among=customer_ids).filter(
        Q(mark__isnull=True)
        | Q(mark__next_on__isnull=False)
        | ~Q(mark__sequence=F("sequence"))
        | Q(mark__price_revision__lt=latest_revision(seller_id))
    )
    rows = list(
        read_rows(
            open_rows.order_by("customer_id", "id"),
            "id", "customer_id", "uuid", "product_id", "description", "billing_months", "timing", "alignment",
            "cost_centre", "sequence", "start_on", "ends_before", "trial_before", "quantity", "unit_price", "reference",
            "mark__told_before", "mark__next_on", "mark__sequence", "mark__price_revision",
            "mark__begun",
        )
    )  # fmt: skip
    steps = steps_of([row[0] for row in rows if row[9]])
    return [_recurring(row, steps) for row in rows]


def _recurring(row: tuple, steps: Mapping[int, tuple[Step, ...]]) -> Recurring:  # type: ignore[type-arg]
    history = History(
        start_on=row[10],
        ends_before=row[11],
        trial_before=row[12],
        product_id=row[3],
        quantity_e8=row[13],
        price_e6=row[14],
        reference=row[15],
        steps=steps.get(row[0], ()),
    )
    mark = None if row[16] is None else Remembered(row[16], row[17], row[18], row[19], bool(row[20]))
    return Recurring(
        id=row[0],
        customer_id=row[1],
        uuid=row[2],
        product_id=row[3],
        description=row[4],
        months=row[5],
        timing=_TIMINGS[row[6]],
        alignment=_ALIGNMENTS[row[7]],
        cost_centre=row[8],
        sequence=row[9],
        history=history,
        mark=mark,
    )


_TIMINGS = {timing.value: timing for timing in Timing}
_ALIGNMENTS = {alignment.value: alignment for alignment in Alignment}
