"""Writing line exports: a block of lines becomes cells column by column, and rows in the file as they come.

The cells are expressions of Polars, so that a million rows cost no million rows of Python.
"""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from io import StringIO

import polars as pl

from rebill.exports.lines.layouts import Dates, LinesLayout, Side, headings_of
from rebill.exports.lines.reading import LineReader
from rebill.kit.imports.spreadsheet import NEAREST_LETTER, neutralise_cell
from rebill.rules.checkable import checkable_quantity
from rebill.rules.money import digits_of

# What stands before the number of an order, so that it is no other number of the receiving system.
ORDER_PREFIX = "BUNDLE_"
_PATTERNS = {Dates.SHORT: "%d.%m.%Y", Dates.DOTS: "%d.%m.%Y", Dates.DASHES: "%d-%m-%Y", Dates.ISO: "%Y-%m-%d"}
_CACHED = 200_000
# What neutralise_cell may have to do with: it decides, for those few that begin so.
_MAYBE_FORMULA = r"^[ =+\-@\t\r＝＋－＠]"
# Cells of figures and days have none of these in them, whatever the layout.
_NOT_IN_FIGURES = ";\t|"


class LineWriter:
    """Makes the cells of a layout. Texts that would be formulas in a spreadsheet are made harmless."""

    def __init__(self, reader: LineReader, layout: LinesLayout) -> None:
        self.reader = reader
        self.layout = layout
        self.mark = layout.decimal_mark
        self.pattern = _PATTERNS[layout.dates]
        self.short_pattern = "%d.%m.%y" if layout.dates is Dates.SHORT else self.pattern
        self._made: dict[tuple[int, ...], str] = {}
        self._cells = {key: CELLS[key](self) for key in layout.columns}
        special = f'{layout.delimiter}"\r\n'
        self._quotable = f"[{re.escape(special)}]"
        self._special = frozenset(special)
        self._encode = codecs.getincrementalencoder(layout.encoding)(NEAREST_LETTER).encode
        self.names = frozenset(name for cell in self._cells.values() for name in cell.meta.root_names())

    def cells(self, block: pl.DataFrame) -> list[tuple[str, ...]]:
        """The rows of the block."""
        return block.lazy().select(**self._cells).collect().rows()

    def chunks(self, month: date, language: str) -> Iterator[bytes]:
        """The file in pieces, one for each block."""
        layout = self.layout
        if layout.byte_order_mark and layout.encoding == "utf-8":
            yield codecs.BOM_UTF8
        text = StringIO(newline="")
        headings = [neutralise_cell(each) for each in headings_of(layout, language)]
        csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n").writerow(headings)
        yield self._encode(text.getvalue())
        for block in self.reader.read(month, names=self.names):
            yield self._written(block)

    def _written(self, block: pl.DataFrame) -> bytes:
        """The rows as the csv module of Python writes them."""
        in_figures = self.layout.delimiter not in _NOT_IN_FIGURES
        cells = {
            key: self._quoted(cell) if in_figures or key not in FIGURES else cell for key, cell in self._cells.items()
        }
        if len(cells) == 1:
            # A row without anything would be an empty line.
            cells = {key: pl.when(cell == "").then(pl.lit('""')).otherwise(cell) for key, cell in cells.items()}
        rows = block.lazy().select(pl.concat_str(list(cells.values()), separator=self.layout.delimiter)).collect()
        written = rows.write_csv(include_header=False, quote_style="never", line_terminator="\r\n").encode()
        return written if self.layout.encoding == "utf-8" else self._encode(written.decode())

    def _quoted(self, cell: pl.Expr) -> pl.Expr:
        return _where(cell, self._quotable, lambda text: f'"{text.replace(chr(34), chr(34) * 2)}"')

    def text(self, name: str) -> pl.Expr:
        """A text of people, that no spreadsheet may take for a formula; nothing where there is none."""
        return _where(pl.col(name).fill_null(""), _MAYBE_FORMULA, neutralise_cell)

    def day(self, name: str) -> pl.Expr:
        """A day, or nothing."""
        return pl.col(name).dt.strftime(self.pattern).fill_null("")

    def short(self, name: str) -> pl.Expr:
        """A day as from and until are written."""
        return pl.col(name).dt.strftime(self.short_pattern).fill_null("")

    def fixed(self, number: pl.Expr, places: int) -> pl.Expr:
        """An integer of 10⁻ᵖ with all its decimals."""
        if not places:
            return number.cast(pl.String)
        whole, decimals = _parted(number, places)
        return pl.concat_str([whole, pl.lit(self.mark), decimals])

    def decimal(self, name: str, places: int, least: int) -> pl.Expr:
        """The same with the decimals that say something, and at least so many."""
        whole, decimals = _parted(pl.col(name), places)
        if least:
            more = decimals.str.slice(least).str.strip_chars_end("0")
            return pl.concat_str([whole, pl.lit(self.mark), decimals.str.head(least), more])
        said = decimals.str.strip_chars_end("0")
        return pl.concat_str([whole, pl.when(said == "").then(said).otherwise(pl.lit(self.mark) + said)])

    def price(self) -> pl.Expr:
        """The amount of a line, with as many decimals as its currency has."""
        return pl.struct("currency", "net_minor").map_batches(self._priced, return_dtype=pl.String)

    def _priced(self, amounts: pl.Series) -> pl.Series:
        block = amounts.struct.unnest()
        digits = {currency: digits_of(currency) for currency in block["currency"].unique()}
        cell = pl.lit("")
        for places in set(digits.values()):
            these = pl.col("currency").is_in([each for each in digits if digits[each] == places])
            cell = pl.when(these).then(self.fixed(pl.col("net_minor"), places)).otherwise(cell)
        return block.select(cell).to_series()

    def amountnew(self) -> pl.Expr:
        """The prorated quantity, with as many decimals as it takes to check the amount with."""
        return pl.struct("prorated_e8", "price_e6", "net_minor", "currency").map_batches(
            self._checkable, return_dtype=pl.String
        )

    def _checkable(self, amounts: pl.Series) -> pl.Series:
        block, made = amounts.struct.unnest(), self._made
        digits = {currency: digits_of(currency) for currency in block["currency"].unique()}
        cells = []
        for prorated_e8, price_e6, net_minor, currency in zip(*(column.to_list() for column in block), strict=True):
            asked = prorated_e8, price_e6, net_minor, digits[currency]
            cell = made.get(asked)
            if cell is None:
                if len(made) >= _CACHED:
                    made.clear()
                cell = made[asked] = self._said(*checkable_quantity(*asked))
            cells.append(cell)
        return pl.Series(cells, dtype=pl.String)

    def _said(self, number: int, places: int) -> str:
        whole, rest = divmod(abs(number), 10**places)
        return f"{'-' if number < 0 else ''}{whole}{self.mark}{rest:0{places}}"

    def period(self) -> pl.Expr:
        """From and until in one cell."""
        start, end = self.day("starts_on"), self.day("ends_before")
        whole = pl.col("starts_on").is_not_null() & pl.col("ends_before").is_not_null()
        return pl.when(whole).then(pl.concat_str([start, pl.lit(" - "), end])).otherwise(start)

    def last_day(self) -> pl.Expr:
        """The last day that is billed."""
        day = pl.when(pl.col("ends_before") > pl.col("starts_on")).then(pl.col("ends_before") - pl.duration(days=1))
        return day.otherwise(pl.col("starts_on")).dt.strftime(self.pattern).fill_null("")

    def cost_centre(self) -> pl.Expr:
        """That of the end customer, or the one that stood on the line."""
        own = pl.col("end_customer_cost_centre")
        said = pl.when(own == "").then(pl.col("cost_centre")).otherwise(own)
        return _where(said, _MAYBE_FORMULA, neutralise_cell)

    def dimensions(self) -> pl.Expr:
        """Headings and values; those of a seller are nothing to the dealers that buy from it."""
        if self.reader.side is Side.PURCHASE:
            return pl.lit("")
        return _where(pl.col("dimensions"), "", _headings_and_values)

    def account(self) -> pl.Expr:
        """On which ledger account the seller books the line."""
        if self.reader.side is Side.SALES:
            return self.text("ledger_account")
        accounts = self.reader.accounts
        booked = pl.col("product_code").replace_strict(accounts, default="", return_dtype=pl.String)
        return _where(booked if accounts else pl.lit(""), _MAYBE_FORMULA, neutralise_cell)


def _where(cell: pl.Expr, pattern: str, made: Callable[[str], str]) -> pl.Expr:
    """The cells, those in which the pattern is found made anew."""

    def of_all(cells: pl.Series) -> pl.Series:
        found = cells.str.contains(pattern)
        if not found.any():
            return cells
        known = {text: made(text) for text in cells.filter(found).unique().to_list()}
        return cells.replace_strict(list(known), list(known.values()), default=cells)

    return cell.map_batches(of_all, return_dtype=pl.String)


def _headings_and_values(dimensions: str) -> str:
    return neutralise_cell("; ".join(f"{heading}: {value}" for heading, value in json.loads(dimensions).items()))


def _parted(number: pl.Expr, places: int) -> tuple[pl.Expr, pl.Expr]:
    """What stands before the decimal mark, with its sign, and all that stands after it."""
    whole, rest = number.abs() // 10**places, number.abs() % 10**places
    sign = pl.when(number < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str([sign, whole.cast(pl.String)]), rest.cast(pl.String).str.zfill(places)


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("")


def _word(name: str) -> pl.Expr:
    """What rebill itself chose, which is no formula."""
    return pl.col(name).fill_null("")


Maker = Callable[[LineWriter], pl.Expr]

# Cells that hold figures and days and nothing else, so that most layouts need not look whether to quote them.
FIGURES = frozenset({
    "invoice_date", "due_date", "position", "end_customer_id", "dealer_id", "wholesaler_id", "from", "until", "period",
    "last_day", "subscription_id", "order_date", "subscription_start", "quantity", "amountnew", "unit_price", "tax",
    "price", "summary_group",
})  # fmt: skip

CELLS: Mapping[str, Maker] = {
    "invoice_number": lambda writer: writer.text("number"),
    "invoice_date": lambda writer: writer.day("issued_on"),
    "invoice_kind": lambda _writer: _word("bill_kind"),
    "due_date": lambda writer: writer.day("due_on"),
    "position": lambda _writer: _number("position"),
    "corrects_number": lambda writer: writer.text("corrects_number"),
    "payment_reference": lambda writer: writer.text("payment_reference"),
    "customer_reference": lambda writer: writer.text("customer_reference"),
    "end_customer_id": lambda _writer: _number("end_customer_id"),
    "end_customer_number": lambda writer: writer.text("end_customer_number"),
    "end_customer_name": lambda writer: writer.text("end_customer_name"),
    "cost_centre": LineWriter.cost_centre,
    "end_customer_vat_id": lambda writer: writer.text("end_customer_vat_id"),
    "end_customer_country": lambda _writer: _word("end_customer_country"),
    "end_customer_city": lambda writer: writer.text("end_customer_city"),
    "dealer_id": lambda _writer: _number("dealer_id"),
    "dealer_number": lambda writer: writer.text("dealer_number"),
    "dealer_name": lambda writer: writer.text("dealer_name"),
    "wholesaler_id": lambda _writer: _number("wholesaler_id"),
    "wholesaler_number": lambda writer: writer.text("wholesaler_number"),
    "wholesaler_name": lambda writer: writer.text("wholesaler_name"),
    "from": lambda writer: writer.short("starts_on"),
    "until": lambda writer: writer.short("ends_before"),
    "period": LineWriter.period,
    "last_day": LineWriter.last_day,
    "order_number": lambda writer: writer.text("order_number"),
    "product_id": lambda _writer: (
        pl.when(_word("order_number") == "").then(pl.lit("")).otherwise(pl.lit(ORDER_PREFIX) + _word("order_number"))
    ),
    "subscription_id": lambda _writer: _word("uuid"),
    "general_reference": lambda writer: _where(
        pl.when(_word("general_reference") == "")
        .then(_word("subscription_reference"))
        .otherwise(_word("general_reference")),
        _MAYBE_FORMULA,
        neutralise_cell,
    ),
    "reference": lambda writer: writer.text("reference"),
    "order_date": lambda writer: writer.day("ordered_on"),
    "subscription_start": lambda writer: writer.day("start_on"),
    "quantity": lambda writer: writer.decimal("quantity_e8", 8, 0),
    "amountnew": LineWriter.amountnew,
    "unit": lambda writer: writer.text("unit"),
    "article_code": lambda writer: writer.text("product_code"),
    "article_name": lambda writer: writer.text("description"),
    "unit_price": lambda writer: writer.decimal("price_e6", 6, 2),
    "tax": lambda writer: writer.decimal("rate_e6", 6, 0),
    "price": LineWriter.price,
    "currency": lambda _writer: _word("currency"),
    "ledger_account": LineWriter.account,
    "dimensions": LineWriter.dimensions,
    "invoice_type": lambda _writer: _word("kind"),
    "tax_category": lambda _writer: _word("tax_category"),
    "summary_group": lambda _writer: _number("summary_group"),
    "event": lambda _writer: (
        pl.when(pl.col("source").is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str([_word("source"), pl.lit(":"), _word("key")]))
    ),
}
