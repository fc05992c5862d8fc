"""Sending documents: what was sent, what needs a look, and print batches."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.delivery import commands
from rebill.delivery.models import Attempt, Dispatch, PrintBatch
from rebill.delivery.queries import (
    attempts_of,
    dispatch_of,
    dispatches_to_look_at,
    find_dispatches,
    print_batch_of,
    print_batches_of,
)
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Id, Line, Shown, Text, with_example
from rebill.interfaces.api.work import WorkShown, accept
from rebill.invoices.queries.invoices import invoice_of
from rebill.kit.files import read_file
from rebill.parties import entries

dispatches = Endpoints(Area.DELIVERY, "Dispatches")
batches = Endpoints(Area.DELIVERY, "Print batches")

PDF = "application/pdf"
State = Literal["queued", "sending", "accepted", "failed", "unclear", "bounced", "cancelled"]


class DispatchShown(Shown):
    """Sending one document through one channel. Only `accepted` means sent; `unclear` waits for somebody to say."""

    id: int
    invoice_id: int
    channel: str
    purpose: Literal["first", "again"]
    recipients: list[str]
    state: State
    next_attempt_at: datetime | None
    attempts_made: int
    queued_at: datetime
    accepted_at: datetime | None
    last_words: str = Field(description="What the mail server or a person said last.")


class AttemptShown(Shown):
    """One attempt, and what came of it."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str = Field(description="Empty while it goes on; else the state it led to.")
    words: str


class Recipients(Body):
    """Where to send to; empty: where the customer has its invoices sent."""

    model_config = with_example({"recipients": ["boekhouding@devries.example"]})

    recipients: list[Line] = Field([], description="E-mail addresses, at most ten.")


class Arrival(Body):
    """Whether an unclear dispatch arrived; if not, it is sent again now."""

    model_config = with_example({"arrived": True})

    arrived: bool


class CancelReason(Body):
    """Why a dispatch is let be."""

    model_config = with_example({"reason": "Handed over in person"})

    reason: Line = ""


class Bounce(Body):
    """A mail that came back: its Message-ID, and what the server said that returned it."""

    model_config = with_example(
        {"message_id": "<rebill-7-0123456789abcdef01234567@waterkant.example>", "words": "550 No such user"}
    )

    message_id: Line
    words: Text = ""


class DispatchFilters(Paging):
    """Which dispatches are listed."""

    state: State = LEFT_OUT
    invoice_id: Id = LEFT_OUT
    to_look_at: bool = Field(False, description="Only those that failed, came back or are unclear, and not made good.")


def show_dispatch(dispatch: Dispatch) -> DispatchShown:
    """The dispatch as an answer says it."""
    return DispatchShown.model_validate(dispatch, from_attributes=True)


def show_attempt(attempt: Attempt) -> AttemptShown:
    """The attempt as an answer says it."""
    return AttemptShown.model_validate(attempt, from_attributes=True)


def _people(body: Recipients) -> list[str] | None:
    people: list[str] = entries.emails("recipients", body.recipients)
    return people or None


@dispatches.read("/dispatches")
def list_dispatches(request: ApiRequest, filters: Annotated[DispatchFilters, Query()]) -> Page[DispatchShown]:
    """List dispatches, the newest first."""
    rows = dispatches_to_look_at(request.acting) if filters.to_look_at else find_dispatches(request.acting)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.invoice_id:
        rows = rows.filter(invoice_id=filters.invoice_id)
    return page_of(rows, filters, each(show_dispatch), by=("-id",))


@dispatches.write("POST", "/dispatches/deliver", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def deliver_documents(request: ApiRequest) -> WorkShown:
    """Send what is due now. The timetable does so every ten minutes."""
    return accept(request, "deliver", Permission.DELIVER, {})


@dispatches.read("/dispatches/{dispatch_id}")
def get_dispatch(request: ApiRequest, dispatch_id: Id) -> DispatchShown:
    """Show a dispatch."""
    return show_dispatch(dispatch_of(request.acting, dispatch_id))


@dispatches.read("/dispatches/{dispatch_id}/attempts")
def list_attempts(request: ApiRequest, dispatch_id: Id, paging: Paged) -> Page[AttemptShown]:
    """List what was tried for a dispatch."""
    return page_of(attempts_of(request.acting, dispatch_id), paging, each(show_attempt), by=("number",))


@dispatches.write("POST", "/invoices/{invoice_id}/resend", status=HTTPStatus.CREATED, at="/dispatches/{id}")
def resend_invoice(request: ApiRequest, invoice_id: Id, body: Recipients) -> DispatchShown:
    """Send a document once more, the same bytes."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    queued = commands.resend_invoice(acting=request.acting, invoice=invoice, recipients=_people(body), now=request.now)
    return show_dispatch(queued)


@dispatches.write("POST", "/dispatches/{dispatch_id}/retry")
def retry_dispatch(request: ApiRequest, dispatch_id: Id, body: Recipients) -> DispatchShown:
    """Try a dispatch again that failed or came back, to other people where the old ones were wrong."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    return show_dispatch(
        commands.retry_dispatch(acting=request.acting, dispatch=dispatch, recipients=_people(body), now=request.now)
    )


@dispatches.write("POST", "/dispatches/{dispatch_id}/cancel")
def cancel_dispatch(request: ApiRequest, dispatch_id: Id, body: CancelReason) -> DispatchShown:
    """Let a dispatch be: it is not sent, and needs no look any more."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    return show_dispatch(
        commands.cancel_dispatch(acting=request.acting, dispatch=dispatch, reason=body.reason, now=request.now)
    )


@dispatches.write("POST", "/dispatches/{dispatch_id}/resolve")
def resolve_dispatch(request: ApiRequest, dispatch_id: Id, body: Arrival) -> DispatchShown:
    """Say whether an unclear dispatch arrived."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    return show_dispatch(
        commands.resolve_dispatch(acting=request.acting, dispatch=dispatch, arrived=body.arrived, now=request.now)
    )


@dispatches.write("POST", "/bounces")
def record_bounce(request: ApiRequest, body: Bounce) -> DispatchShown:
    """Say that a mail came back. Told twice it is noted once."""
    return show_dispatch(
        commands.record_bounce(acting=request.acting, message_id=body.message_id, words=body.words, now=request.now)
    )


# --- paper ----------------------------------------------------------------------------------------------------------


class BatchShown(Shown):
    """Letters to print in one go, as one PDF in postal order."""

    id: int
    made_at: datetime
    letters: int


def show_batch(batch: PrintBatch) -> BatchShown:
    """The batch as an answer says it."""
    return BatchShown.model_validate(batch, from_attributes=True)


@batches.read("/print-batches")
def list_print_batches(request: ApiRequest, paging: Paged) -> Page[BatchShown]:
    """List print batches, the newest first."""
    return page_of(print_batches_of(request.acting), paging, each(show_batch), by=("-id",))


@batches.write("POST", "/print-batches", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def make_print_batch(request: ApiRequest) -> WorkShown:
    """Bind all letters that wait for paper. They count as sent when the file is kept."""
    return accept(request, "print", Permission.DELIVER, {})


@batches.read("/print-batches/{batch_id}/file", media_type=PDF)
def get_print_batch(request: ApiRequest, batch_id: Id) -> HttpResponse:
    """Download a print batch."""
    batch = print_batch_of(request.acting, batch_id)
    headers = {"Content-Disposition": f'attachment; filename="letters-{batch.pk}.pdf"'}
    return HttpResponse(read_file(batch.file_id), content_type=PDF, headers=headers)
