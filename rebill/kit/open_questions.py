"""Answering what is unanswered without looking through what was answered long ago.

"Which documents have no PDF yet?" joins every document with what answers it, and takes longer every month. What answers
it often stands in a later stage, so no column of the document can carry an index of the open ones. Instead each step
notes how far everything is answered. The question itself stays the same; the note only says where to look.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Max, Q, QuerySet

from rebill.kit.models import OpenQuestion

# Rows get their ids before they are committed, so a lower id may become visible after a higher one. No transaction
# that adds such rows lives for so long.
SETTLED_AFTER = timedelta(days=1)
# With more left over than this something is amiss, and the note stays where it is until it is mended.
LEFT_OVER_MAX = 1_000


def open_rows(rows: QuerySet[Any], *, seller_id: int, question: str) -> QuerySet[Any]:
    """The seller's rows among which the unanswered ones are: the newest, and those that were left over before."""
    note = OpenQuestion.objects.filter(seller_id=seller_id, question=question).first()
    if note is None:
        return rows.filter(seller_id=seller_id)
    where = Q(id__gte=note.before)
    if note.but:
        where |= Q(id__in=note.but)
    # The seller as a sum: a database that knows no better would look all of the seller's rows up by their index.
    owner = ExpressionWrapper(F("seller_id") + 0, output_field=BigIntegerField())
    found: QuerySet[Any] = rows.alias(owner=owner).filter(where, owner=seller_id)
    return found


def note_answered(
    *, seller_id: int, question: str, rows: QuerySet[Any], is_open: Q, made_at: str, now: datetime
) -> None:
    """Notes how far the question is answered for the seller's `rows`; `is_open` says which are not answered.

    `made_at` is the moment at which a row was made: what is younger than a day is looked at in any case.
    """
    looked_at = open_rows(rows, seller_id=seller_id, question=question).order_by()
    settled = looked_at.filter(**{f"{made_at}__lt": now - SETTLED_AFTER})
    latest = settled.aggregate(latest=Max("id"))["latest"]
    if latest is None:
        return
    note = OpenQuestion.objects.filter(seller_id=seller_id, question=question).first()
    before = max(latest + 1, note.before if note else 0)
    left_over = looked_at.filter(is_open, id__lt=before).values_list("id", flat=True)
    but = sorted(left_over[: LEFT_OVER_MAX + 1])
    if len(but) <= LEFT_OVER_MAX and (note is None or (before, but) != (note.before, note.but)):
        OpenQuestion.objects.update_or_create(
            seller_id=seller_id, question=question, defaults={"before": before, "but": but}
        )
