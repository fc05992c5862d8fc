"""Long work: asked for at a door, done by the queue, watched while it goes on, and safe to be started twice.

A piece of work is a row; the queue gets its id in the same transaction, so it is never lost and never done for nothing.
A worker that is killed leaves the row running: the queue hands it out again, and what is done already stands, because
each step answers only what is unanswered.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.kit.database import atomic_write
from rebill.kit.errors import NotFound
from rebill.kit.models import Work, WorkState
from rebill.kit.queue import start_task
from rebill.kit.states import Moves, move_rows

# Work that was handed out again begins once more; what has an end keeps it.
WORK_MOVES: Moves[WorkState] = {
    WorkState.QUEUED: frozenset({WorkState.RUNNING}),
    WorkState.RUNNING: frozenset({WorkState.RUNNING, WorkState.DONE, WorkState.REFUSED, WorkState.FAILED}),
    WorkState.DONE: frozenset(),
    WorkState.REFUSED: frozenset(),
    WorkState.FAILED: frozenset({WorkState.RUNNING}),
}
UNDER_WAY = (WorkState.QUEUED, WorkState.RUNNING)


class WorkUnknown(NotFound):
    """The seller has no such piece of work."""


def queue_work(
    *, seller_id: int, actor_id: int | None, kind: str, request: dict[str, Any], function: str, now: datetime
) -> Work:
    """Ask for work: `function`, by its dotted name, gets the id of the row as text. `request` must be fit for JSON."""
    with atomic_write():
        work = Work.objects.create(seller_id=seller_id, actor_id=actor_id, kind=kind, request=request, asked_at=now)
        start_task(function, str(work.id), name=f"work {work.id}", group=f"work {kind}")
    return work


def begin_work(*, work_id: UUID, now: datetime) -> Work | None:
    """The work, now under way; None when it has come to an end already."""
    move_rows(Work.objects.filter(id=work_id), to=WorkState.RUNNING, moves=WORK_MOVES, started_at=now, words="")
    work = Work.objects.filter(id=work_id).first()
    if work is None:
        raise WorkUnknown(_("There is no work %(named)s.") % {"named": work_id})
    return work if work.state == WorkState.RUNNING else None


def advance_work(*, work_id: UUID, step: str, done: int, total: int | None) -> None:
    """How far the work is, for those who watch."""
    Work.objects.filter(id=work_id).update(step=step, done=done, total=total)


def end_work(
    *, work_id: UUID, to: WorkState, now: datetime, result: dict[str, Any] | None = None, words: str = ""
) -> None:
    """The end of the work: done with a result, or refused or failed with words."""
    ended = Work.objects.filter(id=work_id)
    move_rows(ended, to=to, moves=WORK_MOVES, finished_at=now, result=result or {}, words=words)


def work_of(*, seller_id: int, work_id: UUID) -> Work:
    """The seller's piece of work with this id."""
    work = Work.objects.filter(seller_id=seller_id, id=work_id).first()
    if work is None:
        raise WorkUnknown(_("There is no work %(named)s.") % {"named": work_id})
    return work


def works_of(*, seller_id: int) -> QuerySet[Work]:
    """The seller's pieces of work, the latest first."""
    return Work.objects.filter(seller_id=seller_id).order_by("-asked_at", "id")


def under_way(*, seller_id: int, kind: str, **request: Any) -> Work | None:
    """The work of this kind that waits or goes on, if any: the same is not asked for twice. `request` narrows it."""
    named = {f"request__{key}": value for key, value in request.items()}
    return works_of(seller_id=seller_id).filter(kind=kind, state__in=UNDER_WAY, **named).first()
