"""What is written for spreadsheets: no cell runs, no number changes, nothing is lost in silence."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.spreadsheet import SheetRefused, neutralise_cell, write_csv, write_xlsx
from rebill.kit.imports.values import parse_text
from tests.kit.imports_samples import cells_of, table_of

MADE_AT = datetime(2024, 1, 31, 12, tzinfo=UTC)


def csv_of(rows, **chosen):
    content = io.BytesIO()
    write_csv(rows, to=content, **chosen)
    return content.getvalue()


def xlsx_of(rows):
    content = io.BytesIO()
    write_xlsx(rows, to=content, made_at=MADE_AT)
    return content.getvalue()


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "+", "--5", "-5-", "+31612345678",
     "-2+3+cmd|' /C calc'!A0", "＝1+1", "＋1", "－1+1", "＠x", " =1+1", "-1e5", "-1,5,"],
)  # fmt: skip
def test_what_a_spreadsheet_could_run_is_neutralised(text):
    assert neutralise_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "Ada", "-5", "-12,50", "-1.234,56", "-1234.56", "'t Hoen", "a=b", "5-3", " x", "12", "ada@example.org"]
)
def test_plain_numbers_and_words_stay_as_they_are(text):
    assert neutralise_cell(text) == text


@given(st.text(max_size=20))
def test_no_text_starts_like_a_formula_once_neutralised(text):
    written = neutralise_cell(text)

    assert written == text or written == "'" + text
    assert not written.startswith(("=", "+", "@", "\t", "\r"))
    assert not (written.startswith("-") and not written[1:].replace(",", "").replace(".", "").isdigit())


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=20).filter(
        lambda text: not text.lstrip().startswith(("=", "'="))
    )
)
def test_what_was_neutralised_is_read_back_as_it_was(text):
    assert parse_text(neutralise_cell(text)) == parse_text(text)


def test_csv_is_what_excel_opens_in_the_netherlands():
    rows = [["name", "amount", "day"], ["Ada; Bo", Decimal("-1234.50"), date(2024, 1, 31)], [None, 5, True]]

    assert csv_of(rows) == b'\xef\xbb\xbfname;amount;day\r\n"Ada; Bo";-1234,50;2024-01-31\r\n;5;true\r\n'


def test_separator_decimal_mark_and_encoding_are_chosen():
    rows = [["Café", Decimal("1.50")]]

    assert csv_of(rows, delimiter=",", decimal_mark=",", encoding="cp1252") == b'Caf\xe9,"1,50"\r\n'
    assert csv_of(rows, delimiter="\t", decimal_mark=".", byte_order_mark=False) == "Café\t1.50\r\n".encode()
    assert csv_of(rows, encoding="iso8859-15") == b"Caf\xe9;1,50\r\n"


def test_a_letter_that_the_encoding_lacks_becomes_its_plain_form():
    assert csv_of([["Žižkov Ł ≠ \ud800"]], encoding="iso8859-1") == b"Zizkov ? ? ?\r\n"
    assert csv_of([["a\ud800b"]], byte_order_mark=False) == b"a?b\r\n"


@pytest.mark.parametrize("text", ["\u22601+1", "\ufe661+1", "\u207a1+1", "\ufe6bx", "\ufe63x"])
def test_no_letter_becomes_the_start_of_a_formula(text):
    assert csv_of([[text]], encoding="cp1252").startswith(b"?")


def test_rows_are_written_as_they_come():
    content = io.BytesIO()

    def rows():
        yield ["first"]
        assert content.getvalue()
        yield ["second"]

    assert write_csv(rows(), to=content) == 2
    assert not content.closed


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), max_size=10),
            st.decimals(places=6, min_value=Decimal("-1e12"), max_value=Decimal("1e12")),
        ),
        max_size=5,
    )
)
def test_csv_carries_every_text_and_the_exact_number(rows):
    content = csv_of(rows).decode("utf-8-sig")

    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row[0] for row in read] == [neutralise_cell(text) for text, _number in rows]
    assert [Decimal(row[1].replace(",", ".")) for row in read] == [number for _text, number in rows]


def test_a_workbook_keeps_kinds_and_runs_nothing():
    rows = [
        ["name", "amount", "day", "moment", "yes"],
        ["=1+1", Decimal("-1234.50"), date(2024, 1, 31), datetime.fromisoformat("2024-01-31 14:05"), True],
        ["https://example.org", 5, None, datetime(2024, 1, 31, 14, 5, tzinfo=timezone(timedelta(hours=2))), ""],
        ["00042", Decimal("9.95"), None, None, False],
    ]

    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(rows))).active

    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d", "d", "b"]
    assert (sheet["A2"].value, sheet["A2"].quotePrefix) == ("=1+1", True)
    assert (sheet["B2"].value, sheet["B2"].number_format) == (-1234.5, "0.00")
    assert sheet["D3"].value == "2024-01-31 14:05:00+02:00"
    assert sheet["A3"].hyperlink is None
    assert sheet["A4"].value == "00042"


def test_a_workbook_is_read_back_as_it_was_written():
    rows = [
        ["name", "amount", "day"],
        ["=1+1", Decimal("9.95"), date(2024, 1, 31)],
        ["x", Decimal("123456789012345"), date(2024, 2, 1)],
    ]

    assert cells_of(table_of(xlsx_of(rows))) == [tuple(row) for row in rows[1:]]


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_written_as_text():
    [cells] = cells_of(table_of(xlsx_of([["number"], [Decimal("12345678901234.567")]])))

    assert cells == ("12345678901234.567",)


def test_the_same_rows_give_the_same_bytes():
    assert xlsx_of([["a"], [1]]) == xlsx_of([["a"], [1]])


def test_what_does_not_fit_a_workbook_is_refused_by_its_place():
    with pytest.raises(SheetRefused, match="row 2, column 1"):
        xlsx_of([["a"], ["x" * 32_768]])
    with pytest.raises(SheetRefused, match="holds no number"):
        xlsx_of([["a"], [Decimal("NaN")]])


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_text_fits_a_workbook(texts):
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_of([["heading"], *[[text] for text in texts]])))

    assert all(cell.data_type != "f" for row in workbook.active.iter_rows() for cell in row)
