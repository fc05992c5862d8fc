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
from rebill.sources.usage.engine.places import look_up
from rebill.sources.usage.engine.terms import Terms

NO_NODE = 0
# Where rates for calls between own endpoints stand: no prefix has this node.
ONNET_NODE = 0
# More pairs than this are looked up only where calls have them.
PAIRS_MOST = 2_000_000


@dataclass(frozen=True)
class Nodes:
    """Every prefix of every deck with its number. `lengths` are those that occur, the longest first; `parents` says
    which node is the longest beginning of a node (`parent`), null where none is.

    `onnet`: some deck has a rate for calls between endpoints of the same seller.
    """

    table: pl.DataFrame
    lengths: Sequence[int]
    parents: pl.DataFrame
    onnet: bool

    @property
    def width(self) -> int:
        """One more than there are nodes."""
        return len(self.table) + 1


def nodes_of(all_terms: Sequence[Terms]) -> Nodes:
    """The nodes of the decks of all tiers."""
    prefixes = pl.concat([terms.rates.select("prefix") for terms in all_terms]).unique().sort("prefix")
    onnet = (prefixes["prefix"] == ONNET).any()
    prefixes = prefixes.filter(pl.col("prefix") != ONNET)
    table = prefixes.with_columns(
        node=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), length=pl.col("prefix").str.len_chars().cast(pl.Int64)
    )
    lengths = sorted(table["length"].unique(), reverse=True)
    parents = table.select("node", "prefix", "length", parent=pl.lit(None, pl.Int64))
    for length in lengths:
        there = table.filter(pl.col("length") == length).select(begins="prefix", found="node")
        begins = pl.when(pl.col("length") > length).then(pl.col("prefix").str.slice(0, length))
        parents = parents.with_columns(begins=begins).join(there, on="begins", how="left")
        parents = parents.with_columns(parent=pl.coalesce("parent", "found")).drop("found", "begins")
    return Nodes(table, lengths, parents.select("node", "parent"), onnet)


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
    calls = engine.attach(calls, engine.known(heads.drop_nulls(), ["head"])).drop("head")
    return calls.with_columns(nw.col("node").fill_null(NO_NODE))


def pair_of(nodes: Nodes) -> nw.Expr:
    """One number for what decides about the rate of a call: `terms_id`, `node` and `onnet`."""
    onnet = nw.when(nw.col("onnet")).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
    return (nw.col("terms_id") * nodes.width + nw.col("node")) * 2 + onnet


def all_pairs(terms: Terms, nodes: Nodes) -> pl.DataFrame | None:
    """Every pair that calls may have, where those are few enough to be resolved without looking at the calls."""
    directions = [False, True] if nodes.onnet else [False]
    if len(terms.table) * nodes.width * len(directions) > PAIRS_MOST:
        return None
    pairs = terms.table.select("terms_id").join(
        pl.DataFrame({"node": pl.int_range(nodes.width, eager=True)}), how="cross"
    )
    pairs = pairs.join(pl.DataFrame({"onnet": directions}), how="cross")
    return nw.from_native(pairs).with_columns(pair=pair_of(nodes)).to_native()


def resolved(pairs: pl.DataFrame, terms: Terms, nodes: Nodes) -> pl.DataFrame:
    """Distinct pairs (`pair`, `terms_id`, `node`, `onnet`) with `row`, the number of their rate, null where none fits.

    Exceptions come first at each length, and what is on-net before all lengths.
    """
    sides = ["own_era_id", "era_id"] if terms.has_exceptions else ["era_id"]
    rates, eras = _numbered(terms, nodes)
    table = terms.table.select("terms_id", *sides)
    for side in sides:
        table = look_up(table, eras.select(pl.col("era_id").alias(side), pl.col("era").alias(f"{side}_place")), side)
    left = look_up(pairs, table, "terms_id").with_columns(row=pl.lit(None, pl.Int64))
    if nodes.onnet:
        left = left.with_columns(at=pl.when("onnet").then(pl.lit(ONNET_NODE, pl.Int64)))
        left = _tried(left, sides, rates, nodes)
    # No node is no place to look at: there stand the rates for calls that are on-net.
    left = left.with_columns(at=pl.when(pl.col("node") != NO_NODE).then("node"))
    # Most pairs have a rate at their own node; only those that have none look further up.
    found = []
    while len(left):
        tried = _tried(left, sides, rates, nodes)
        tried = look_up(tried.rename({"at": "child"}), nodes.parents.rename({"node": "child", "parent": "at"}), "child")
        is_done = pl.col("row").is_not_null() | pl.col("at").is_null()
        found.append(tried.filter(is_done).select("pair", "terms_id", "row"))
        left = tried.filter(~is_done).drop("child")
    return pl.concat(found) if found else pairs.select("pair", "terms_id", row=pl.lit(None, pl.Int64))


def _tried(pairs: pl.DataFrame, sides: Sequence[str], rates: pl.DataFrame, nodes: Nodes) -> pl.DataFrame:
    """The pairs with the `row` of the rate at their node `at`, where they had none: of the first side that has one."""
    for side in sides:
        place = (pl.col(f"{side}_place") * nodes.width + pl.col("at")).alias("rate_key")
        pairs = look_up(pairs.with_columns(place), rates, "rate_key")
        pairs = pairs.with_columns(row=pl.coalesce("row", "found")).drop("found", "rate_key")
    return pairs


def _numbered(terms: Terms, nodes: Nodes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rates by `rate_key`, which is the number of their era and their node; and the numbers of the eras."""
    eras = terms.rates.select(pl.col("era_id").unique().sort()).with_columns(era=pl.int_range(pl.len(), dtype=pl.Int64))
    rates = terms.rates.select("era_id", "prefix", pl.col("row").alias("found"))
    rates = look_up(rates.join(nodes.table.select("prefix", "node"), on="prefix", how="left"), eras, "era_id")
    node = pl.when(pl.col("prefix") == ONNET).then(ONNET_NODE).otherwise("node")
    return rates.select((pl.col("era") * nodes.width + node).alias("rate_key"), "found"), eras
