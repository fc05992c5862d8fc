"""Laying rates along the days of a deck: one or many thousands, decided by `rules.validity`, written in bulk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.deck_fields import RATE_CONTENT, RateContent, tidy_prefix, tidy_rate, usual_rate
from rebill.catalogue.models import Product, Rate, RateDeck, RateRevision
from rebill.catalogue.queries import ProductUnknown
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids, update_rows
from rebill.kit.errors import Conflict, Refused
from rebill.kit.events import record_event
from rebill.parties.entries import EntryRefused
from rebill.rules.validity import Span, lay_spans

# So many prefixes an event names; a laying of thousands is told by its counts.
_NAMED_MAX = 20


@dataclass(frozen=True, slots=True)
class RateEntry:
    """One rate as it was entered. `ends`: the prefix has no rate from `valid_from` on until a later one begins."""

    prefix: str
    valid_from: date
    valid_before: date | None = None
    terms: Mapping[str, object] = field(default_factory=dict)
    ends: bool = False
    # The whole rate at once, in the place of terms.
    content: RateContent | None = None


class RatesOverlap(Conflict):
    """A rate says that it ends after the next one of the same prefix begins."""


class RateTold(Conflict):
    """The same rate is entered twice, and not the same way."""


RateResult = Literal["accepted", "unchanged"] | Refused
# A prefix, a first day, and what stood there before, None for nothing: its end and the values of its rate; for JSON.
Undo = tuple[str, str, tuple[str | None, list[Any]] | None]
_Kept = dict[date, tuple[int, Span[RateContent]]]


@dataclass(slots=True)
class _Writes:
    """`removed` are the rates that are taken away: those that begin on the day on which their prefix ends.
    `before` is what stood where something is changed or taken away."""

    inserts: list[tuple[str, Span[RateContent]]] = field(default_factory=list)
    updates: list[tuple[int, str, Span[RateContent]]] = field(default_factory=list)
    removed: list[tuple[int, str]] = field(default_factory=list)
    before: list[tuple[str, Span[RateContent]]] = field(default_factory=list)
    changed_from: date | None = None

    def since(self, day: date) -> None:
        self.changed_from = day if self.changed_from is None else min(self.changed_from, day)


# --- deciding -------------------------------------------------------------------------------------------------------


def lay(
    acting: Acting, deck: RateDeck, entered: Sequence[RateEntry], now: datetime
) -> tuple[list[RateResult], list[Undo]]:
    """Lay the rates along the days of the deck; what became of each, and what `restore` needs to take it back.

    Needs `lock_decks`.
    """
    results: dict[int, RateResult] = {}
    groups: dict[str, list[int]] = defaultdict(list)
    for position, entry in enumerate(entered):
        try:
            groups[tidy_prefix("prefix", entry.prefix)].append(position)
        except EntryRefused as refused:
            results[position] = refused
    products = frozenset(Product.objects.filter(seller_id=acting.seller_id).values_list("id", flat=True))
    kept = _read(deck, groups)
    usual = usual_rate(deck)
    writes = _Writes()
    for prefix, positions in groups.items():
        some = {position: entered[position] for position in positions}
        results |= _lay_prefix(prefix, some, kept.get(prefix, {}), usual, products, writes)
    _write(acting, deck, writes, now)
    return [results[position] for position in range(len(entered))], _undo(writes)


def _lay_prefix(
    prefix: str,
    entered: Mapping[int, RateEntry],
    kept: _Kept,
    usual: RateContent,
    products: frozenset[int],
    writes: _Writes,
) -> dict[int, RateResult]:
    results: dict[int, RateResult] = {}
    wanted: dict[date, Span[RateContent]] = {}
    for position, entry in entered.items():
        if entry.ends and len(entered) > 1:
            results[position] = RateTold(_("The prefix ends, and has another rate among those entered."))
            continue
        if entry.ends:
            results[position] = _end(prefix, entry.valid_from, kept, writes)
            continue
        try:
            span = _span(entry, kept, usual, products)
        except Refused as refused:
            results[position] = refused
            continue
        if wanted.setdefault(entry.valid_from, span) != span:
            results[position] = RateTold(_("Another rate of this prefix from the same day was entered before."))
    if not wanted:
        return results
    laid = lay_spans([span for _id, span in kept.values()], list(wanted.values()))
    for position, entry in entered.items():
        if position in results:
            continue
        if entry.valid_from in laid.overlaps:
            overlap = laid.overlaps[entry.valid_from]
            results[position] = RatesOverlap(
                _("It ends before %(end)s, but the next rate of the prefix begins on %(following)s.")
                % {"end": overlap.ends_before, "following": overlap.next_starts_on}
            )
            continue
        standing = kept.get(entry.valid_from)
        is_same = standing is not None and standing[1] == laid.spans[entry.valid_from]
        results[position] = "unchanged" if is_same else "accepted"
    if laid.changed_from is not None:
        writes.since(laid.changed_from)
        for starts_on, span in laid.spans.items():
            if starts_on not in kept:
                writes.inserts.append((prefix, span))
            elif kept[starts_on][1] != span:
                writes.updates.append((kept[starts_on][0], prefix, span))
                writes.before.append((prefix, kept[starts_on][1]))
    return results


def _span(entry: RateEntry, kept: _Kept, usual: RateContent, products: frozenset[int]) -> Span[RateContent]:
    if entry.valid_before is not None and entry.valid_before <= entry.valid_from:
        why, remedy = _("It ends before it begins."), _("Enter the first day on which it holds no longer.")
        raise EntryRefused("valid_before", why=why, remedy=remedy, value=entry.valid_before)
    earlier = max((day for day in kept if day <= entry.valid_from), default=None)
    content = entry.content or tidy_rate(
        entry.terms, kept=None if earlier is None else kept[earlier][1].content, usual=usual
    )
    if content.product_id is not None and content.product_id not in products:
        raise ProductUnknown(_("There is no product %(named)s.") % {"named": content.product_id})
    return Span(entry.valid_from, entry.valid_before, content)


def _end(prefix: str, day: date, kept: _Kept, writes: _Writes) -> RateResult:
    """Ends the rate that holds on the day; one that begins that very day is taken away, for it would hold on no day."""
    for starts_on, (rate_id, span) in kept.items():
        if starts_on <= day and (span.ends_before is None or span.ends_before > day):
            writes.since(day)
            writes.before.append((prefix, span))
            if starts_on == day:
                writes.removed.append((rate_id, prefix))
            else:
                writes.updates.append((rate_id, prefix, Span(starts_on, day, span.content)))
            return "accepted"
    return "unchanged"


def _undo(writes: _Writes) -> list[Undo]:
    created: list[Undo] = [(prefix, span.starts_on.isoformat(), None) for prefix, span in writes.inserts]
    changed: list[Undo] = [
        (
            prefix,
            span.starts_on.isoformat(),
            (span.ends_before.isoformat() if span.ends_before else None, list(content_row(span.content))),
        )
        for prefix, span in writes.before
    ]
    return created + changed


def restore(acting: Acting, deck: RateDeck, undo: Sequence[Undo], now: datetime) -> None:
    """Brings back what stood before rates were laid. Needs `lock_decks`, and that nothing was changed since."""
    kept = _read(deck, {prefix: () for prefix, _start, _before in undo})
    writes = _Writes()
    for prefix, start, before in undo:
        starts_on = date.fromisoformat(start)
        writes.since(starts_on)
        standing = kept.get(prefix, {}).get(starts_on)
        if before is None:
            if standing is not None:
                writes.removed.append((standing[0], prefix))
            continue
        end, content = before
        span = Span(starts_on, date.fromisoformat(end) if end else None, RateContent(*content))
        if standing is None:
            writes.inserts.append((prefix, span))
        else:
            writes.updates.append((standing[0], prefix, span))
    _write(acting, deck, writes, now)


# --- rows -----------------------------------------------------------------------------------------------------------


def _read(deck: RateDeck, prefixes: Mapping[str, object]) -> dict[str, _Kept]:
    """The rates of the prefixes by their first day, with their ids: one read, whatever their number."""
    rates = Rate.objects.filter(deck=deck).order_by("valid_from")
    if len(prefixes) <= 100:
        rates = rates.filter(prefix__in=list(prefixes))
    found: dict[str, _Kept] = defaultdict(dict)
    for rate_id, prefix, valid_from, valid_before, *content in read_rows(
        rates, "id", "prefix", "valid_from", "valid_before", *RATE_CONTENT
    ):
        if prefix in prefixes:
            found[prefix][valid_from] = (rate_id, Span(valid_from, valid_before, RateContent(*content)))
    return found


def _write(acting: Acting, deck: RateDeck, writes: _Writes, now: datetime) -> None:
    if writes.changed_from is None:
        return
    removed = [rate_id for rate_id, _prefix in writes.removed]
    Rate.objects.filter(deck=deck, pk__among=removed).delete()
    ids = reserve_ids(Rate, len(writes.inserts))
    insert_rows(
        Rate,
        ("id", "seller_id", "deck_id", "prefix", "valid_from", "valid_before", *RATE_CONTENT),
        (
            (rate_id, acting.seller_id, deck.pk, prefix, span.starts_on, span.ends_before, *content_row(span.content))
            for rate_id, (prefix, span) in zip(ids, writes.inserts, strict=True)
        ),
    )
    update_rows(
        Rate,
        "id",
        ("valid_before", *RATE_CONTENT),
        ((rate_id, span.ends_before, *content_row(span.content)) for rate_id, _prefix, span in writes.updates),
    )
    RateRevision.objects.create(seller_id=acting.seller_id, deck=deck, valid_from=writes.changed_from)
    named = dict.fromkeys([*(each[0] for each in writes.inserts), *(each[1] for each in writes.updates)])
    details = {
        "from": writes.changed_from.isoformat(),
        "created": len(writes.inserts),
        "changed": len(writes.updates),
        "removed": len(writes.removed),
        "prefixes": [*named][:_NAMED_MAX],
    }
    record_rates(acting, deck, now, details)


def content_row(content: RateContent) -> tuple[Any, ...]:
    """The values of a rate in the order of its columns."""
    return tuple(getattr(content, name) for name in RATE_CONTENT)


def record_rates(acting: Acting, deck: RateDeck, now: datetime, details: Mapping[str, Any]) -> None:
    """Tells that rates of the deck were entered or ended."""
    record_event(
        seller_id=acting.seller_id,
        subject=deck,
        verb="rates_laid",
        actor_id=acting.user_id,
        now=now,
        details=dict(details),
    )
