"""Writing line exports: a block of lines becomes cells column by column, and rows in the file as they come."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from io import StringIO

from rebill.exports.lines.layouts import Dates, LinesLayout, Side, headings_of
from rebill.exports.lines.reading import Block, Line, LineReader, digits_by_currency
from rebill.kit.imports.spreadsheet import NEAREST_LETTER, neutralise_cell
from rebill.rules.checkable import checkable_quantity

# What stands before the number of an order, so that it is no other number of the receiving system.
ORDER_PREFIX = "BUNDLE_"
_PATTERNS = {Dates.SHORT: "%d.%m.%Y", Dates.DOTS: "%d.%m.%Y", Dates.DASHES: "%d-%m-%Y", Dates.ISO: "%Y-%m-%d"}
_CACHED = 200_000

Cells = list[str]


class LineWriter:
    """Makes the cells of a layout. Texts that would be formulas in a spreadsheet are made harmless."""

    def __init__(self, reader: LineReader, layout: LinesLayout) -> None:
        self.reader = reader
        self.layout = layout
        pattern = _PATTERNS[layout.dates]
        self.days: dict[date | None, str] = _Made(lambda day: "" if day is None else day.strftime(pattern))
        short = "%d.%m.%y" if layout.dates is Dates.SHORT else pattern
        self.short: dict[date | None, str] = _Made(lambda day: "" if day is None else day.strftime(short))
        self.quantities: dict[int, str] = _Made(lambda number: self._decimal(number, 8, 0))
        self.prices: dict[int, str] = _Made(lambda number: self._decimal(number, 6, 2))
        self.rates: dict[int, str] = _Made(lambda number: self._decimal(number, 6, 0))
        self.texts: dict[str, str] = _Made(neutralise_cell)
        self.checkable: dict[tuple[int, int, int, int], str] = _Made(
            lambda said: self._fixed(*checkable_quantity(*said))
        )
        self.amounts: dict[tuple[int, int], str] = _Made(lambda said: self._fixed(said[0], said[1]))
        self._makers = [CELLS[key] for key in layout.columns]

    def cells(self, block: Block) -> list[tuple[str, ...]]:
        """The rows of the block."""
        return list(zip(*(make(self, block) for make in self._makers), strict=True))

    def chunks(self, month: date, language: str) -> Iterator[bytes]:
        """The file in pieces, one for each block."""
        layout = self.layout
        if layout.byte_order_mark and layout.encoding == "utf-8":
            yield codecs.BOM_UTF8
        yield self._written([[self.texts[each] for each in headings_of(layout, language)]])
        for block in self.reader.read(month):
            if block.lines:
                yield self._written(self.cells(block))

    def _written(self, rows: Sequence[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        csv.writer(text, delimiter=self.layout.delimiter, lineterminator="\r\n").writerows(rows)
        return text.getvalue().encode(self.layout.encoding, errors=NEAREST_LETTER)

    def _fixed(self, number: int, places: int) -> str:
        """An integer of 10⁻ᵖ with all its decimals."""
        if not places:
            return str(number)
        whole, rest = divmod(abs(number), 10**places)
        return f"{'-' if number < 0 else ''}{whole}{self.layout.decimal_mark}{rest:0{places}}"

    def _decimal(self, number: int, places: int, least: int) -> str:
        """The same with the decimals that say something, and at least so many."""
        while places > least and number % 10 == 0:
            number //= 10
            places -= 1
        return self._fixed(number, places)

    def period(self, line: Line) -> str:
        """From and until in one cell."""
        if line.starts_on is None or line.ends_before is None:
            return self.days[line.starts_on]
        return f"{self.days[line.starts_on]} - {self.days[line.ends_before]}"

    def last_day(self, line: Line) -> str:
        """The last day that is billed."""
        if line.ends_before is None or line.starts_on is None or line.ends_before <= line.starts_on:
            return self.days[line.starts_on]
        return self.days[line.ends_before - timedelta(1)]


class _Made(dict):  # type: ignore[type-arg]
    """Cells by what they are made of: values repeat, and making a cell costs more than finding it."""

    def __init__(self, make: Callable[..., str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: object) -> str:
        if len(self) >= _CACHED:
            self.clear()
        made = self[key] = self.make(key)
        return made


Maker = Callable[[LineWriter, Block], Cells]


def _amountnew(writer: LineWriter, block: Block) -> Cells:
    digits, made = digits_by_currency(block.lines), writer.checkable
    return [made[line.prorated_e8, line.price_e6, line.net_minor, digits[line.currency]] for line in block.lines]


def _price(writer: LineWriter, block: Block) -> Cells:
    digits, made = digits_by_currency(block.lines), writer.amounts
    return [made[line.net_minor, digits[line.currency]] for line in block.lines]


def _dimensions(writer: LineWriter, block: Block) -> Cells:
    """Headings and values; those of a seller are nothing to the dealers that buy from it."""
    if writer.reader.side is Side.PURCHASE:
        return [""] * len(block.lines)
    return [
        writer.texts["; ".join(f"{heading}: {value}" for heading, value in line.dimensions.items())]
        if line.dimensions else ""
        for line in block.lines
    ]  # fmt: skip


CELLS: dict[str, Maker] = {
    "invoice_number": lambda writer, block: [writer.texts[bill.number] for bill in block.bills],
    "invoice_date": lambda writer, block: [writer.days[bill.issued_on] for bill in block.bills],
    "invoice_kind": lambda writer, block: [bill.kind for bill in block.bills],
    "due_date": lambda writer, block: [writer.days[bill.due_on] for bill in block.bills],
    "position": lambda writer, block: [str(line.position) for line in block.lines],
    "corrects_number": lambda writer, block: [writer.texts[line.corrects_number] for line in block.lines],
    "payment_reference": lambda writer, block: [writer.texts[bill.payment_reference] for bill in block.bills],
    "customer_reference": lambda writer, block: [writer.texts[bill.customer_reference] for bill in block.bills],
    "end_customer_id": lambda writer, block: [str(each.id) for each in block.end_customers],
    "end_customer_number": lambda writer, block: [writer.texts[each.number or ""] for each in block.end_customers],
    "end_customer_name": lambda writer, block: [writer.texts[each.name] for each in block.end_customers],
    "cost_centre": lambda writer, block: [
        writer.texts[each.cost_centre or line.cost_centre]
        for line, each in zip(block.lines, block.end_customers, strict=True)
    ],
    "end_customer_vat_id": lambda writer, block: [writer.texts[each.vat_id] for each in block.end_customers],
    "end_customer_country": lambda writer, block: [each.country for each in block.end_customers],
    "end_customer_city": lambda writer, block: [writer.texts[each.city] for each in block.end_customers],
    "dealer_id": lambda writer, block: [str(each.id or "") for each in block.dealers],
    "dealer_number": lambda writer, block: [writer.texts[each.number or ""] for each in block.dealers],
    "dealer_name": lambda writer, block: [writer.texts[each.name] for each in block.dealers],
    "wholesaler_id": lambda writer, block: [str(each.id or "") for each in block.wholesalers],
    "wholesaler_number": lambda writer, block: [writer.texts[each.number or ""] for each in block.wholesalers],
    "wholesaler_name": lambda writer, block: [writer.texts[each.name] for each in block.wholesalers],
    "from": lambda writer, block: [writer.short[line.starts_on] for line in block.lines],
    "until": lambda writer, block: [writer.short[line.ends_before] for line in block.lines],
    "period": lambda writer, block: [writer.period(line) for line in block.lines],
    "last_day": lambda writer, block: [writer.last_day(line) for line in block.lines],
    "order_number": lambda writer, block: [writer.texts[each.order_number or ""] for each in block.orders],
    "product_id": lambda writer, block: [
        f"{ORDER_PREFIX}{each.order_number}" if each.order_number else "" for each in block.orders
    ],
    "subscription_id": lambda writer, block: [str(each.uuid) for each in block.orders],
    "general_reference": lambda writer, block: [
        writer.texts[each.general_reference or each.reference] for each in block.orders
    ],
    "reference": lambda writer, block: [writer.texts[each] for each in block.references],
    "order_date": lambda writer, block: [writer.days[each.ordered_on] for each in block.orders],
    "subscription_start": lambda writer, block: [
        writer.days[each.start_on if each.id else None] for each in block.orders
    ],
    "quantity": lambda writer, block: [writer.quantities[line.quantity_e8] for line in block.lines],
    "amountnew": _amountnew,
    "unit": lambda writer, block: [writer.texts[line.unit] for line in block.lines],
    "article_code": lambda writer, block: [writer.texts[line.product_code] for line in block.lines],
    "article_name": lambda writer, block: [writer.texts[line.description] for line in block.lines],
    "unit_price": lambda writer, block: [writer.prices[line.price_e6] for line in block.lines],
    "tax": lambda writer, block: [writer.rates[line.rate_e6] for line in block.lines],
    "price": _price,
    "currency": lambda writer, block: [line.currency for line in block.lines],
    "ledger_account": lambda writer, block: [writer.texts[writer.reader.account_of(line)] for line in block.lines],
    "dimensions": _dimensions,
    "invoice_type": lambda writer, block: [line.kind for line in block.lines],
    "tax_category": lambda writer, block: [line.tax_category for line in block.lines],
    "summary_group": lambda writer, block: [str(line.summary_group) for line in block.lines],
    "event": lambda writer, block: [f"{told.source}:{told.key}" if told.id else "" for told in block.told],
}
