"""Taking purchase invoices in: the original is kept byte for byte, the supplier recognised, the rows matched."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import insert_rows, write_lock
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.kit.files import store_file
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.rules.matching.identifiers import keys_of
from rebill.rules.money import Money, UnknownCurrency, digits_of, round_half_up
from rebill.rules.rebilling import bought
from rebill.sources.supplier_invoices.commands.settling import note_commission, settle_waiting
from rebill.sources.supplier_invoices.contract import Doubt, RowKind, StatedInvoice, StatedParty, StatedRow
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, Supplier, SupplierNumber
from rebill.sources.supplier_invoices.queries.matching import MATCH_COLUMNS, RowToMatch, match_rows
from rebill.sources.supplier_invoices.queries.suppliers import recognised_supplier, supplier_keys
from rebill.sources.supplier_invoices.registry import read_invoice

MEDIA_TYPES = {"factur-x": "application/pdf", "table": "application/octet-stream"}
ROWS_MAX = 200_000
STATED_COLUMNS = (
    "position", "kind", "code", "name", "unit", "quantity", "unit_price", "currency", "net", "gross", "vat_rate",
    "starts_on", "ends_before", "said",
)  # fmt: skip


class TakenAlready(Conflict):
    """The seller has this purchase invoice: `first_id` is the one that came first."""

    def __init__(self, first: PurchaseInvoice) -> None:
        super().__init__(
            _("Invoice %(number)s of %(supplier)s was taken in on %(day)s already.")
            % {
                "number": first.number,
                "supplier": first.supplier.name,
                "day": f"{first.received_at:%d-%m-%Y}",
            }
        )
        self.first_id = first.pk


class TooManyRows(Invalid):
    """A purchase invoice has more rows than anybody could look through."""


def take_purchase_invoice(
    *,
    acting: Acting,
    content: bytes,
    file_name: str,
    now: datetime,
    stated: StatedInvoice | None = None,
    reading: dict[str, Any] | None = None,
) -> PurchaseInvoice:
    """Keeps the file and what it says; whom its rows are for and which products they are is found at once.

    `stated` is what a table was read as, and `reading` how; every other format is read here. TakenAlready when the
    supplier's invoice is there, or the very file, unless it is a table, which may hold several invoices. A file that
    cannot be read is refused with nothing kept.
    """
    require(acting, Permission.KEEP_PURCHASES)
    stated = stated or read_invoice(content)
    if len(stated.rows) > ROWS_MAX:
        raise TooManyRows(_("The invoice has more than %(limit)s rows.") % {"limit": f"{ROWS_MAX:,}"})
    seller = seller_of(acting)
    with transaction.atomic():
        write_lock(f"purchase invoices {acting.seller_id}")
        if reading is None:
            _require_new(acting, hashlib.sha256(content).hexdigest())
        supplier = _supplier(acting, stated.supplier, now)
        first = PurchaseInvoice.objects.filter(supplier=supplier, number=stated.number[:60]).first()
        if first is not None:
            raise TakenAlready(first)
        invoice = _keep(acting, seller, supplier, stated, content, file_name, now)
        invoice.reading = reading or {}
        rows = list(stated_rows(stated))
        matched = match_rows(
            seller_id=seller.pk, country=seller.country, supplier=supplier, rows=[to_match(row) for row in rows]
        )
        invoice.places = [place.value for place in matched.places]
        invoice.save(force_insert=True)
        insert_rows(
            PurchaseRow,
            ("invoice_id", *STATED_COLUMNS, "excluded_reason", "dimensions", *MATCH_COLUMNS),
            ((invoice.pk, *row, "", {}, *match) for row, match in zip(rows, matched.rows, strict=True)),
        )
        note_commission(acting=acting, invoice=invoice, now=now)
        settle_waiting(acting=acting, invoice=invoice, now=now)
        details = {"number": invoice.number, "supplier": supplier.name, "rows": len(rows), "format": invoice.format}
        record_event(
            seller_id=seller.pk, subject=invoice, verb="taken", actor_id=acting.user_id, now=now, details=details
        )
    return invoice


def _require_new(acting: Acting, file_hash: str) -> None:
    first = (
        PurchaseInvoice.objects.filter(seller_id=acting.seller_id, file_id=file_hash)
        .select_related("supplier")
        .order_by("id")
        .first()
    )
    if first is not None:
        raise TakenAlready(first)


def _supplier(acting: Acting, party: StatedParty, now: datetime) -> Supplier:
    """The supplier that states one of these numbers; a new one when nobody does. Numbers that are new are added."""
    keys = supplier_keys(party)
    supplier = recognised_supplier(seller_id=acting.seller_id, keys=keys)
    if supplier is None:
        name = party.name[:120] or keys[0]
        supplier = Supplier.objects.create(
            seller_id=acting.seller_id, name=name, country=party.country[:2], created_at=now
        )
        details = {"name": name, "numbers": keys}
        record_event(
            seller_id=acting.seller_id, subject=supplier, verb="added", actor_id=acting.user_id, now=now,
            details=details,
        )  # fmt: skip
    rows = ((acting.seller_id, supplier.pk, key) for key in keys)
    insert_rows(SupplierNumber, ("seller_id", "supplier_id", "key"), rows, ignore_conflicts=True)
    return supplier


def _keep(
    acting: Acting,
    seller: Seller,
    supplier: Supplier,
    stated: StatedInvoice,
    content: bytes,
    file_name: str,
    now: datetime,
) -> PurchaseInvoice:
    net, vat, gross = (stated.sign * minor_of(each, stated.currency) for each in (stated.net, stated.vat, stated.gross))
    media_type = MEDIA_TYPES.get(stated.format, "application/xml")
    return PurchaseInvoice(
        seller=seller,
        supplier=supplier,
        number=stated.number[:60],
        kind=stated.kind.value,
        format=stated.format,
        version=stated.version[:120],
        issued_on=stated.issued_on,
        due_on=stated.due_on,
        starts_on=stated.starts_on,
        ends_before=_after(stated.ends_on),
        currency=stated.currency,
        net=net,
        vat=vat,
        gross=gross,
        corrects=stated.corrects[:60],
        doubts=[list(each) for each in (*stated.doubts, *_doubts_of_buyer(seller, stated))],
        file=store_file(content, media_type=media_type, now=now),
        file_name=file_name[-255:],
        received_at=now,
        received_by=acting.user_id,
        read_at=now,
    )


def _doubts_of_buyer(seller: Seller, stated: StatedInvoice) -> Iterator[Doubt]:
    """Whether it is meant for somebody else."""
    ours = {
        key
        for number in (seller.vat_id, seller.chamber_id)
        if number
        for key in keys_of(number, country=seller.country)
    }
    named = {key for number in stated.buyer.numbers for key in keys_of(number, country=stated.buyer.country)}
    if ours and named and not ours & named:
        yield Doubt("other_buyer", stated.buyer.name)


def minor_of(amount: Decimal, currency: str) -> int:
    """The amount in minor units of its currency, rounded half up where a supplier gives more decimals."""
    try:
        return Money.rounded(amount, currency).minor
    except UnknownCurrency:
        raise Invalid(_("%(currency)s is not a currency.") % {"currency": currency}) from None


def _after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(days=1)


def to_match(row: Sequence[Any]) -> RowToMatch:
    """What of a row of STATED_COLUMNS is matched."""
    return RowToMatch(RowKind(row[1]), row[2], row[3], has_amount=row[1] != RowKind.REMARK.value, said=row[13])


def stated_rows(stated: StatedInvoice) -> Iterator[tuple[Any, ...]]:
    """The rows as STATED_COLUMNS keep them, and what they and the document's net total differ by as one more."""
    digits = digits_of(stated.currency)
    total = 0
    position = 0
    for position, row in enumerate(stated.rows, start=1):
        kept = _stated_row(position, row, stated, digits)
        total += kept[8]
        yield kept
    difference = stated.sign * minor_of(stated.net, stated.currency) - total
    if difference:
        rest = StatedRow(kind=RowKind.DIFFERENCE, net=stated.sign * Decimal(difference).scaleb(-digits))
        yield _stated_row(position + 1, rest, stated, digits)


def _stated_row(position: int, row: StatedRow, stated: StatedInvoice, digits: int) -> tuple[Any, ...]:
    net = stated.sign * minor_of(row.net, stated.currency)
    price = None if row.unit_price is None else int(round_half_up(row.unit_price, 6).scaleb(6))
    quantity = stated.sign * int(round_half_up(row.quantity, 8).scaleb(8))
    quantity_e8, price_e6 = bought(quantity_e8=quantity, price_e6=price, net_minor=net, digits=digits)
    named = {place.value: [number, name] for place, (number, name) in row.named.items()}
    return (
        position,
        row.kind.value,
        row.code[:60],
        row.name[:200],
        row.unit[:20],
        quantity_e8,
        price_e6,
        stated.currency,
        net,
        None if row.gross is None else stated.sign * minor_of(row.gross, stated.currency),
        None if row.vat_rate is None else int(round_half_up(row.vat_rate, 6).scaleb(6)),
        row.starts_on,
        _after(row.ends_on),
        {"named": named, "texts": list(row.texts)},
    )
