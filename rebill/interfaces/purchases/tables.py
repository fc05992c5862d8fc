"""Purchase invoices as tables: CSV or XLSX of suppliers that send no e-invoice, read by their columns.

One file may hold several invoices; each is taken whole or not at all, because an invoice that lacks a line is another
one. One that is there already keeps no other back. Which column is which field is remembered for the next file with
these headings.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.imports.inspecting import OpenedFile, Wishes, inspect_file, open_file
from rebill.interfaces.imports.purchase_rows import TableLineRefused, purchase_rows
from rebill.kit.errors import reason_of
from rebill.kit.imports.layouts import remember_layout
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.imports.rejects import Rejected
from rebill.kit.imports.running import read_records
from rebill.parties.queries import seller_of
from rebill.rules.matching.places import Place
from rebill.rules.money import Money, digits_of, round_half_up
from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.commands.taking import TakenAlready
from rebill.sources.supplier_invoices.contract import PurchaseKind, StatedInvoice, StatedParty, StatedRow
from rebill.sources.supplier_invoices.models import PurchaseInvoice

TABLE = "table"
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx")


class TakenTable(NamedTuple):
    """The invoices that were taken of a table, and in words those that were there already."""

    invoices: list[PurchaseInvoice]
    known: tuple[str, ...]


def is_table(name: str) -> bool:
    """Whether a file of this name is read by its columns."""
    return name.lower().endswith(_ENDINGS)


def lacks_columns(*, acting: Acting, source: Path, name: str) -> bool:
    """Whether a person has to say which column is which before the table can be taken. FileRefused if it is none."""
    opened = open_file(acting=acting, entity=purchase_rows(), source=source, file_name=name)
    return any(problem.blocking for problem in inspect_file(opened).problems)


def take_table(
    *,
    acting: Acting,
    source: Path | bytes,
    content: bytes,
    name: str,
    now: datetime,
    wishes: Wishes | None = None,
    remembers: bool = True,
) -> TakenTable:
    """Takes every invoice of the table that is not there yet. TakenAlready when all of them are; MappingRefused when
    the columns do not suffice, TableLineRefused with line and reason when a line cannot be read: nothing is taken then.
    The columns are remembered, if it `remembers`."""
    opened = open_file(acting=acting, entity=purchase_rows(), source=source, file_name=name, wishes=wishes)
    stated = list(_invoices(opened, currency=seller_of(acting).currency))
    if not stated:
        raise TableLineRefused(_("%(name)s has no lines.") % {"name": name})
    reading = {"mapping": dict(opened.layout.mapping), "constants": dict(opened.layout.constants)}
    taken: list[PurchaseInvoice] = []
    known: list[TakenAlready] = []
    for each in stated:
        try:
            invoice = take_purchase_invoice(
                acting=acting, content=content, file_name=name, now=now, stated=each, reading=reading
            )
        except TakenAlready as refusal:
            known.append(refusal)
        else:
            taken.append(invoice)
    if not taken:
        raise known[0]
    if remembers:
        name, header = opened.entity.name, opened.table.header
        remember_layout(seller_id=acting.seller_id, entity=name, header=header, layout=opened.layout, now=now)
    return TakenTable(taken, tuple(reason_of(each) for each in known))


def _invoices(opened: OpenedFile, *, currency: str) -> Iterator[StatedInvoice]:
    """The invoices in the order of their first lines."""
    grouped: dict[tuple[str, str], list[ImportRecord]] = defaultdict(list)
    for read in read_records(opened.table, opened.mapping, opened.spec):
        if isinstance(read, Rejected):
            problem = read.problem(opened.table.file_name)
            raise TableLineRefused(f"{problem.where}: {problem.why} {problem.remedy}")
        record = replace(read.record, values={**opened.constants, **read.values})
        supplier = record.text("supplier_number") or record.text("supplier_name")
        grouped[supplier, record.text("invoice_number")].append(record)
    for records in grouped.values():
        yield _invoice(records, currency)


def _invoice(records: Sequence[ImportRecord], currency: str) -> StatedInvoice:
    first = records[0]
    stated = first.text("currency").upper() or currency
    rows = [_row(record, digits_of(stated)) for record in records]
    net = sum((row.net for row in rows), Decimal(0))
    by_rate: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_rate[row.vat_rate or Decimal(0)] += row.net
    vat = sum((Money.rounded(base * rate / 100, stated).decimal for rate, base in by_rate.items()), Decimal(0))
    is_credit = net < 0
    sign = -1 if is_credit else 1
    issued_on = first.day("invoice_date")
    assert issued_on is not None
    return StatedInvoice(
        format=TABLE,
        version="",
        kind=PurchaseKind.CREDIT_NOTE if is_credit else PurchaseKind.INVOICE,
        number=first.text("invoice_number"),
        issued_on=issued_on,
        due_on=first.day("due_date"),
        currency=stated,
        supplier=StatedParty(
            name=first.text("supplier_name"), numbers=tuple(filter(None, [first.text("supplier_number")]))
        ),
        buyer=StatedParty(name=""),
        net=sign * net,
        vat=sign * vat,
        gross=sign * (net + vat),
        rows=tuple(replace(row, net=sign * row.net, quantity=sign * row.quantity) for row in rows),
    )


def _row(record: ImportRecord, digits: int) -> StatedRow:
    quantity = record.number("quantity")
    price, amount = record.number("unit_price"), record.number("amount")
    if amount is None:
        if price is None:
            raise TableLineRefused(_("Line %(line)s has neither an amount nor a price of one.") % {"line": record.line})
        amount = (Decimal(1) if quantity is None else quantity) * price
    # The total is made of the rows, so what they are rounded to is what they add up to.
    amount = round_half_up(amount, digits)
    named: Mapping[Place, tuple[str, str]] = {
        place: said
        for place, said in (
            (Place.PARTY, (record.text("customer_id"), record.text("customer_name"))),
            (Place.BUYER_REFERENCE, (record.text("customer_reference"), "")),
        )
        if any(said)
    }
    starts_on: date | None = record.day("starts_on")
    ends_on: date | None = record.day("ends_on")
    in_order = starts_on is None or ends_on is None or starts_on <= ends_on
    return StatedRow(
        code=record.text("code"),
        name=record.text("name"),
        quantity=Decimal(1) if quantity is None else quantity,
        unit_price=price,
        net=amount,
        vat_rate=record.number("vat_rate"),
        starts_on=starts_on if in_order else None,
        ends_on=ends_on if in_order else None,
        named=named,
        texts=tuple(filter(None, [record.text("text"), record.text("name")])),
    )
