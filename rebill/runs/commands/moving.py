"""Moving drafts from state to state in bulk, with an event for each."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from rebill.access.acting import Acting
from rebill.kit.bulk import chunks
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.states import move_rows
from rebill.runs.commands.tallying import tally_moved
from rebill.runs.models import DRAFT_MOVES, Draft, DraftState

# One statement names this many drafts; SQLite takes no more than 32,766 values in one.
BLOCK = 5000


def lock_drafts(drafts: QuerySet[Draft]) -> list[int]:
    """Holds these drafts until the end of the transaction, in order of id; returns the ids of those that still match
    once they are held: what somebody else has moved in the meantime is left out."""
    return list(drafts.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))


def move_drafts(
    *,
    acting: Acting,
    drafts: QuerySet[Draft],
    to: DraftState,
    verb: str,
    now: datetime,
    details: dict[str, str] | None = None,
    **also: Any,
) -> int:
    """Moves those of the drafts that may go to `to`, setting the columns `also`; returns how many did.

    They are held from the look at their state on, so that exactly those are recorded as moved that were.
    """
    subject_type = subject_type_of(Draft)
    origins = [state for state, targets in DRAFT_MOVES.items() if to in targets]
    moved = 0
    for asked in chunks(list(drafts.order_by("id").values_list("id", flat=True)), BLOCK):
        ids = lock_drafts(Draft.objects.filter(id__among=asked, state__in=origins))
        tally_moved(draft_ids=ids, to=to)
        moved += move_rows(Draft.objects.filter(id__among=ids), to=to, moves=DRAFT_MOVES, **also)
        record_events(
            EventRow(acting.seller_id, subject_type, each, verb, acting.user_id, now, details or {}) for each in ids
        )
    return moved
