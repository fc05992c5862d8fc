"""Imported rates that wait: choosing among them, taking them over, leaving them out, taking them back."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.decks import lock_decks
from rebill.catalogue.commands.importing_rates import record_import_of
from rebill.catalogue.commands.laying_rates import RateEntry, lay, restore
from rebill.catalogue.deck_fields import RATE_CONTENT, RateContent
from rebill.catalogue.fields import unit_price
from rebill.catalogue.models import Rate, RateImport, RateImportRow, RateImportState, RateRevision
from rebill.catalogue.models.rate_imports import RATE_IMPORT_MOVES
from rebill.catalogue.queries.decks import holding
from rebill.catalogue.queries.rate_imports import import_row_of, rate_import_of
from rebill.kit.bulk import Numbers, read_rows
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.states import move
from rebill.rules.rating.decks import longest_prefix


class ImportDecided(Conflict):
    """The imported rates wait no longer."""


class RatesBilled(Conflict):
    """Calls were billed by these rates: what was billed is not taken back."""


class RatesChangedSince(Conflict):
    """The deck was changed after the import was taken over, and taking it back would take that away."""


class NoSellDeck(Conflict):
    """No deck is bought by this one alone, so there is none to sell for another price by."""


def choose_rate_rows(
    *, acting: Acting, import_id: int, chosen: bool, now: datetime, row_ids: Collection[int] | None = None
) -> RateImport:
    """Take these rows over with the import, or leave them out of it; None for all of them."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        rate_import = _waiting(acting, import_id)
        rows = RateImportRow.objects.filter(rate_import=rate_import)
        if row_ids is not None:
            rows = rows.filter(pk__among=Numbers(row_ids))
        rows.update(chosen=chosen)
    return rate_import


def set_sell_price(*, acting: Acting, row_id: int, price: Decimal | None, now: datetime) -> RateImportRow:
    """What the prefix is to be sold for once the import is taken over; None keeps what the sell deck says."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        row = import_row_of(acting, row_id)
        rate_import = _waiting(acting, row.rate_import_id)
        if rate_import.sell_deck_id is None or row.content is None:
            raise NoSellDeck(_("There is no deck to sell this prefix by."))
        scaled = None if price is None else Decimal(unit_price("price", price)).scaleb(-6)
        row.sell_new = None if scaled == row.counterpart else scaled
        row.save(update_fields=["sell_new"])
    return row


def take_rate_import(*, acting: Acting, import_id: int, now: datetime) -> RateImport:
    """The chosen rates hold from their days on, those before them until then; gone prefixes end. The new sell prices
    hold in the sell deck. What calls of earlier days cost does not change."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        rate_import = _waiting(acting, import_id)
        rows = list(rate_import.rows.filter(chosen=True).order_by("prefix", "starts_on"))
        undo = []
        _results, undone = lay(acting, rate_import.deck, [_entry(row) for row in rows], now)
        undo.append([rate_import.deck_id, undone])
        if rate_import.sell_deck is not None:
            _results, undone = lay(acting, rate_import.sell_deck, _sell_entries(rate_import, rows), now)
            undo.append([rate_import.sell_deck_id, undone])
        move(rate_import, to=RateImportState.TAKEN, moves=RATE_IMPORT_MOVES)
        rate_import.undo, rate_import.decided_at = undo, now
        rate_import.revision = _last_revision(rate_import)
        rate_import.save()
        record_import_of(acting, rate_import, "taken_over", now)
    return rate_import


def drop_rate_import(*, acting: Acting, import_id: int, now: datetime) -> RateImport:
    """Nothing of the import is taken over."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        rate_import = _waiting(acting, import_id)
        move(rate_import, to=RateImportState.LEFT_OUT, moves=RATE_IMPORT_MOVES)
        rate_import.decided_at = now
        rate_import.save()
        record_import_of(acting, rate_import, "left_out", now)
    return rate_import


def withdraw_rate_import(*, acting: Acting, import_id: int, billed_before: date | None, now: datetime) -> RateImport:
    """The deck says again what it said before the import, as if it had never been taken over.

    `billed_before` is the day until before which calls were billed, which a later stage knows. Refused once calls of
    its days were billed, or the deck was changed since: import the old prices from another day instead.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        rate_import = rate_import_of(acting, import_id)
        if rate_import.state == RateImportState.TAKEN:
            if billed_before is not None and billed_before > rate_import.starts_on:
                raise RatesBilled(
                    _("Calls from %(day)s on were billed by these rates. Import the old prices from a later day.")
                    % {"day": rate_import.starts_on}
                )
            if _last_revision(rate_import) != rate_import.revision:
                raise RatesChangedSince(
                    _("The deck was changed since. Import the old prices from the day on which they shall hold again.")
                )
        move(rate_import, to=RateImportState.WITHDRAWN, moves=RATE_IMPORT_MOVES)
        for deck_id, undo in rate_import.undo:
            deck = rate_import.deck if deck_id == rate_import.deck_id else rate_import.sell_deck
            assert deck is not None
            restore(acting, deck, undo, now)
        rate_import.decided_at = now
        rate_import.save()
        record_import_of(acting, rate_import, "taken_back", now)
    return rate_import


def _waiting(acting: Acting, import_id: int) -> RateImport:
    rate_import = rate_import_of(acting, import_id)
    if rate_import.state != RateImportState.WAITING:
        raise ImportDecided(_("It was decided about this import before."))
    return rate_import


def _last_revision(rate_import: RateImport) -> int:
    decks = [each for each in (rate_import.deck_id, rate_import.sell_deck_id) if each is not None]
    rows = RateRevision.objects.filter(seller_id=rate_import.seller_id, deck_id__in=decks)
    return rows.order_by("-id").values_list("id", flat=True).first() or 0


def _entry(row: RateImportRow) -> RateEntry:
    if row.content is None:
        return RateEntry(row.prefix, row.starts_on, ends=True)
    return RateEntry(row.prefix, row.starts_on, content=RateContent(*row.content))


def _sell_entries(rate_import: RateImport, rows: Collection[RateImportRow]) -> list[RateEntry]:
    """New prices, with the words of the carrier where the prefix is new; what is gone ends where it has a rate."""
    kept = {
        prefix: RateContent(*content)
        for prefix, *content in read_rows(
            Rate.objects.filter(holding(rate_import.starts_on), deck_id=rate_import.sell_deck_id).order_by("prefix"),
            "prefix",
            *RATE_CONTENT,
        )
    }
    entered = []
    for row in rows:
        if row.content is None and row.prefix in kept:
            entered.append(RateEntry(row.prefix, row.starts_on, ends=True))
        elif row.content is not None and row.sell_new is not None:
            entered.append(_sell_entry(row, row.sell_new, kept))
    return entered


def _sell_entry(row: RateImportRow, price: Decimal, kept: Mapping[str, RateContent]) -> RateEntry:
    """The new price; a new prefix has the words of the carrier, and the setup and steps of the prefix it lies in."""
    terms: dict[str, object] = {"minute": price}
    if row.prefix in kept or row.content is None:
        return RateEntry(row.prefix, row.starts_on, terms=terms)
    bought = RateContent(*row.content)
    around = longest_prefix(kept, row.prefix)
    if around is None:
        terms |= {"destination": bought.destination, "category": bought.category}
        return RateEntry(row.prefix, row.starts_on, terms=terms)
    minute = int(price.scaleb(6))
    content = replace(
        kept[around], minute=minute, offpeak=None, destination=bought.destination, category=bought.category
    )
    return RateEntry(row.prefix, row.starts_on, content=content)
