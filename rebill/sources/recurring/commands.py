"""The one write of the recurring source: what it remembers of each subscription."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from rebill.kit.bulk import upsert_rows
from rebill.sources.recurring.models import Mark

COLUMNS = ("subscription_id", "told_before", "next_on", "sequence", "price_revision")


def remember_marks(*, rows: Sequence[tuple[object, ...]]) -> int:
    """Keeps the marks, in the order of COLUMNS; returns how many were written."""
    return upsert_rows(Mark, COLUMNS, rows, unique=("subscription_id",), update=COLUMNS[1:])


def rewind_marks(*, subscriptions: Collection[int], told: Mapping[int, date | None]) -> int:
    """Sets marks back to what is left of their charges, so that the next run looks at all of the rest again.

    A subscription with nothing left starts anew. One with rows left is looked at from its first change on, because what
    was forgotten may have been a correction.
    """
    anew = [each for each in subscriptions if told.get(each) is None]
    Mark.objects.filter(subscription_id__among=anew).delete()
    rows = [(each, until, until, 0, 0) for each, until in told.items() if until is not None]
    return remember_marks(rows=rows)
