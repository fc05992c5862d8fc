"""Purchase invoices as tables: CSV or XLSX of suppliers that send no e-invoice, read by their columns.

One file may hold several invoices; each is taken whole or not at all, because an invoice that lacks a line is another
one. Which column is which field is remembered for the next file with these headings.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission
from rebill.interfaces.imports.importable import Importable, headings
from rebill.interfaces.imports.inspecting import OpenedFile, Wishes, open_file
from rebill.kit.errors import Invalid
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.layouts import remember_layout
from rebill.kit.imports.outcomes import ImportRecord, Outcome
from rebill.kit.imports.rejects import Rejected
from rebill.kit.imports.running import read_records
from rebill.parties.queries import seller_of
from rebill.rules.matching.places import Place
from rebill.rules.money import Money, digits_of, round_half_up
from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.contract import PurchaseKind, StatedInvoice, StatedParty, StatedRow
from rebill.sources.supplier_invoices.models import PurchaseInvoice

TABLE = "table"
_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx")


class TableLineRefused(Invalid):
    """A line of the table cannot be read, so the invoice would not be whole."""


def is_table(name: str) -> bool:
    """Whether a file of this name is read by its columns."""
    return name.lower().endswith(_ENDINGS)


def take_table(
    *, acting: Acting, source: Path | bytes, content: bytes, name: str, now: datetime, wishes: Wishes | None = None
) -> list[PurchaseInvoice]:
    """Takes every invoice of the table. MappingRefused when the columns do not suffice, TableLineRefused with line and
    reason when a line cannot be read; nothing is taken then."""
    opened = open_file(acting=acting, entity=purchase_rows(), source=source, file_name=name, wishes=wishes)
    stated = list(_invoices(opened, currency=seller_of(acting).currency))
    if not stated:
        raise TableLineRefused(_("%(name)s has no lines.") % {"name": name})
    reading = {"mapping": dict(opened.layout.mapping), "constants": dict(opened.layout.constants)}
    taken = [
        take_purchase_invoice(acting=acting, content=content, file_name=name, now=now, stated=each, reading=reading)
        for each in stated
    ]
    remember_layout(
        seller_id=acting.seller_id, entity=opened.entity.name, header=opened.table.header, layout=opened.layout, now=now
    )
    return taken


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
        amount = round_half_up((Decimal(1) if quantity is None else quantity) * price, digits)
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


def _refuse(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Lines are taken as invoices by `take_table`, never one by one."""
    raise TableLineRefused(_("Lines of purchase invoices are taken as whole invoices."))


def purchase_rows() -> Importable:
    """The columns that a supplier's table may have."""
    text = FieldKind.TEXT
    day, number, percent = FieldKind.DATE, FieldKind.DECIMAL, FieldKind.PERCENT

    def field(name: str, label: str, kind: FieldKind = text, *, required: bool = False, **known: str) -> FieldSpec:
        return FieldSpec(name, label, kind=kind, required=required, synonyms=headings(**known))

    return Importable(
        name="purchase-invoice",
        label=_("Purchase invoices"),
        help=_("One row of a supplier's invoice a line."),
        fields=(
            field("invoice_number", _("Invoice number"), required=True, nl="factuurnummer|factuur",
                  de="Rechnungsnummer|Rechnung", fi="laskunumero|laskun numero", en="invoice|invoice no"),
            field("invoice_date", _("Invoice date"), day, required=True, nl="factuurdatum|datum",
                  de="Rechnungsdatum|Datum", fi="laskun päivä|päivämäärä", en="date"),
            field("due_date", _("Due"), day, nl="vervaldatum", de="Fälligkeit|fällig am", fi="eräpäivä", en="due date"),
            field("supplier_name", _("Supplier"), required=True, nl="leverancier", de="Lieferant", fi="toimittaja",
                  en="supplier|vendor"),
            field("supplier_number", _("Supplier's VAT id or register number"),
                  nl="btw-nummer leverancier|kvk leverancier", de="USt-IdNr. Lieferant",
                  fi="toimittajan y-tunnus", en="supplier id"),
            field("currency", _("Currency"), nl="valuta", de="Währung", fi="valuutta", en="currency"),
            field("customer_id", _("Customer's business id"), nl="kvk|kvk-nummer|btw-nummer klant",
                  de="USt-IdNr.|Handelsregister", fi="y-tunnus|asiakkaan y-tunnus", en="business id|vat id|company id"),
            field("customer_name", _("Customer"), nl="klant|klantnaam|eindklant", de="Kunde|Endkunde",
                  fi="asiakas|yritys|loppuasiakas", en="customer|company|end customer"),
            field("customer_reference", _("Reference"), nl="referentie|uw referentie", de="Referenz", fi="viite",
                  en="reference"),
            field("code", _("Product code"), nl="artikel|artikelcode", de="Artikelnummer|Artikel",
                  fi="tuotekoodi|tuote", en="sku|product|article"),
            field("name", _("Description"), nl="omschrijving", de="Bezeichnung|Beschreibung", fi="nimike|kuvaus",
                  en="name|description"),
            field("quantity", _("Quantity"), number, nl="aantal", de="Menge|Anzahl", fi="määrä|kpl", en="qty"),
            field("unit_price", _("Price of one"), number, nl="stukprijs|prijs", de="Einzelpreis|Preis",
                  fi="yksikköhinta|hinta", en="unit price|price"),
            field("amount", _("Amount without VAT"), number, nl="bedrag|netto|bedrag excl. btw", de="Betrag|Netto",
                  fi="summa|veroton summa", en="amount|net|net amount"),
            field("vat_rate", _("VAT rate"), percent, nl="btw|btw-percentage", de="MwSt|USt|Steuersatz", fi="alv|alv-%",
                  en="vat|vat rate"),
            field("starts_on", _("From"), day, nl="van|periode van", de="von", fi="alkaen", en="from|start"),
            field("ends_on", _("To"), day, nl="tot en met|tot", de="bis", fi="saakka|päättyen", en="to|end"),
            field("text", _("Text"), nl="tekst|opmerking", de="Text|Bemerkung", fi="vapaateksti", en="text|remarks"),
        ),
        take=_refuse,
        permission=Permission.KEEP_PURCHASES,
    )  # fmt: skip
