"""Customers of another system, in bulk: new by their number, changed where a line says something else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import chunks, insert_rows, read_rows, reserve_ids, update_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.imports.outcomes import ImportRecord, Outcome, rejected, unchanged
from rebill.parties.changes import told
from rebill.parties.commands.customers import lock_customer_numbers
from rebill.parties.entries import EntryRefused
from rebill.parties.fields import CUSTOMER_FIELDS, identifier_problems, tidy_customer, tidy_customer_number
from rebill.parties.models import Customer, CustomerStatus, Seller
from rebill.parties.queries import seller_of

CHUNK = 2_000

Values = dict[str, Any]


@dataclass(slots=True)
class _Known:
    """A customer that stands, or will when the chunk is written: its values, and since which line if from this file."""

    id: int
    values: Values
    line: int | None = None


@dataclass(slots=True)
class _Chunk:
    """What the lines of one chunk speak of, and what is to be written for them."""

    usual: Values
    customers: dict[str, _Known]
    new: dict[str, Values] = field(default_factory=dict)
    changed: dict[int, tuple[Values, dict[str, list[Any]]]] = field(default_factory=dict)


def import_customers(*, acting: Acting, records: Iterable[ImportRecord], now: datetime) -> list[Outcome]:
    """Creates and changes customers by number, all in one transaction; one outcome for each record, in their order.

    Fields: number, and those of `CustomerTerms` with name. A field that is absent or empty says nothing: a new customer
    gets the seller's country and the usual terms, a known one keeps what it has. An accepted line may carry a problem
    that does not block, such as a VAT id whose check digits are wrong. The records may be a generator of any length.
    """
    require(acting, Permission.KEEP_PARTIES)
    outcomes: list[Outcome] = []
    with atomic_write():
        lock_customer_numbers(acting.seller_id)
        seller = seller_of(acting)
        for records_at_once in chunks(records, CHUNK):
            outcomes.extend(_import_chunk(acting, seller, records_at_once, now))
    return outcomes


def _import_chunk(acting: Acting, seller: Seller, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    numbers = {number for record in records if isinstance(number := record.values.get("number"), str)}
    chunk = _Chunk(usual=_usual_terms(seller), customers=dict(_known_customers(seller, numbers)))
    outcomes = [_take(chunk, record) for record in records]
    _write(acting, chunk, now)
    return outcomes


def _known_customers(seller: Seller, numbers: Iterable[str]) -> Iterator[tuple[str, _Known]]:
    tidied = {" ".join(number.split()) for number in numbers}
    rows = Customer.objects.filter(seller=seller, number__in=tidied).order_by("id")
    for customer_id, number, *values in read_rows(rows, "id", "number", *CUSTOMER_FIELDS):
        yield number, _Known(customer_id, dict(zip(CUSTOMER_FIELDS, values, strict=True)))


def _take(chunk: _Chunk, record: ImportRecord) -> Outcome:
    entered = {name: value for name, value in record.values.items() if name != "number" and record.states(name)}
    try:
        number: str = tidy_customer_number("number", record.values.get("number"))
        known = chunk.customers.get(number)
        kept = known.values if known else chunk.usual
        if known is None and "name" not in entered:
            raise EntryRefused("name", why=_("A new customer has no name."), remedy=_("Fill in the name."))
        wanted = {**kept, **tidy_customer(entered, kept=kept)}
    except EntryRefused as refused:
        return _rejected(record, refused)
    if known is not None and wanted == kept:
        return unchanged(record)
    if known is not None and known.line is not None:
        return rejected(
            record,
            what="customer.number_repeated",
            why=_("The number is also in line %(line)s, where other things are said.") % {"line": known.line},
            remedy=_("Keep one of the two lines."),
            column="number",
            value=number,
        )
    if known is None:
        chunk.new[number] = wanted
    else:
        chunk.changed[known.id] = (wanted, _differences(kept, wanted))
    chunk.customers[number] = _Known(known.id if known else 0, wanted, record.line)
    problems = identifier_problems(wanted, where=f"line {record.line}")
    return Outcome(line=record.line, kind="accepted", problem=problems[0] if problems else None)


def _rejected(record: ImportRecord, refused: EntryRefused) -> Outcome:
    return rejected(
        record,
        what=f"customer.{refused.field}_refused",
        why=refused.why,
        remedy=refused.remedy,
        column=refused.field,
        value=refused.value,
    )


def _usual_terms(seller: Seller) -> Values:
    usual = Customer(country=seller.country)
    return {name: getattr(usual, name) for name in CUSTOMER_FIELDS}


def _differences(kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [told(kept[name]), told(wanted[name])] for name in CUSTOMER_FIELDS if kept[name] != wanted[name]}


def _write(acting: Acting, chunk: _Chunk, now: datetime) -> None:
    ids = reserve_ids(Customer, len(chunk.new))
    insert_rows(
        Customer,
        ("id", "seller_id", "number", "status", "created_at", *CUSTOMER_FIELDS),
        (
            (
                customer_id,
                acting.seller_id,
                number,
                CustomerStatus.ACTIVE.value,
                now,
                *(values[name] for name in CUSTOMER_FIELDS),
            )
            for customer_id, (number, values) in zip(ids, chunk.new.items(), strict=True)
        ),
    )
    update_rows(
        Customer,
        "id",
        CUSTOMER_FIELDS,
        (
            (customer_id, *(values[name] for name in CUSTOMER_FIELDS))
            for customer_id, (values, _changed) in chunk.changed.items()
        ),
    )
    subject = subject_type_of(Customer)
    record_events(
        EventRow(acting.seller_id, subject, customer_id, "created", acting.user_id, now, {"number": number})
        for customer_id, number in zip(ids, chunk.new, strict=True)
    )
    record_events(
        EventRow(acting.seller_id, subject, customer_id, "changed", acting.user_id, now, changed)
        for customer_id, (_values, changed) in chunk.changed.items()
    )
