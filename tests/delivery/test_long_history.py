"""What is unanswered is found without looking through years of documents that are made and sent."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.delivery.commands import queue_dispatches
from rebill.delivery.queries import undecided_documents, undecided_ids
from rebill.invoices.commands import render_documents
from rebill.invoices.commands.writing import INVOICE_COLUMNS
from rebill.invoices.models import Document, Invoice
from rebill.invoices.queries.documents import count_unrendered, unrendered_invoices
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids
from rebill.kit.database import is_postgresql
from rebill.kit.models import OpenQuestion
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller

pytestmark = pytest.mark.django_db

HISTORY = 6_000
LATER = NOW + timedelta(days=40)


@pytest.fixture
def seller():
    """A seller with years of documents that are made and about whose sending was decided."""
    seller = make_seller()
    first = make_invoice(make_customer(seller))
    [row] = read_rows(Invoice.objects.filter(pk=first.pk), *INVOICE_COLUMNS)
    ids = reserve_ids(Invoice, HISTORY)
    insert_rows(Invoice, (*INVOICE_COLUMNS, "search_text"), ((*copy, "") for copy in _copies(row, ids)))
    [document] = Document.objects.all()
    columns = ("invoice_id", "format", "file_id", "made_at")
    insert_rows(Document, columns, ((each, "pdf", document.file_id, NOW) for each in ids))
    render_documents(acting=acting_of(seller), now=LATER)
    queue_dispatches(acting=acting_of(seller), now=LATER)
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return seller


def _copies(row: tuple[Any, ...], ids: list[int]) -> Iterator[tuple[Any, ...]]:
    for each in ids:
        values = dict(zip(INVOICE_COLUMNS, row, strict=True))
        values |= {"id": each, "number": f"H-{each}", "sequence_number": each + 10_000}
        yield tuple(values.values())


def rows_read(question: Callable[[], object]) -> int:
    """How many rows the database goes through to answer: on SQLite, whether it scans a table of the history at all."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        question()
    statements = [each["sql"] for each in captured.captured_queries if each["sql"].startswith("SELECT")]
    assert statements
    with connection.cursor() as cursor:
        read = 0
        for statement in statements:
            if is_postgresql():
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
                [(answer,)] = cursor.fetchall()
                plan = answer if isinstance(answer, list) else json.loads(answer)
                read += _rows_of(plan[0]["Plan"])
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
                read += sum(HISTORY for *_, words in cursor.fetchall() if _goes_through_history(words))
    return read


def _rows_of(node: dict[str, Any]) -> int:
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return int(own * node["Actual Loops"]) + sum(_rows_of(each) for each in node.get("Plans", []))


def _goes_through_history(words: str) -> bool:
    tables = ("invoices_invoice", "invoices_document", "delivery_dispatch", "U0", "V0")
    is_scan = words.startswith("SCAN") and any(table in words for table in tables)
    # By the seller alone every document is gone through.
    return is_scan or "(seller_id=?)" in words


QUESTIONS = {
    "which documents are not made": lambda seller: unrendered_invoices(seller_id=seller.pk, format_name="pdf", limit=9),
    "how many are not made": lambda seller: count_unrendered(seller_id=seller.pk, format_name="pdf"),
    "which are undecided": lambda seller: undecided_ids(seller.pk),
    "whether any is undecided": lambda seller: undecided_documents(seller.pk).exists(),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_from_what_is_new(seller, question):
    make_invoice(make_customer(seller), issued_at=LATER, pdf=None)

    assert rows_read(lambda: QUESTIONS[question](seller)) < HISTORY / 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_the_note_that_keeps_the_history_out(seller, question):
    OpenQuestion.objects.all().delete()

    assert rows_read(lambda: QUESTIONS[question](seller)) >= HISTORY


def test_what_was_left_over_is_still_found(seller):
    old = make_invoice(make_customer(seller), issued_at=NOW)
    newest = make_invoice(make_customer(seller), issued_at=LATER)

    queue_dispatches(acting=acting_of(seller), now=LATER)

    assert Invoice.objects.filter(pk__in=[old.pk, newest.pk], dispatches__isnull=False).count() == 2


def test_the_notes_of_one_seller_say_nothing_of_another(seller):
    other = make_invoice(make_customer(make_seller("ander")), issued_at=NOW)

    assert undecided_ids(other.seller_id) == [other.pk]
