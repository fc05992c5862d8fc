"""A long past to measure pages on: many months of documents, sent; a few withdrawn, a few not delivered.

The first month is written as rebill writes documents. The later ones are copies of it, made inside of the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from benchmarks.filling import ADDRESS, NOW
from rebill.access.acting import Acting
from rebill.delivery.models import Dispatch, DispatchState
from rebill.invoices.commands.freezing import freeze_seller
from rebill.invoices.commands.writing import write_documents
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.bulk import chunks, insert_rows, reserve_ids
from rebill.kit.events import EventRow, record_events
from rebill.kit.models import Event
from rebill.kit.search import add_to_search
from rebill.parties.models import Customer
from rebill.parties.queries import seller_of
from rebill.rules.periods import add_months
from rebill.rules.review import Verdict
from rebill.runs.commands.tallying import renew_tally
from rebill.runs.models import Draft, DraftState, Run

AT_ONCE = 20_000
# One in so many is withdrawn, and one in so many did not arrive; so many of the last ones wait for their turn.
WITHDRAWN_EVERY, FAILED_EVERY, WAITING = 1_000, 5_000, 2_000

DRAFT_COLUMNS = (
    "id", "seller_id", "run_id", "customer_id", "currency", "cost_centre", "number_in_run", "state", "billed_on",
    "net_amount", "gross_amount", "line_count", "verdict", "change_percent", "is_first", "is_last", "intro", "closing",
    "hold_reason", "accepted",
)  # fmt: skip
_DISPATCH_COLUMNS = (
    "seller_id", "invoice_id", "channel", "purpose", "key", "recipients", "state", "next_attempt_at", "attempts_made",
    "queued_at", "accepted_at", "last_words",
)  # fmt: skip


class _Numbered(NamedTuple):
    """A document to write: its id, that of its draft, which one it is, and its customer."""

    invoice_id: int
    draft_id: int
    number: int
    customer_id: int
    customer_number: str
    customer_name: str

    @property
    def is_note(self) -> bool:
        return self.number % WITHDRAWN_EVERY == 1


def fill_documents(acting: Acting, months: int, *, before: date) -> None:
    """Issues a document for every customer in each of so many months, the last of them the one before the day.

    Each comes from a draft of the run of its month.
    """
    days = [add_months(before.replace(day=1), back - months) for back in range(months)]
    runs = [
        Run.objects.create(seller_id=acting.seller_id, billed_on=day, started_at=NOW, prepared_at=NOW) for day in days
    ]
    first = _first_month(acting, runs[0])
    for run in runs[1:]:
        with transaction.atomic():
            _copy_month(first, runs[0], run)
    Dispatch.objects.filter(id__in=Dispatch.objects.order_by("-id").values("id")[:WAITING]).update(
        state=DispatchState.QUEUED, next_attempt_at=NOW, accepted_at=None, last_words="", attempts_made=0
    )
    for run in runs:
        renew_tally(acting=acting, run_id=run.pk)


def _first_month(acting: Acting, run: Run) -> list[_Numbered]:
    rows = Customer.objects.filter(seller_id=acting.seller_id).order_by("id").values_list("id", "number", "name")
    customers = list(rows)
    frozen_id = freeze_seller(seller=seller_of(acting))
    with transaction.atomic():
        ids = reserve_ids(Invoice, len(customers)), reserve_ids(Draft, len(customers))
        numbered = [_Numbered(*each[:3], *each[3]) for each in zip(*ids, range(len(customers)), customers, strict=True)]
        for some in chunks(numbered, AT_ONCE):
            insert_rows(Draft, DRAFT_COLUMNS, (_draft(run, each) for each in some))
            write_documents(invoices=list(_documents(run, frozen_id, some)), lines=(), taxes=())
            insert_rows(Dispatch, _DISPATCH_COLUMNS, (_dispatch(run, each) for each in some))
            record_events(
                EventRow(run.seller_id, "invoices.invoice", each.invoice_id, "issued", acting.user_id, NOW, {})
                for each in some
            )
    return numbered


def _draft(run: Run, each: _Numbered) -> tuple[Any, ...]:
    return (
        each.draft_id, run.seller_id, run.pk, each.customer_id, "EUR", "", 0, DraftState.ISSUED.value, run.billed_on,
        10_000, 12_100, 3, Verdict.READY.value, 0, False, False, "", "", "", [],
    )  # fmt: skip


def _documents(run: Run, frozen_id: int, some: Sequence[_Numbered]) -> Iterator[tuple[Any, ...]]:
    previous = None
    for each in some:
        net = -10_000 if each.is_note else 10_000
        content = {
            "number": each.customer_number,
            "name": each.customer_name,
            "channel": "email",
            "emails": ["c@customer.example"],
            **ADDRESS,
        }
        yield (
            each.invoice_id, run.seller_id, each.customer_id,
            (InvoiceKind.CREDIT_NOTE if each.is_note else InvoiceKind.INVOICE).value,
            f"{run.billed_on:%Y%m}-{each.number:06}", f"bench {run.billed_on:%Y%m}", each.number,
            None if each.is_note else each.draft_id, previous if each.is_note else None, each.is_note,
            "Measured" if each.is_note else "", run.billed_on, NOW, run.billed_on + timedelta(days=14), None, None,
            "EUR", "nl", net, net * 21 // 100, net * 121 // 100, "", each.customer_name, each.customer_number, content,
            frozen_id, "", "", "", "",
        )  # fmt: skip
        previous = each.invoice_id


def _dispatch(run: Run, each: _Numbered) -> tuple[Any, ...]:
    failed = each.number % FAILED_EVERY == 0
    return (
        run.seller_id, each.invoice_id, "email", "first", f"{each.invoice_id}:email:first", ["c@customer.example"],
        (DispatchState.FAILED if failed else DispatchState.ACCEPTED).value, None, 1, NOW, None if failed else NOW,
        "550 There is no such mailbox" if failed else "250 Taken",
    )  # fmt: skip


def _copy_month(first: Sequence[_Numbered], from_run: Run, to_run: Run) -> None:
    """Writes the documents of the first month once more, for the run of a later one."""
    invoice_ids, draft_ids = reserve_ids(Invoice, len(first)), reserve_ids(Draft, len(first))
    by, drafts_by = invoice_ids[0] - first[0].invoice_id, draft_ids[0] - first[0].draft_id
    month, to_month = f"{from_run.billed_on:%Y%m}", f"{to_run.billed_on:%Y%m}"
    ours = f"BETWEEN {first[0].invoice_id} AND {first[-1].invoice_id}"
    _copy(
        Draft,
        f"run_id = {from_run.pk}",
        {"id": f"id + {drafts_by}", "run_id": str(to_run.pk), "billed_on": _day(to_run.billed_on)},
    )
    _copy(
        Invoice,
        f"id {ours}",
        {
            "id": f"id + {by}",
            "draft": f"draft + {drafts_by}",
            "credits_id": f"credits_id + {by}",
            **{name: f"replace({name}, '{month}', '{to_month}')" for name in ("number", "sequence_key", "search_text")},
            "issued_on": _day(to_run.billed_on),
            "due_on": _day(to_run.billed_on + timedelta(days=14)),
        },
    )
    add_to_search(Invoice, invoice_ids[0], invoice_ids[-1])
    key = f"CAST(invoice_id + {by} AS varchar(20)) || ':email:first'"
    _copy(Dispatch, f"invoice_id {ours}", {"invoice_id": f"invoice_id + {by}", "key": key}, numbered=True)
    _copy(
        Event,
        f"subject_type = 'invoices.invoice' AND subject_id {ours}",
        {"subject_id": f"subject_id + {by}"},
        numbered=True,
    )


def _day(day: date) -> str:
    return f"'{day}'"


def _copy(model: type[models.Model], where: str, other: Mapping[str, str], *, numbered: bool = False) -> None:
    """Copies the rows, with other values in some columns; `numbered` leaves their ids to the database."""
    names = [field.column for field in model._meta.concrete_fields if not (numbered and field.primary_key)]
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in names)
    values = ", ".join(other.get(name, f'"{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {where}")
