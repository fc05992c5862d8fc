"""How long calls by a rate deck lasted in a month and what they came to, by prefix: one read of the rated Parquet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import RateDeck, RateImport, RateImportRow
from rebill.catalogue.queries.bought import decks_bought_by
from rebill.catalogue.queries.decks import rates_on
from rebill.rules.periods import add_months
from rebill.rules.rate_changes import effect_e6
from rebill.rules.rating.decks import PREFIX_MOST, longest_prefix
from rebill.sources.usage.models import RatedPart, RatingState
from rebill.sources.usage.queries.records import kept_file
from rebill.sources.usage.schema import Status

# Rated files never change: what was read of them stays true. A few decks are looked at again and again.
_DECKS_KEPT = 32


class PrefixUse(NamedTuple):
    """Calls by one prefix: how many, how many seconds, and what they came to, of 10⁻⁶ of the currency."""

    calls: int
    seconds: int
    amount_e6: int


@dataclass(frozen=True, slots=True)
class DeckUse:
    """The calls of a month by a deck: sold by it, or where it buys for other decks, bought by it."""

    month: date
    by_prefix: Mapping[str, PrefixUse]


def last_month(today: date) -> date:
    """The month before this one, of which calls are known as a whole."""
    return add_months(today.replace(day=1), -1)


def deck_use(*, acting: Acting, deck: RateDeck, month: date) -> DeckUse | None:
    """What the ratings that count say of the deck's calls in the month; None where nothing is rated.

    Of a deck that others are bought by: the calls they sell, by its own longest prefix on the last day of the month,
    unrounded, at their buy price. Of any other: the seconds that were counted, at what was asked.
    """
    require(acting, Permission.READ)
    parts = RatedPart.objects.filter(
        seller_id=acting.seller_id, rows__gt=0, rating__state=RatingState.CURRENT, rating__month=month
    )
    paths = tuple(kept_file(path) for path in parts.order_by("id").values_list("path", flat=True))
    if not paths:
        return None
    before = add_months(month, 1)
    sold_by = decks_bought_by(acting.seller_id, deck.pk, from_day=month, before_day=before)
    if not sold_by:
        return DeckUse(month, _sold(paths, deck.pk))
    last = date.fromordinal(before.toordinal() - 1)
    prefixes = frozenset(rates_on(acting, deck.pk, last).values_list("prefix", flat=True))
    return DeckUse(month, _bought(paths, frozenset(sold_by), prefixes))


def effect_of_change(row: RateImportRow, use: DeckUse) -> int | None:
    """What the new rate brings or costs at the calls of the month, of 10⁻⁶; None where nothing can be compared."""
    made = use.by_prefix.get(row.prefix)
    if made is None or row.minute_now is None or row.minute_new is None:
        return None
    setup = (int((row.setup_now or 0) * 10**6), int((row.setup_new or 0) * 10**6))
    minute = (int(row.minute_now * 10**6), int(row.minute_new * 10**6))
    return effect_e6(made.calls, made.seconds, minute=minute, setup=setup)


def effect_of_import(rate_import: RateImport, use: DeckUse) -> int:
    """What the chosen changes bring or cost at the calls of the month; new prefixes have no calls of their own yet."""
    rows = rate_import.rows.filter(chosen=True, minute_now__isnull=False, minute_new__isnull=False).order_by("id")
    return sum(effect_of_change(row, use) or 0 for row in rows.only(*_PRICES))


_PRICES = ("prefix", "minute_now", "minute_new", "setup_now", "setup_new")


@lru_cache(maxsize=_DECKS_KEPT)
def _sold(paths: tuple[Path, ...], deck_id: int) -> Mapping[str, PrefixUse]:
    calls = pl.scan_parquet(list(paths)).filter((pl.col("deck_id") == deck_id) & (pl.col("status") == Status.RATED))
    found = calls.filter(pl.col("prefix").is_not_null()).group_by("prefix")
    return _read(found.agg(pl.len(), pl.col("billed_s").sum(), pl.col("amount_e6").sum()))


@lru_cache(maxsize=_DECKS_KEPT)
def _bought(paths: tuple[Path, ...], deck_ids: frozenset[int], prefixes: frozenset[str]) -> Mapping[str, PrefixUse]:
    length = max(map(len, prefixes), default=0)
    calls = pl.scan_parquet(list(paths)).filter(
        pl.col("deck_id").is_in(sorted(deck_ids)) & (pl.col("seconds") > 0) & (pl.col("component") == 0)
    )
    heads = calls.group_by(pl.col("called").str.slice(0, min(length, PREFIX_MOST)).alias("head"))
    added: dict[str, PrefixUse] = {}
    for head, use in _read(heads.agg(pl.len(), pl.col("seconds").sum(), pl.col("buy_e6").sum())).items():
        prefix = longest_prefix(prefixes, head)
        if prefix is not None:
            known = added.get(prefix, PrefixUse(0, 0, 0))
            added[prefix] = PrefixUse(*(one + other for one, other in zip(known, use, strict=True)))
    return added


def _read(grouped: pl.LazyFrame) -> dict[str, PrefixUse]:
    rows = grouped.collect(engine="streaming").iter_rows()
    return {key: PrefixUse(int(calls), int(seconds), int(amount or 0)) for key, calls, seconds, amount in rows}
