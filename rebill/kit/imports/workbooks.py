"""Opens one sheet of an XLSX workbook as a table, with the exact numbers and days a person sees in it."""

import io
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Cell, FaultyCell, Percentage, Row
from rebill.kit.imports.headers import find_header
from rebill.kit.imports.options import ImportOptions, Limits
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.imports.sheet_scan import PERCENT, SheetScan
from rebill.kit.imports.tables import OpenFile, Table
from rebill.kit.imports.workbook_parts import CheckedWorkbook, check_workbook

# A spreadsheet computes in binary and shows 15 digits: 0.1+0.2 is stored as 0.30000000000000004 and means 0.3.
_SHOWN_DIGITS = ".15g"
_EXACT_BELOW = 10**15


def open_workbook_table(
    open_file: OpenFile, *, file_name: str, file_hash: str, options: ImportOptions, limits: Limits
) -> Table:
    """The sheet that `options` names, or the first visible one; its cells are in memory while the table is."""
    with open_file() as file:
        checked = check_workbook(file, file_name=file_name, options=options, limits=limits)
    sheet = _load(checked, file_name)

    def read_rows() -> Iterator[Row]:
        return _rows(sheet, checked.scan)

    header = find_header(read_rows(), file_name=file_name, header_row=options.header_row, limits=limits)
    return Table(
        file_name=file_name,
        file_hash=file_hash,
        kind="xlsx",
        header=header,
        read_rows=read_rows,
        options=options,
        sheet=checked.sheet,
        sheets=checked.sheets,
        dates_from_1904=checked.dates_from_1904,
        notes=_other_sheets(checked, file_name, options) + header.notes,
    )


def _load(checked: CheckedWorkbook, file_name: str) -> CalamineSheet:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(checked.archive)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            # Every row is converted once, so that a cell that cannot be stops nothing half way.
            deque(sheet.iter_rows(), maxlen=0)
            return sheet
    except BaseException as error:
        # The reader is written in Rust; its panics derive from BaseException and are damage like any other.
        if not isinstance(error, CalamineError | OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        raise FileRefused(
            what="import.damaged",
            where=_("%(file)s sheet %(sheet)s") % {"file": file_name, "sheet": checked.sheet},
            why=_("The workbook is damaged: its sheet cannot be read."),
            remedy=_("Open it in a spreadsheet program, which may repair it, and save it again."),
        ) from None


def _other_sheets(checked: CheckedWorkbook, file_name: str, options: ImportOptions) -> tuple[Problem, ...]:
    if options.sheet is not None or len(checked.sheets) == 1:
        return ()
    return (
        Problem(
            what="import.sheets_left_out",
            where=_("%(file)s sheet %(sheet)s") % {"file": file_name, "sheet": checked.sheet},
            why=_("The workbook has several sheets; only the first visible one is read."),
            remedy=_("Choose another sheet if the table stands there."),
            value=", ".join(checked.sheets),
            blocking=False,
        ),
    )


def _rows(sheet: CalamineSheet, scan: SheetScan) -> Iterator[Row]:
    """Rows from the first of the sheet and cells from its first column, so that lines and letters are the real ones.

    The reader ends at the last cell with a value; formulas without one may stand beyond it and belong to the table.
    """
    width = scan.width
    skipped = ("",) * (sheet.start[1] if sheet.start else 0)
    line = 0
    for line, values in enumerate(sheet.iter_rows(), start=1):
        yield Row(line, _cells((*skipped, *values), line, width, scan))
    for beyond in range(line + 1, scan.height + 1):
        yield Row(beyond, _cells((), beyond, width, scan))


def _cells(values: tuple[object, ...], line: int, width: int, scan: SheetScan) -> tuple[Cell, ...]:
    filled = (*values, *("",) * (width - len(values)))
    if not scan.has_notes:
        return tuple(_cell(value) for value in filled)
    return tuple(_noted_cell(value, scan.note(line, column)) for column, value in enumerate(filled))


def _noted_cell(value: object, note: str | FaultyCell | None) -> Cell:
    cell = _cell(value)
    if isinstance(note, FaultyCell):
        return note
    if note is None or not isinstance(cell, Decimal):
        return cell
    if note == PERCENT:
        return Percentage(cell * 100)
    return f"{cell:f}".zfill(int(note)) if cell == cell.to_integral_value() and cell >= 0 else cell


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        if abs(value) >= _EXACT_BELOW:
            return FaultyCell(
                text=repr(value),
                why=_("A spreadsheet keeps 15 digits of a number; this one has more and its end is lost."),
                remedy=_("Format the column as text in the workbook and enter the number again."),
            )
        return Decimal(format(value, _SHOWN_DIGITS)) + 0
    if isinstance(value, date | datetime):
        return value
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
