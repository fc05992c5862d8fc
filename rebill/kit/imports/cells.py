"""What a cell and a row are once read, whatever the file was: typed values with their line, or why there are none."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from rebill.kit.imports.refusals import CellRefused

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class FaultyCell:
    """A cell whose content could not be read, such as a formula without a result; refused when a field needs it."""

    text: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Percentage:
    """A number that the workbook shows as per cent: 21 for a cell that shows 21 % and stores 0.21."""

    number: Decimal


Cell: TypeAlias = str | Decimal | bool | date | datetime | Percentage | FaultyCell


@dataclass(frozen=True)
class Row:
    """One line of a table. `line` counts from 1 as a person sees it; `fault` says why none of its cells can be used."""

    line: int
    cells: tuple[Cell, ...]
    fault: CellRefused | None = None

    @property
    def is_blank(self) -> bool:
        return self.fault is None and all(is_blank(cell) for cell in self.cells)


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and (not cell or cell.isspace())


def cell_text(cell: Cell, *, decimal_mark: str = ".") -> str:
    """The cell as text that reads back as the same value: days as ISO, numbers without thousands marks."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, FaultyCell):
        return cell.text
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", decimal_mark)
    if isinstance(cell, Percentage):
        return format(cell.number, "f").replace(".", decimal_mark) + "%"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat()


def tidy(text: str) -> str:
    """Outer and repeated spaces of every kind removed, letters composed: what two people mean by the same words."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
