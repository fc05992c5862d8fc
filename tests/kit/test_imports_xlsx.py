"""Workbooks: values as a person sees them, sheets, formulas, formats, and where the table stands."""

import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter

from rebill.kit.imports.cells import FaultyCell, Percentage
from rebill.kit.imports.refusals import FileRefused
from tests.kit.imports_samples import SHEET, cells_of, saved, table_of, with_part, workbook_of


def cell_of(value, *, number_format=None):
    """What one cell with this value is read as."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["heading"])
    workbook.active.append([value])
    if number_format:
        workbook.active["A2"].number_format = number_format
    [[cell]] = cells_of(table_of(saved(workbook), file_name="boats.xlsx"))
    return cell


@pytest.mark.parametrize(
    ("stored", "shown"),
    [(9.95, "9.95"), (0.1 + 0.2, "0.3"), (1.1 * 3, "3.3"), (1234.56, "1234.56"), (5, "5"), (-2.5, "-2.5"), (0, "0"),
     (-0.0, "0"), (0.000001, "0.000001"), (123456789012345, "123456789012345"), (1e-7, "0.0000001"),
     (79.999999999999986, "80")],
)  # fmt: skip
def test_a_number_is_the_one_that_the_spreadsheet_shows(stored, shown):
    cell = cell_of(stored)

    assert isinstance(cell, Decimal)
    assert f"{cell:f}" == shown


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_faulty():
    assert "15 digits" in cell_of(1234567890123456).why


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("text", "text"),
        ("00042", "00042"),
        ("1.234", "1.234"),
        (True, True),
        (False, False),
        (date(2024, 1, 31), date(2024, 1, 31)),
        (datetime.fromisoformat("2024-01-31 14:05"), datetime.fromisoformat("2024-01-31 14:05")),
        (time(14, 5), "14:05:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
        ("=text", FaultyCell),
        ("two\nlines", "two\nlines"),
    ],
)
def test_every_kind_of_cell_is_read(value, cell):
    read = cell_of(value)

    assert isinstance(read, cell) if isinstance(cell, type) else (read, type(read)) == (cell, type(cell))


@pytest.mark.parametrize("number_format", ["0%", "0.00%", '0.0" "%', "[Red]0%", "0%;-0%"])
def test_a_percentage_is_the_number_that_people_read(number_format):
    assert cell_of(0.21, number_format=number_format) == Percentage(Decimal(21))
    assert cell_of(0.055, number_format=number_format) == Percentage(Decimal("5.5"))


def test_a_percent_sign_in_quotes_makes_no_percentage():
    assert cell_of(21, number_format='0" %"') == Decimal(21)


def test_a_number_filled_up_with_zeros_keeps_them():
    assert cell_of(42, number_format="00000") == "00042"
    assert cell_of(1.5, number_format="00000") == Decimal("1.5")


def test_days_count_from_1904_in_old_workbooks_of_a_mac():
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"date_1904": True})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["day", "unformatted"])
    sheet.write_datetime(1, 0, date(2024, 1, 31), workbook.add_format({"num_format": "dd-mm-yyyy"}))
    workbook.close()

    table = table_of(content.getvalue())

    assert cells_of(table) == [(date(2024, 1, 31), "")]
    assert table.dates_from_1904


def test_a_formula_without_its_result_is_faulty_and_says_so():
    [cells] = cells_of(table_of(workbook_of([["number", "price"], ["1", "=1+1"]])))

    assert cells[0] == "1"
    assert isinstance(cells[1], FaultyCell)
    assert "formula" in cells[1].why
    assert "save it again" in cells[1].remedy


def test_a_line_of_nothing_but_a_formula_without_result_does_not_vanish():
    table = table_of(workbook_of([["number", "price"], ["1", 2], [], [None, "=1+1"]]))

    assert [row.line for row in table.rows()] == [2, 4]
    assert isinstance(cells_of(table)[1][1], FaultyCell)


def written_with(formula, result):
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content)
    workbook.add_worksheet().write_column(0, 0, ["price"])
    workbook.get_worksheet_by_name("Sheet1").write_formula(1, 0, formula, None, result)
    workbook.close()
    return [row[0] for row in cells_of(table_of(content.getvalue()))]


def test_a_formula_with_its_result_is_the_result():
    assert written_with("=1+1", 2) == [Decimal(2)]
    assert written_with('="a"&"b"', "ab") == ["ab"]


def test_the_zero_of_a_formula_that_nobody_calculated_is_no_zero():
    [cell] = written_with("=9.95*2", 0)

    assert isinstance(cell, FaultyCell)


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"])
def test_an_error_in_a_cell_is_named_and_spoils_no_other(error):
    workbook = workbook_of([["heading", "other"], ["#N/A", 5]])
    with zipfile.ZipFile(io.BytesIO(workbook)) as source:
        sheet = source.read(SHEET).decode().replace("#N/A", error)

    [[cell, other]] = cells_of(table_of(with_part(SHEET, sheet, base=workbook)))

    assert other == 5

    assert isinstance(cell, FaultyCell)
    assert error in cell.why


def test_lines_and_letters_are_those_of_the_sheet():
    workbook = openpyxl.Workbook()
    workbook.active["C3"] = "number"
    workbook.active["D3"] = "name"
    workbook.active["C5"] = "1"
    workbook.active["D5"] = "Ada"

    table = table_of(saved(workbook))

    assert table.columns == ("Column A", "Column B", "number", "name")
    assert [(row.line, row.cells) for row in table.rows()] == [(5, ("", "", "1", "Ada"))]


def test_a_title_above_the_table_is_passed_over():
    table = table_of(workbook_of([["Boats 2024"], [], ["number", "name"], ["1", "Ada"]]))

    assert table.header.line == 3
    assert cells_of(table) == [("1", "Ada")]


def test_the_first_visible_sheet_is_read_and_the_others_are_named():
    workbook = openpyxl.Workbook()
    workbook.active.title = "Hidden"
    workbook.active.append(["no"])
    workbook.active.sheet_state = "hidden"
    for title in ("Zeilen & roeien", "Ööni"):
        workbook.create_sheet(title).append(["sheet", title])

    table = table_of(saved(workbook))

    assert table.sheet == "Zeilen & roeien"
    assert table.sheets == ("Hidden", "Zeilen & roeien", "Ööni")
    assert [note.what for note in table.notes] == ["import.sheets_left_out"]
    assert table_of(saved(workbook), sheet="Ööni").columns == ("sheet", "Ööni")
    assert table_of(saved(workbook), sheet="Hidden").columns == ("no",)
    with pytest.raises(FileRefused, match="“Ööni”"):
        table_of(saved(workbook), sheet="Roeien")


def test_an_empty_sheet_is_refused():
    with pytest.raises(FileRefused) as refused:
        table_of(saved(openpyxl.Workbook()))

    assert refused.value.problem.what == "import.empty"


def test_styled_cells_without_a_value_do_not_widen_the_table():
    workbook = openpyxl.Workbook()
    workbook.active.append(["number", "name"])
    workbook.active.append(["1", "Ada"])
    workbook.active["XFD1048576"].number_format = "0%"

    assert cells_of(table_of(saved(workbook))) == [("1", "Ada")]


def test_a_cell_outside_of_the_heading_is_a_fault_of_its_line():
    table = table_of(
        workbook_of([["number", "name"], ["1", "Ada"], *[[n, "x"] for n in range(30)], ["2", "Bo", "left over"]])
    )

    assert [row.line for row in table.rows() if row.fault] == [33]


def test_a_workbook_is_known_by_its_content_whatever_its_name():
    assert table_of(workbook_of([["number"], ["1"]]), file_name="boats.csv").kind == "xlsx"
    assert table_of("number\n1\n", file_name="boats.xlsx").kind == "csv"


def test_texts_of_shared_rich_and_escaped_kinds_are_read():
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content)
    sheet = workbook.add_worksheet()
    bold = workbook.add_format({"bold": True})
    sheet.write_row(0, 0, ["rich", "escaped", "spaces"])
    sheet.write_rich_string(1, 0, "one ", bold, "two", " three")
    sheet.write_string(1, 1, "a < b & c > d _x000D_")
    sheet.write_string(1, 2, "  x  ")
    workbook.set_properties({"created": datetime(2024, 1, 1, tzinfo=UTC)})
    workbook.close()

    assert cells_of(table_of(content.getvalue())) == [("one two three", "a < b & c > d _x000D_", "  x  ")]
