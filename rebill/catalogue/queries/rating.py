"""What rating reads of decks, in bulk: tuples named and scaled like the frames of calls, days as days since 1970.

A frame's era is a range of days between which none of a deck's rates begins or ends. Everything is one read of a
table, whatever the number of decks and customers.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Q

from rebill.catalogue.deck_fields import peak_spans
from rebill.catalogue.models import (
    DeckPeakTimes,
    PeakTimes,
    PlanAssignment,
    PlanDeck,
    PricePlan,
    Rate,
    RateDeck,
    RateRevision,
)
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.peak import offpeak_slots

_EPOCH = date(1970, 1, 1).toordinal()


class EraRow(NamedTuple):
    """A row of `ERAS`: the rates of the deck from a day until before another, and its peak times then (or None)."""

    deck_id: int
    from_day: int
    before_day: int
    era_id: int
    schedule_id: int | None


class RateRow(NamedTuple):
    """A row of `RATES`."""

    era_id: int
    prefix: str
    rate_id: int
    product_id: int | None
    category: int
    setup_e6: int
    minute_e6: int
    offpeak_e6: int
    first_s: int
    next_s: int
    later_after_s: int
    later_e6: int
    later_next_s: int
    markup_e6: int | None
    minimum_e6: int | None
    maximum_e6: int | None
    quantum_e6: int
    rounding: int


class TariffRow(NamedTuple):
    """A row of `TARIFFS` for a direct customer of the seller, without the end customers: those are joined to it."""

    buyer_id: int
    from_day: int
    before_day: int
    component: int
    required: bool
    incoming: bool
    deck_id: int
    own_deck_id: int | None


class OffpeakRow(NamedTuple):
    """A row of `OFFPEAK`."""

    schedule_id: int
    slot: int


@dataclass(frozen=True, slots=True)
class DeckFacts:
    """What rating needs to know of a deck besides its rates."""

    deck_id: int
    code: str
    currency: str
    incoming: bool
    buy_deck_id: int | None
    product_id: int | None


def days_since_1970(day: date) -> int:
    """The day as the frames count days."""
    return day.toordinal() - _EPOCH


def deck_facts(seller_id: int, deck_ids: Collection[int]) -> dict[int, DeckFacts]:
    """These decks of the seller by id."""
    decks = RateDeck.objects.filter(seller_id=seller_id, pk__among=Numbers(deck_ids))
    rows = decks.values_list("id", "code", "currency", "incoming", "buy_deck_id", "product_id")
    return {row[0]: DeckFacts(*row) for row in rows}


def last_rate_revision(seller_id: int) -> int:
    """The number of the seller's latest revision of rates, 0 before the first: greater when rating must look again."""
    return RateRevision.objects.filter(seller_id=seller_id).order_by("-id").values_list("id", flat=True).first() or 0


# --- rates ----------------------------------------------------------------------------------------------------------

_READ = (
    "deck_id", "valid_from", "valid_before", "prefix", "id", "product_id", "category", "setup", "minute", "offpeak",
    "first_seconds", "next_seconds", "later_after_seconds", "later_minute", "later_next_seconds", "markup", "minimum",
    "maximum",
)  # fmt: skip


def read_rates(
    seller_id: int, deck_ids: Collection[int], *, from_day: date, before_day: date
) -> tuple[list[EraRow], list[tuple[Any, ...]]]:
    """The eras of these decks of the seller within the days, and all their rates as the tuples of `RateRow`, in its
    order of columns: plain ones, because half a million named tuples take a second more to make."""
    decks = RateDeck.objects.filter(seller_id=seller_id, pk__among=Numbers(deck_ids))
    defaults = {row[0]: row[1:] for row in read_all(decks, "id", "product_id", "quantum", "rounding")}
    schedules = _schedules(seller_id, defaults.keys())
    rates = Rate.objects.filter(
        Q(valid_before__isnull=True) | Q(valid_before__gt=from_day),
        seller_id=seller_id,
        deck_id__among=Numbers(list(defaults)),
        valid_from__lt=before_day,
    ).order_by("deck_id")
    eras: list[EraRow] = []
    found: list[tuple[Any, ...]] = []
    for deck_id, of_deck in groupby(read_rows(rates, *_READ), key=itemgetter(0)):
        rows = list(of_deck)
        cuts = _cuts(rows, schedules.get(deck_id, ()), from_day, before_day)
        product_id, quantum, rounding = defaults[deck_id]
        for starts_on, ends_before in pairwise(cuts):
            era_id = len(eras) + 1
            schedule = _schedule_on(schedules.get(deck_id, ()), starts_on)
            eras.append(EraRow(deck_id, days_since_1970(starts_on), days_since_1970(ends_before), era_id, schedule))
            found.extend(
                (era_id, row[3], row[4], row[5] or product_id, *row[6:9], row[8] if row[9] is None else row[9],
                 *row[10:], quantum, rounding)
                for row in rows
                if row[1] <= starts_on and (row[2] is None or row[2] > starts_on)
            )  # fmt: skip
    return eras, found


def _cuts(
    rows: Sequence[tuple[Any, ...]], schedules: Sequence[tuple[date, int | None]], from_day: date, before_day: date
) -> list[date]:
    days = {row[1] for row in rows} | {row[2] for row in rows if row[2] is not None}
    days |= {valid_from for valid_from, _schedule in schedules}
    return sorted({from_day, before_day} | {day for day in days if from_day < day < before_day})


def _schedules(seller_id: int, deck_ids: Collection[int]) -> dict[int, list[tuple[date, int | None]]]:
    found: dict[int, list[tuple[date, int | None]]] = defaultdict(list)
    rows = DeckPeakTimes.objects.filter(seller_id=seller_id, deck_id__among=Numbers(list(deck_ids)))
    for deck_id, valid_from, peak_times_id in read_all(
        rows.order_by("deck_id", "valid_from"), "deck_id", "valid_from", "peak_times_id"
    ):
        found[deck_id].append((valid_from, peak_times_id))
    return found


def _schedule_on(schedules: Sequence[tuple[date, int | None]], day: date) -> int | None:
    position = bisect_right(schedules, day, key=lambda each: each[0])
    return schedules[position - 1][1] if position else None


def destinations_of(seller_id: int, rate_ids: Collection[int]) -> dict[int, str]:
    """What these rates of the seller call the destination of their calls; the prefix where they call it nothing."""
    rates = Rate.objects.filter(seller_id=seller_id, pk__among=Numbers(rate_ids)).order_by("id")
    return {row[0]: row[1] or row[2] for row in rates.values_list("id", "destination", "prefix")}


# --- peak times -----------------------------------------------------------------------------------------------------


def read_offpeak(
    seller_id: int, schedule_ids: Collection[int], *, zone: str, from_day: date, before_day: date
) -> list[OffpeakRow]:
    """The off-peak slots of these peak times of the seller on the local days; `zone` is the seller's."""
    rows = PeakTimes.objects.filter(seller_id=seller_id, pk__among=Numbers(schedule_ids)).order_by("id")
    place = ZoneInfo(zone)
    return [
        OffpeakRow(schedule_id, slot)
        for schedule_id, week, region in rows.values_list("id", "week", "holidays")
        for slot in offpeak_slots(
            peak_spans(week),
            public_holidays(region, from_day, before_day),
            place,
            from_day=from_day,
            before_day=before_day,
        )
    ]


def public_holidays(region: str, from_day: date, before_day: date) -> frozenset[date]:
    """The public holidays of a country ("NL") or region ("DE-BY") in the years of these days; none for no region."""
    if not region:
        return frozenset()
    country, _dash, part = region.partition("-")
    years = range(from_day.year, before_day.year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))


# --- tariffs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Linked:
    starts_on: date
    ends_before: date | None
    component: int
    required: bool
    incoming: bool
    deck_id: int


def read_tariffs(seller_id: int, customer_ids: Collection[int], *, from_day: date, before_day: date) -> list[TariffRow]:
    """By which decks the calls of these direct customers of the seller are priced, within the days.

    The customer's plan of a day says so. Exceptions of the customer go with the call itself, component 0, and price it
    alone where the plan has no such deck.
    """
    links = _links(seller_id)
    own = _own_decks(seller_id, customer_ids)
    assigned = plan_spans(seller_id, customer_ids, from_day=from_day, before_day=before_day)
    rows: list[TariffRow] = []
    for customer_id in sorted(customer_ids):
        spans = assigned[customer_id]
        owned = own.get(customer_id, {})
        linked = [
            (start, end, link)
            for plan_id, plan_start, plan_end in spans
            for link in links.get(plan_id, ())
            if (start := max(plan_start, link.starts_on))
            < (end := plan_end if link.ends_before is None else min(plan_end, link.ends_before))
        ]
        rows.extend(
            TariffRow(
                customer_id,
                days_since_1970(start),
                days_since_1970(end),
                link.component,
                link.required,
                link.incoming,
                link.deck_id,
                owned.get(link.incoming) if link.component == 0 else None,
            )
            for start, end, link in linked
        )
        for incoming, deck_id in sorted(owned.items()):
            covered = [(start, end) for start, end, link in linked if link.incoming is incoming and not link.component]
            rows.extend(
                TariffRow(customer_id, days_since_1970(start), days_since_1970(end), 0, True, incoming, deck_id, None)
                for start, end in _gaps(covered, from_day, before_day)
            )
    return rows


def _links(seller_id: int) -> dict[int, list[_Linked]]:
    found: dict[int, list[_Linked]] = defaultdict(list)
    rows = PlanDeck.objects.filter(seller_id=seller_id).order_by("plan_id", "incoming", "component", "valid_from")
    for row in rows.values_list(
        "plan_id", "valid_from", "valid_before", "component", "required", "incoming", "deck_id"
    ):
        found[row[0]].append(_Linked(row[1], row[2], row[3], row[4], row[5], row[6]))
    return found


def _own_decks(seller_id: int, customer_ids: Collection[int]) -> dict[int, dict[bool, int]]:
    found: dict[int, dict[bool, int]] = defaultdict(dict)
    rows = RateDeck.objects.filter(seller_id=seller_id, customer_id__among=Numbers(customer_ids), active=True)
    for customer_id, incoming, deck_id in rows.order_by("id").values_list("customer_id", "incoming", "id"):
        found[customer_id][incoming] = deck_id
    return found


def plan_spans(
    seller_id: int, customer_ids: Collection[int], *, from_day: date, before_day: date
) -> dict[int, list[tuple[int, date, date]]]:
    """The plans of each of these customers within the days: (plan, first day, day before which it ends)."""
    default = PricePlan.objects.filter(seller_id=seller_id, is_default=True).values_list("id", flat=True).first()
    assigned: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = PlanAssignment.objects.filter(
        seller_id=seller_id, customer_id__among=Numbers(customer_ids), valid_from__lt=before_day
    )
    for customer_id, valid_from, plan_id in rows.order_by("customer_id", "valid_from").values_list(
        "customer_id", "valid_from", "plan_id"
    ):
        assigned[customer_id].append((valid_from, plan_id))
    return {
        customer_id: list(_clipped(assigned.get(customer_id, ()), default, from_day, before_day))
        for customer_id in customer_ids
    }


def _clipped(
    assigned: Sequence[tuple[date, int]], default: int | None, from_day: date, before_day: date
) -> Iterator[tuple[int, date, date]]:
    starts = [(date.min, default), *assigned]
    ends = [*(start for start, _plan in starts[1:]), date.max]
    for (start, plan_id), end in zip(starts, ends, strict=True):
        first, before = max(start, from_day), min(end, before_day)
        if plan_id is not None and first < before:
            yield plan_id, first, before


def _gaps(covered: Iterable[tuple[date, date]], from_day: date, before_day: date) -> Iterator[tuple[date, date]]:
    start = from_day
    for begins, ends in sorted(covered):
        if begins > start:
            yield start, begins
        start = max(start, ends)
    if start < before_day:
        yield start, before_day
