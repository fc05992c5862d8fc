"""Delimited text of every make: delimiters, quotes, line ends, ragged lines, headings, and damage."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.errors import Invalid
from rebill.kit.imports.options import Limits
from rebill.kit.imports.reading import open_table
from rebill.kit.imports.refusals import FileRefused
from tests.kit.imports_samples import cells_of, table_of


def faults(table):
    return {row.line: row.fault.why for row in table.rows() if row.fault}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    table = table_of(f"number{delimiter}name\n1{delimiter}Ada\n2{delimiter}Bo\n")

    assert table.delimiter == delimiter
    assert cells_of(table) == [("1", "Ada"), ("2", "Bo")]


def test_a_decimal_comma_is_no_delimiter():
    table = table_of("name;price\nAda;1,50\nBo;2,50\nCy;3,50\n")

    assert table.delimiter == ";"
    assert table.decimal_mark == ","


def test_delimiters_inside_quotes_do_not_count():
    table = table_of('name,notes\nAda,"a;b;c"\nBo,"d;e;f"\nCy,"g;h;i"\n')

    assert cells_of(table)[0] == ("Ada", "a;b;c")


def test_a_table_of_one_column_keeps_its_commas():
    assert cells_of(table_of("price\n1,50\n2,50\n3,50\n")) == [("1,50",), ("2,50",), ("3,50",)]


def test_the_delimiter_can_be_named_by_excel_or_by_hand():
    assert cells_of(table_of("sep=|\nnumber|name\n1|Ada\n")) == [("1", "Ada")]
    assert cells_of(table_of("number:name\n1:Ada\n", delimiter=":")) == [("1", "Ada")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end):
    table = table_of(end.join(["number;name", "1;Ada", "2;Bo"]))

    assert cells_of(table) == [("1", "Ada"), ("2", "Bo")]


def test_a_quoted_cell_may_span_lines_and_the_line_numbers_stay_right():
    table = table_of('number;name\n1;"Ada\nof the ""Lake"""\n\n2;Bo\n')

    assert [(row.line, row.cells) for row in table.rows()] == [(2, ("1", 'Ada\nof the "Lake"')), (5, ("2", "Bo"))]


def test_a_ragged_line_is_rejected_and_the_others_are_read():
    table = table_of("number;name;price\n1;Ada;1\n2;Bo\n3;Cy;3;4\n4;Di;4;;\n")

    assert faults(table) == {
        3: "The line has 2 cells, the heading has 3.",
        4: "The line has 4 cells, the heading has 3.",
    }
    assert [row.cells for row in table.rows() if not row.fault] == [("1", "Ada", "1"), ("4", "Di", "4")]


def test_a_quote_that_never_closes_costs_its_own_line_only():
    lines = ['2;"Bo'] + [f"{number};Name" for number in range(3, 400)]
    table = table_of("number;name\n1;Ada\n" + "\n".join(lines))

    assert list(faults(table)) == [3]
    assert table.count_lines() == 399


def test_a_quote_in_the_middle_of_a_cell_is_a_letter_and_after_a_quoted_cell_a_fault():
    table = table_of('number;name\n1;pipe 5" wide\n2;"5" pipe\n3;Cy\n')

    assert cells_of(table)[0] == ("1", 'pipe 5" wide')
    assert list(faults(table)) == [3]


def test_a_nul_byte_costs_its_own_line_only():
    table = table_of(b"number;name\n1;A\0da\n2;Bo\n")

    assert faults(table) == {2: "The line holds a NUL byte."}
    assert all("\0" not in cell for row in table.rows() for cell in row.cells)


def test_blank_lines_and_the_dos_end_of_file_are_no_lines():
    assert cells_of(table_of("\n\nnumber;name\n;\n1;Ada\n \n\x1a")) == [("1", "Ada")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" ; ;\n;;\n", b"\xef\xbb\xbf", b"\x1a"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(FileRefused) as refused:
        table_of(content)

    assert refused.value.problem.what == "import.empty"
    assert isinstance(refused.value, Invalid)


def test_a_heading_alone_is_a_table_of_no_lines():
    table = table_of("number;name\n")

    assert table.columns == ("number", "name")
    assert table.count_lines() == 0


def test_repeated_and_blank_headings_get_names_of_their_own():
    table = table_of("name;;name;name (2);name;\nAda;1;2;3;4;5\n")

    assert table.columns == ("name", "Column B", "name (3)", "name (2)", "name (4)", "Column F")
    assert [note.what for note in table.notes].count("import.heading_repeated") == 2
    assert [note.what for note in table.notes].count("import.heading_blank") == 2


def test_a_title_above_the_heading_is_passed_over_and_said():
    table = table_of("Boats in the harbour\n\nnumber;name\n1;Ada\n")

    assert table.header.line == 3
    assert cells_of(table) == [("1", "Ada")]
    assert [(note.what, note.blocking) for note in table.notes] == [("import.title_passed_over", False)]


def test_a_file_without_headings_is_read_when_somebody_says_so():
    assert [note.what for note in table_of("1;Ada\n2;Bo\n").notes] == ["import.heading_is_no_text"]

    table = table_of("1;Ada\n2;Bo\n", header_row=0)

    assert table.columns == ("Column A", "Column B")
    assert cells_of(table) == [("1", "Ada"), ("2", "Bo")]


def test_the_row_of_the_headings_can_be_stated():
    table = table_of("a;b\nx;y\nnumber;name\n1;Ada\n", header_row=3)

    assert table.columns == ("number", "name")
    assert cells_of(table) == [("1", "Ada")]
    with pytest.raises(FileRefused, match="no headings in this row"):
        table_of("number;name\n\n1;Ada\n", header_row=2)
    with pytest.raises(FileRefused, match="no headings in this row"):
        table_of("number;name\n1;Ada\n", header_row=200)


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(bytes_max=20), "import.too_large"),
        (Limits(lines_max=2), "import.too_many_lines"),
        (Limits(columns_max=1), "import.too_many_columns"),
        (Limits(line_length_max=15), "import.line_too_long"),
    ],
)
def test_a_file_beyond_a_limit_is_refused_before_anything_is_read(limits, what):
    with pytest.raises(FileRefused) as refused:
        table_of("number;name\n1;Ada\n2;Bo Aaaaaaaaaaaaaaaaaaaa\n", limits=limits)

    assert refused.value.problem.what == what


@pytest.mark.parametrize(
    "options",
    [{"delimiter": ""}, {"delimiter": "ab"}, {"delimiter": '"'}, {"delimiter": "\n"}, {"encoding": "klingon"},
     {"decimal_mark": "x"}, {"date_order": "dym"}, {"header_row": -1}],
)  # fmt: skip
def test_an_option_that_cannot_be_used_is_refused(options):
    with pytest.raises(FileRefused) as refused:
        table_of("number;name\n", **options)

    assert refused.value.problem.what == "import.option_unusable"


@pytest.mark.parametrize("path", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path, path):
    with pytest.raises(FileRefused) as refused:
        open_table(tmp_path / path, file_name="boats.csv")

    assert refused.value.problem.what == "import.unreadable"
    assert str(tmp_path) not in str(refused.value)


CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n"), max_size=12)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(";,\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_csv_writer_writes_is_read_back(rows, delimiter, end):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["one", "two", "three"], *rows])

    table = table_of(text.getvalue(), delimiter=delimiter, encoding="utf-8", header_row=1)

    filled = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert cells_of(table) == filled


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content):
    try:
        table = table_of(content)
    except FileRefused:
        return
    assert sum(1 for _row in table.rows()) == table.count_lines()
