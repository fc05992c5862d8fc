"""Suppliers' invoices of calls: kept line by line to be compared with our own calls, and thrown away again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.deck_fields import tidy_prefix
from rebill.catalogue.models import RateDeck
from rebill.kit.bulk import insert_rows
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.events import record_event
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import seller_of
from rebill.rules.comparing import seconds_of
from rebill.rules.periods import add_months
from rebill.sources.usage.models import CallInvoice, InvoicedCalls
from rebill.sources.usage.queries.invoiced import call_invoice_of

_LINE = ("prefix", "destination", "calls", "seconds", "amount_e6")
_DAYS_MAX = 366


class _Line(NamedTuple):
    prefix: str
    destination: str
    calls: int | None
    seconds: int | None
    amount_e6: int


class _Head(NamedTuple):
    """What all lines of an invoice say of it."""

    starts_on: date
    ends_before: date
    deck: RateDeck | None


class _LineRefused(Exception):
    """What a cell says does not fit."""

    def __init__(self, column: str, why: str, remedy: str) -> None:
        super().__init__(why)
        self.column, self.why, self.remedy = column, why, remedy


def import_call_invoices(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Keeps the lines of suppliers' invoices; one outcome for each record, in their order. Give a whole file at once.

    Fields: invoice_number, deck_code, starts_on, ends_on, prefix, destination, calls, minutes, seconds, amount. A line
    that an earlier file brought is unchanged. Another line for a destination of an earlier file is refused, because it
    would count twice: remove the invoice first.
    """
    require(acting, Permission.ADD_LINES)
    outcomes: dict[int, Outcome] = {}
    with atomic_write():
        write_lock(f"call invoices {acting.seller_id}")
        decks = {deck.code: deck for deck in RateDeck.objects.filter(seller_id=acting.seller_id, customer=None)}
        by_number: dict[str, list[int]] = defaultdict(list)
        for position, record in enumerate(records):
            by_number[record.text("invoice_number").strip()].append(position)
        for number, positions in by_number.items():
            _take_invoice(acting, number, {each: records[each] for each in positions}, decks, outcomes, now)
    return [outcomes[position] for position in range(len(records))]


def remove_call_invoice(*, acting: Acting, call_invoice_id: int, now: datetime) -> None:
    """Forgets the invoice and its lines; nothing else depends on it."""
    require(acting, Permission.ADD_LINES)
    with atomic_write():
        invoice = call_invoice_of(acting, call_invoice_id)
        _tell(acting, invoice, "removed", now)
        invoice.delete()


def _take_invoice(
    acting: Acting,
    number: str,
    records: Mapping[int, ImportRecord],
    decks: Mapping[str, RateDeck],
    outcomes: dict[int, Outcome],
    now: datetime,
) -> None:
    kept = CallInvoice.objects.filter(seller_id=acting.seller_id, number=number).select_related("deck").first()
    head = None if kept is None else _Head(kept.starts_on, kept.ends_before, kept.deck)
    known = Counter(_Line(*row) for row in kept.lines.order_by("id").values_list(*_LINE)) if kept else Counter[_Line]()
    places = {(line.prefix, line.destination) for line in known}
    new: list[_Line] = []
    for position, record in records.items():
        try:
            said = _head_of(record, decks)
            line = _line_of(record)
            if head is not None and said != head:
                raise _LineRefused(
                    "invoice_number",
                    _("The invoice is of another period or rate deck."),
                    _("Let all lines of an invoice say the same, or give this one another number."),
                )
            if known[line] > 0:
                known[line] -= 1
                outcomes[position] = unchanged(record)
                continue
            if (line.prefix, line.destination) in places:
                raise _LineRefused(
                    "destination",
                    _("An earlier file of the invoice says something else of this destination."),
                    _("Remove the invoice and import the whole file again."),
                )
        except _LineRefused as refused:
            outcomes[position] = _refused(record, refused.column, refused.why, refused.remedy)
        except EntryRefused as refused:
            outcomes[position] = _refused(record, refused.field, refused.why, refused.remedy)
        else:
            head = said
            new.append(line)
            outcomes[position] = accepted(record)
    if new and head is not None:
        _keep(acting, kept, number, head, new, now)


def _refused(record: ImportRecord, column: str, why: str, remedy: str) -> Outcome:
    what, value = f"call_invoice.{column}_refused", record.values.get(column, "")
    return rejected(record, what=what, why=why, remedy=remedy, column=column, value=value)


def _keep(
    acting: Acting, kept: CallInvoice | None, number: str, head: _Head, new: Iterable[_Line], now: datetime
) -> None:
    invoice = kept
    if invoice is None:
        invoice = CallInvoice.objects.create(
            seller_id=acting.seller_id,
            number=number,
            deck=head.deck,
            currency=head.deck.currency if head.deck else seller_of(acting).currency,
            starts_on=head.starts_on,
            ends_before=head.ends_before,
            imported_at=now,
        )
    insert_rows(InvoicedCalls, ("invoice_id", *_LINE), ((invoice.pk, *line) for line in new))
    _tell(acting, invoice, "imported", now)


def _tell(acting: Acting, invoice: CallInvoice, verb: str, now: datetime) -> None:
    record_event(
        seller_id=acting.seller_id,
        subject=invoice,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details={"number": invoice.number, "from": invoice.starts_on.isoformat()},
    )


def _head_of(record: ImportRecord, decks: Mapping[str, RateDeck]) -> _Head:
    """What the line says of its invoice. Without a last day it is of the month of its first day."""
    starts_on = record.day("starts_on")
    if starts_on is None:
        raise _LineRefused("starts_on", _("There is no first day."), _("Fill in the first day of the calls."))
    ends_on = record.day("ends_on")
    ends_before = add_months(starts_on.replace(day=1), 1) if ends_on is None else ends_on + timedelta(days=1)
    if not 0 < (ends_before - starts_on).days <= _DAYS_MAX:
        raise _LineRefused(
            "ends_on",
            _("The last day has to come after the first, within a year."),
            _("Correct the first or the last day of the calls."),
        )
    code = record.text("deck_code").strip()
    if code and code not in decks:
        raise _LineRefused(
            "deck_code", _("There is no rate deck with this code."), _("Create the deck first, or correct the code.")
        )
    return _Head(starts_on, ends_before, decks.get(code))


def _line_of(record: ImportRecord) -> _Line:
    prefix = tidy_prefix("prefix", record.text("prefix")) if record.states("prefix") else ""
    destination = " ".join(record.text("destination").split())
    if not prefix and not destination:
        raise _LineRefused(
            "destination", _("The line names no destination."), _("Fill in the destination or the prefix.")
        )
    calls, minutes, seconds = record.whole("calls"), record.number("minutes"), record.whole("seconds")
    for column, number in (("calls", calls), ("minutes", minutes), ("seconds", seconds)):
        if number is not None and not 0 <= number <= 10**12:
            raise _LineRefused(column, _("The number is below nothing, or far too large."), _("Correct the cell."))
    if seconds is None and minutes is not None:
        seconds = seconds_of(minutes)
    return _Line(prefix, destination, calls, seconds, _amount_e6(record.number("amount")))


def _amount_e6(amount: Decimal | None) -> int:
    if amount is None:
        raise _LineRefused("amount", _("There is no amount."), _("Fill in what the calls cost, without VAT."))
    scaled = amount.scaleb(6)
    if scaled != scaled.to_integral_value() or abs(scaled) > 10**17:
        raise _LineRefused("amount", _("An amount has at most 6 decimals."), _("Correct the cell."))
    return int(scaled)
