"""Print batches: all letters that wait for paper as one file in postal order, each letter in one batch only."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.commands.sending import WORDS_MAX
from rebill.delivery.contract import Binder, PostalAddress, Sheets
from rebill.delivery.models import DISPATCH_MOVES, Attempt, Dispatch, DispatchPurpose, DispatchState, PrintBatch
from rebill.delivery.queries import due_dispatches, pdf_hashes, withdrawn
from rebill.delivery.registry import BINDERS
from rebill.invoices.queries.files import document_copy
from rebill.kit.bulk import insert_rows, read_rows, update_rows
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Refused, reason_of
from rebill.kit.events import record_event
from rebill.kit.files import read_file, store_file
from rebill.kit.states import move_rows
from rebill.parties.models import DeliveryChannel

# A file that a printer and a browser still open; the next batch holds the rest.
LETTERS_MAX = 2_000


class _TakenMeanwhile(Exception):
    """Some of the letters were taken by another batch, or withdrawn, while this one was being bound."""


def make_print_batch(
    *, acting: Acting, now: datetime, channel: str = DeliveryChannel.PRINT.value, letters_max: int = LETTERS_MAX
) -> PrintBatch | None:
    """Bind the letters that wait for paper into one file in postal order; None when none waits.

    The letters count as accepted when the file is kept, all in one transaction: a crash leaves them waiting, and no
    letter is in two batches. A document that cannot be read fails alone. More than `letters_max` letters make more
    than one batch: call again until None.
    """
    require(acting, Permission.DELIVER)
    binder = BINDERS.get(channel)
    while waiting := _first_letters(acting.seller_id, channel, now, letters_max):
        try:
            batch = _make_batch(acting, binder, waiting, now)
        except _TakenMeanwhile:
            continue
        if batch is not None:
            return batch
    return None


def _first_letters(seller_id: int, channel: str, now: datetime, letters_max: int) -> list[Dispatch]:
    """The first letters of all that wait, in postal order."""
    due = due_dispatches(seller_id, channel, now)
    rows = read_rows(due.select_related(None).order_by("id"), "id", "invoice__customer_frozen")
    ordered = sorted((_address_in(customer).postal_order, dispatch_id) for dispatch_id, customer in rows)
    ids = [dispatch_id for _, dispatch_id in ordered[:letters_max]]
    found = Dispatch.objects.in_bulk(ids)
    return [found[dispatch_id] for dispatch_id in ids if dispatch_id in found]


def _address_in(customer: Mapping[str, str]) -> PostalAddress:
    parts = ("country", "postcode", "city", "street", "name")
    return PostalAddress(*(customer.get(part) or "" for part in parts))


def _make_batch(acting: Acting, binder: Binder, letters: Sequence[Dispatch], now: datetime) -> PrintBatch | None:
    """One batch of these letters; None when all of them failed."""
    sheets, failures = _sheets(acting, letters)
    bound = binder.bind(sheets)
    failures |= bound.unreadable
    taken = [dispatch for dispatch in letters if dispatch.pk not in failures]
    with atomic_write():
        # Two batches at once would lock the same letters in different order.
        write_lock(f"delivery.print:{acting.seller_id}")
        _fail(acting, failures, now)
        if not taken:
            return None
        file = store_file(bound.content, media_type=binder.media_type, now=now)
        batch = PrintBatch.objects.create(seller_id=acting.seller_id, made_at=now, file=file, letters=len(taken))
        _accept(taken, batch, now)
        record_event(
            seller_id=acting.seller_id,
            subject=batch,
            verb="made",
            actor_id=acting.user_id,
            now=now,
            details={"letters": len(taken), "file": file.pk},
        )
    return batch


def _sheets(acting: Acting, letters: Sequence[Dispatch]) -> tuple[list[Sheets], dict[int, str]]:
    """The pages of each letter, and why some have none."""
    hashes = pdf_hashes([dispatch.invoice_id for dispatch in letters])
    sheets, failures = [], {}
    for dispatch in letters:
        content_hash = hashes.get(dispatch.invoice_id)
        if content_hash is None:
            failures[dispatch.pk] = "The PDF of this document is not kept."
            continue
        try:
            is_copy = dispatch.as_copy
            pdf = document_copy(acting=acting, invoice=dispatch.invoice) if is_copy else read_file(content_hash)
            sheets.append(Sheets(dispatch.pk, pdf))
        except Refused as error:
            failures[dispatch.pk] = reason_of(error)
    return sheets, failures


def _accept(taken: Sequence[Dispatch], batch: PrintBatch, now: datetime) -> None:
    """Count the letters as sent; all of them, or the batch is not made."""
    ids = [dispatch.pk for dispatch in taken]
    rows = Dispatch.objects.filter(pk__in=ids)
    sendable = rows.exclude(Q(purpose=DispatchPurpose.FIRST) & Q(withdrawn()))
    if move_rows(sendable, to=DispatchState.SENDING, moves=DISPATCH_MOVES) < len(ids):
        raise _TakenMeanwhile
    move_rows(rows, to=DispatchState.ACCEPTED, moves=DISPATCH_MOVES, accepted_at=now, next_attempt_at=None)
    words = [f"Letter {number} of print batch {batch.pk}." for number in range(1, len(taken) + 1)]
    numbers = [dispatch.attempts_made + 1 for dispatch in taken]
    update_rows(Dispatch, "id", ("attempts_made", "last_words"), zip(ids, numbers, words, strict=True))
    insert_rows(
        Attempt,
        ("dispatch_id", "number", "started_at", "ended_at", "outcome", "words"),
        (
            (pk, number, now, now, DispatchState.ACCEPTED.value, said)
            for pk, number, said in zip(ids, numbers, words, strict=True)
        ),
    )


def _fail(acting: Acting, failures: Mapping[int, str], now: datetime) -> None:
    for dispatch_id, words in failures.items():
        rows = Dispatch.objects.filter(pk=dispatch_id, state=DispatchState.QUEUED)
        failed = move_rows(
            rows, to=DispatchState.FAILED, moves=DISPATCH_MOVES, next_attempt_at=None, last_words=words[:WORDS_MAX]
        )
        if failed:
            record_event(
                seller_id=acting.seller_id,
                subject=("delivery.dispatch", dispatch_id),
                verb="failed",
                actor_id=acting.user_id,
                now=now,
                details={"words": words[:WORDS_MAX]},
            )
