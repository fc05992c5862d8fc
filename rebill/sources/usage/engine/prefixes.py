"""The rate of a call by the longest prefix, looked up once for many calls.

Once for all tiers every called number is brought to its node, the longest prefix that any deck has. Then each tier
looks up the distinct pairs of terms and node: a prefix that fits the number is always a beginning of its node.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from rebill.rules.rating.decks import ONNET
from rebill.sources.usage.engine.contract import Engine, Frame
from rebill.sources.usage.engine.terms import Terms

NO_NODE = 0


@dataclass(frozen=True)
class Nodes:
    """Every prefix of every deck with its number. `lengths` are those that occur, the longest first."""

    table: pl.DataFrame
    lengths: Sequence[int]


def nodes_of(all_terms: Sequence[Terms]) -> Nodes:
    """The nodes of the decks of all tiers."""
    prefixes = pl.concat([terms.rates.select("prefix") for terms in all_terms]).unique().sort("prefix")
    prefixes = prefixes.filter(pl.col("prefix") != ONNET)
    table = prefixes.with_columns(
        node=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), length=pl.col("prefix").str.len_chars().cast(pl.Int64)
    )
    return Nodes(table, sorted(table["length"].unique(), reverse=True))


def with_nodes(calls: Frame, nodes: Nodes, engine: Engine) -> Frame:
    """The calls with `node`, the number of their longest prefix; NO_NODE where no deck has one."""
    if not nodes.lengths:
        return calls.with_columns(node=nw.lit(NO_NODE, nw.Int64))
    calls = calls.with_columns(head=nw.col("called").str.slice(0, nodes.lengths[0]))
    heads = engine.collect(calls.select("head").unique()).with_columns(node=pl.lit(None, pl.Int64))
    for length in nodes.lengths:
        there = nodes.table.filter(pl.col("length") == length)
        there = there.select(pl.col("prefix").alias("begins"), pl.col("node").alias("found"))
        heads = heads.with_columns(begins=pl.col("head").str.slice(0, length)).join(there, on="begins", how="left")
        heads = heads.select("head", pl.coalesce("node", "found").alias("node"))
    calls = calls.join(engine.frame(heads.drop_nulls()), on="head", how="left").drop("head")
    return calls.with_columns(nw.col("node").fill_null(NO_NODE))


def pair_of(nodes: Nodes) -> nw.Expr:
    """One number for what decides about the rate of a call: `terms_id`, `node` and `onnet`."""
    onnet = nw.when(nw.col("onnet")).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
    return (nw.col("terms_id") * (len(nodes.table) + 1) + nw.col("node")) * 2 + onnet


def resolved(pairs: pl.DataFrame, terms: Terms, nodes: Nodes) -> pl.DataFrame:
    """Distinct pairs (`pair`, `terms_id`, `node`, `onnet`) with `row`, the number of their rate, null where none fits.

    Exceptions come first at each length, and what is on-net before all lengths.
    """
    pairs = pairs.join(terms.table.select("terms_id", "era_id", "own_era_id"), on="terms_id", how="left")
    pairs = pairs.join(nodes.table.select("node", "prefix"), on="node", how="left")
    pairs = pairs.with_columns(row=pl.lit(None, pl.Int64))
    sides = ["own_era_id", "era_id"] if terms.has_exceptions else ["era_id"]
    for side in sides:
        within = pl.when(pl.col("onnet")).then(pl.lit(ONNET))
        pairs = _first_found(pairs.with_columns(begins=within), terms.rates, side)
    prefixes = terms.rates.filter(pl.col("prefix") != ONNET)
    for length in nodes.lengths:
        there = prefixes.filter(pl.col("prefix").str.len_chars() == length)
        pairs = pairs.with_columns(begins=pl.col("prefix").str.slice(0, length))
        for side in sides:
            pairs = _first_found(pairs, there, side)
    return pairs.select("pair", "terms_id", "row")


def _first_found(pairs: pl.DataFrame, rates: pl.DataFrame, side: str) -> pl.DataFrame:
    """The pairs with the rate of the era `side` whose prefix is `begins`, where they have no rate yet."""
    there = rates.select(pl.col("era_id").alias(side), pl.col("prefix").alias("begins"), pl.col("row").alias("found"))
    pairs = pairs.join(there, on=[side, "begins"], how="left", maintain_order="left")
    return pairs.with_columns(row=pl.coalesce("row", "found")).drop("found")
