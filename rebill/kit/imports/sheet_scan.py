"""Looks a sheet over while it is unpacked: how far it reaches, how much text it names, which cells need a remark."""

import re
from array import array

from django.utils.translation import gettext as _

from rebill.kit.imports.cells import FaultyCell
from rebill.kit.imports.options import Limits

ROWS_MAX = 1_048_576
# Excel keeps 32,767 characters in a cell; other programs keep somewhat more.
_VALUE_LENGTH_MAX = 100_000
COLUMNS_MAX = 16_384
_COLUMN_BITS = 14
_BUILT_IN_PERCENT = {"9", "10"}
# What a number format holds besides digits: quoted text, escaped characters, colours and conditions.
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ZEROS = re.compile(r"0{2,20}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_LETTERS = re.compile(r"[A-Za-z]{1,3}")

PERCENT = "percent"


class SheetTooLarge(Exception):
    """The sheet exceeds a limit; why and remedy are for people, the file is added by who reads it."""

    def __init__(self, *, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why = why
        self.remedy = remedy


class SheetScan:
    """Told every element of the styles, the shared texts and the sheet, in that order."""

    def __init__(self, *, limits: Limits, results_are_stale: bool) -> None:
        self._limits = limits
        self._results_are_stale = results_are_stale
        self._notes: dict[int, str] = {}
        self._formats: dict[str, str] = {}
        self._style_notes: dict[str, str] = {}
        self._styles_count = 0
        self._in_cell_styles = False
        self._string_lengths = array("L")
        self._string_length = 0
        self._text_total = 0
        self._columns: dict[str, int] = {}
        self._in_sheet = False
        self._next_row, self._next_column = 1, 0
        self._row = self._column = 0
        self._first_row = self._first_column = ROWS_MAX
        self._last_row = self._last_column = 0
        self._type = self._style = self._value = self._error = ""
        self._collecting = self._has_value = self._has_formula = False

    def note(self, row: int, column: int) -> str | FaultyCell | None:
        """For the cell in the row that counts from 1 and the column that counts from 0: PERCENT, the number of digits
        to which its number is filled up with zeros, or why it has no value."""
        kind = self._notes.get(row << _COLUMN_BITS | column)
        if kind is None or kind == PERCENT or kind.isdigit():
            return kind
        if kind == "formula":
            return FaultyCell(
                text=_("(formula)"),
                why=_("The cell holds a formula whose result was not saved with the file."),
                remedy=_("Open the workbook in a spreadsheet program and save it again, or paste the values."),
            )
        return FaultyCell(
            text=kind,
            why=_("The cell holds the error %(error)s.") % {"error": kind},
            remedy=_("Mend the formula in the workbook, or leave the cell empty."),
        )

    @property
    def has_notes(self) -> bool:
        return bool(self._notes)

    @property
    def height(self) -> int:
        """The last row with a value or a formula, counted from 1; 0 for an empty sheet."""
        return self._last_row

    @property
    def width(self) -> int:
        """How many columns reach from the first of the sheet to the last with a value or a formula."""
        return self._last_column + 1 if self._last_row else 0

    def start_style(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            self._in_cell_styles = name == "cellXfs"
        elif name == "xf" and self._in_cell_styles:
            note = self._format_note(attributes.get("numFmtId", "0"))
            if note:
                self._style_notes[str(self._styles_count)] = note
            self._styles_count += 1

    def _format_note(self, number_format: str) -> str:
        if number_format in _BUILT_IN_PERCENT:
            return PERCENT
        positive = _LITERALS.sub("", self._formats.get(number_format, "")).partition(";")[0].strip()
        if "%" in positive:
            return PERCENT
        return str(len(positive)) if _ZEROS.fullmatch(positive) else ""

    def start_string(self, name: str, attributes: dict[str, str]) -> None:
        """The reader reserves memory for as many texts as the part claims, so the claim is checked too."""
        if name == "si":
            self._string_length = 0
        elif name == "sst":
            claimed = attributes.get("uniqueCount", "0")
            if not _WHOLE.fullmatch(claimed) or int(claimed) > self._limits.workbook_cells_max:
                raise ValueError("the texts are said to be more than can be")

    def read_string(self, text: str) -> None:
        self._string_length += len(text)

    def end_string(self, name: str) -> None:
        if name == "si":
            self._string_lengths.append(self._string_length)
            if len(self._string_lengths) > self._limits.workbook_cells_max:
                raise self._too_many_cells(len(self._string_lengths))

    def start_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._in_sheet = True
        elif not self._in_sheet:
            return
        elif name == "c":
            self._place(attributes.get("r"))
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._value = ""
            self._collecting = self._has_value = self._has_formula = False
        elif name == "v" or name == "t":
            self._collecting = self._has_value = True
        elif name == "row":
            self._next_row = _row_number(attributes.get("r", str(self._next_row)))
        elif name == "f":
            self._has_formula = True

    def read_cell(self, text: str) -> None:
        if self._collecting:
            self._value += text
            if len(self._value) > _VALUE_LENGTH_MAX:
                raise self._too_much_text()

    def end_cell(self, name: str) -> None:
        if not self._in_sheet:
            return
        if name == "v" or name == "t":
            self._collecting = False
        elif name == "c":
            self._next_column = self._column + 1
            if self._has_value or self._has_formula:
                self._end_filled_cell()
        elif name == "row":
            self._next_row += 1
            self._next_column = 0
        elif name == "sheetData":
            self._in_sheet = False

    def _end_filled_cell(self) -> None:
        self._reach()
        self._count_text()
        note = self._cell_note()
        if note:
            self._notes[self._row << _COLUMN_BITS | self._column] = note

    def finish(self) -> None:
        """Refuse a sheet whose first and last cells span more than can be held, however few stand between them."""
        if self._last_row:
            rows = self._last_row - self._first_row + 1
            columns = self._last_column - self._first_column + 1
            if rows * columns > self._limits.workbook_cells_max:
                raise self._too_many_cells(rows * columns)

    def _place(self, reference: str | None) -> None:
        """Without a reference a cell stands right of the one before it, in the row that was begun last."""
        if reference is None:
            self._row, self._column = self._next_row, self._next_column
            return
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column_number(letters)
        self._row, self._column = _row_number(reference[len(letters) :]), column

    def _reach(self) -> None:
        row, column = self._row, self._column
        if column >= COLUMNS_MAX:
            raise ValueError("a cell stands right of every sheet")
        if row > self._last_row:
            self._last_row = row
        if row < self._first_row:
            self._first_row = row
        if column > self._last_column:
            self._last_column = column
        if column < self._first_column:
            self._first_column = column

    def _count_text(self) -> None:
        if self._type == "s":
            position = int(self._value) if self._value.isascii() and self._value.isdigit() else -1
            if not 0 <= position < len(self._string_lengths):
                raise ValueError("a cell names a text that is not there")
            self._text_total += self._string_lengths[position]
        else:
            self._text_total += len(self._value)
        if self._text_total > self._limits.workbook_text_max:
            raise self._too_much_text()

    def _cell_note(self) -> str:
        if self._type == "e":
            return self._value or "#"
        if self._has_formula and self._type in {"n", ""}:
            stale = self._results_are_stale and self._value.strip("0.") == ""
            if not self._value or stale:
                return "formula"
        if self._type in {"n", ""}:
            return self._style_notes.get(self._style, "")
        return ""

    def _too_much_text(self) -> SheetTooLarge:
        return SheetTooLarge(
            why=_("A text is longer than %(length)s characters, or all of them than %(limit)s million.")
            % {"length": _VALUE_LENGTH_MAX, "limit": self._limits.workbook_text_max // 1_000_000},
            remedy=_("Leave out long texts, or save the sheet as CSV UTF-8."),
        )

    def _too_many_cells(self, count: int) -> SheetTooLarge:
        return SheetTooLarge(
            why=_("The sheet spans %(count)s cells; %(limit)s can be read.")
            % {"count": count, "limit": self._limits.workbook_cells_max},
            remedy=_("Delete what stands far below or right of the table, or save the sheet as CSV UTF-8."),
        )


def _row_number(digits: str) -> int:
    if not _WHOLE.fullmatch(digits) or not 1 <= int(digits) <= ROWS_MAX:
        raise ValueError("a row stands outside of every sheet")
    return int(digits)


def _column_number(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise ValueError("a cell reference has no column")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
