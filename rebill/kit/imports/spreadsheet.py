"""Writes tables for spreadsheets: what a cell says is never taken for a formula, and numbers stay exact."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO, TypeAlias

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from rebill.kit.errors import Invalid
from rebill.kit.imports.cells import cell_text
from rebill.kit.imports.options import DecimalMark
from rebill.kit.imports.sheet_scan import ROWS_MAX

OutCell: TypeAlias = str | Decimal | int | bool | date | datetime | None

# The last four are the wide forms that spreadsheets in some languages take for the same characters.
_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)*")
_TEXT_LENGTH_MAX = 32_767
_DIGITS_MAX = 15
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class SheetRefused(Invalid):
    """The rows do not fit a workbook; nothing usable was written."""


def neutralise_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula; plain numbers stay."""
    if text.startswith((" ", *_FORMULA_STARTS)) and _is_formula(text):
        return "'" + text
    return text


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text)


def write_csv(
    rows: Iterable[Sequence[OutCell]],
    *,
    to: BinaryIO,
    delimiter: str = ";",
    decimal_mark: DecimalMark = ",",
    encoding: str = "utf-8",
    byte_order_mark: bool = True,
) -> int:
    """Write `rows` one at a time and return how many there were.

    Days are written as ISO, numbers without thousands marks, texts neutralised. A letter that the encoding lacks
    becomes its plain form (ł has none and becomes ?). The byte order mark, by which Excel knows UTF-8, is written for
    UTF-8 only. Leaves `to` open.
    """
    text = io.TextIOWrapper(to, encoding=encoding, errors=NEAREST_LETTER, newline="", write_through=True)
    if byte_order_mark and codecs.lookup(encoding).name == "utf-8":
        text.write("\ufeff")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    count = 0
    for row in rows:
        writer.writerow([_csv_cell(cell, decimal_mark) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _csv_cell(cell: OutCell, decimal_mark: DecimalMark) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralise_cell(cell)
    return str(cell) if type(cell) is int else cell_text(cell, decimal_mark=decimal_mark)  # type: ignore[arg-type]


def _nearest_letter(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = []
    for character in error.object[error.start : error.end]:
        base = unicodedata.normalize("NFKD", character)[0]
        # ≠ becomes = and would start a formula where there was none.
        plain.append("?" if base in _FORMULA_STARTS else base)
    known = "".join(plain).encode(error.encoding, errors="replace")
    return known.decode(error.encoding), error.end


NEAREST_LETTER = "rebill.nearest_letter"
codecs.register_error(NEAREST_LETTER, _nearest_letter)


def write_xlsx(rows: Iterable[Sequence[OutCell]], *, to: BinaryIO, made_at: datetime, sheet: str = "Sheet1") -> int:
    """Write `rows` to one sheet, the first of them as heading, and return how many there were.

    Texts are cells of text and never formulas. A number of more digits than a spreadsheet keeps is written as text.
    Memory does not grow with the number of rows; the same rows and `made_at` give the same bytes.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    workbook = xlsxwriter.Workbook(to, options)
    workbook.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    writer = _SheetWriter(workbook, workbook.add_worksheet(sheet))
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > ROWS_MAX:
            raise SheetRefused(_("A sheet holds %(limit)s rows. Write a CSV file instead.") % {"limit": ROWS_MAX})
        for column, cell in enumerate(row):
            writer.write(count - 1, column, cell)
    workbook.close()
    return count


class _SheetWriter:
    """Puts one cell of each kind into a sheet, with one number format per number of decimals."""

    def __init__(self, workbook: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._heading = workbook.add_format({"bold": True})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._protected = workbook.add_format({"quote_prefix": True})
        self._decimals: dict[int, Format] = {}

    def write(self, row: int, column: int, cell: OutCell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            self._write_text(row, column, cell)
        elif isinstance(cell, bool):
            self._sheet.write_boolean(row, column, cell)
        elif isinstance(cell, Decimal | int):
            self._write_number(row, column, Decimal(cell))
        elif isinstance(cell, datetime) and cell.tzinfo is not None:
            self._write_text(row, column, cell.isoformat(sep=" "))
        else:
            self._sheet.write_datetime(row, column, cell, self._moment if isinstance(cell, datetime) else self._day)

    def _write_text(self, row: int, column: int, text: str) -> None:
        if len(text) > _TEXT_LENGTH_MAX:
            raise SheetRefused(
                _("The text in row %(row)s, column %(column)s is longer than a cell holds. Write a CSV file instead.")
                % {"row": row + 1, "column": column + 1}
            )
        look = self._heading if row == 0 else self._protected if _is_formula(text) else None
        self._sheet.write_string(row, column, _UNSTORABLE.sub("\ufffd", text), look)

    def _write_number(self, row: int, column: int, number: Decimal) -> None:
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise SheetRefused(
                _("Row %(row)s, column %(column)s holds no number.") % {"row": row + 1, "column": column + 1}
            )
        if len(f"{abs(number):f}".replace(".", "").lstrip("0")) > _DIGITS_MAX:
            self._sheet.write_string(row, column, f"{number:f}")
            return
        places = max(0, -exponent)
        look = self._decimals.get(places)
        if look is None:
            look = self._workbook.add_format({"num_format": "0." + "0" * places if places else "0"})
            self._decimals[places] = look
        self._sheet.write_number(row, column, float(number), look)
