"""Splits delimited text into records with their line numbers; a quote opened by mistake costs its own line only."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from django.utils.translation import gettext as _

from rebill.kit.imports.cells import Row
from rebill.kit.imports.encodings import is_broken
from rebill.kit.imports.options import DELIMITERS, Limits
from rebill.kit.imports.refusals import CellRefused, FileRefused

# Python's own bound on one field is lower than the lines we allow and would stop the reader half way.
csv.field_size_limit(1 << 24)

_SNIFFED_RECORDS = 60
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NUMBER = re.compile(r"[\s€%+-]*\d[\s\d.,€%+-]*")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


class _Lines:
    """The lines of a text, one at a time, with a way to put back those that a record should not have taken."""

    def __init__(self, text: TextIO, *, file_name: str, limits: Limits) -> None:
        self._text = text
        self._file_name = file_name
        self._limits = limits
        self._put_back: deque[_Line] = deque()
        self._number = 0

    def take(self) -> _Line | None:
        if self._put_back:
            return self._put_back.popleft()
        self._number += 1
        text = self._read()
        if text == "":
            return None
        if len(text) > self._limits.line_length_max:
            raise FileRefused(
                what="import.line_too_long",
                where=_("%(file)s line %(line)s") % {"file": self._file_name, "line": self._number},
                why=_("The line is longer than %(limit)s characters.") % {"limit": self._limits.line_length_max},
                remedy=_("Check that the file is a table with one record a line."),
            )
        return _Line(self._number, text)

    def put_back(self, lines: list[_Line]) -> None:
        self._put_back.extendleft(reversed(lines))

    def _read(self) -> str:
        try:
            return self._text.readline(self._limits.line_length_max + 1)
        except UnicodeError:
            raise FileRefused(
                what="import.encoding_broken",
                where=_("%(file)s line %(line)s") % {"file": self._file_name, "line": self._number},
                why=_("The text ends in the middle of a character or holds what its encoding does not have."),
                remedy=_("Save the file again as CSV UTF-8, or choose the encoding by hand."),
            ) from None


def check_lines(text: TextIO, *, file_name: str, limits: Limits) -> None:
    """Refuse the file now if reading it would stop half way: a line without end, a broken character, too many lines."""
    lines = _Lines(text, file_name=file_name, limits=limits)
    while (line := lines.take()) is not None:
        if line.number > limits.lines_max:
            raise FileRefused(
                what="import.too_many_lines",
                where=file_name,
                why=_("The file has more than %(limit)s lines.") % {"limit": limits.lines_max},
                remedy=_("Split it into several files."),
            )


def split_records(text: TextIO, *, delimiter: str, file_name: str, limits: Limits) -> Iterator[Row]:
    """Every record with the number of its first line. Blank records come too: their line numbers count."""
    lines = _Lines(text, file_name=file_name, limits=limits)
    while (line := lines.take()) is not None:
        if '"' in line.text:
            row = _quoted_record(line, lines, delimiter, limits)
            yield _checked(row, "".join(str(cell) for cell in row.cells))
        else:
            # Some old programs still end a text with the DOS end-of-file character.
            yield _checked(Row(line.number, tuple(line.text.rstrip("\r\n\x1a").split(delimiter))), line.text)


def _quoted_record(first: _Line, lines: _Lines, delimiter: str, limits: Limits) -> Row:
    taken: list[_Line] = []

    def feed() -> Iterator[str]:
        yield first.text
        while len(taken) < limits.quoted_lines_max and (line := lines.take()) is not None:
            taken.append(line)
            yield line.text

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        lines.put_back(taken)
        fault = CellRefused(
            why=_("The quotes of this line do not pair up."),
            remedy=_("Write a quote inside a quoted cell twice, and close the cell with a quote before the delimiter."),
            value=first.text.strip(),
        )
        return Row(first.number, (first.text.rstrip("\r\n"),), fault)
    return Row(first.number, tuple(cells))


def _checked(row: Row, record: str) -> Row:
    """The row, or its fault where its text cannot be stored as it stands."""
    if row.fault is not None:
        return Row(row.line, tuple(_shown(str(cell)) for cell in row.cells), row.fault)
    if not record.isascii() and is_broken(record):
        why = _("The line holds bytes that are no letters in the encoding of this file.")
        remedy = _("Save the file again as CSV UTF-8, or choose the encoding by hand.")
    elif "\0" in record:
        why = _("The line holds a NUL byte.")
        remedy = _("Export the file again; it was damaged on its way.")
    else:
        return row
    cells = tuple(_shown(str(cell)) for cell in row.cells)
    value = next((cell for cell in cells if "\ufffd" in cell), "")
    return Row(row.line, cells, CellRefused(why=why, remedy=remedy, value=value))


def _shown(text: str) -> str:
    """Text that any file and database takes: what was no character stands as a replacement character."""
    return _UNSTORABLE.sub("\ufffd", text)


def guess_delimiter(open_text: Callable[[], TextIO], *, file_name: str, limits: Limits) -> str:
    """The delimiter that gives most of the first records the same number of cells, the heading among them.

    A comma inside `1,50` splits rows but not the heading, which tells it from a delimiter. Semicolon for a table of
    one column, so that a decimal comma in it stays whole.
    """
    best, best_share = ";", 0.0
    for delimiter in DELIMITERS:
        with open_text() as text:
            records = _first_records(text, delimiter, file_name, limits)
        widths = [len(record) for record in records]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        if usual < 2:
            continue
        share = widths.count(usual) / len(widths)
        heading = records[widths.index(usual)]
        may_be_heading = widths[0] == usual or not any(_NUMBER.fullmatch(cell) for cell in heading)
        if may_be_heading and share >= 0.5 and share > best_share:
            best, best_share = delimiter, share
    return best


def _first_records(text: TextIO, delimiter: str, file_name: str, limits: Limits) -> list[list[str]]:
    rows = split_records(text, delimiter=delimiter, file_name=file_name, limits=limits)
    filled = ([str(cell) for cell in row.cells] for row in rows if not row.is_blank)
    return list(islice(filled, _SNIFFED_RECORDS))
