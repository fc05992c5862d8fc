"""What an export format gets and gives: sums of a month in, rows of cells out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from rebill.rules.money import Money

Cell: TypeAlias = str | int | Decimal


class Basis(StrEnum):
    """What is exported: documents dated in the month, or with them the drafts of the month's runs."""

    ISSUED = "issued"
    RUN = "run"


class FileKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the receiving system wants its file. `columns` are stable keys; their headings follow `language`.

    Delimiter, decimal mark and encoding are for CSV only. The byte order mark, by which Excel knows UTF-8, is written
    when asked for and only with UTF-8.
    """

    columns: tuple[str, ...]
    language: str = "nl"
    basis: Basis = Basis.ISSUED
    kind: FileKind = FileKind.CSV
    delimiter: str = ";"
    decimal_mark: Literal[",", "."] = ","
    encoding: str = "utf-8"
    byte_order_mark: bool = False


@dataclass(frozen=True, slots=True)
class GroupSum:
    """What one customer was billed in one summary group, without VAT, and on how many documents."""

    customer_number: str
    customer_name: str
    group: int
    amount: Money
    documents: int


class ExportFormat(Protocol):
    """A file format for other systems."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of all columns it can write, in its own order."""

    @property
    def default_columns(self) -> tuple[str, ...]: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    def headings(self, layout: Layout) -> Sequence[str]: ...

    def rows(self, sums: Iterable[GroupSum], *, month: date, layout: Layout) -> Iterator[Sequence[Cell]]:
        """One row per sum, without the headings."""

    def sample(self, currency: str) -> Sequence[GroupSum]:
        """Invented sums that show every kind of row, to try an import with."""
