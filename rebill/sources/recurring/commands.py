"""The one write of the recurring source: what it remembers of each subscription."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from rebill.kit.bulk import upsert_rows
from rebill.sources.recurring.models import Mark, TierMark
from rebill.subscriptions.models import Subscription


class Marked(NamedTuple):
    """What is remembered of one subscription, for its own seller or for one further up the chain (`for_dealer`)."""

    subscription_id: int
    seller_id: int
    for_dealer: bool
    told_before: date
    next_on: date | None
    sequence: int
    price_revision: int
    begun: bool


REMEMBERED = ("told_before", "next_on", "sequence", "price_revision", "begun")


def remember_marks(*, rows: Sequence[Marked]) -> int:
    """Keeps the marks; returns how many were written."""
    own = [(each.subscription_id, *each[3:]) for each in rows if not each.for_dealer]
    tiers = [(each.subscription_id, each.seller_id, *each[3:]) for each in rows if each.for_dealer]
    written = 0
    if own:
        columns = ("subscription_id", *REMEMBERED)
        written += upsert_rows(Mark, columns, own, unique=("subscription_id",), update=REMEMBERED)
    if tiers:
        key = ("subscription_id", "seller_id")
        written += upsert_rows(TierMark, (*key, *REMEMBERED), tiers, unique=key, update=REMEMBERED)
    return written


def rewind_marks(*, seller_id: int, subscriptions: Collection[int], told: Mapping[int, date | None]) -> int:
    """Sets marks back to what is left of their charges, so that the next run looks at all of the rest again.

    A subscription with nothing left starts anew. One with rows left is looked at from its first change on, because what
    was forgotten may have been a correction. Where what is left is no period (a setup), the periods start anew.
    """
    nothing_left = [each for each in subscriptions if each not in told]
    Mark.objects.filter(subscription_id__among=nothing_left, subscription__seller_id=seller_id).delete()
    TierMark.objects.filter(subscription_id__among=nothing_left, seller_id=seller_id).delete()
    facts = {
        each: (of_seller, start_on)
        for each, of_seller, start_on in Subscription.objects.filter(id__among=list(told))
        .order_by("id")
        .values_list("id", "seller_id", "start_on")
    }
    rows = []
    for each, until in told.items():
        of_seller, start_on = facts[each]
        day = until or start_on
        rows.append(Marked(each, seller_id, of_seller != seller_id, day, day, 0, 0, True))
    return remember_marks(rows=rows)
