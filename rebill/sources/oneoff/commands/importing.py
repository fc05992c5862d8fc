"""Interim lines of another system, in bulk: each added once, changed while it waits, left alone once it is billed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids, update_rows, write_lock
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties.commands import lock_open_customers
from rebill.parties.models import Customer, Seller
from rebill.rules.tax import RateClass, Supply
from rebill.sources.oneoff.commands.terms import LineContent, LineRefused, LineTerms, line_content
from rebill.sources.oneoff.models import InterimLine

Word = TypeVar("Word", RateClass, Supply)

# Keys of other systems become uuids in this namespace, so that the same key is the same line for ever.
_KEYS = UUID("a3a3b8c0-0c61-4a39-9c35-1d1f6f6b8f10")
_IDENTITY = ("customer_number", "product_code", "description", "cost_centre", "reference")
_CONTENT = tuple(each.name for each in fields(LineContent))


@dataclass(slots=True)
class StoredLine:
    """A line that stands, or will: `id` is zero until it is written."""

    id: int
    customer_id: int
    content: LineContent
    is_told: bool


@dataclass(slots=True)
class _Chunk:
    """What the records of one chunk speak of, and what is to be written for them."""

    seller: Seller
    customers: Mapping[str, Customer]
    products: Mapping[str, Product]
    lines: dict[UUID, StoredLine]
    new: list[tuple[UUID, StoredLine]] = field(default_factory=list)
    changed: dict[UUID, StoredLine] = field(default_factory=dict)


def import_interim_lines(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Adds and changes interim lines, all in one transaction; one outcome for each record, in their order.

    Fields: line (the key in the other system, or a uuid), customer_number, product_code, description, supplied_on,
    quantity, unit_price, currency, rate_class, supply, ledger_account, summary_group, cost_centre, reference. A
    quantity or price below zero makes the line a credit. A line that a run has billed is never changed.
    """
    require(acting, Permission.ADD_LINES)
    with transaction.atomic():
        write_lock(f"interim lines {acting.seller_id}")
        chunk = _read_chunk(acting.seller_id, records)
        outcomes = [_outcome(record, chunk) for record in records]
        _write(acting, chunk, now)
    return outcomes


def line_key(*, seller_id: int, record: ImportRecord) -> UUID:
    """The uuid of the line: its own, made from another system's key, or from everything that tells it from others."""
    own = record.text("line").strip()
    if own:
        try:
            return UUID(own)
        except ValueError:
            return uuid5(_KEYS, f"{seller_id}\0{own}")
    quantity, unit_price = _numbers(record)
    parts = [record.text(name).strip() for name in _IDENTITY]
    exact = (record.day("supplied_on"), quantity.normalize(), unit_price.normalize())
    return uuid5(_KEYS, "\0".join([str(seller_id), *map(str, exact), *parts]))


def _read_chunk(seller_id: int, records: Sequence[ImportRecord]) -> _Chunk:
    numbers = {record.text("customer_number").strip() for record in records}
    codes = {record.text("product_code").strip() for record in records}
    customers = Customer.objects.filter(seller_id=seller_id, number__in=numbers).only(
        "id", "seller_id", "number", "language", "currency"
    )
    products = Product.objects.filter(seller_id=seller_id, code__in=codes)
    uuids = {line_key(seller_id=seller_id, record=record) for record in records}
    rows = InterimLine.objects.filter(seller_id=seller_id, uuid__in=uuids).order_by("id")
    # A run that bills a customer holds the customer's row until its lines are told: wait for it before reading. So does
    # who erases a person.
    owners = set(rows.values_list("customer_id", flat=True))
    held = lock_open_customers(customer_ids=owners | {customer.pk for customer in customers})
    return _Chunk(
        seller=Seller.objects.get(pk=seller_id),
        customers={customer.number or "": customer for customer in customers if customer.pk in held},
        products={product.code: product for product in products},
        lines=_stored(rows),
    )


def _stored(rows: QuerySet[InterimLine]) -> dict[UUID, StoredLine]:
    return {
        row[0]: StoredLine(row[1], row[2], LineContent(**dict(zip(_CONTENT, row[4:], strict=True))), row[3] is not None)
        for row in read_rows(rows, "uuid", "id", "customer_id", "told_at", *_CONTENT)
    }


def _outcome(record: ImportRecord, chunk: _Chunk) -> Outcome:
    try:
        is_new = _take(record, chunk)
    except LineRefused as refusal:
        return rejected(
            record,
            what=f"interim_line.{refusal.term}",
            why=refusal.why,
            remedy=refusal.remedy,
            column=refusal.term,
            value=record.values.get(refusal.term, ""),
        )
    return accepted(record) if is_new else unchanged(record)


def _take(record: ImportRecord, chunk: _Chunk) -> bool:
    """Whether the record says anything new."""
    customer = chunk.customers.get(record.text("customer_number").strip())
    if customer is None:
        raise LineRefused(
            "customer_number",
            _("There is no customer with this number."),
            _("Import the customer first, or correct the number."),
        )
    content = _content(record, customer, chunk)
    uuid = line_key(seller_id=chunk.seller.pk, record=record)
    stored = chunk.lines.get(uuid)
    if stored is None:
        stored = chunk.lines[uuid] = StoredLine(0, customer.pk, content, is_told=False)
        chunk.new.append((uuid, stored))
        return True
    if stored.customer_id == customer.pk and stored.content == content:
        return False
    if stored.customer_id != customer.pk:
        raise LineRefused(
            "customer_number",
            _("The line with this key is another customer's."),
            _("Correct the number, or give the line a key of its own."),
        )
    if stored.is_told:
        raise LineRefused(
            "line",
            _("A run has billed this line already, and it said something else then."),
            _("Add a credit for what was wrong, and a line under another key for what is right."),
        )
    stored.content = content
    if stored.id:
        chunk.changed[uuid] = stored
    return True


def _content(record: ImportRecord, customer: Customer, chunk: _Chunk) -> LineContent:
    code = record.text("product_code").strip()
    product = chunk.products.get(code) if code else None
    if code and product is None:
        raise LineRefused(
            "product_code",
            _("There is no product with this code."),
            _("Import the product first, or correct the code."),
        )
    supplied_on = record.day("supplied_on")
    if supplied_on is None:
        raise LineRefused("supplied_on", _("The line has no day."), _("Enter the day on which it was supplied."))
    if record.number("unit_price") is None:
        raise LineRefused("unit_price", _("The line has no price."), _("Enter the price of one unit."))
    quantity, unit_price = _numbers(record)
    return line_content(
        terms=LineTerms(
            quantity=abs(quantity),
            unit_price=unit_price,
            supplied_on=supplied_on,
            description=record.text("description"),
            currency=record.text("currency") or None,
            rate_class=_word(record, "rate_class", RateClass),
            supply=_word(record, "supply", Supply),
            ledger_account=record.text("ledger_account") or None,
            summary_group=record.whole("summary_group"),
            cost_centre=record.text("cost_centre"),
            reference=record.text("reference"),
        ),
        seller=chunk.seller,
        customer=customer,
        product=product,
        is_credit=quantity < 0,
    )


def _numbers(record: ImportRecord) -> tuple[Decimal, Decimal]:
    """Quantity and price with the sign of their product on the quantity: a price below zero has no place on paper."""
    stated, unit_price = record.number("quantity"), record.number("unit_price") or Decimal(0)
    quantity = Decimal(1) if stated is None else stated
    return (-quantity, -unit_price) if unit_price < 0 else (quantity, unit_price)


def _word(record: ImportRecord, name: str, words: type[Word]) -> Word | None:
    value = record.text(name)
    try:
        return words(value) if value else None
    except ValueError:
        why = _("“%(value)s” is none of the words known here.") % {"value": value}
        remedy = _("Use one of: %(allowed)s.") % {"allowed": ", ".join(word.value for word in words)}
        raise LineRefused(name, why, remedy) from None


def _write(acting: Acting, chunk: _Chunk, now: datetime) -> None:
    for (_uuid, line), line_id in zip(chunk.new, reserve_ids(InterimLine, len(chunk.new)), strict=True):
        line.id = line_id
    insert_rows(
        InterimLine,
        ("id", "seller_id", "customer_id", "uuid", "added_at", "added_by", *_CONTENT),
        (
            (line.id, acting.seller_id, line.customer_id, uuid, now, acting.user_id, *_values(line.content))
            for uuid, line in chunk.new
        ),
    )
    update_rows(InterimLine, "id", _CONTENT, ((line.id, *_values(line.content)) for line in chunk.changed.values()))
    subject_type = subject_type_of(InterimLine)
    added = [(line.id, "added", uuid) for uuid, line in chunk.new]
    changed = [(line.id, "changed", uuid) for uuid, line in chunk.changed.items()]
    record_events(
        EventRow(
            acting.seller_id, subject_type, line_id, verb, acting.user_id, now, {"uuid": str(uuid), "imported": True}
        )
        for line_id, verb, uuid in (*added, *changed)
    )


def _values(content: LineContent) -> Iterable[str | int | date | None]:
    return (getattr(content, name) for name in _CONTENT)
