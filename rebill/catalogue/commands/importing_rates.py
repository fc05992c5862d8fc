"""Rates of a carrier's file: laid beside the deck, so that people see what changes before it does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import phonenumbers
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.decks import lock_decks
from rebill.catalogue.commands.laying_rates import content_row
from rebill.catalogue.deck_fields import RATE_CONTENT, RATE_FIELDS, RateContent, tidy_prefix, tidy_rate, usual_rate
from rebill.catalogue.models import Product, Rate, RateChange, RateDeck, RateImport, RateImportRow, RateImportState
from rebill.catalogue.models.rate_imports import RATE_IMPORT_MOVES
from rebill.catalogue.queries.decks import holding
from rebill.kit.bulk import insert_rows, read_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import record_event
from rebill.kit.fields import UnitPriceField
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.kit.states import move
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import seller_of
from rebill.rules.rate_changes import kind_of_prefix, margin_e6, sell_for
from rebill.rules.rating.decks import longest_prefix

_UNIT: Any = UnitPriceField()


class _Line(NamedTuple):
    position: int
    prefix: str
    starts_on: date
    content: RateContent


class _Deck(NamedTuple):
    """A deck with its rates of the day on which the file begins, and the minute prices on the other side."""

    deck: RateDeck
    sell_deck: RateDeck | None
    usual: RateContent
    kept: Mapping[str, RateContent]
    counter: Mapping[str, int]


def import_rates(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Lays the lines beside the decks they name, where they wait; one outcome for each record, in their order.

    Fields: deck_code, valid_from, prefix, product_code, whole_deck and those of `deck_fields.RateTerms`. A line that
    says what the deck says is unchanged. Unless `whole_deck` is no, prefixes that the file lacks are gone. Give the
    whole file at once; what waited for the same deck is left out.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    outcomes: dict[int, Outcome] = {}
    with atomic_write():
        lock_decks(acting.seller_id)
        for deck, positions in _by_deck(acting, records, outcomes):
            _import_deck(acting, deck, {position: records[position] for position in positions}, outcomes, now)
    return [outcomes[position] for position in range(len(records))]


def _by_deck(
    acting: Acting, records: Sequence[ImportRecord], outcomes: dict[int, Outcome]
) -> Iterable[tuple[RateDeck, list[int]]]:
    positions: dict[str, list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        positions[record.text("deck_code")].append(position)
    decks = RateDeck.objects.filter(seller_id=acting.seller_id, code__in=positions).select_related("buy_deck")
    known = {deck.code: deck for deck in decks}
    for code, found in positions.items():
        if code in known:
            yield known[code], found
            continue
        why, remedy = _("There is no rate deck with this code."), _("Create the deck first, or correct the code.")
        for position in found:
            outcomes[position] = rejected(
                records[position], what="rate.deck_unknown", why=why, remedy=remedy, column="deck_code", value=code
            )


def _import_deck(
    acting: Acting, deck: RateDeck, records: Mapping[int, ImportRecord], outcomes: dict[int, Outcome], now: datetime
) -> None:
    days = [day for record in records.values() if (day := record.day("valid_from")) is not None]
    if not days:
        for position, record in records.items():
            outcomes[position] = _no_day(record)
        return
    starts_on = min(days)
    read = _read_deck(deck, starts_on)
    lines = _read_lines(acting, read, records, outcomes)
    changes = []
    for line in lines:
        row = _row(read, line)
        outcomes[line.position] = unchanged(records[line.position]) if row is None else accepted(records[line.position])
        if row is not None:
            changes.append(row)
    if all(record.flag("whole_deck") is not False for record in records.values()) and lines:
        told = {line.prefix for line in lines}
        refused = {records[each].text("prefix") for each in records if outcomes[each].kind == "rejected"}
        changes += [
            _gone(read, prefix, starts_on)
            for prefix in sorted(read.kept)
            if prefix not in told and prefix not in refused
        ]
    _leave_waiting_out(acting, deck, now)
    if changes:
        first = next(iter(records.values()))
        _keep(acting, read, starts_on, first.text("file_name"), changes, len(records), now)


def _read_deck(deck: RateDeck, on: date) -> _Deck:
    kept = {
        prefix: RateContent(*content)
        for prefix, *content in read_rows(
            Rate.objects.filter(holding(on), deck=deck).order_by("prefix"), "prefix", *RATE_CONTENT
        )
    }
    sellers = list(RateDeck.objects.filter(buy_deck=deck, customer__isnull=True, active=True).order_by("id")[:2])
    sell_deck = sellers[0] if len(sellers) == 1 else None
    other = sell_deck or deck.buy_deck
    counter = {}
    if other is not None:
        rows = Rate.objects.filter(holding(on), deck=other).order_by("prefix")
        counter = dict(read_rows(rows, "prefix", "minute"))
    return _Deck(deck, sell_deck, usual_rate(deck), kept, counter)


# --- lines ----------------------------------------------------------------------------------------------------------


def _read_lines(
    acting: Acting, read: _Deck, records: Mapping[int, ImportRecord], outcomes: dict[int, Outcome]
) -> list[_Line]:
    products = dict(Product.objects.filter(seller_id=acting.seller_id).values_list("code", "id"))
    home = str(phonenumbers.country_code_for_region(seller_of(acting).country) or "")
    lines: list[_Line] = []
    seen: dict[tuple[str, date], int] = {}
    for position, record in records.items():
        day = record.day("valid_from")
        if day is None:
            outcomes[position] = _no_day(record)
            continue
        try:
            prefix: str = tidy_prefix("prefix", record.text("prefix"))
            content = _content(read, record, prefix, products, home)
        except EntryRefused as refused:
            what = f"rate.{refused.field}_refused"
            outcomes[position] = rejected(
                record, what=what, why=refused.why, remedy=refused.remedy, column=refused.field, value=refused.value
            )
            continue
        if (first := seen.setdefault((prefix, day), record.line)) != record.line:
            why = _("The prefix is also in line %(line)s.") % {"line": first}
            outcomes[position] = rejected(
                record, what="rate.repeated", why=why, remedy=_("Keep one of the two lines."), column="prefix"
            )
            continue
        lines.append(_Line(position, prefix, day, content))
    return lines


def _content(read: _Deck, record: ImportRecord, prefix: str, products: Mapping[str, int], home: str) -> RateContent:
    terms = {name: record.values[name] for name in RATE_FIELDS if record.states(name)}
    if code := record.text("product_code"):
        if code not in products:
            why = _("There is no product with this code.")
            raise EntryRefused("product_code", why=why, remedy=_("Import the product first, or correct the code."))
        terms["product_id"] = products[code]
    kept = read.kept.get(prefix)
    if kept is None and "category" not in terms:
        terms["category"] = int(kind_of_prefix(prefix, record.text("destination"), home))
    return tidy_rate(terms, kept=kept, usual=read.usual)


def _no_day(record: ImportRecord) -> Outcome:
    why, remedy = _("There is no day from which the rate holds."), _("Fill in the first day.")
    return rejected(record, what="rate.valid_from_refused", why=why, remedy=remedy, column="valid_from")


# --- changes --------------------------------------------------------------------------------------------------------


def _row(read: _Deck, line: _Line) -> tuple[Any, ...] | None:
    """What the line changes, as a row without its import; None for nothing."""
    old, new = read.kept.get(line.prefix), line.content
    if old == new:
        return None
    change = RateChange.NEW
    if old is not None:
        before, after = (old.minute, old.setup), (new.minute, new.setup)
        change = RateChange.UP if after > before else RateChange.DOWN if after < before else RateChange.OTHER
    counter = _counter(read, line.prefix)
    return (
        line.prefix, line.starts_on, new.destination, change.value, list(content_row(new)),
        None if old is None else old.minute, new.minute, None if old is None else old.setup, new.setup,
        counter, _proposed(read, new.minute, counter),
    )  # fmt: skip


def _gone(read: _Deck, prefix: str, starts_on: date) -> tuple[Any, ...]:
    old, counter = read.kept[prefix], _counter(read, prefix)
    return (
        prefix, starts_on, old.destination, RateChange.GONE.value, None, old.minute, None, old.setup, None, counter,
        None,
    )  # fmt: skip


def _counter(read: _Deck, prefix: str) -> int | None:
    found = longest_prefix(read.counter, prefix)
    return None if found is None else read.counter[found]


def _proposed(read: _Deck, buy: int, counter: int | None) -> int | None:
    """A new price of the sell deck, where it has none or sells below cost, and a markup is known."""
    deck = read.sell_deck
    if deck is None or deck.markup is None or buy <= 0:
        return None
    left = margin_e6(buy, counter)
    if left is not None and left >= 0:
        return None
    return sell_for(buy, int(deck.markup.scaleb(6)), _UNIT.scaled(deck.price_step))


# --- rows -----------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "prefix", "starts_on", "destination", "change", "content", "minute_now", "minute_new", "setup_now", "setup_new",
    "counterpart", "sell_new",
)  # fmt: skip


def _leave_waiting_out(acting: Acting, deck: RateDeck, now: datetime) -> None:
    for waiting in RateImport.objects.filter(deck=deck, state=RateImportState.WAITING):
        move(waiting, to=RateImportState.LEFT_OUT, moves=RATE_IMPORT_MOVES)
        waiting.decided_at = now
        waiting.save(update_fields=["state", "decided_at"])
        record_import_of(acting, waiting, "left_out", now)


def _keep(
    acting: Acting,
    read: _Deck,
    starts_on: date,
    file_name: str,
    changes: Sequence[tuple[Any, ...]],
    lines: int,
    now: datetime,
) -> None:
    told = sum(row[4] is not None for row in changes)
    kept = RateImport.objects.create(
        seller_id=acting.seller_id,
        deck=read.deck,
        sell_deck=read.sell_deck,
        starts_on=starts_on,
        file_name=file_name,
        lines=lines,
        unchanged=lines - told,
        imported_at=now,
    )
    insert_rows(RateImportRow, ("rate_import_id", *_COLUMNS, "chosen"), ((kept.pk, *row, True) for row in changes))
    record_import_of(acting, kept, "imported", now)


def record_import_of(acting: Acting, rate_import: RateImport, verb: str, now: datetime) -> None:
    """Tells what became of imported rates, at their deck."""
    record_event(
        seller_id=acting.seller_id,
        subject=rate_import,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details={
            "deck": rate_import.deck.code,
            "file": rate_import.file_name,
            "from": rate_import.starts_on.isoformat(),
        },
    )
