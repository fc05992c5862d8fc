"""Finds the heading of a table and gives every column a name of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Cell, Row, cell_text, is_blank, tidy
from rebill.kit.imports.options import Limits
from rebill.kit.imports.refusals import CellRefused, FileRefused

# How far down a heading is looked for under a title, a date and an address.
_FIRST_ROWS = 20
_NUMBER = re.compile(r"[\s€%+-]*\d[\s\d.,€%+-]*")


@dataclass(frozen=True)
class Header:
    """The name of each column, unique in the table; `line` is 0 when the file has no heading."""

    line: int
    labels: tuple[str, ...]
    repeated: frozenset[str]
    notes: tuple[Problem, ...]


def column_letter(position: int) -> str:
    """0 is A, 25 is Z, 26 is AA: how a spreadsheet names its columns."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_header(rows: Iterator[Row], *, file_name: str, header_row: int | None, limits: Limits) -> Header:
    """The stated row, or the first filled one; titles of a single cell above a wider row are passed over.

    An empty file is refused; a file with nothing but a heading is a table of no lines.
    """
    first_rows = list(islice(rows, (header_row or 0) + _FIRST_ROWS))
    filled = [row for row in first_rows if not row.is_blank] or list(islice((r for r in rows if not r.is_blank), 1))
    if not filled:
        raise FileRefused(
            what="import.empty",
            where=file_name,
            why=_("The file holds no rows."),
            remedy=_("Check that it is the right file, and that the right sheet was saved."),
        )
    if header_row == 0:
        width = _limited(max(_width(row.cells) for row in filled), file_name, limits)
        return Header(0, tuple(_nameless(position) for position in range(width)), frozenset(), ())
    heading = _stated_heading(filled, header_row, file_name) if header_row else _likely_heading(filled)
    where = _("%(file)s line %(line)s") % {"file": file_name, "line": heading.line}
    if heading.fault is not None:
        raise FileRefused(
            what="import.header_unreadable",
            where=where,
            why=_("The headings cannot be read: %(why)s") % {"why": heading.fault.why},
            remedy=heading.fault.remedy,
            value=heading.fault.value,
        )
    used = max(_width(row.cells) for row in filled if row.line >= heading.line)
    width = _limited(max(_width(heading.cells), min(used, len(heading.cells))), where, limits)
    header = _named(heading.line, [tidy(cell_text(cell)) for cell in heading.cells[:width]], where)
    titles = tuple(_title_note(row, file_name) for row in filled if row.line < heading.line and not header_row)
    notes = titles + header.notes + _value_notes(heading, header.labels, where)
    return Header(header.line, header.labels, header.repeated, notes)


def _value_notes(heading: Row, labels: tuple[str, ...], where: str) -> tuple[Problem, ...]:
    """A file without headings loses its first record to them, unless somebody says so."""
    if not any(_is_number(cell) for cell in heading.cells[: len(labels)]):
        return ()
    return (
        Problem(
            what="import.heading_is_no_text",
            where=where,
            why=_("The headings hold numbers; perhaps the file has no headings and this is its first record."),
            remedy=_("Say that the file has no headings, or state the row in which they stand."),
            value=", ".join(labels)[:200],
            blocking=False,
        ),
    )


def _stated_heading(filled: list[Row], header_row: int, file_name: str) -> Row:
    for row in filled:
        if row.line == header_row:
            return row
    raise FileRefused(
        what="import.header_missing",
        where=_("%(file)s line %(line)s") % {"file": file_name, "line": header_row},
        why=_("There are no headings in this row."),
        remedy=_("State the row in which the headings stand, or 0 if the file has none."),
    )


def _likely_heading(filled: list[Row]) -> Row:
    """A title fills one cell and has a wider row after it; a table of one column has no wider row."""
    for row in filled:
        if row.fault is not None or sum(not is_blank(cell) for cell in row.cells) > 1:
            return row
    return filled[0]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or (isinstance(cell, str) and _NUMBER.fullmatch(cell) is not None)


def _title_note(row: Row, file_name: str) -> Problem:
    return Problem(
        what="import.title_passed_over",
        where=_("%(file)s line %(line)s") % {"file": file_name, "line": row.line},
        why=_("The row fills one cell only and stands above a wider one, so it was taken for a title."),
        remedy=_("State the row in which the headings stand if it is another one."),
        value=" ".join(cell_text(cell) for cell in row.cells).strip()[:200],
        blocking=False,
    )


def _limited(width: int, where: str, limits: Limits) -> int:
    if width <= limits.columns_max:
        return width
    raise FileRefused(
        what="import.too_many_columns",
        where=where,
        why=_("The table has %(count)s columns; %(limit)s can be read.")
        % {"count": width, "limit": limits.columns_max},
        remedy=_("Leave out columns that are not needed."),
        value=str(width),
    )


def _named(line: int, texts: list[str], where: str) -> Header:
    labels: list[str] = []
    repeated: set[str] = set()
    notes: list[Problem] = []
    for position, text in enumerate(texts):
        label = text or _nameless(position)
        if not text:
            notes.append(_note("import.heading_blank", where, _("A column has no heading."), label))
        elif label in labels:
            repeated.add(label)
            notes.append(_note("import.heading_repeated", where, _("Two columns have the same heading."), label))
        number = 2
        unique = label
        while unique in labels or (unique != label and unique in texts):
            unique = f"{label} ({number})"
            number += 1
        if unique != label:
            repeated.add(unique)
        labels.append(unique)
    return Header(line, tuple(labels), frozenset(repeated), tuple(notes))


def _note(what: str, where: str, why: str, label: str) -> Problem:
    remedy = _("Say by hand which field it is, or give it a heading of its own in the file.")
    return Problem(what=what, where=where, why=why, remedy=remedy, value=label, blocking=False)


def _nameless(position: int) -> str:
    # Not translated: a remembered layout knows the column by this name, whoever opens the file.
    return f"Column {column_letter(position)}"


def _width(cells: Sequence[Cell]) -> int:
    return max((position + 1 for position, cell in enumerate(cells) if not is_blank(cell)), default=0)


def fit_to_header(row: Row, width: int) -> Row:
    """The row with exactly as many cells as the heading, or its fault: a cell too many or too few moves all others."""
    if row.fault is not None:
        return Row(row.line, row.cells[:width], row.fault)
    if len(row.cells) == width:
        return row
    filled = _width(row.cells)
    if len(row.cells) > width and filled <= width:
        return Row(row.line, row.cells[:width])
    count = filled if filled > width else len(row.cells)
    why = ngettext(
        "The line has %(count)s cell, the heading has %(width)s.",
        "The line has %(count)s cells, the heading has %(width)s.",
        count,
    )
    fault = CellRefused(
        why=why % {"count": count, "width": width},
        remedy=_("Put quotes around a text that contains the delimiter, and fill up a line that was cut off."),
        value=" ".join(cell_text(cell) for cell in row.cells)[:200],
    )
    return Row(row.line, row.cells[:width], fault)
