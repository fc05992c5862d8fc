"""What a whole column says about how its numbers and days are written, where a single cell leaves it open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from rebill.kit.imports.cells import Cell, Row
from rebill.kit.imports.dates import shown_date_orders
from rebill.kit.imports.decimals import shown_decimal_mark
from rebill.kit.imports.options import DATE_ORDERS, DateOrder, DecimalMark


@dataclass
class ColumnSurvey:
    """Evidence of one column: which decimal marks its cells prove, and which date orders fit all of them."""

    commas: int = 0
    points: int = 0
    days: int = 0
    orders: frozenset[DateOrder] = field(default_factory=lambda: frozenset(DATE_ORDERS))

    def add(self, cell: Cell) -> None:
        self.add_number(cell)
        self.add_day(cell)

    def add_number(self, cell: Cell) -> None:
        mark = shown_decimal_mark(cell) if isinstance(cell, str) else None
        self.commas += mark == ","
        self.points += mark == "."

    def add_day(self, cell: Cell) -> None:
        orders = shown_date_orders(cell) if isinstance(cell, str) else None
        if orders is not None:
            self.days += 1
            self.orders &= orders

    @property
    def decimal_mark(self) -> DecimalMark | None:
        """None where nothing proves one, and where the cells contradict each other."""
        if bool(self.commas) == bool(self.points):
            return None
        return "," if self.commas else "."

    @property
    def date_order(self) -> DateOrder | None:
        """The only order in which every day of the column is one."""
        return next(iter(self.orders)) if self.days and len(self.orders) == 1 else None


@dataclass(frozen=True)
class Survey:
    """The columns that were looked at, by their position."""

    columns: dict[int, ColumnSurvey]

    @property
    def decimal_mark(self) -> DecimalMark | None:
        """What the columns that prove one agree on: a file is written by one program, in one habit."""
        marks = {column.decimal_mark for column in self.columns.values() if column.commas or column.points}
        return marks.pop() if len(marks) == 1 else None

    @property
    def date_order(self) -> DateOrder | None:
        orders = {column.date_order for column in self.columns.values() if len(column.orders) < 2}
        return orders.pop() if len(orders) == 1 else None

    def decimal_mark_of(self, position: int) -> DecimalMark | None:
        """The column's own evidence first, the file's where the column proves nothing; contradictions stay open."""
        column = self.columns.get(position)
        return column.decimal_mark if column and (column.commas or column.points) else self.decimal_mark

    def date_order_of(self, position: int) -> DateOrder | None:
        column = self.columns.get(position)
        if column is None or column.date_order is not None or not column.orders:
            return column.date_order if column else self.date_order
        return self.date_order if self.date_order in column.orders else None


def survey_rows(rows: Iterable[Row], *, numbers: Collection[int], days: Collection[int]) -> Survey:
    """Reads every row once, looking for numbers and for days at these positions; rows with a fault prove nothing."""
    columns = {position: ColumnSurvey() for position in (*numbers, *days)}
    for row in rows:
        if row.fault is None:
            for position in numbers:
                columns[position].add_number(row.cells[position])
            for position in days:
                columns[position].add_day(row.cells[position])
    return Survey(columns)
