"""Attempting what is queued: each attempt is written down before it is made, so nothing is ever sent twice unseen."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import transaction
from django.db.models import F, Q

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.contract import Accepted, Channel, Letter, Outcome, Rejected, Session, TryLater, Unclear
from rebill.delivery.letters import Sender, SenderMissing, letter_for, sender_of
from rebill.delivery.models import DISPATCH_MOVES, Attempt, Dispatch, DispatchPurpose, DispatchState
from rebill.delivery.queries import (
    LEASE,
    attempts_without_outcome,
    due_dispatches,
    lost_attempts,
    pdf_hashes,
    withdrawn,
)
from rebill.delivery.registry import CHANNELS
from rebill.invoices.queries.files import document_copy
from rebill.kit.database import atomic_write
from rebill.kit.errors import Refused, reason_of
from rebill.kit.events import EventRow, record_event, record_events, subject_type_of
from rebill.kit.files import read_file
from rebill.kit.states import move_rows
from rebill.parties.queries import current_look, seller_of
from rebill.rules.timetable import BACK_OFF, next_attempt_at

WORDS_MAX = 500

LOST_WORDS = "The attempt was cut off before an answer came, so it may have been sent."


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of the attempts of one call. `obstacle` says why a channel sent nothing; its dispatches wait."""

    accepted: int = 0
    postponed: int = 0
    failed: int = 0
    unclear: int = 0
    obstacle: str = ""

    @property
    def attempted(self) -> int:
        return self.accepted + self.postponed + self.failed + self.unclear

    def __add__(self, later: "Delivered") -> "Delivered":
        """What both calls came to; the obstacle is that of the later one."""
        return Delivered(
            accepted=self.accepted + later.accepted,
            postponed=self.postponed + later.postponed,
            failed=self.failed + later.failed,
            unclear=self.unclear + later.unclear,
            obstacle=later.obstacle,
        )


# Either the letter, or what came of it before it could be handed to a channel.
Written: TypeAlias = Letter | Rejected | TryLater


def deliver_queued(*, acting: Acting, now: datetime, limit: int = 50) -> Delivered:
    """Attempt up to `limit` dispatches whose turn it is, those waiting longest first; call again for the next ones.

    An attempt that was cut off, by a crash or a lost machine, becomes unclear and waits for a person: it is never
    repeated by itself. What was put off waits longer each time and fails in the end. One bad document fails alone.
    When a channel is out of reach the rest of its dispatches stay as they are. Runs beside other workers, and never
    inside a transaction.
    """
    require(acting, Permission.DELIVER)
    tally: Counter[DispatchState] = Counter()
    tally[DispatchState.UNCLEAR] += _give_up_lost_attempts(acting, now)
    obstacles = []
    left = limit
    for channel in CHANNELS.all():
        if left <= 0 or not due_dispatches(acting.seller_id, channel.name, now).exists():
            continue
        try:
            sender = sender_of(seller_of(acting), current_look(acting.seller_id))
        except SenderMissing as missing:
            obstacles.append(reason_of(missing))
            continue
        states, obstacle = _deliver_through(channel, acting, sender, now, left)
        tally.update(states)
        left -= sum(states.values())
        if obstacle:
            obstacles.append(obstacle)
    return Delivered(
        accepted=tally[DispatchState.ACCEPTED],
        postponed=tally[DispatchState.QUEUED],
        failed=tally[DispatchState.FAILED],
        unclear=tally[DispatchState.UNCLEAR],
        obstacle=" ".join(obstacles),
    )


def _deliver_through(
    channel: Channel, acting: Acting, sender: Sender, now: datetime, limit: int
) -> tuple[Counter[DispatchState], str]:
    """Attempt what is due on one channel over one session, until it is done, the limit is reached or it is down."""
    states: Counter[DispatchState] = Counter()
    due = list(due_dispatches(acting.seller_id, channel.name, now)[:limit])
    hashes = pdf_hashes([dispatch.invoice_id for dispatch in due])
    with channel.open() as session:
        for dispatch in due:
            written = _write(acting, dispatch, sender, hashes.get(dispatch.invoice_id))
            # Connecting comes before the attempt is written down: being killed while waiting for a server that does
            # not answer leaves nothing to be asked about.
            obstacle = session.ready() if isinstance(written, Letter) else None
            attempt = _claim(dispatch, now)
            if attempt is None:
                continue
            outcome = obstacle or _hand_over(session, written)
            states[_settle(acting, dispatch, attempt, outcome, now)] += 1
            if obstacle:
                return states, obstacle.words
    return states, ""


def _write(acting: Acting, dispatch: Dispatch, sender: Sender, pdf_hash: str | None) -> Written:
    """The letter, or why this document has none: it fails alone, and the others go on."""
    if pdf_hash is None:
        return Rejected("The PDF of this document is not kept.")
    last_attempt = dispatch.attempts_made >= len(BACK_OFF)
    try:
        is_copy = dispatch.as_copy
        pdf = document_copy(acting=acting, invoice=dispatch.invoice) if is_copy else read_file(pdf_hash)
        return letter_for(dispatch, sender=sender, pdf=pdf, last_attempt=last_attempt)
    except (Refused, ValueError) as error:
        return Rejected(reason_of(error))
    except OSError as error:
        return TryLater(f"The PDF could not be read: {error}")


def _hand_over(session: Session, written: Written) -> Outcome:
    return session.send(written) if isinstance(written, Letter) else written


def _claim(dispatch: Dispatch, now: datetime) -> Attempt | None:
    """Write down that the dispatch is being attempted, before it is; None when another worker was faster.

    Only one worker can move it out of the queue, and it is committed before anything is sent.
    """
    # Durable: refused inside another transaction, whose rollback would forget an attempt that was made.
    with transaction.atomic(durable=True):
        waiting = Dispatch.objects.filter(pk=dispatch.pk, state=DispatchState.QUEUED).exclude(
            Q(purpose=DispatchPurpose.FIRST) & Q(withdrawn())
        )
        taken = move_rows(
            waiting,
            to=DispatchState.SENDING,
            moves=DISPATCH_MOVES,
            attempts_made=F("attempts_made") + 1,
            next_attempt_at=now + LEASE,
        )
        if not taken:
            return None
        number = Dispatch.objects.values_list("attempts_made", flat=True).get(pk=dispatch.pk)
        return Attempt.objects.create(dispatch=dispatch, number=number, started_at=now)


def _settle(acting: Acting, dispatch: Dispatch, attempt: Attempt, outcome: Outcome, now: datetime) -> DispatchState:
    """Write down what came of the attempt, and return where the dispatch stands by it."""
    state, again_at = _state_after(outcome, attempt.number, now)
    words = outcome.words[:WORDS_MAX]
    with atomic_write():
        Attempt.objects.filter(pk=attempt.pk).update(ended_at=now, outcome=state, words=words)
        # A slow attempt may have been given up as unclear meanwhile; if a person answered that already, it stands.
        ours = Dispatch.objects.filter(
            pk=dispatch.pk,
            attempts_made=attempt.number,
            state__in=[DispatchState.SENDING, DispatchState.UNCLEAR],
        )
        if state is DispatchState.UNCLEAR:
            ours = ours.filter(state=DispatchState.SENDING)
        move_rows(
            ours,
            to=state,
            moves=DISPATCH_MOVES,
            next_attempt_at=again_at,
            last_words=words,
            accepted_at=now if state is DispatchState.ACCEPTED else None,
        )
        record_event(
            seller_id=acting.seller_id,
            subject=dispatch,
            verb="postponed" if state is DispatchState.QUEUED else state.value,
            actor_id=acting.user_id,
            now=now,
            details={"invoice": dispatch.invoice_id, "attempt": attempt.number, "words": words},
        )
    return state


def _state_after(outcome: Outcome, attempts_made: int, now: datetime) -> tuple[DispatchState, datetime | None]:
    if isinstance(outcome, Accepted):
        return DispatchState.ACCEPTED, None
    if isinstance(outcome, Unclear):
        return DispatchState.UNCLEAR, None
    again_at = next_attempt_at(attempts_made, now) if isinstance(outcome, TryLater) else None
    return (DispatchState.QUEUED, again_at) if again_at else (DispatchState.FAILED, None)


def _give_up_lost_attempts(acting: Acting, now: datetime) -> int:
    """Make attempts unclear whose worker is gone; return how many."""
    with atomic_write():
        lost = list(lost_attempts(acting.seller_id, now).select_for_update().values_list("id", "invoice_id"))
        if not lost:
            return 0
        ids = [dispatch_id for dispatch_id, _ in lost]
        attempts_without_outcome(ids).update(ended_at=now, outcome=DispatchState.UNCLEAR, words=LOST_WORDS)
        moved = move_rows(
            Dispatch.objects.filter(pk__in=ids, state=DispatchState.SENDING),
            to=DispatchState.UNCLEAR,
            moves=DISPATCH_MOVES,
            next_attempt_at=None,
            last_words=LOST_WORDS,
        )
        subject_type = subject_type_of(Dispatch)
        record_events(
            EventRow(acting.seller_id, subject_type, dispatch_id, "unclear", acting.user_id, now, {"invoice": invoice})
            for dispatch_id, invoice in lost
        )
    return moved
