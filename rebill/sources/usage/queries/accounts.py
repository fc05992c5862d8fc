"""Reads of accounts of calls: what is not told yet, and when customers owe it."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Min, QuerySet

from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.periods import add_months
from rebill.sources.contract import Outlook
from rebill.sources.usage.models import CallsWithoutPrice, RatingState, UsageAccount


class OpenAccount(NamedTuple):
    """An account of which not all is told; amounts of 10⁻⁶ (`_e6`) or in minor units."""

    id: int
    key: str
    buyer_id: int
    owner_id: int
    owner_name: str
    product_id: int | None
    summary_group: int
    month: date
    currency: str
    calls: int
    billed_s: int
    included_s: int
    amount_e6: int
    told_calls: int
    told_e6: int
    told_minor: int
    tellings_made: int


def open_accounts(*, seller_id: int, buyer_ids: Collection[int]) -> list[OpenAccount]:
    """The accounts of these customers that are not settled, by customer, month and end customer."""
    rows = _unsettled(seller_id, buyer_ids).order_by("buyer_id", "month", "owner_id", "id")
    return [
        OpenAccount(*row)
        for row in read_all(
            rows, "id", "key", "buyer_id", "owner_id", "owner__name", "product_id", "summary_group", "month",
            "currency", "calls", "billed_s", "included_s", "amount_e6", "told_calls", "told_e6", "told_amount",
            "tellings_made",
        )
    ]  # fmt: skip


def outlooks(*, seller_id: int, customer_ids: Collection[int] | None) -> Iterator[Outlook]:
    """The first day on which each customer owes calls that were not told, or has calls without a price."""
    first: dict[int, date] = {}
    unpriced = CallsWithoutPrice.objects.filter(seller_id=seller_id, rating__state=RatingState.CURRENT)
    if customer_ids is not None:
        unpriced = unpriced.filter(buyer_id__among=Numbers(customer_ids))
    accounts = _unsettled(seller_id, customer_ids).order_by().values("buyer_id").annotate(first=Min("month"))
    missing = unpriced.order_by().values("buyer_id").annotate(first=Min("rating__month"))
    for rows in (accounts, missing):
        for buyer_id, month in read_rows(rows, "buyer_id", "first"):
            first[buyer_id] = min(first.get(buyer_id, month), month)
    for buyer_id in sorted(first):
        yield Outlook(customer_id=buyer_id, arrears_on=add_months(first[buyer_id], 1))


def _unsettled(seller_id: int, buyer_ids: Collection[int] | None) -> QuerySet[UsageAccount]:
    rows = UsageAccount.objects.filter(seller_id=seller_id, settled=False)
    return rows if buyer_ids is None else rows.filter(buyer_id__among=Numbers(buyer_ids))
