"""Deciding for every issued document whether and how it is sent, once; and sending one again on request."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.models import DISPATCH_MOVES, Dispatch, DispatchPurpose, DispatchState
from rebill.delivery.queries import (
    UNDECIDED,
    InvoiceNotHere,
    being_sent,
    dispatches_of,
    not_decided,
    pdf_hashes,
    undecided_ids,
    ways_taken,
    withdrawn,
)
from rebill.delivery.registry import BINDERS, CHANNELS
from rebill.invoices.models import Invoice
from rebill.kit.bulk import chunks, insert_rows, learn_sizes, read_rows
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.kit.open_questions import note_answered
from rebill.kit.states import move_rows
from rebill.parties.entries import emails
from rebill.parties.models import Customer, DeliveryChannel

CHUNK = 2_000

_COLUMNS = (
    "seller_id",
    "invoice_id",
    "channel",
    "purpose",
    "key",
    "recipients",
    "state",
    "next_attempt_at",
    "attempts_made",
    "queued_at",
    "last_words",
)


class DocumentNotMade(Conflict):
    """The document's PDF is not made yet, so there is nothing to send."""


class NobodyToSendTo(Invalid):
    """No e-mail address was given and the customer has none for invoices."""


class StillWaiting(Conflict):
    """The document is waiting to be sent, or being sent, to the same people already."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What decides about the first sending of a document: what the customer wanted when it was issued."""

    invoice_id: int
    channel: str
    emails: Sequence[str]
    has_address: bool
    withdraws_id: int | None
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """How a document is sent for the first time, or why it is not."""

    channel: str
    recipients: Sequence[str]
    state: DispatchState
    words: str = ""


def queue_dispatches(*, acting: Acting, now: datetime) -> int:
    """Decide about every issued document whose PDF is made: queue its first sending, or say why it is not sent.

    What the customer wanted when the document was issued holds: channel and e-mail addresses stand frozen in it. Every
    document gets exactly one decision, so this may run at any time, twice or in two workers. The credit note of a
    withdrawn invoice is sent the way the invoice was sent, or may have been; where it never was, neither is sent. Sends
    nothing. Returns how many documents were decided about.
    """
    require(acting, Permission.DELIVER)
    decided = 0
    for ids in chunks(undecided_ids(acting.seller_id), CHUNK):
        with atomic_write():
            written = _decide_about(acting, list(_undecided(ids)), now)
            if written:
                record_event(
                    seller_id=acting.seller_id,
                    subject=("parties.seller", acting.seller_id),
                    verb="dispatches_queued",
                    actor_id=acting.user_id,
                    now=now,
                    details={"dispatches": written},
                )
        decided += written
    note_answered(
        seller_id=acting.seller_id,
        question=UNDECIDED,
        rows=Invoice.objects.all(),
        is_open=not_decided(),
        made_at="issued_at",
        now=now,
    )
    learn_sizes(decided)
    return decided


def resend_invoice(
    *,
    acting: Acting,
    invoice: Invoice,
    now: datetime,
    recipients: Sequence[str] | None = None,
    channel: str = "",
    as_copy: bool = False,
) -> Dispatch:
    """Queue the document once more, the same bytes or marked as a copy, at any time after it was issued.

    Without `recipients` it goes where the customer has its invoices sent today. Recipients given are e-mail addresses.
    `channel` sends it another way than the customer's. StillWaiting when it waits for the same people already; a second
    click is no second mail.
    """
    require(acting, Permission.DELIVER)
    if invoice.seller_id != acting.seller_id:
        raise InvoiceNotHere(_("There is no document %(named)s.") % {"named": invoice.pk})
    if not pdf_hashes([invoice.pk]):
        raise DocumentNotMade(
            _("The PDF of %(number)s is not made yet. Try again when it is.") % {"number": invoice.number}
        )
    channel, people = _route_again(invoice, recipients, channel)
    with atomic_write():
        # The customer's row stands for "whoever sends this document": two requests at once take turns.
        Customer.objects.select_for_update().get(pk=invoice.customer_id)
        earlier = list(dispatches_of(acting, invoice.pk).values_list("state", "channel", "recipients"))
        for state, earlier_channel, earlier_people in earlier:
            waits = state in (DispatchState.QUEUED, DispatchState.SENDING)
            if waits and (earlier_channel, set(earlier_people)) == (channel, set(people)):
                raise StillWaiting(
                    _("%(number)s is waiting to be sent to %(people)s.")
                    % {"number": invoice.number, "people": ", ".join(people) or _("the printer")}
                )
        dispatch = Dispatch.objects.create(
            seller_id=acting.seller_id,
            invoice=invoice,
            channel=channel,
            purpose=DispatchPurpose.AGAIN,
            key=f"{invoice.pk}:{channel}:again:{len(earlier) + 1}",
            recipients=people,
            as_copy=as_copy,
            state=DispatchState.QUEUED,
            next_attempt_at=now,
            queued_at=now,
        )
        record_event(
            seller_id=acting.seller_id,
            subject=dispatch,
            verb="queued_again",
            actor_id=acting.user_id,
            now=now,
            details={"invoice": invoice.pk, "recipients": people},
        )
    return dispatch


def _undecided(ids: Collection[int]) -> Iterator[Undecided]:
    invoices = Invoice.objects.filter(pk__in=ids).order_by("id").annotate(is_withdrawn=withdrawn("pk"))
    for invoice_id, customer, withdraws, credits_id, is_withdrawn in read_rows(
        invoices, "id", "customer_frozen", "withdraws", "credits_id", "is_withdrawn"
    ):
        yield Undecided(
            invoice_id=invoice_id,
            channel=customer.get("channel") or "",
            emails=customer.get("emails") or [],
            has_address=bool(customer.get("street") and customer.get("city")),
            withdraws_id=credits_id if withdraws else None,
            is_withdrawn=is_withdrawn,
        )


def _decide_about(acting: Acting, chunk: Sequence[Undecided], now: datetime) -> int:
    originals = {each.withdraws_id for each in chunk if each.withdraws_id is not None}
    _stop_sending(originals, now)
    ways, sending = ways_taken(originals), being_sent(originals)
    rows: list[tuple[Any, ...]] = []
    for each in chunk:
        if each.withdraws_id in sending:
            continue  # In a few minutes it is known whether the withdrawn invoice was sent.
        decision = _decide(each, ways.get(each.withdraws_id) if each.withdraws_id else None)
        rows.append(
            (
                acting.seller_id,
                each.invoice_id,
                decision.channel,
                DispatchPurpose.FIRST.value,
                f"{each.invoice_id}:{decision.channel}:first",
                list(decision.recipients),
                decision.state.value,
                now if decision.state is DispatchState.QUEUED else None,
                0,
                now,
                decision.words,
            )
        )
    return insert_rows(Dispatch, _COLUMNS, rows, ignore_conflicts=True)


def _stop_sending(invoice_ids: Collection[int], now: datetime) -> None:
    """Take withdrawn invoices that still wait out of the queue, before it is asked whether they were sent.

    The rows are locked until the credit notes are decided about, so none of them is sent in between.
    """
    waiting = Dispatch.objects.filter(
        invoice_id__in=invoice_ids, state__in=[DispatchState.QUEUED, DispatchState.FAILED]
    )
    move_rows(
        waiting,
        to=DispatchState.CANCELLED,
        moves=DISPATCH_MOVES,
        next_attempt_at=None,
        last_words="The invoice was withdrawn before it was sent.",
    )


def _decide(undecided: Undecided, way_of_withdrawn: tuple[str, Sequence[str]] | None) -> Decision:
    """How this document is sent for the first time, or in words why it is not.

    Who got an invoice learns of its withdrawal on the same way, whatever the customer chose since.
    """
    channel, people = undecided.channel, undecided.emails
    if way_of_withdrawn is not None and way_of_withdrawn[0] != channel:
        channel, people = way_of_withdrawn

    def not_sent(words: str) -> Decision:
        return Decision(channel, people, DispatchState.CANCELLED, words)

    def cannot(words: str) -> Decision:
        return Decision(channel, people, DispatchState.FAILED, words)

    if undecided.is_withdrawn:
        return not_sent("The invoice was withdrawn before it was sent.")
    if undecided.withdraws_id is not None and way_of_withdrawn is None:
        return not_sent("The withdrawn invoice was never sent, so its credit note is not sent by itself either.")
    if channel == DeliveryChannel.NONE:
        return not_sent("This customer wants no invoices sent.")
    if channel in BINDERS.names():
        if not undecided.has_address:
            return cannot("The customer has no full postal address.")
        return Decision(channel, [], DispatchState.QUEUED)
    if channel not in CHANNELS.names():
        return cannot(f"There is no channel named {channel!r}.")
    if not people:
        return cannot("The customer has no e-mail address for invoices.")
    return Decision(channel, people, DispatchState.QUEUED)


def _route_again(invoice: Invoice, recipients: Sequence[str] | None, channel: str) -> tuple[str, list[str]]:
    """Channel and recipients of a sending on request."""
    if recipients and channel not in BINDERS.names():
        return channel or DeliveryChannel.EMAIL.value, emails("recipients", list(recipients))
    customer = invoice.customer
    channel = channel or customer.channel
    if channel in BINDERS.names():
        return channel, []
    people = customer.invoice_emails or invoice.customer_frozen.get("emails") or []
    if not people:
        raise NobodyToSendTo(
            _("%(name)s has no e-mail address for invoices. Give one to send to.") % {"name": customer.name}
        )
    return channel if channel != DeliveryChannel.NONE else DeliveryChannel.EMAIL.value, list(people)
