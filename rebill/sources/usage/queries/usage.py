"""What a customer's calls come to, month by month: from the sums of the ratings that count, and call by call."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.sources.usage.models import RatingState, UsageSum
from rebill.sources.usage.queries.specification import Specification, usage_of

_ADDED = ("calls", "billed_s", "included_s", "amount_e6")


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls, seconds, those of them that a bundle covers, and what they cost, of 10⁻⁶ of the currency."""

    calls: int
    billed_s: int
    included_s: int
    amount_e6: int


@dataclass(frozen=True, slots=True)
class UsageMonth:
    """A month of a customer's calls: in all, and by the category of the calls, the dearest first."""

    month: date
    whole: Usage
    categories: dict[int, Usage] = field(default_factory=dict)


def usage_months(*, acting: Acting, customer_id: int) -> list[UsageMonth]:
    """Every month in which the customer has rated calls, the latest first; a dealer's are those of its customers.

    Calls are what is priced, billed or not; calls without a price are in `unpriced_calls`.
    """
    require(acting, Permission.READ)
    rows = _sums(acting, customer_id).order_by()
    grouped = rows.values_list("rating__month", "category").annotate(*(Sum(name) for name in _ADDED))
    found: dict[date, dict[int, Usage]] = defaultdict(dict)
    for month, category, *sums in grouped:
        found[month][category] = Usage(*sums)
    return [_month(month, found[month]) for month in sorted(found, reverse=True)]


def calls_of_month(*, acting: Acting, customer_id: int, month: date) -> Specification:
    """The customer's rated calls of a month, as its bill lists them."""
    require(acting, Permission.READ)
    found = list(_sums(acting, customer_id).filter(rating__month=month).values_list("rating_id", "owner_id").distinct())
    return usage_of(
        seller_id=acting.seller_id,
        buyer_id=customer_id,
        owner_ids={owner_id for _rating_id, owner_id in found},
        rating_ids=sorted({rating_id for rating_id, _owner_id in found}),
    )


def _sums(acting: Acting, customer_id: int) -> QuerySet[UsageSum]:
    rows = UsageSum.objects.filter(seller_id=acting.seller_id, buyer_id=customer_id)
    return rows.filter(rating__state=RatingState.CURRENT)


def _month(month: date, categories: dict[int, Usage]) -> UsageMonth:
    dearest = sorted(categories.items(), key=lambda each: (-each[1].amount_e6, each[0]))
    whole = Usage(*(sum(getattr(each, name) for each in categories.values()) for name in _ADDED))
    return UsageMonth(month, whole, dict(dearest))
