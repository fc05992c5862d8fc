"""What is not as it must be in an export is found."""

from datetime import date, timedelta

import pytest

from rebill.exports.checks import check_exports
from rebill.exports.commands import make_combined_export
from rebill.exports.contract import FileKind, Layout
from rebill.exports.formats.combined import COMBINED
from rebill.invoices.models import Invoice
from rebill.kit.models import Event
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


def make(seller, **layout):
    chosen = Layout(**{"columns": COMBINED.default_columns, **layout})
    return make_combined_export(acting=acting_of(seller), month=date(2026, 10, 1), layout=chosen, now=NOW)


def found(seller) -> list[str]:
    return [problem.what for problem in check_exports(acting=acting_of(seller), now=NOW + timedelta(days=1))]


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"decimal_mark": ".", "delimiter": ",", "encoding": "cp1252"},
        {"byte_order_mark": True},
        {"encoding": "utf-16"},
        {"columns": ("customer_number",)},
        {"kind": FileKind.XLSX},
    ],
)
def test_an_export_as_it_was_made_is_right(seller, layout):
    make_invoice(make_customer(seller, 'Café; "quoted"\nsecond line'), pdf=None)
    make_invoice(make_customer(seller), gross=-4_000, pdf=None)
    make(seller, **layout)

    assert found(seller) == []


def test_a_file_that_does_not_add_up_is_found(seller, data_folder):
    make_invoice(make_customer(seller), pdf=None)
    export = make(seller)
    path = data_folder / "files" / export.file_id[:2] / export.file_id[2:4] / export.file_id
    path.write_bytes(path.read_bytes().replace(b"100,00", b"900,00"))

    assert found(seller) == ["export.file_differs"]


def test_a_file_with_an_amount_that_is_none_is_found(seller, data_folder):
    make_invoice(make_customer(seller), pdf=None)
    export = make(seller)
    path = data_folder / "files" / export.file_id[:2] / export.file_id[2:4] / export.file_id
    path.write_bytes(path.read_bytes().replace(b"100,00", b"many"))

    assert found(seller) == ["export.file_differs"]


def test_a_document_that_came_in_between_is_found(seller):
    make_invoice(make_customer(seller), pdf=None)
    make(seller)
    make_invoice(make_customer(seller), pdf=None)

    assert found(seller) == ["export.documents_differ"]


def test_documents_issued_later_are_no_fault_of_the_export(seller):
    make_invoice(make_customer(seller), pdf=None)
    make(seller)
    later = make_invoice(make_customer(seller), pdf=None)
    Invoice.objects.filter(pk=later.pk).update(issued_at=NOW + timedelta(hours=1))

    assert found(seller) == []


def test_an_export_nobody_wrote_down_is_found(seller):
    make(seller)
    Event.objects.all().delete()

    assert found(seller) == ["export.untold"]
