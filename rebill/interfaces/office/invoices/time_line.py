"""What happened to a document: drafted, approved, issued, sent, come back, credited; each step with what was said."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.queries import events_of
from rebill.delivery.models import Attempt, Dispatch, DispatchState
from rebill.delivery.queries import attempts_by_dispatch
from rebill.interfaces import formats
from rebill.interfaces.office.history.telling import Told, tell
from rebill.interfaces.office.invoices.standing import channel_words
from rebill.interfaces.office.page import OfficeRequest
from rebill.interfaces.office.runs.words import run_title
from rebill.invoices.models import Invoice
from rebill.runs.queries.drafts import draft_of

INVOICE, DRAFT, DISPATCH = "invoices.invoice", "runs.draft", "delivery.dispatch"

# Of these events a step is told already, from the attempt itself with the server's words.
_TOLD_BY_ATTEMPTS = frozenset({"accepted", "failed", "unclear", "postponed"})
_OUTCOMES = {
    DispatchState.FAILED: ("bang", "bad"),
    DispatchState.BOUNCED: ("back", "bad"),
    DispatchState.UNCLEAR: ("warn", "bad"),
    DispatchState.QUEUED: ("clock", ""),
}


def time_line_of(
    request: OfficeRequest, invoice: Invoice, notes: Sequence[Invoice], dispatches: Sequence[Dispatch]
) -> list[Told]:
    """The steps in order, and last what is still to come."""
    subjects = [(INVOICE, invoice.pk), *((DISPATCH, dispatch.pk) for dispatch in dispatches)]
    if invoice.draft is not None:
        subjects.append((DRAFT, invoice.draft))
    steps = [
        tell(event)
        for event in events_of(request.acting, *subjects)
        if event.subject_type != DISPATCH or event.verb not in _TOLD_BY_ATTEMPTS
    ]
    if invoice.draft is not None:
        steps.append(_drafted(request, invoice.draft))
    attempts = attempts_by_dispatch([dispatch.pk for dispatch in dispatches])
    for dispatch in dispatches:
        steps += _tried(dispatch, attempts[dispatch.pk])
    steps += [_credited(request, note) for note in notes if not note.withdraws]
    done = sorted(steps, key=_moment)
    return [*done, *(_to_come(dispatch) for dispatch in dispatches if dispatch.state == DispatchState.QUEUED)]


def _drafted(request: OfficeRequest, draft_id: int) -> Told:
    """The run that made the draft."""
    run = draft_of(acting=request.acting, draft_id=draft_id).run
    address = reverse("office:run", args=[request.seller.slug, run.pk])
    return Told(run.started_at, _("Drafted"), "ring", "", (run_title(run),), address)


def _moment(step: Told) -> datetime:
    assert step.occurred_at is not None, "what is to come is added last"
    return step.occurred_at


def _tried(dispatch: Dispatch, attempts: Sequence[Attempt]) -> Iterator[Told]:
    """Each attempt in the words of the other side; a dispatch that was never attempted tells why."""
    to = ", ".join(dispatch.recipients)
    if not attempts and dispatch.state in (DispatchState.CANCELLED, DispatchState.FAILED):
        is_failed = dispatch.state == DispatchState.FAILED
        title, icon = (_("Not delivered"), "bang") if is_failed else (_("Not sent"), "x")
        yield Told(dispatch.queued_at, title, icon, "bad" if is_failed else "", (dispatch.last_words,))
    for attempt in attempts:
        if not attempt.outcome:
            yield Told(attempt.started_at, _("Being sent"), "right", "", (to,))
            continue
        outcome = DispatchState(attempt.outcome)
        icon, mood = _OUTCOMES.get(outcome, ("right", "good"))
        lines = tuple(line for line in (to, attempt.words) if line)
        yield Told(attempt.ended_at or attempt.started_at, _title(dispatch, outcome), icon, mood, lines)


def _title(dispatch: Dispatch, outcome: DispatchState) -> str:
    if outcome == DispatchState.BOUNCED:
        return _("Sent, and came back")
    if outcome == DispatchState.FAILED:
        return _("Not delivered")
    if outcome == DispatchState.UNCLEAR:
        return _("Unclear whether it arrived")
    if outcome == DispatchState.QUEUED:
        return _("Put off, to be tried again")
    return _("Sent: %(channel)s") % {"channel": channel_words(dispatch.channel)}


def _credited(request: OfficeRequest, note: Invoice) -> Told:
    title = _("Credited by %(number)s") % {"number": note.number}
    lines = (formats.money(-note.gross_amount), note.reason)
    address = reverse("office:invoice", args=[request.seller.slug, note.pk])
    return Told(note.issued_at, title, "minus", "", lines, address)


def _to_come(dispatch: Dispatch) -> Told:
    title = _("To be sent: %(channel)s") % {"channel": channel_words(dispatch.channel)}
    return Told(None, title, "clock", "", tuple(line for line in (", ".join(dispatch.recipients),) if line))
