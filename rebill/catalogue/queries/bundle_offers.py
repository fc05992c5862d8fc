"""Which bundles customers have by their plan, of their own, or by a product: read in bulk for rating."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from rebill.catalogue.models import Bundle
from rebill.catalogue.queries.rating import plan_spans
from rebill.kit.bulk import Numbers
from rebill.rules.included import BundleRank, Held


class BundleOffer(NamedTuple):
    """A bundle that a direct customer has by its plan or of its own."""

    customer_id: int
    held: Held


class ProductBundle(NamedTuple):
    """A bundle that whoever has the product gets, as often as it has it; `held` is that of one piece."""

    product_id: int
    held: Held


def bundle_offers(
    seller_id: int, customer_ids: Collection[int], *, from_day: date, before_day: date
) -> list[BundleOffer]:
    """The bundles of these direct customers within the days, for `rules.included.included_in`."""
    own: dict[int, list[Held]] = defaultdict(list)
    of_plans: dict[int, list[Held]] = defaultdict(list)
    bundles = _bundles(seller_id, from_day, before_day)
    for row in bundles.filter(customer_id__among=Numbers(customer_ids)).values_list("customer_id", *_BUNDLE):
        own[row[0]].append(_held(BundleRank.CUSTOMER, row[1:]))
    for row in bundles.filter(plan__isnull=False).values_list("plan_id", *_BUNDLE):
        of_plans[row[0]].append(_held(BundleRank.PLAN, row[1:]))
    offers = [BundleOffer(customer_id, held) for customer_id in sorted(own) for held in own[customer_id]]
    if of_plans:
        spans = plan_spans(seller_id, customer_ids, from_day=from_day, before_day=before_day)
        offers += [
            BundleOffer(customer_id, clipped)
            for customer_id in sorted(customer_ids)
            for plan_id, start, end in spans[customer_id]
            for held in of_plans.get(plan_id, ())
            if (clipped := _within(held, start, end)) is not None
        ]
    return offers


def product_bundles(seller_id: int, *, from_day: date, before_day: date) -> list[ProductBundle]:
    """The bundles of products within the days: whoever knows the quantities sets `quantity_e8` and the days."""
    rows = _bundles(seller_id, from_day, before_day).filter(product__isnull=False).values_list("product_id", *_BUNDLE)
    return [ProductBundle(row[0], _held(BundleRank.PRODUCT, row[1:])) for row in rows]


_BUNDLE = ("id", "categories", "seconds", "amount", "valid_from", "valid_before")


def _bundles(seller_id: int, from_day: date, before_day: date) -> QuerySet[Bundle]:
    rows = Bundle.objects.filter(seller_id=seller_id, valid_from__lt=before_day)
    return rows.filter(Q(valid_before__isnull=True) | Q(valid_before__gt=from_day)).order_by("id")


def _held(rank: BundleRank, row: Sequence[Any]) -> Held:
    bundle_id, categories, seconds, amount, starts_on, ends_before = row
    amount_e6 = None if amount is None else int(amount.scaleb(6))
    return Held(bundle_id, rank, frozenset(categories), seconds, amount_e6, starts_on, ends_before)


def _within(held: Held, start: date, end: date) -> Held | None:
    first = max(held.starts_on, start)
    before = end if held.ends_before is None else min(held.ends_before, end)
    if first >= before:
        return None
    return replace(held, starts_on=first, ends_before=before)
