"""Making and keeping the bytes of issued documents: PDFs, by several processes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.models import Document, Invoice
from rebill.invoices.queries.documents import (
    document_contents,
    not_made,
    unrendered_invoices,
    unrendered_question,
)
from rebill.kit.bulk import chunks, insert_rows
from rebill.kit.errors import Problem, spoken
from rebill.kit.files import store_files
from rebill.kit.open_questions import note_answered

PDF = "pdf"
MEDIA_TYPE = "application/pdf"
# Documents read at once, and documents stored in one transaction.
READ_AT_ONCE = 500
STORE_AT_ONCE = 50


@dataclass(slots=True)
class Rendered:
    """How many documents were made, and those that could not be."""

    documents: int = 0
    problems: list[Problem] = field(default_factory=list)


def render_documents(
    *,
    acting: Acting,
    now: datetime,
    workers: int | None = None,
    limit: int = 1_000_000,
    progress: Callable[[int], None] | None = None,
) -> Rendered:
    """Makes the PDF of every issued document that has none yet, and keeps the bytes with their hash.

    A document that cannot be made becomes a problem and the rest goes on. May be stopped anywhere and repeated.
    """
    require(acting, Permission.ISSUE)
    waiting = unrendered_invoices(seller_id=acting.seller_id, format_name=PDF, limit=limit)
    rendered = Rendered()
    for answers in chunks(render_many(_contents(waiting), workers=workers), STORE_AT_ONCE):
        made = [(invoice_id, answer) for invoice_id, answer in answers if isinstance(answer, bytes)]
        rendered.problems.extend(spoken(answer) for _, answer in answers if isinstance(answer, Problem))
        stored = store_files(((answer, MEDIA_TYPE) for _, answer in made), now=now)
        insert_rows(
            Document,
            ("invoice_id", "format", "file_id", "made_at"),
            [(invoice_id, PDF, file.hash, now) for (invoice_id, _), file in zip(made, stored, strict=True)],
            ignore_conflicts=True,
        )
        rendered.documents += len(made)
        if progress is not None:
            progress(rendered.documents)
    note_answered(
        seller_id=acting.seller_id,
        question=unrendered_question(PDF),
        rows=Invoice.objects.all(),
        is_open=not_made(PDF),
        made_at="issued_at",
        now=now,
    )
    return rendered


def _contents(invoice_ids: list[int]) -> Iterator[tuple[int, DocumentContent]]:
    for block in chunks(invoice_ids, READ_AT_ONCE):
        yield from document_contents(invoice_ids=block)
