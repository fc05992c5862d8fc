"""The one write of the recurring source: what it remembers of each subscription."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from rebill.kit.bulk import upsert_rows
from rebill.sources.recurring.models import Mark
from rebill.subscriptions.models import Subscription

COLUMNS = ("subscription_id", "told_before", "next_on", "sequence", "price_revision", "begun")


def remember_marks(*, rows: Sequence[tuple[object, ...]]) -> int:
    """Keeps the marks, in the order of COLUMNS; returns how many were written."""
    return upsert_rows(Mark, COLUMNS, rows, unique=("subscription_id",), update=COLUMNS[1:])


def rewind_marks(*, subscriptions: Collection[int], told: Mapping[int, date | None]) -> int:
    """Sets marks back to what is left of their charges, so that the next run looks at all of the rest again.

    A subscription with nothing left starts anew. One with rows left is looked at from its first change on, because what
    was forgotten may have been a correction. Where what is left is no period (a setup), the periods start anew.
    """
    Mark.objects.filter(subscription_id__among=[each for each in subscriptions if each not in told]).delete()
    periodless = [each for each, until in told.items() if until is None]
    starts = dict(Subscription.objects.filter(id__among=periodless).order_by("id").values_list("id", "start_on"))
    rows = [(each, until or starts[each], until or starts[each], 0, 0, True) for each, until in told.items()]
    return remember_marks(rows=rows)
