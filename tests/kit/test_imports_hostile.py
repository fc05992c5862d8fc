"""Files made to do harm, or damaged on their way: each is refused with a reason, in little memory, without a trace."""

import io
import re
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebill.kit.imports.options import Limits
from rebill.kit.imports.refusals import FileRefused
from tests.kit.imports_samples import SHEET, saved, table_of, with_part, workbook_of

PLAIN = workbook_of([["number", "name"], ["1", "Ada"], ["2", "Bo"]])


def with_plain(name, content):
    return with_part(name, content, base=PLAIN)


def sheet_xml(rows):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'


def refusal_of(content, **options):
    with pytest.raises(FileRefused) as refused:
        table_of(content, file_name="boats.xlsx", **options)
    assert refused.value.problem.remedy
    return refused.value.problem.what


def test_a_zip_bomb_is_refused_before_it_unpacks():
    bomb = with_plain(SHEET, b" " * 300_000_000)
    assert len(bomb) < 400_000

    tracemalloc.start()
    what = refusal_of(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert what == "import.workbook_too_large"
    assert peak < 5_000_000


def test_a_bomb_that_lies_about_its_size_is_refused():
    bomb = bytearray(with_plain(SHEET, b" " * 50_000_000))
    true_size = (50_000_000).to_bytes(4, "little")
    while (place := bomb.find(true_size)) >= 0:
        bomb[place : place + 4] = (1000).to_bytes(4, "little")

    assert refusal_of(bytes(bomb)) == "import.damaged"


def test_two_cells_at_the_ends_of_a_sheet_are_refused_before_a_table_is_made_of_them():
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "number"
    workbook.active["XFD1048576"] = 1

    assert refusal_of(saved(workbook)) == "import.sheet_too_large"


def test_a_prefix_hides_no_cell_from_the_check():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><y:row r="1048576"><y:c r="XFD1048576"><y:v>1</y:v></y:c></y:row>'
    sheet = sheet_xml(rows).replace(
        "<worksheet ", '<worksheet xmlns:y="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    )

    assert refusal_of(with_plain(SHEET, sheet)) == "import.sheet_too_large"


@pytest.mark.parametrize("reference", ["XFE1", "A1048577", "A0", "ZZZZ1", "A99999999999", "é1", "1A", "$A$1"])
def test_a_cell_outside_of_every_sheet_is_damage(reference):
    rows = f'<row r="1"><c r="{reference}" t="inlineStr"><is><t>x</t></is></c></row>'

    assert refusal_of(with_plain(SHEET, sheet_xml(rows))) == "import.damaged"


def test_one_long_text_named_by_many_cells_is_refused():
    strings = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 10_001))

    bomb = with_part("xl/sharedStrings.xml", strings, base=with_plain(SHEET, sheet_xml(rows)))

    assert len(bomb) < 200_000
    assert refusal_of(bomb) == "import.sheet_too_large"


@pytest.mark.parametrize("claimed", ["999999999999", "18446744073709551615", "-1", "1e9", ""])
def test_texts_that_are_claimed_but_not_there_are_refused(claimed):
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{claimed}"/>'

    assert refusal_of(with_plain("xl/sharedStrings.xml", strings)) == "import.damaged"


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "XFD1048576:A1", "A1:ZZZZZZZ9999999999", "A1"])
def test_a_sheet_that_lies_about_its_reach_is_read_as_far_as_it_reaches(reference):
    sheet = sheet_xml('<row r="1"><c r="A1" t="str"><v>number</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>')

    table = table_of(with_plain(SHEET, sheet.replace("<sheetData>", f'<dimension ref="{reference}"/><sheetData>')))

    assert table.count_lines() == 1


def test_a_number_format_of_endless_zeros_fills_up_nothing():
    workbook = openpyxl.Workbook()
    workbook.active.append(["number"])
    workbook.active.append([1])
    workbook.active["A2"].number_format = "0" * 100_000

    assert [row.cells for row in table_of(saved(workbook)).rows()] == [(1,)]


@pytest.mark.parametrize("number", ["-5", "99999999", "1e300", "0", "0.5", "60", "2958466"])
def test_a_number_that_is_no_day_is_read_or_refused_at_once(number):
    rows = f'<row r="1"><c r="A1" t="str"><v>day</v></c></row><row r="2"><c r="A2" s="1"><v>{number}</v></c></row>'
    styled = openpyxl.Workbook()
    styled.active["A1"].number_format = "dd-mm-yyyy"

    try:
        table = table_of(with_part(SHEET, sheet_xml(rows), base=saved(styled)))
    except FileRefused:
        return
    assert table.count_lines() <= 1


def test_entities_that_expand_are_refused():
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'

    assert refusal_of(with_plain(SHEET, entities + sheet_xml(rows))) == "import.damaged"


def test_entities_that_read_files_are_refused():
    entities = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'

    assert refusal_of(with_plain("xl/workbook.xml", entities + "<workbook/>")) == "import.damaged"


def test_too_many_parts_are_refused():
    made = io.BytesIO(PLAIN)
    with zipfile.ZipFile(made, "a") as target:
        for number in range(3000):
            target.writestr(f"x/{number}", b"")

    assert refusal_of(made.getvalue()) == "import.workbook_too_large"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice_is_damage():
    made = io.BytesIO(PLAIN)
    with zipfile.ZipFile(made, "a") as target:
        target.writestr(SHEET, sheet_xml(""))

    assert refusal_of(made.getvalue()) == "import.damaged"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("content", [b"", b"<", b"\xff\xfe", b"<a><b></a>", b"<workbook/>", None])
def test_a_broken_part_is_refused(part, content):
    assert refusal_of(with_plain(part, content)).startswith("import.")


def test_a_sheet_that_points_out_of_the_archive_is_refused():
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as source:
        relations = source.read("xl/_rels/workbook.xml.rels").decode()

    moved = re.sub(r'Target="[^"]*sheet1.xml"', 'Target="../../../../etc/passwd"', relations)

    assert refusal_of(with_plain("xl/_rels/workbook.xml.rels", moved)) == "import.damaged"


def test_a_workbook_beyond_a_limit_is_refused():
    rows = workbook_of([["a", "b"]] * 60)

    assert refusal_of(rows, limits=Limits(workbook_cells_max=100)) == "import.sheet_too_large"
    assert refusal_of(rows, limits=Limits(workbook_bytes_max=100)) == "import.workbook_too_large"


def test_a_protected_workbook_is_refused_by_that_name():
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")

    assert refusal_of(encrypted) == "import.encrypted"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (with_part("content.xml", b"<x/>", base=with_plain("xl/workbook.xml", None)), ".ods"),
        (with_part("xl/workbook.bin", b"x", base=with_plain("xl/workbook.xml", None)), ".xlsb"),
        (with_plain("xl/workbook.xml", None), ".zip"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (bytes(range(1, 32)) * 20, "neither text"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_name(content, named):
    with pytest.raises(FileRefused, match=re.escape(named)) as refused:
        table_of(content, file_name="boats.csv")

    assert refused.value.problem.what == "import.kind_unknown"
    assert "boats.csv" in refused.value.problem.where


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_workbook_with_damaged_bytes_is_read_or_refused(damage):
    content = bytearray(PLAIN)
    for place, byte in damage:
        content[place] = byte

    try:
        table = table_of(bytes(content))
    except FileRefused:
        return
    assert table.count_lines() >= 0


@settings(max_examples=200, deadline=None)
@given(st.integers(4, len(PLAIN) - 1))
def test_a_workbook_that_was_cut_off_is_refused(length):
    assert refusal_of(PLAIN[:length]) == "import.damaged"


FRAGMENTS = st.sampled_from(
    ['<row r="1">', "</row>", "<row>", '<c r="A1">', '<c r="B2" t="s">', '<c t="e">', '<c s="9" t="b">', "<c>",
     "</c>", "<v>0</v>", "<v>x</v>", "<v/>", "<v>1e999</v>", "<f>A1</f>", "<f/>", "<is><t>x</t></is>",
     '<c r="C3" t="d"><v>2024-01-31</v></c>', '<c r="A4"><v>nan</v></c>', '<c r="A5" t="n"><v>-1e308</v></c>',
     '<c r="AA7" t="str"><f>x</f><v></v></c>']
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=12))
def test_a_sheet_of_any_elements_is_read_or_refused(fragments):
    try:
        table = table_of(with_plain(SHEET, sheet_xml("".join(fragments))))
    except FileRefused:
        return
    assert sum(1 for _row in table.rows()) == table.count_lines()


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 200_000}</t></is></c></row>',
        f'<row r="1"><c r="A1" t="str"><v>{"x" * 10_000_000}</v></c></row>',
        f'<row r="1"><c r="A1" spans="{"x" * 3_000_000}"><v>1</v></c></row>',
    ],
)
def test_one_endless_text_is_refused_in_no_time(rows):
    started = time.monotonic()

    assert refusal_of(with_plain(SHEET, sheet_xml(rows))) in {"import.sheet_too_large", "import.damaged"}
    assert time.monotonic() - started < 20


def test_a_line_of_a_million_cells_leaves_no_million_behind():
    table = table_of("number;name\n" + (";" * 300_000 + "x\n") * 3)

    assert {len(row.cells) for row in table.rows()} == {2}
    assert all(len(row.fault.value) <= 200 for row in table.rows())
