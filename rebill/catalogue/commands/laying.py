"""Laying prices along the days: many entries at once, decided by `rules.validity`, written in bulk.

A single price and an imported file of 200,000 go the same way, so they mean the same.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.commands.revising import Revised, revise_prices
from rebill.catalogue.fields import PRICE_CONTENT, PriceContent, tidy_price
from rebill.catalogue.models import Price
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids, update_rows
from rebill.kit.errors import Conflict, Refused
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.parties.entries import EntryRefused
from rebill.rules.validity import Laid, Overlap, Span, lay_spans


@dataclass(frozen=True, slots=True)
class PriceOwner:
    """The plan or the customer a price belongs to; one of the two."""

    plan_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """One price as it was entered; `kind` is the product's."""

    owner: PriceOwner
    product_id: int
    kind: str
    currency: str
    valid_from: date
    valid_before: date | None
    terms: Mapping[str, object]


class PricesOverlap(Conflict):
    """A price says that it ends after the next one of the same product begins."""


class PriceTold(Conflict):
    """The same price is entered twice, and not the same way."""


# What became of an entry.
EntryResult = Literal["accepted", "unchanged"] | Refused

_Group = tuple[PriceOwner, int, str]


@dataclass(slots=True)
class _Writes:
    inserts: list[tuple[_Group, Span[PriceContent]]] = field(default_factory=list)
    updates: list[tuple[int, Span[PriceContent], dict[str, Any]]] = field(default_factory=list)
    revisions: list[tuple[_Group, date]] = field(default_factory=list)


def lay_prices(acting: Acting, entered: Sequence[PriceEntry], now: datetime) -> list[EntryResult]:
    """Enter the prices and say of each what became of it, in their order. Refused ones are left out, the others stand.

    Needs `lock_prices`, and all entries of one product in one plan, or for one customer, in the same call.
    """
    groups: dict[_Group, list[int]] = defaultdict(list)
    for position, entry in enumerate(entered):
        groups[(entry.owner, entry.product_id, entry.currency)].append(position)
    kept = _read(acting.seller_id, groups.keys())
    results: dict[int, EntryResult] = {}
    writes = _Writes()
    for group, positions in groups.items():
        results |= _lay_group(group, {position: entered[position] for position in positions}, kept[group], writes)
    _write(acting, writes, now)
    return [results[position] for position in range(len(entered))]


def _lay_group(
    group: _Group,
    entered: Mapping[int, PriceEntry],
    kept: Mapping[date, tuple[int, Span[PriceContent]]],
    writes: _Writes,
) -> dict[int, EntryResult]:
    results: dict[int, EntryResult] = {}
    wanted: dict[date, Span[PriceContent]] = {}
    for position, entry in entered.items():
        standing = kept.get(entry.valid_from)
        try:
            span = _span(entry, None if standing is None else standing[1].content)
        except Refused as refused:
            results[position] = refused
            continue
        if wanted.setdefault(entry.valid_from, span) != span:
            results[position] = PriceTold(
                _("Another price of this product from %(day)s was entered before.") % {"day": entry.valid_from}
            )
    laid = lay_spans([span for _id, span in kept.values()], list(wanted.values()))
    for position, entry in entered.items():
        if position not in results:
            results[position] = _result(entry, laid, kept)
    _collect(group, laid, kept, writes)
    return results


def _span(entry: PriceEntry, kept: PriceContent | None) -> Span[PriceContent]:
    if entry.valid_before is not None and entry.valid_before <= entry.valid_from:
        why = _("It ends before it begins.")
        remedy = _("Enter the first day on which it holds no longer.")
        raise EntryRefused("valid_before", why=why, remedy=remedy, value=entry.valid_before)
    return Span(entry.valid_from, entry.valid_before, tidy_price(entry.terms, kept=kept, kind=entry.kind))


def _result(
    entry: PriceEntry, laid: Laid[PriceContent], kept: Mapping[date, tuple[int, Span[PriceContent]]]
) -> EntryResult:
    if (overlap := laid.overlaps.get(entry.valid_from)) is not None:
        return _overlapping(overlap)
    standing = kept.get(entry.valid_from)
    return "unchanged" if standing is not None and standing[1] == laid.spans[entry.valid_from] else "accepted"


def _overlapping(overlap: Overlap) -> PricesOverlap:
    return PricesOverlap(
        _("The price from %(start)s ends before %(end)s, but the next price begins on %(following)s.")
        % {"start": overlap.starts_on, "end": overlap.ends_before, "following": overlap.next_starts_on}
    )


def _collect(
    group: _Group, laid: Laid[PriceContent], kept: Mapping[date, tuple[int, Span[PriceContent]]], writes: _Writes
) -> None:
    if laid.changed_from is None:
        return
    writes.revisions.append((group, laid.changed_from))
    for starts_on, span in laid.spans.items():
        if starts_on not in kept:
            writes.inserts.append((group, span))
        elif kept[starts_on][1] != span:
            price_id, earlier = kept[starts_on]
            writes.updates.append((price_id, span, _difference(earlier, span)))


def _difference(earlier: Span[PriceContent], span: Span[PriceContent]) -> dict[str, Any]:
    changed = {
        name: [getattr(earlier.content, name), getattr(span.content, name)]
        for name in PRICE_CONTENT
        if getattr(earlier.content, name) != getattr(span.content, name)
    }
    if earlier.ends_before != span.ends_before:
        changed["valid_before"] = [day and day.isoformat() for day in (earlier.ends_before, span.ends_before)]
    return changed


# --- rows -----------------------------------------------------------------------------------------------------------


def _read(seller_id: int, groups: Collection[_Group]) -> dict[_Group, dict[date, tuple[int, Span[PriceContent]]]]:
    """The prices of the groups by their first day, with their ids: one read, whatever the number of groups."""
    found: dict[_Group, dict[date, tuple[int, Span[PriceContent]]]] = {group: {} for group in groups}
    owned = Q(plan_id__in={owner.plan_id for owner, _product, _currency in groups if owner.plan_id is not None}) | Q(
        customer_id__in={owner.customer_id for owner, _product, _currency in groups if owner.customer_id is not None}
    )
    products = {product_id for _owner, product_id, _currency in groups}
    prices = Price.objects.filter(owned, seller_id=seller_id, product_id__in=products).order_by("id")
    columns = ("id", "plan_id", "customer_id", "product_id", "currency", "valid_from", "valid_before", *PRICE_CONTENT)
    for row in read_rows(prices, *columns):
        group = (PriceOwner(row[1], row[2]), row[3], row[4])
        if group in found:
            model, unit_price, months, tiers, package_size, setup_price = row[7:]
            steps = tuple((tier[0], tier[1], tier[2]) for tier in tiers)
            content = PriceContent(model, unit_price, months, steps, package_size, setup_price)
            found[group][row[5]] = (row[0], Span(row[5], row[6], content))
    return found


def _write(acting: Acting, writes: _Writes, now: datetime) -> None:
    ids = reserve_ids(Price, len(writes.inserts))
    columns = ("id", "seller_id", "plan_id", "customer_id", "product_id", "currency", "valid_from", "valid_before")
    insert_rows(
        Price,
        (*columns, *PRICE_CONTENT),
        (
            (
                price_id, acting.seller_id, owner.plan_id, owner.customer_id, product_id, currency,
                span.starts_on, span.ends_before, *_content_row(span.content),
            )
            for price_id, ((owner, product_id, currency), span) in zip(ids, writes.inserts, strict=True)
        ),
    )  # fmt: skip
    update_rows(
        Price,
        "id",
        ("valid_before", *PRICE_CONTENT),
        ((price_id, span.ends_before, *_content_row(span.content)) for price_id, span, _changed in writes.updates),
    )
    revise_prices(
        Revised(acting.seller_id, product_id, owner.customer_id, changed_from)
        for (owner, product_id, _currency), changed_from in writes.revisions
    )
    subject = subject_type_of(Price)
    created = (
        EventRow(acting.seller_id, subject, price_id, "created", acting.user_id, now, _entered(span))
        for price_id, (_group, span) in zip(ids, writes.inserts, strict=True)
    )
    changed = (
        EventRow(acting.seller_id, subject, price_id, "changed", acting.user_id, now, difference)
        for price_id, _span, difference in writes.updates
    )
    record_events(created)
    record_events(changed)


def _content_row(content: PriceContent) -> tuple[Any, ...]:
    tiers = [list(tier) for tier in content.tiers]
    return content.model, content.unit_price, content.months, tiers, content.package_size, content.setup_price


def _entered(span: Span[PriceContent]) -> dict[str, Any]:
    return {"valid_from": span.starts_on.isoformat(), "unit_price_e6": span.content.unit_price}
