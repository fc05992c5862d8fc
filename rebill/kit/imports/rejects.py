"""The lines an import did not take, kept as a file that can be mended and imported again."""

import codecs
import csv
import io
import shutil
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Cell, cell_text
from rebill.kit.imports.options import DecimalMark
from rebill.kit.imports.spreadsheet import neutralise_cell

# Not translated: a mended file is known by these headings, whoever imports it again.
LINE, COLUMN, VALUE, WHY, REMEDY = REJECT_HEADINGS = (
    "rejected: line", "rejected: column", "rejected: value", "rejected: why", "rejected: remedy",
)  # fmt: skip
_VALUE_LENGTH_MAX = 200
_IN_MEMORY_BYTES = 1_000_000
_SHOWN_LINES = 100
_SEPARATOR = " | "


@dataclass(frozen=True)
class Refusal:
    """One cell that was not taken; `column` is empty where the line as a whole was not."""

    column: str
    value: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Rejected:
    """A line that was not taken, with everything that is wrong with it; `column` to `remedy` tell the first."""

    line: int
    refusals: tuple[Refusal, ...]
    cells: tuple[Cell, ...] = ()

    @property
    def column(self) -> str:
        return self.refusals[0].column

    @property
    def value(self) -> str:
        return self.refusals[0].value

    @property
    def why(self) -> str:
        return self.refusals[0].why

    @property
    def remedy(self) -> str:
        return self.refusals[0].remedy

    def problem(self, file_name: str) -> Problem:
        where = _("%(file)s line %(line)s column %(column)s") if self.column else _("%(file)s line %(line)s")
        return Problem(
            what="import.line_rejected",
            where=where % {"file": file_name, "line": self.line, "column": self.column},
            why=self.why,
            remedy=self.remedy,
            value=self.value,
        )


def refusal(*, column: str, value: str, why: str, remedy: str) -> Refusal:
    """A refusal whose value is short enough to show."""
    shown = value if len(value) <= _VALUE_LENGTH_MAX else value[: _VALUE_LENGTH_MAX - 1] + "…"
    return Refusal(column=column, value=shown, why=why, remedy=remedy)


def read_rejects(path: Path, *, file_name: str, most: int) -> list[Problem]:
    """The first lines of a file of rejected lines, as problems of the file that they are from."""
    with path.open(encoding="utf-8-sig", newline="") as kept:
        rows = csv.DictReader(kept, delimiter=";")
        return [
            Rejected(int(row[LINE]), (Refusal(row[COLUMN], row[VALUE], row[WHY], row[REMEDY]),)).problem(file_name)
            for row in islice(rows, most)
        ]


class RejectedLines:
    """Takes rejected lines one by one: all of them go to a temporary file, the first hundred stay at hand."""

    def __init__(self, *, columns: tuple[str, ...], decimal_mark: DecimalMark | None) -> None:
        self.count = 0
        self.first: list[Rejected] = []
        # Numbers of a workbook are written by the mark that a remembered layout reads them with.
        self._decimal_mark = decimal_mark or "."
        self._kept = [position for position, label in enumerate(columns) if label not in REJECT_HEADINGS]
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, delimiter=";", lineterminator="\r\n")
        self._write([*(columns[position] for position in self._kept), *REJECT_HEADINGS])

    def add(self, rejected: Rejected) -> None:
        self.count += 1
        if len(self.first) < _SHOWN_LINES:
            self.first.append(rejected)
        cells = rejected.cells
        original = [
            cell_text(cells[position], decimal_mark=self._decimal_mark) if position < len(cells) else ""
            for position in self._kept
        ]
        remarks = (
            _SEPARATOR.join(text for text in texts if text)
            for texts in (
                [one.column for one in rejected.refusals],
                [one.value for one in rejected.refusals],
                [one.why for one in rejected.refusals],
                [one.remedy for one in rejected.refusals],
            )
        )
        self._write([*original, str(rejected.line), *remarks])

    def content(self) -> bytes:
        """CSV UTF-8 with a byte order mark and semicolons: the original columns, then what was wrong."""
        content = io.BytesIO()
        self.copy_to(content)
        return content.getvalue()

    def copy_to(self, target: IO[bytes]) -> None:
        """Write the same into a file, piece by piece."""
        target.write(codecs.BOM_UTF8)
        self._file.seek(0)
        shutil.copyfileobj(self._file, target)
        self._file.seek(0, io.SEEK_END)

    def _write(self, texts: list[str]) -> None:
        self._writer.writerow([neutralise_cell(text) for text in texts])
        self._file.write(self._text.getvalue().encode("utf-8", errors="replace"))
        self._text.seek(0)
        self._text.truncate()
