"""Customers of another system, in bulk: new by their number, changed where a line says something else."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import chunks, read_rows
from rebill.kit.database import atomic_write
from rebill.kit.imports.keyed_rows import KeyedRows, Values
from rebill.kit.imports.outcomes import ImportRecord, Outcome, rejected, unchanged
from rebill.parties.commands.customers import lock_customer_numbers
from rebill.parties.entries import EntryRefused
from rebill.parties.fields import CUSTOMER_FIELDS, identifier_problems, tidy_customer, tidy_customer_number
from rebill.parties.models import Customer, CustomerStatus, Seller
from rebill.parties.queries import seller_of
from rebill.parties.words import customer_words

CHUNK = 2_000


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
    customers, usual = _known_customers(seller, numbers), _usual_terms(seller)
    erased = _erased_numbers(seller, numbers)
    outcomes = [_take(customers, usual, erased, record) for record in records]
    besides = {"status": CustomerStatus.ACTIVE.value, "created_at": now}
    customers.write(seller_id=acting.seller_id, actor_id=acting.user_id, now=now, besides=besides)
    return outcomes


def _known_customers(seller: Seller, numbers: Iterable[str]) -> KeyedRows:
    tidied = {" ".join(number.split()) for number in numbers}
    mine = Customer.objects.filter(seller=seller, number__in=tidied).order_by("id")
    rows = read_rows(mine, "id", "number", *CUSTOMER_FIELDS)
    words = {"search_text": partial(customer_words, seller.pk)}
    return KeyedRows(Customer, key="number", fields=CUSTOMER_FIELDS, known=rows, derived=words)


def _erased_numbers(seller: Seller, numbers: Iterable[str]) -> set[str | None]:
    """The numbers of people who were erased: what an old file says of them brings nobody back."""
    tidied = {" ".join(number.split()) for number in numbers}
    erased = Customer.objects.filter(seller=seller, number__in=tidied, erased_at__isnull=False).order_by()
    return set(erased.values_list("number", flat=True))


def _take(customers: KeyedRows, usual: Values, erased: Collection[str | None], record: ImportRecord) -> Outcome:
    entered = {name: value for name, value in record.values.items() if name != "number" and record.states(name)}
    try:
        number: str = tidy_customer_number("number", record.values.get("number"))
        if number in erased:
            raise EntryRefused(
                "number",
                value=number,
                why=_("The person with this number was erased."),
                remedy=_("Leave the line out, or give a person who came back a new number."),
            )
        known = customers.find(number)
        kept = known.values if known else usual
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
    customers.keep(number, wanted, line=record.line)
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
