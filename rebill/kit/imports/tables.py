"""A table that was opened: its heading, what was guessed about it, and its rows as often as they are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Row
from rebill.kit.imports.headers import Header, fit_to_header
from rebill.kit.imports.options import DateOrder, DecimalMark, ImportOptions

OpenFile: TypeAlias = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Table:
    """`rows()` starts anew at each call and yields every filled line below the heading, broken ones with their fault.

    `encoding` and `delimiter` are empty for a workbook, `sheet` and `sheets` for text. `decimal_mark` and `date_order`
    are what the first rows show, None where they leave it open; reading decides by the whole column. `notes` names
    what a person should look at and stops nothing.
    """

    file_name: str
    file_hash: str
    kind: Literal["csv", "xlsx"]
    header: Header
    read_rows: Callable[[], Iterator[Row]]
    options: ImportOptions
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    decimal_mark: DecimalMark | None = None
    date_order: DateOrder | None = None
    dates_from_1904: bool = False
    notes: tuple[Problem, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.header.labels

    def rows(self) -> Iterator[Row]:
        width = len(self.header.labels)
        for row in self.read_rows():
            if row.line > self.header.line and not row.is_blank:
                yield fit_to_header(row, width)

    def count_lines(self) -> int:
        """How many lines `rows()` yields."""
        return sum(1 for _row in self.rows())
