"""The combined export: one row per customer and summary group, adding up to the documents to the cent."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import python_calamine

from rebill.access.acting import Acting, Role
from rebill.exports.commands import SumsDiffer, make_combined_export
from rebill.exports.contract import Basis, FileKind, Layout
from rebill.exports.files import file_name, sample_export
from rebill.exports.formats.combined import COMBINED, DESCRIPTIONS, HEADINGS
from rebill.exports.layouts import LayoutInvalid, default_layout, layout_as_json, read_layout
from rebill.exports.models import Export
from rebill.exports.queries import ExportUnknown, export_of, exports_of
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.files import read_file
from tests.delivery.factories import NOW, acting_of, add_line, make_customer, make_invoice, make_seller, withdraw

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
PLAIN = Layout(columns=COMBINED.default_columns)


@pytest.fixture
def seller():
    return make_seller()


def invoice_of(customer, *amounts: tuple[int, int], issued_on: date = OCTOBER, **fields) -> Invoice:
    """A document with one line per (group, net amount in cents)."""
    invoice = make_invoice(customer, pdf=None, issued_on=issued_on, **fields)
    InvoiceLine.objects.filter(invoice=invoice).delete()
    for position, (group, net) in enumerate(amounts, start=1):
        add_line(invoice, net, group=group, position=position)
    Invoice.objects.filter(pk=invoice.pk).update(net_amount=sum(net for _, net in amounts))
    return invoice


def export(seller, layout: Layout = PLAIN, month: date = OCTOBER, **more) -> Export:
    return make_combined_export(acting=acting_of(seller), month=month, layout=layout, now=NOW, **more)


def rows_of(made: Export, layout: Layout = PLAIN) -> list[list[str]]:
    text = read_file(made.file_id).decode(layout.encoding)
    return list(csv.reader(io.StringIO(text), delimiter=layout.delimiter))


def test_each_customer_and_group_is_one_row_whatever_the_number_of_documents(seller):
    jansen = make_customer(seller, "Jansen Hosting", number="1001")
    vries = make_customer(seller, "P. de Vries", number="1002")
    invoice_of(jansen, (1, 2_500), (2, 4_000), (2, 500), (3, 1_234))
    invoice_of(jansen, (4, -310), (1, 100))
    invoice_of(vries, (5, 9_900))

    made = export(seller)

    assert made.rows == 5
    assert rows_of(made) == [
        ["Klantnummer", "Klantnaam", "Artikelcode", "Omschrijving", "Bedrag excl. btw", "Periode"],
        ["1001", "Jansen Hosting", "1", "Eenmalige kosten", "26,00", "2026-10"],
        ["1001", "Jansen Hosting", "2", "Maandelijkse kosten", "45,00", "2026-10"],
        ["1001", "Jansen Hosting", "3", "Uitgaande gesprekskosten - VoIP", "12,34", "2026-10"],
        ["1001", "Jansen Hosting", "4", "Servicenummers (kosten/opbrengsten)", "-3,10", "2026-10"],
        ["1002", "P. de Vries", "5", "Hardware", "99,00", "2026-10"],
    ]


def test_the_sample_of_voipgrid_is_what_our_sample_looks_like():
    """The bytes of the published example: its headings, separator, decimal comma and line order."""
    made = sample_export(layout=PLAIN, month=OCTOBER, currency="EUR", now=NOW)

    expected = Path(__file__).with_name("voipgrid_combined.csv").read_bytes().replace(b"\n", b"\r\n")
    assert made == expected


def test_a_credit_note_counts_as_negative(seller):
    customer = make_customer(seller, number="1001")
    invoice = invoice_of(customer, (2, 4_500))
    credit_note = withdraw(invoice, pdf=None)
    InvoiceLine.objects.filter(invoice=credit_note).update(net_amount=-4_500)
    Invoice.objects.filter(pk=credit_note.pk).update(net_amount=-4_500)

    [_, row] = rows_of(export(seller))

    assert row[4] == "0,00"


def test_only_documents_dated_in_the_month_are_exported(seller):
    customer = make_customer(seller, number="1001")
    invoice_of(customer, (2, 100), issued_on=date(2026, 9, 30))
    invoice_of(customer, (2, 200), issued_on=date(2026, 10, 31))
    invoice_of(customer, (2, 400), issued_on=date(2026, 11, 1))

    [_, row] = rows_of(export(seller, month=date(2026, 10, 17)))

    assert row[4:] == ["2,00", "2026-10"]


def test_a_month_without_documents_is_a_file_with_headings_only(seller):
    made = export(seller)

    assert made.rows == 0
    assert len(rows_of(made)) == 1


def test_a_customer_number_given_later_stands_in_the_file(seller):
    customer = make_customer(seller, number=None)
    invoice_of(customer, (2, 100))
    customer.number = "77"
    customer.save()

    [_, row] = rows_of(export(seller))

    assert row[0] == "77"


def test_the_file_is_not_made_when_lines_do_not_add_up_to_their_documents(seller):
    invoice = invoice_of(make_customer(seller), (2, 100))
    Invoice.objects.filter(pk=invoice.pk).update(net_amount=101)

    with pytest.raises(SumsDiffer, match="100 EUR"):
        export(seller)

    assert not Export.objects.exists()


def test_two_currencies_bring_a_column_that_tells_them_apart(seller):
    customer = make_customer(seller, number="1001")
    invoice_of(customer, (2, 100))
    dollars = invoice_of(customer, (2, 250))
    Invoice.objects.filter(pk=dollars.pk).update(currency="USD")
    InvoiceLine.objects.filter(invoice=dollars).update(currency="USD")

    headings, *rows = rows_of(export(seller))

    assert headings[-1] == "Valuta"
    assert [(row[4], row[6]) for row in rows] == [("1,00", "EUR"), ("2,50", "USD")]


def test_amounts_have_the_decimals_of_their_currency(seller):
    customer = make_customer(seller, number="1001")
    yen = invoice_of(customer, (2, 1_500))
    Invoice.objects.filter(pk=yen.pk).update(currency="JPY")
    InvoiceLine.objects.filter(invoice=yen).update(currency="JPY")

    [_, row] = rows_of(export(seller))

    assert row[4] == "1500"


# --- layouts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", COMBINED.languages)
def test_c129_columns_stand_in_the_chosen_order_under_headings_of_the_language(seller, language):
    invoice_of(make_customer(seller, number="1001"), (3, 1_234))
    layout = Layout(columns=("amount", "documents", "customer_number", "description"), language=language)

    headings, row = rows_of(export(seller, layout))

    assert headings == [HEADINGS[language][column] for column in layout.columns]
    assert row == ["12,34", "1", "1001", DESCRIPTIONS[language][3]]


def test_separator_decimal_mark_and_encoding_are_as_chosen(seller):
    invoice_of(make_customer(seller, "Café Ärmel", number="1001"), (2, 123_456))
    layout = Layout(columns=("customer_name", "amount"), delimiter="\t", decimal_mark=".", encoding="cp1252")

    made = export(seller, layout)

    assert read_file(made.file_id) == "Klantnaam\tBedrag excl. btw\r\nCafé Ärmel\t1234.56\r\n".encode("cp1252")


def test_excel_is_told_that_a_file_is_utf8_when_wanted(seller):
    made = export(seller, Layout(columns=("amount",), byte_order_mark=True))

    assert read_file(made.file_id).startswith(b"\xef\xbb\xbf")


def test_a_name_that_looks_like_a_formula_is_neutralised(seller):
    invoice_of(make_customer(seller, '=HYPERLINK("http://x")', number="@1"), (4, -310))

    [_, row] = rows_of(export(seller))

    assert row[:2] == ["'@1", '\'=HYPERLINK("http://x")']
    assert row[4] == "-3,10"


def test_a_workbook_holds_the_same_rows_with_numbers_as_numbers(seller):
    invoice_of(make_customer(seller, "=1+1", number="1001"), (2, 4_505))

    made = export(seller, Layout(columns=COMBINED.default_columns, kind=FileKind.XLSX))

    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(read_file(made.file_id)))
    headings, row = workbook.get_sheet_by_index(0).to_python()
    assert headings[0] == "Klantnummer"
    assert row == ["1001", "=1+1", 2, "Maandelijkse kosten", 45.05, "2026-10"]
    assert file_name(made, slug="noord") == "noord-2026-10.xlsx"


@pytest.mark.parametrize(
    "stored",
    [
        {"columns": ["amount", "colour"]},
        {"columns": ["amount", "amount"]},
        {"columns": []},
        {"columns": "amount"},
        {"language": "sv"},
        {"basis": "paid"},
        {"kind": "ods"},
        {"delimiter": ""},
        {"delimiter": ";;"},
        {"delimiter": '"'},
        {"delimiter": "a"},
        {"decimal_mark": "'"},
        {"encoding": "klingon"},
        {"byte_order_mark": "yes"},
        {"colour": "red"},
    ],
)
def test_a_layout_that_no_file_can_have_is_refused(stored):
    with pytest.raises(LayoutInvalid):
        read_layout(stored, COMBINED, language="nl")


def test_a_layout_reads_back_as_it_was_kept():
    layout = Layout(
        columns=("amount", "currency"),
        language="fi",
        basis=Basis.RUN,
        kind=FileKind.XLSX,
        delimiter="\t",
        decimal_mark=".",
        encoding="iso8859-15",
        byte_order_mark=True,
    )

    assert read_layout(layout_as_json(layout), COMBINED, language="nl") == layout


def test_nothing_chosen_is_the_layout_of_voipgrid():
    assert read_layout({}, COMBINED, language="nl") == PLAIN == default_layout(COMBINED, language="nl")
    assert read_layout({}, COMBINED, language="sv").language == "nl"


def test_an_encoding_may_be_called_by_any_of_its_names():
    assert read_layout({"encoding": "Windows-1252"}, COMBINED, language="nl").encoding == "cp1252"


# --- once and whose --------------------------------------------------------------------------------------------------


def test_the_same_month_with_the_same_content_is_the_same_export(seller):
    invoice_of(make_customer(seller), (2, 100))

    assert export(seller) == export(seller)


def test_what_the_timetable_made_under_a_key_is_not_made_anew(seller):
    first = export(seller, key="combined:2026-10:timetable")
    invoice_of(make_customer(seller), (2, 100))

    again = export(seller, key="combined:2026-10:timetable")

    assert again == first
    assert export(seller) != first


def test_another_sellers_documents_and_exports_stay_unseen(seller):
    other = make_seller("other")
    invoice_of(make_customer(other), (2, 100))
    theirs = export(other)

    assert export(seller).rows == 0
    assert theirs not in exports_of(acting_of(seller))
    with pytest.raises(ExportUnknown):
        export_of(acting_of(seller), theirs.pk)


def test_whoever_may_read_may_export(seller):
    viewer = Acting(seller_id=seller.pk, role=Role.VIEWER)

    assert make_combined_export(acting=viewer, month=OCTOBER, layout=PLAIN, now=NOW).rows == 0


def test_a_thousand_customers_take_as_few_questions_as_one(seller, django_assert_max_num_queries):
    for number in range(60):
        invoice_of(make_customer(seller, number=str(number)), (2, 100), (3, 7))

    with django_assert_max_num_queries(40):
        made = export(seller)

    amounts = [Decimal(row[4].replace(",", ".")) for row in rows_of(made)[1:]]
    assert made.rows == 120
    assert sum(amounts) == Decimal("64.20")
