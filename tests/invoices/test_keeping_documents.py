"""Documents that were made elsewhere are kept in place of our own."""

from datetime import date

import pytest

from rebill.invoices.commands import keep_documents, render_documents
from rebill.invoices.commands.keeping import NotAPdf
from rebill.invoices.models import Document, Invoice
from rebill.kit.files import read_file
from tests.stories.month import Month

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = b"%PDF-1.4 made by the former system"
NOW = Month.at(date(2026, 8, 2))


def billed_month() -> Month:
    month = Month()
    for number in ("1001", "1002"):
        month.subscribe(month.customer(f"Klant {number}", number=number), "HOSTING-M", start_on=date(2026, 8, 1))
    month.bill_on(date(2026, 8, 1))
    return month


def keep(month: Month, content: bytes = ELSEWHERE) -> int:
    ids = list(Invoice.objects.values_list("id", flat=True))
    return keep_documents(acting=month.acting, invoice_ids=ids, content=content, now=NOW)


def test_a_document_made_elsewhere_is_not_made_again():
    month = billed_month()

    kept = keep(month)

    assert kept == 2
    assert render_documents(acting=month.acting, now=NOW).documents == 0
    [file_hash] = set(Document.objects.values_list("file_id", flat=True))
    assert read_file(file_hash) == ELSEWHERE


def test_a_document_that_is_made_stays():
    month = billed_month()
    render_documents(acting=month.acting, now=NOW, workers=1, limit=1)
    [made] = Document.objects.values_list("file_id", flat=True)

    kept = keep(month)

    assert kept == 1
    assert Document.objects.filter(file_id=made).count() == 1


def test_what_is_no_pdf_is_refused():
    month = billed_month()

    with pytest.raises(NotAPdf):
        keep(month, b"<html>")


def test_another_sellers_invoices_keep_nothing():
    billed_month()

    kept = keep(Month())

    assert (kept, Document.objects.count()) == (0, 0)
