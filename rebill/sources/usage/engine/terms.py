"""The tables of one tier, made ready: who is rated by which terms on which day, and the rates those terms reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from rebill.rules.rating.decks import ONNET, PREFIX_MOST
from rebill.rules.rating.rates import LONGEST_S, MARKUP_MOST_E6, PRICE_MOST_E6
from rebill.sources.usage.engine.contract import Tier, Window
from rebill.sources.usage.engine.places import look_up
from rebill.sources.usage.engine.spans import ENDLESS, Spans

# The terms of an end customer of the tier for whom no price list is valid: nothing has a price.
NO_TERMS = 0
NO_ERA = -1
PRICES = ("setup_e6", "minute_e6", "offpeak_e6", "later_e6", "minimum_e6", "maximum_e6")
# Columns of rates that have to be known for a price, and not only for the bill.
REQUIRED = ("setup_e6", "minute_e6", "offpeak_e6", "first_s", "next_s", "later_after_s", "later_e6", "later_next_s")


class RatesBeyond(ValueError):
    """Rates that 64 bits do not hold, or that price nothing: the catalogue refuses them when they are entered."""


@dataclass(frozen=True)
class Terms:
    """The terms of one component of a tier.

    `spans` says which terms an end customer has by its `key` (twice its id, plus one for calls that came in) and day;
    `table` which eras and deck stand behind the terms, `rates` the rates of those eras, numbered by `row`.
    """

    component: int
    spans: Spans
    table: pl.DataFrame
    rates: pl.DataFrame

    @property
    def has_exceptions(self) -> bool:
        return bool((self.table["own_era_id"] != NO_ERA).any())


def terms_of(tier: Tier, component: int, days: Window) -> Terms:
    """The terms of a component of a tier for the days of a rating."""
    tariffs = tier.tariffs.filter(pl.col("component") == component).with_columns(
        pl.col("before_day").fill_null(ENDLESS), pl.col("own_deck_id").fill_null(NO_ERA)
    )
    tariffs = tariffs.filter((pl.col("from_day") < days.before) & (pl.col("before_day") > days.since))
    segments = _segments(tier, tariffs, days)
    table = segments.select("deck_id", "era_id", "own_era_id").unique(maintain_order=True)
    table = table.with_columns(terms_id=pl.int_range(1, pl.len() + 1))
    segments = segments.join(table, on=["deck_id", "era_id", "own_era_id"], how="left")
    spans = tariffs.join(segments, on=["deck_id", "own_deck_id"], how="inner").select(
        (pl.col("owner_id") * 2 + pl.col("incoming").cast(pl.Int64)).alias("key"),
        "buyer_id",
        "required",
        "terms_id",
        pl.max_horizontal("from_day", "since").alias("from_day"),
        pl.min_horizontal("before_day", "before").alias("before_day"),
    )
    spans = spans.filter(pl.col("from_day") < pl.col("before_day"))
    if component == 0:
        spans = pl.concat([spans, _gaps(tier, spans, days)])
    none = {"terms_id": NO_TERMS, "deck_id": None, "era_id": NO_ERA, "own_era_id": NO_ERA}
    table = pl.concat([pl.DataFrame([none], schema=table.select(*none).schema), table.select(*none)])
    eras = set(table["era_id"]) | set(table["own_era_id"])
    values = ["buyer_id", "required", "terms_id"]
    return Terms(component, Spans(spans, ["key"], values, "from_day", "before_day"), table, _rates(tier, eras))


def _segments(tier: Tier, tariffs: pl.DataFrame, days: Window) -> pl.DataFrame:
    """For every pair of a deck and exceptions that is in use, which eras they have from when until when."""
    eras: dict[int, list[tuple[int, int, int]]] = {}
    for row in tier.eras.sort("from_day").iter_rows(named=True):
        before = ENDLESS if row["before_day"] is None else row["before_day"]
        eras.setdefault(row["deck_id"], []).append((row["from_day"], before, row["era_id"]))
    rows = [
        (deck, own, *segment)
        for deck, own in tariffs.select("deck_id", "own_deck_id").unique(maintain_order=True).iter_rows()
        for segment in _cut(eras.get(deck, []), eras.get(own, []), days)
    ]
    columns = ("deck_id", "own_deck_id", "since", "before", "era_id", "own_era_id")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Int64), orient="row")


def _cut(
    eras: list[tuple[int, int, int]], own: list[tuple[int, int, int]], days: Window
) -> Iterator[tuple[int, int, int, int]]:
    """The days cut where an era of either begins or ends: (since, before, era, own era)."""
    edges = {edge for since, before, _ in eras + own for edge in (since, before) if days.since < edge < days.before}
    for since, before in pairwise(sorted(edges | {days.since, days.before})):
        era = next((era for start, end, era in eras if start <= since < end), NO_ERA)
        own_era = next((era for start, end, era in own if start <= since < end), NO_ERA)
        yield since, before, era, own_era


def _gaps(tier: Tier, spans: pl.DataFrame, days: Window) -> pl.DataFrame:
    """Rows for the end customers of the tier and the directions that have no price list all the time.

    They lie behind all others, because they begin before all days.
    """
    owners = tier.tariffs.select(pl.col("owner_id").unique())
    keys = pl.concat([owners.select(key=pl.col("owner_id") * 2), owners.select(key=pl.col("owner_id") * 2 + 1)])
    covered = spans.group_by("key").agg(covered=(pl.col("before_day") - pl.col("from_day")).sum())
    open_keys = keys.join(covered, on="key", how="left").filter(
        pl.col("covered").fill_null(0) < days.before - days.since
    )
    return open_keys.select(
        "key",
        pl.lit(None, pl.Int64).alias("buyer_id"),
        pl.lit(value=True).alias("required"),
        pl.lit(NO_TERMS, pl.Int64).alias("terms_id"),
        pl.lit(days.since - 1, pl.Int64).alias("from_day"),
        pl.lit(days.before, pl.Int64).alias("before_day"),
    ).cast({"terms_id": pl.Int64})


def _rates(tier: Tier, eras: set[int]) -> pl.DataFrame:
    """The rates of the eras, with the deck and the schedule of their era, numbered."""
    decks = tier.eras.select("era_id", "deck_id", "schedule_id").unique("era_id", keep="first")
    rates = tier.rates.filter(pl.col("era_id").is_in(list(eras)))
    # Whether anything is there twice is seen much faster than it is thrown out.
    if rates.select(pl.struct("era_id", "prefix").hash().n_unique()).item() < len(rates):
        rates = rates.unique(["era_id", "prefix"], keep="first", maintain_order=True)
    rates = look_up(rates, decks, "era_id").with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    _check(rates)
    return rates


def _check(rates: pl.DataFrame) -> None:
    """Refuses what the expressions could not reckon with, because Polars says nothing when numbers overflow."""
    steps = pl.min_horizontal("next_s", "later_next_s", "quantum_e6") < 1
    steps |= pl.min_horizontal("first_s", "later_after_s") < 0
    steps |= pl.max_horizontal("first_s", "next_s", "later_after_s", "later_next_s") > LONGEST_S
    beyond = pl.max_horizontal(*(pl.col(name).abs() for name in (*PRICES, "quantum_e6"))) > PRICE_MOST_E6
    beyond |= pl.col("markup_e6").abs().fill_null(0) > MARKUP_MOST_E6
    unknown = pl.any_horizontal(*(pl.col(name).is_null() for name in REQUIRED))
    long = (pl.col("prefix") != ONNET) & (pl.col("prefix").str.len_chars() > PREFIX_MOST)
    wrong = rates.filter(steps | beyond | unknown | long)
    if len(wrong):
        raise RatesBeyond(f"{len(wrong)} rates cannot be reckoned with, such as {wrong.row(0, named=True)}.")
