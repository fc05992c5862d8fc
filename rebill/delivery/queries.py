"""Reads of dispatches: which documents nobody has decided about yet, what is to be attempted, what needs a look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.delivery.models import Attempt, Dispatch, DispatchPurpose, DispatchState, PrintBatch
from rebill.invoices.models import Document, Invoice
from rebill.kit.errors import NotFound
from rebill.kit.literals import literals
from rebill.kit.open_questions import open_rows
from rebill.rules.timetable import BACK_OFF

PDF = "pdf"
# The name under which it is noted up to which document it is decided whether and how it is sent.
UNDECIDED = "dispatches.first"

# Each as the condition of an index says it; most dispatches are in none of them.
WAITING = literals((DispatchState.QUEUED, DispatchState.SENDING))
TO_LOOK_AT = literals((DispatchState.FAILED, DispatchState.UNCLEAR, DispatchState.BOUNCED))
NOT_SENT = WAITING + TO_LOOK_AT

# An attempt that has had no answer for so long has lost its worker. Longer than any attempt takes: a mail server that
# stops answering is given up after REBILL_EMAIL_TIMEOUT, half a minute, at each step.
LEASE = timedelta(minutes=10)


class DispatchUnknown(NotFound):
    """The acting seller has no such dispatch."""


class BatchUnknown(NotFound):
    """The acting seller has no such print batch."""


class InvoiceNotHere(NotFound):
    """The acting seller has no such document."""


def dispatch_of(acting: Acting, dispatch_id: int) -> Dispatch:
    """One of the seller's dispatches, with its document."""
    dispatch = (
        Dispatch.objects.filter(seller_id=acting.seller_id, pk=dispatch_id).select_related("invoice__credits").first()
    )
    if dispatch is None:
        raise DispatchUnknown(_("There is no dispatch %(named)s.") % {"named": dispatch_id})
    return dispatch


def find_dispatches(acting: Acting) -> QuerySet[Dispatch]:
    """All of the seller's dispatches, to be filtered further."""
    return Dispatch.objects.filter(seller_id=acting.seller_id)


def dispatches_of(acting: Acting, invoice_id: int) -> QuerySet[Dispatch]:
    """The dispatches of one document, the newest first."""
    return Dispatch.objects.filter(seller_id=acting.seller_id, invoice_id=invoice_id).order_by("-id")


def attempts_of(acting: Acting, dispatch_id: int) -> QuerySet[Attempt]:
    """What was tried for one dispatch, and what came of it."""
    return Attempt.objects.filter(dispatch=dispatch_of(acting, dispatch_id)).order_by("number")


def was_sent(acting: Acting, invoice_id: int) -> bool:
    """Whether the document was sent, or may have been: then its withdrawal is told to the customer."""
    sent = Q(accepted_at__isnull=False) | Q(state__in=[DispatchState.UNCLEAR, DispatchState.SENDING])
    return Dispatch.objects.filter(sent, seller_id=acting.seller_id, invoice_id=invoice_id).exists()


def attempts_by_dispatch(dispatch_ids: Collection[int]) -> dict[int, list[Attempt]]:
    """What was tried for each of these dispatches, in order; one read."""
    found: dict[int, list[Attempt]] = {dispatch_id: [] for dispatch_id in dispatch_ids}
    for attempt in Attempt.objects.filter(dispatch_id__in=dispatch_ids).order_by("dispatch_id", "number"):
        found[attempt.dispatch_id].append(attempt)
    return found


def newest_dispatches(invoice_ids: Collection[int]) -> dict[int, Dispatch]:
    """The newest dispatch of each of these documents; those nobody has decided about are left out."""
    found = Dispatch.objects.filter(invoice_id__among=invoice_ids).order_by("invoice_id", "id")
    return {dispatch.invoice_id: dispatch for dispatch in found}


def dispatches_to_look_at(acting: Acting) -> QuerySet[Dispatch]:
    """Dispatches that failed, came back or are unclear, the oldest first.

    One that was made good by a later dispatch of the same document needs no look any more.
    """
    made_good = Dispatch.objects.filter(
        invoice_id=OuterRef("invoice_id"), id__gt=OuterRef("id"), state=DispatchState.ACCEPTED
    )
    return (
        Dispatch.objects.filter(~Exists(made_good), seller_id=acting.seller_id, state__in=TO_LOOK_AT)
        .select_related("invoice")
        .order_by("id")
    )


def waiting_dispatches(acting: Acting) -> QuerySet[Dispatch]:
    """Dispatches that wait for their turn or are being sent, those whose turn comes first in front."""
    rows = Dispatch.objects.filter(seller_id=acting.seller_id, state__in=WAITING)
    return rows.select_related("invoice").order_by("next_attempt_at", "id")


def count_waiting(acting: Acting, *, most: int, channel: str = "") -> int:
    """How many dispatches wait, all of them or those of one channel; counted no further than `most`."""
    rows = Dispatch.objects.filter(seller_id=acting.seller_id, state__in=WAITING)
    if channel:
        rows = rows.filter(channel=channel)
    return rows.order_by().values("pk")[:most].count()


def unsent_documents(acting: Acting, *, newest: int) -> list[int]:
    """The ids of documents whose sending waits, failed, came back or is unclear: the last issued, at most so many.

    What is not to be sent, by choice or because it was withdrawn, is none of them.
    """
    sent = Dispatch.objects.filter(invoice_id=OuterRef("invoice_id"), state=DispatchState.ACCEPTED)
    waiting = Dispatch.objects.filter(~Exists(sent), seller_id=acting.seller_id, state__in=NOT_SENT)
    return list(waiting.order_by("-invoice_id").values_list("invoice_id", flat=True).distinct()[:newest])


def count_to_look_at(acting: Acting) -> int:
    """How many dispatches need a look."""
    return dispatches_to_look_at(acting).order_by().count()


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """Dispatches of one state and currency that need a look: how many, and what their documents come to with VAT."""

    state: str
    currency: str
    dispatches: int
    gross_minor: int


def sums_to_look_at(acting: Acting) -> list[ToLookAt]:
    """The dispatches that need a look, by state and currency of their documents."""
    rows = (
        dispatches_to_look_at(acting)
        .order_by("state", "invoice__currency")
        .values_list("state", "invoice__currency")
        .annotate(dispatches=Count("id"), gross=Sum("invoice__gross_amount"))
    )
    return [ToLookAt(state, currency, dispatches, int(gross)) for state, currency, dispatches, gross in rows]


def waiting_letters(acting: Acting) -> QuerySet[Dispatch]:
    """The letters that wait for whoever prints them."""
    waiting = Dispatch.objects.filter(seller_id=acting.seller_id, state__in=WAITING)
    return waiting.filter(state=DispatchState.QUEUED, channel="print")


def count_to_send(acting: Acting) -> int:
    """How many mails wait to be sent or are being sent; letters wait for whoever prints them."""
    waiting = Dispatch.objects.filter(seller_id=acting.seller_id, state__in=WAITING)
    return waiting.exclude(channel="print").order_by().count()


def dispatch_counts(acting: Acting) -> dict[DispatchState, int]:
    """How many dispatches stand in each state."""
    counts = Dispatch.objects.filter(seller_id=acting.seller_id).order_by().values_list("state").annotate(Count("id"))
    found = {DispatchState(state): count for state, count in counts}
    return {state: found.get(state, 0) for state in DispatchState}


def print_batches_of(acting: Acting) -> QuerySet[PrintBatch]:
    """The seller's print batches, the newest first, each with its file."""
    return PrintBatch.objects.filter(seller_id=acting.seller_id).select_related("file").order_by("-id")


def print_batch_of(acting: Acting, batch_id: int) -> PrintBatch:
    """One of the seller's print batches."""
    batch = print_batches_of(acting).filter(pk=batch_id).first()
    if batch is None:
        raise BatchUnknown(_("There is no print batch %(named)s.") % {"named": batch_id})
    return batch


def seller_of_dispatch(dispatch_id: int) -> int | None:
    """Whose dispatch it is: for doors that learn of a bounce and act for no user, never for a user."""
    return Dispatch.objects.filter(pk=dispatch_id).values_list("seller_id", flat=True).first()


# --- what is unanswered ----------------------------------------------------------------------------------------------


def undecided_documents(seller_id: int) -> QuerySet[Invoice]:
    """Issued documents whose PDF is made and about which nobody has decided yet whether and how they are sent."""
    made = Document.objects.filter(invoice_id=OuterRef("pk"), format=PDF)
    looked_at = open_rows(Invoice.objects.all(), seller_id=seller_id, question=UNDECIDED)
    return looked_at.filter(Exists(made), not_decided())


def not_decided() -> Q:
    """Whether nobody has decided yet how a document is sent first, be it made or not."""
    return Q(~Exists(Dispatch.objects.filter(invoice_id=OuterRef("pk"), purpose=DispatchPurpose.FIRST)))


def undecided_ids(seller_id: int) -> list[int]:
    """The ids of the undecided documents, ascending."""
    # Sorted here, because a database asked for order would read the wide rows of all documents instead of an index.
    return sorted(undecided_documents(seller_id).order_by().values_list("id", flat=True))


def withdrawn(reference: str = "invoice_id") -> Exists:
    """Whether a credit note withdraws the invoice that a row refers to."""
    return Exists(Invoice.objects.filter(credits_id=OuterRef(reference), withdraws=True))


def due_dispatches(seller_id: int, channel: str, now: datetime) -> QuerySet[Dispatch]:
    """Dispatches whose turn it is, those waiting longest first.

    A turn that lies further ahead than any wait was set by a clock that has been put back since: it is now. The first
    sending of an invoice that was withdrawn in the meantime has no turn.
    """
    turn = Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + BACK_OFF[-1])
    return (
        Dispatch.objects.filter(turn, seller_id=seller_id, state__in=WAITING)
        .filter(state=DispatchState.QUEUED, channel=channel)
        .exclude(Q(purpose=DispatchPurpose.FIRST) & Q(withdrawn()))
        .select_related("invoice__credits")
        .order_by("next_attempt_at", "id")
    )


def lost_attempts(seller_id: int, now: datetime) -> QuerySet[Dispatch]:
    """Dispatches being sent for longer than an attempt can take: whoever sent them is gone."""
    return Dispatch.objects.filter(
        Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + LEASE),
        seller_id=seller_id,
        state__in=WAITING,
    ).filter(state=DispatchState.SENDING)


def has_work(seller_id: int, now: datetime) -> bool:
    """Whether there is anything to decide about, to send or to give up: cheap to ask often."""
    waiting = Dispatch.objects.filter(seller_id=seller_id, state__in=WAITING, next_attempt_at__lte=now)
    queued = waiting.filter(state=DispatchState.QUEUED)
    return queued.exists() or lost_attempts(seller_id, now).exists() or undecided_documents(seller_id).exists()


def pdf_hashes(invoice_ids: Collection[int]) -> dict[int, str]:
    """The hash of the kept PDF of each document."""
    return dict(
        Document.objects.filter(invoice_id__in=invoice_ids, format=PDF)
        .order_by("invoice_id")
        .values_list("invoice_id", "file_id")
    )


def ways_taken(invoice_ids: Collection[int]) -> dict[int, tuple[str, list[str]]]:
    """Channel and recipients by which each of these documents was sent, or may have been; the newest way counts."""
    sent = Q(accepted_at__isnull=False) | Q(state=DispatchState.UNCLEAR)
    rows = Dispatch.objects.filter(sent, invoice_id__in=invoice_ids).order_by("id")
    return {
        invoice_id: (channel, recipients)
        for invoice_id, channel, recipients in rows.values_list("invoice_id", "channel", "recipients")
    }


def being_sent(invoice_ids: Collection[int]) -> set[int]:
    """The documents that are being handed over at this moment."""
    sending = Dispatch.objects.filter(invoice_id__in=invoice_ids, state=DispatchState.SENDING)
    return set(sending.order_by().values_list("invoice_id", flat=True))


def attempts_without_outcome(dispatch_ids: Collection[int]) -> QuerySet[Attempt]:
    """The attempts under way of these dispatches."""
    return Attempt.objects.filter(
        dispatch_id__in=dispatch_ids, outcome="", number=F("dispatch__attempts_made")
    ).order_by("id")
