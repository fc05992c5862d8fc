"""What people and receivers answer: whether an unclear one arrived, that one came back, to try again or to let be."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.letters import dispatch_id_in, is_of
from rebill.delivery.models import DISPATCH_MOVES, Attempt, Dispatch, DispatchPurpose, DispatchState
from rebill.delivery.queries import DispatchUnknown
from rebill.invoices.models import Invoice
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.events import record_event
from rebill.kit.states import move
from rebill.parties.entries import emails

WORDS_MAX = 500


class BounceUnknown(NotFound):
    """The returned mail is none that this seller sent."""


class DispatchNotUnclear(Conflict):
    """It is known what became of the dispatch."""


class DispatchWithdrawn(Conflict):
    """The invoice was withdrawn, so it is not sent any more by itself."""


def resolve_dispatch(*, acting: Acting, dispatch: Dispatch, arrived: bool, now: datetime) -> Dispatch:
    """Answer the question of an unclear dispatch: it arrived, or it did not and is sent again now.

    An invoice that was withdrawn meanwhile is not sent again. DispatchNotUnclear when there is no question.
    """
    require(acting, Permission.DELIVER)
    with atomic_write():
        dispatch = _locked(acting, dispatch)
        if dispatch.state != DispatchState.UNCLEAR:
            raise DispatchNotUnclear(_("It is known already what became of this dispatch."))
        if arrived:
            move(dispatch, to=DispatchState.ACCEPTED, moves=DISPATCH_MOVES)
            dispatch.accepted_at = now
            dispatch.last_words = "A person said that it arrived."
        elif _is_withdrawn(dispatch):
            move(dispatch, to=DispatchState.CANCELLED, moves=DISPATCH_MOVES)
            dispatch.last_words = "It did not arrive, and the invoice was withdrawn meanwhile."
        else:
            move(dispatch, to=DispatchState.QUEUED, moves=DISPATCH_MOVES)
            dispatch.next_attempt_at = now
            dispatch.last_words = "A person said that it did not arrive."
        return _keep(acting, dispatch, verb="resolved", now=now, details={"arrived": arrived})


def retry_dispatch(
    *, acting: Acting, dispatch: Dispatch, now: datetime, recipients: Sequence[str] | None = None
) -> Dispatch:
    """Queue a dispatch that failed or came back once more, to `recipients` where the old ones were wrong.

    It gets the attempts that are left, at least one. An invoice that was withdrawn is refused.
    """
    require(acting, Permission.DELIVER)
    with atomic_write():
        dispatch = _locked(acting, dispatch)
        if dispatch.state == DispatchState.UNCLEAR:
            raise Conflict(_("Say first whether it arrived: if it did, it would come twice."))
        if _is_withdrawn(dispatch):
            raise DispatchWithdrawn(_("The invoice was withdrawn. Send it again on request if the customer needs it."))
        move(dispatch, to=DispatchState.QUEUED, moves=DISPATCH_MOVES)
        dispatch.next_attempt_at = now
        if recipients:
            dispatch.recipients = emails("recipients", list(recipients))
        return _keep(acting, dispatch, verb="queued_again", now=now, details={"recipients": dispatch.recipients})


def cancel_dispatch(*, acting: Acting, dispatch: Dispatch, reason: str, now: datetime) -> Dispatch:
    """Let a dispatch be that waits, failed, came back or is unclear: it is not sent, and needs no look any more."""
    require(acting, Permission.DELIVER)
    with atomic_write():
        dispatch = _locked(acting, dispatch)
        move(dispatch, to=DispatchState.CANCELLED, moves=DISPATCH_MOVES)
        dispatch.next_attempt_at = None
        dispatch.last_words = reason[:WORDS_MAX]
        return _keep(acting, dispatch, verb="cancelled", now=now, details={"reason": reason})


def record_bounce(*, acting: Acting, message_id: str, words: str, now: datetime) -> Dispatch:
    """Note that a mail came back, by the Message-ID we gave it and the words of the server that returned it.

    A bounce told twice is noted once. A mail whose fate was unclear was sent after all, and came back. BounceUnknown
    when this seller sent no such mail, or it is being sent at this moment.
    """
    require(acting, Permission.DELIVER)
    dispatch_id = dispatch_id_in(message_id)
    with atomic_write():
        dispatch = Dispatch.objects.select_for_update().filter(seller_id=acting.seller_id, pk=dispatch_id or 0).first()
        if dispatch is None or not is_of(message_id, dispatch):
            raise BounceUnknown(
                _("No mail of this seller has the Message-ID %(message_id)r.") % {"message_id": message_id[:120]}
            )
        return _take_back(acting, dispatch, words, now)


def return_dispatch(*, acting: Acting, dispatch: Dispatch, words: str, now: datetime) -> Dispatch:
    """Note that a mail or letter came back, as a person tells it who has it in hand. Told twice it is noted once."""
    require(acting, Permission.DELIVER)
    with atomic_write():
        return _take_back(acting, _locked(acting, dispatch), words, now)


def _take_back(acting: Acting, dispatch: Dispatch, words: str, now: datetime) -> Dispatch:
    if dispatch.state == DispatchState.BOUNCED:
        return dispatch
    if dispatch.state == DispatchState.UNCLEAR:
        move(dispatch, to=DispatchState.ACCEPTED, moves=DISPATCH_MOVES)
        dispatch.accepted_at = now
    move(dispatch, to=DispatchState.BOUNCED, moves=DISPATCH_MOVES)
    dispatch.last_words = words[:WORDS_MAX]
    Attempt.objects.filter(dispatch=dispatch, number=dispatch.attempts_made).update(
        outcome=DispatchState.BOUNCED, words=words[:WORDS_MAX]
    )
    return _keep(acting, dispatch, verb="bounced", now=now, details={"words": words[:WORDS_MAX]})


def _locked(acting: Acting, dispatch: Dispatch) -> Dispatch:
    """The dispatch as it stands now, kept from others until the transaction ends."""
    found = Dispatch.objects.select_for_update().filter(seller_id=acting.seller_id, pk=dispatch.pk).first()
    if found is None:
        raise DispatchUnknown(_("There is no dispatch %(named)s.") % {"named": dispatch.pk})
    return found


def _is_withdrawn(dispatch: Dispatch) -> bool:
    if dispatch.purpose != DispatchPurpose.FIRST:
        return False
    return Invoice.objects.filter(credits_id=dispatch.invoice_id, withdraws=True).exists()


def _keep(acting: Acting, dispatch: Dispatch, *, verb: str, now: datetime, details: dict[str, object]) -> Dispatch:
    dispatch.save()
    record_event(
        seller_id=acting.seller_id,
        subject=dispatch,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details={"invoice": dispatch.invoice_id, **details},
    )
    return dispatch
