"""Reads of what dealers' customers subscribe to, for a seller further up: the same events, under its own products."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Case, Exists, F, FilteredRelation, Max, Min, OuterRef, Q, QuerySet, Value, When

from rebill.catalogue.queries.resale import ResoldBelow, resold_below
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.periods import Timing
from rebill.rules.proration import ProrationBase
from rebill.rules.timeline import ChangeKind, Step
from rebill.sources.contract import Outlook
from rebill.sources.recurring.queries import NOT_RESOLD, Recurring, Tier
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import steps_of


@dataclass(frozen=True, slots=True)
class DealerBelow:
    """A seller further down: whom the asking seller bills for it, how it counts days, and both sides' products."""

    buyer_id: int
    base: ProrationBase
    products: dict[int, int] = field(default_factory=dict)
    events: dict[int, int] = field(default_factory=dict)


def dealers_below(seller_id: int) -> Mapping[int, DealerBelow]:
    """The sellers further down that resell products of this one, by their ids."""
    return by_dealer(resold_below(seller_id))


def by_dealer(resold: Mapping[int, ResoldBelow]) -> Mapping[int, DealerBelow]:
    """The products further down by the seller that sells them."""
    found: dict[int, DealerBelow] = {}
    for product_id, each in resold.items():
        dealer = found.setdefault(each.seller_id, DealerBelow(each.buyer_id, each.base))
        dealer.products[product_id] = each.product_id
        dealer.events[each.product_id] = product_id
    return found


def tier_outlooks(
    *, seller_id: int, dealers: Mapping[int, DealerBelow], customer_ids: Collection[int] | None, revision: int
) -> Iterator[Outlook]:
    """When each dealer may owe something for its customers: one grouped read over all of their subscriptions.

    Where any price of the seller was entered since, its dealers are looked at: there are few of them.
    """
    dealers = _of_buyers(dealers, customer_ids)
    if not dealers:
        return
    first_day = Case(When(seen__id__isnull=True, then=F("start_on")), default=F("seen__next_on"))
    changed = Q(seen__id__isnull=False) & (~Q(seen__sequence=F("sequence")) | Q(seen__price_revision__lt=revision))
    grouped = (
        _subscriptions(seller_id, dealers)
        .annotate(reached_on=first_day, differs=Case(When(changed, then=Value(1)), default=Value(0)))
        .values("seller_id")
        .annotate(
            advance_on=Min("reached_on", filter=Q(timing=Timing.ADVANCE)),
            arrears_on=Min("reached_on", filter=Q(timing=Timing.ARREARS)),
            any_differs=Max("differs"),
        )
        .order_by("seller_id")
    )
    for dealer_id, advance_on, arrears_on, differs in read_rows(
        grouped, "seller_id", "advance_on", "arrears_on", "any_differs"
    ):
        yield Outlook(dealers[dealer_id].buyer_id, advance_on, arrears_on, bool(differs))


def tier_subscriptions(
    *,
    seller_id: int,
    dealers: Mapping[int, DealerBelow],
    customer_ids: Collection[int],
    revision: int,
    end_customer_id: int | None = None,
) -> list[Recurring]:
    """What the customers of these dealers subscribe to and the seller may bill the dealers for, by end customer.

    Own prices of end customers are none of this seller's: it asks its own. Of one end customer, if named, it is all
    that was ever subscribed to; else what may owe something. Two reads.
    """
    dealers = _of_buyers(dealers, customer_ids)
    if not dealers:
        return []
    wanted = _owing(revision) if end_customer_id is None else Q(customer_id=end_customer_id)
    found_rows = _subscriptions(seller_id, dealers).filter(wanted)
    rows = read_all(
        found_rows.order_by("seller_id", "customer__number", "customer_id", "id"),
        "seller_id", "customer_id", "customer__name", "id", "product_id", "billing_months", "timing", "alignment",
        "sequence", "start_on", "ends_before", "trial_before", "quantity", "reference", "owes_setup",
        "seen__told_before", "seen__next_on", "seen__sequence", "seen__price_revision", "seen__begun",
    )  # fmt: skip
    steps = steps_of([row[3] for row in rows if row[8]])
    tiers: dict[int, Tier] = {}
    found = []
    for row in rows:
        dealer = dealers[row[0]]
        tier = tiers.get(row[1])
        if tier is None:
            tier = tiers[row[1]] = Tier(row[1], row[2], dealer.base, dealer.events)
        found.append(
            Recurring(
                id=row[3],
                customer_id=dealer.buyer_id,
                product_id=dealer.products.get(row[4], NOT_RESOLD),
                description="",
                months=row[5],
                timing=row[6],
                alignment=row[7],
                cost_centre="",
                sequence=row[8],
                start_on=row[9],
                ends_before=row[10],
                trial_before=row[11],
                quantity_e8=row[12],
                price_e6=None,
                reference=row[13],
                told_before=row[15],
                next_on=row[16],
                seen_sequence=row[17],
                price_revision=row[18],
                begun=row[19],
                owes_setup=row[14],
                steps=tuple(_steps(steps.get(row[3], ()), dealer)),
                tier=tier,
            )
        )
    return found


def _owing(revision: int) -> Q:
    """What the seller never looked at, what it has more to tell of, and what was changed or priced anew since."""
    return (
        Q(seen__id__isnull=True)
        | Q(seen__next_on__isnull=False)
        | ~Q(seen__sequence=F("sequence"))
        | Q(seen__price_revision__lt=revision)
    )


def _steps(steps: tuple[Step, ...], dealer: DealerBelow) -> Iterator[Step]:
    """The changes as the seller further up sees them: its own products, and nothing of what end customers pay."""
    for step in steps:
        if step.kind is ChangeKind.PRICE:
            continue
        if step.kind is ChangeKind.PRODUCT:
            product_id = None if step.product_id is None else dealer.products.get(step.product_id, NOT_RESOLD)
            yield replace(step, price_e6=None, product_id=product_id)
        else:
            yield step


def _subscriptions(seller_id: int, dealers: Mapping[int, DealerBelow]) -> QuerySet[Subscription]:
    """The dealers' subscriptions that are or were to something they resell, with what was `seen` of them."""
    resold = Numbers([product_id for dealer in dealers.values() for product_id in dealer.products])
    became = Change.objects.filter(subscription=OuterRef("id"), product_id__among=resold)
    return (
        Subscription.objects.filter(seller_id__among=Numbers(dealers.keys()))
        .filter(Q(product_id__among=resold) | Exists(became))
        .annotate(seen=FilteredRelation("tier_marks", condition=Q(tier_marks__seller_id=seller_id)))
    )


def _of_buyers(dealers: Mapping[int, DealerBelow], customer_ids: Collection[int] | None) -> Mapping[int, DealerBelow]:
    if customer_ids is None:
        return dealers
    return {each: dealer for each, dealer in dealers.items() if dealer.buyer_id in customer_ids}
