"""The partner's own files, as spreadsheets have them: Dutch headings, decimal commas, and one from an old program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rebill.interfaces.demo.assortment import missing_price_row, price_rows, product_rows
from rebill.interfaces.demo.base import Base, DemoMonth
from rebill.interfaces.demo.customers import DemoCustomer
from rebill.kit.imports.spreadsheet import write_csv, write_xlsx

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file that was written, and what it holds."""

    entity: str
    path: Path
    lines: int


class Cabinet:
    """The folder in which the files lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_opening(self, base: Base, made_at: datetime) -> list[DemoFile]:
        """Customers, products, prices and subscriptions, in the order in which they are imported."""
        return [
            self._write_workbook("customers", "klanten.xlsx", _customers(base.opening), made_at),
            self._write_text("products", "artikelen.csv", product_rows(), encoding="cp1252"),
            self._write_text("prices", "prijzen.csv", price_rows()),
            self._write_text("subscriptions", "abonnementen.csv", (each.row() for each in base.subscriptions)),
        ]

    def write_month(self, month: DemoMonth, made_at: datetime, *, is_sent: bool) -> list[DemoFile]:
        """What was entered in one month; a file that would be empty is not written."""
        name = f"{month.billed_on:%Y-%m}"
        files = [
            self._write_workbook(
                "customers", f"klanten-{name}.xlsx", _customers(month.customers, is_sent=is_sent), made_at
            ),
            self._write_text("subscriptions", f"abonnementen-{name}.csv", (each.row() for each in month.subscriptions)),
            self._write_text("interim-lines", f"regels-{name}.csv", (each.row() for each in month.lines)),
        ]
        return [file for file in files if file.lines]

    def write_moved(self, base: Base, made_at: datetime) -> DemoFile:
        """The customers once more, now with how each gets its invoices."""
        newest = {customer.number for customer in base.months[-1].customers}
        customers = [customer for number, customer in base.customers.items() if number not in newest]
        return self._write_workbook(
            "customers", "klanten-verzending.xlsx", _customers(customers, is_sent=True), made_at
        )

    def write_missing_price(self, valid_from: date) -> DemoFile:
        """The one price that was forgotten. A file of one line has its day as ISO: 01-10 could be read both ways."""
        return self._write_text("prices", "prijs-teams.csv", [missing_price_row(valid_from.isoformat())])

    def _write_workbook(self, entity: str, name: str, rows: Iterable[Row], made_at: datetime) -> DemoFile:
        table = _table(rows)
        path = self.folder / name
        if table:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_xlsx(table, to=file, made_at=made_at, sheet="Klanten")
        return DemoFile(entity, path, max(0, len(table) - 1))

    def _write_text(self, entity: str, name: str, rows: Iterable[Row], *, encoding: str = "utf-8") -> DemoFile:
        table = _table(rows)
        path = self.folder / name
        if table:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_csv(table, to=file, encoding=encoding)
        return DemoFile(entity, path, max(0, len(table) - 1))


def _customers(customers: Iterable[DemoCustomer], *, is_sent: bool = False) -> Iterable[Row]:
    return (customer.row(is_sent=is_sent) for customer in customers)


def _table(rows: Iterable[Row]) -> list[list[str]]:
    """Headings and cells; nothing where there are no rows."""
    listed = list(rows)
    return [list(listed[0]), *(list(row.values()) for row in listed)] if listed else []
