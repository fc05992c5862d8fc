"""A long past to measure pages on: many months of documents, sent; a few withdrawn, a few not delivered."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.filling import ADDRESS, NOW
from rebill.access.acting import Acting
from rebill.delivery.models import Dispatch, DispatchState
from rebill.invoices.commands.freezing import freeze_seller
from rebill.invoices.commands.writing import write_documents
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.bulk import insert_rows, reserve_ids
from rebill.kit.events import EventRow, record_events
from rebill.parties.models import Customer
from rebill.parties.queries import seller_of
from rebill.rules.periods import add_months

AT_ONCE = 20_000
# One in so many is withdrawn, and one in so many did not arrive.
WITHDRAWN_EVERY, FAILED_EVERY = 1_000, 5_000

_DISPATCH_COLUMNS = (
    "seller_id", "invoice_id", "channel", "purpose", "key", "recipients", "state", "next_attempt_at", "attempts_made",
    "queued_at", "accepted_at", "last_words",
)  # fmt: skip


def fill_documents(acting: Acting, documents: int) -> None:
    """Issues so many documents, a month after the other for all customers; the last month is that of NOW."""
    customers = list(
        Customer.objects.filter(seller_id=acting.seller_id).order_by("id").values_list("id", "number", "name")
    )
    frozen_id = freeze_seller(seller=seller_of(acting))
    months = -(-documents // len(customers))
    first = add_months(NOW.date().replace(day=1), 1 - months)
    for begins in range(0, documents, AT_ONCE):
        numbers = range(begins, min(begins + AT_ONCE, documents))
        with transaction.atomic():
            ids = reserve_ids(Invoice, len(numbers))
            rows = list(_documents(acting, customers, frozen_id, first, zip(ids, numbers, strict=True)))
            write_documents(invoices=rows, lines=(), taxes=())
            told = zip(rows, numbers, strict=True)
            insert_rows(Dispatch, _DISPATCH_COLUMNS, (_dispatch(acting, row[0], number) for row, number in told))
            record_events(
                EventRow(acting.seller_id, "invoices.invoice", each, "issued", acting.user_id, NOW, {}) for each in ids
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _documents(
    acting: Acting,
    customers: list[tuple[int, str, str]],
    frozen_id: int,
    first: date,
    numbered: Iterator[tuple[int, int]],
) -> Iterator[tuple[Any, ...]]:
    previous = None
    for invoice_id, number in numbered:
        customer_id, customer_number, name = customers[number % len(customers)]
        issued_on = add_months(first, number // len(customers))
        is_note = previous is not None and number % WITHDRAWN_EVERY == 1
        net = -10_000 if is_note else 10_000
        content = {
            "number": customer_number,
            "name": name,
            "channel": "email",
            "emails": ["c@customer.example"],
            **ADDRESS,
        }
        yield (
            invoice_id, acting.seller_id, customer_id,
            (InvoiceKind.CREDIT_NOTE if is_note else InvoiceKind.INVOICE).value,
            f"{issued_on:%Y}-{number:07}", "bench", number, None, previous if is_note else None, is_note,
            "Measured" if is_note else "", issued_on, NOW, issued_on + timedelta(days=14), None, None, "EUR", "nl", net,
            net * 21 // 100, net * 121 // 100, "", name, customer_number, content, frozen_id, "", "", "", "",
        )  # fmt: skip
        previous = invoice_id


def _dispatch(acting: Acting, invoice_id: int, number: int) -> tuple[Any, ...]:
    failed = number % FAILED_EVERY == 0
    state = (DispatchState.FAILED if failed else DispatchState.ACCEPTED).value
    accepted_at: datetime | None = None if failed else NOW
    words = "550 There is no such mailbox" if failed else "250 Taken"
    return (
        acting.seller_id, invoice_id, "email", "first", f"{invoice_id}:email:first", ["c@customer.example"], state,
        None, 1, NOW, accepted_at, words,
    )  # fmt: skip
