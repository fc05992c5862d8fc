"""The price rows of one tier: the calls with their terms, rates, amounts and bundles."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from rebill.rules.rating.rates import LONGEST_S
from rebill.sources.usage import schema
from rebill.sources.usage.engine.amounts import Pricing
from rebill.sources.usage.engine.bundles import with_bundles
from rebill.sources.usage.engine.contract import Engine, Frame, Tier
from rebill.sources.usage.engine.prefixes import Nodes, pair_of, resolved
from rebill.sources.usage.engine.spans import Window
from rebill.sources.usage.engine.terms import NO_TERMS, Terms
from rebill.sources.usage.schema import Status

# What a call brings along to every tier; the rest of a price row is the tier's.
CALL = ("file_id", "line", "start_s", "seconds", "caller", "called", "incoming", "owner_id", "node", "onnet", "buy_e6")
# What a price row needs of its rate besides the price.
NAMES = ("rate_id", "prefix", "product_id", "category")
ADDED = ("seconds", "billed_s", "included_s", "covered_e6", "amount_e6", "buy_e6")
ZERO, ONE = nw.lit(0, nw.Int64), nw.lit(1, nw.Int64)


@dataclass(frozen=True)
class Prepared:
    """A tier made ready for its calls. `month` is the one it is rated for, None for all; the first tier takes calls
    of nobody too."""

    tier: Tier
    first: bool
    month: int | None
    days: Window
    calendar: pl.DataFrame
    bundles: pl.DataFrame
    terms: Sequence[Terms]
    nodes: Nodes
    pricing: Pricing


def rate_tier(calls: dict[int, Frame], prepared: Prepared, engine: Engine) -> Frame:
    """The price rows of a tier, with `asked_e6`, what it asks the next one for the call and component.

    `calls` are those of each component. All are there again; `status` is null where a call has no price row.
    """
    rows = [_priced(calls[terms.component], prepared, terms, engine) for terms in prepared.terms]
    # Calls of components that only other tiers have pass by.
    priced = nw.concat(rows) if len(rows) > 1 else rows[0]
    kept = [*CALL, *(name for name in schema.RATED if name not in (*CALL, "included_s", "covered_e6")), "terms_id"]
    priced = with_bundles(priced, kept, prepared.bundles, prepared.pricing, engine)
    in_month = ~nw.col("month").is_null() if prepared.month is None else nw.col("month") == prepared.month
    rated = nw.col("status") == int(Status.RATED)
    priced = priced.with_columns(
        nw.when(rated).then(nw.col("amount_e6")).alias("amount_e6"),
        nw.when(in_month).then(nw.col("status")).alias("status"),
        nw.when(nw.col("terms_id").is_null())
        .then(nw.col("buy_e6"))
        .when(nw.col("status").is_null())
        .then(ZERO)
        .when(rated)
        .then(nw.col("amount_e6"))
        .alias("asked_e6"),
    )
    columns = [*CALL, *(name for name in schema.RATED if name not in CALL), "asked_e6"]
    return priced.select(*columns)


def price_rows(rated: Frame) -> Frame:
    """What is written of a tier."""
    return rated.filter(~nw.col("status").is_null()).select(*schema.RATED)


def sums(rated: Frame, engine: Engine) -> pl.DataFrame:
    """What the price rows come to. Amounts are null where nothing was priced, buy prices where none was known."""
    keys = [name for name in schema.SUMS if name not in (*ADDED, "calls")]
    found = rated.filter(~nw.col("status").is_null()).group_by(keys)
    known = nw.col("buy_e6").count().alias("known")
    added = engine.collect(found.agg(nw.len().alias("calls"), known, *(nw.col(name).sum() for name in ADDED)))
    return added.with_columns(
        pl.when(pl.col("status") == int(Status.RATED)).then("amount_e6").alias("amount_e6"),
        pl.when(pl.col("known") > 0).then("buy_e6").alias("buy_e6"),
    ).select(*(pl.col(name).cast(pl.Int64) for name in schema.SUMS))


def _priced(calls: Frame, prepared: Prepared, terms: Terms, engine: Engine) -> Frame:
    """The calls with everything of their price row but the bundle."""
    pricing = prepared.pricing
    incoming = nw.when(nw.col("incoming")).then(ONE).otherwise(ZERO)
    rows = calls.with_columns(
        slot=nw.col("start_s") // schema.SLOT_SECONDS,
        component=nw.lit(terms.component, nw.Int64),
        key=nw.col("owner_id") * 2 + incoming,
    )
    rows = rows.join(engine.frame(prepared.calendar), on="slot", how="left")
    rows = terms.spans.look_up(rows, engine, "day", prepared.days).drop("key")
    known = nw.col("terms_id")
    if prepared.first and terms.component == 0:
        known = nw.coalesce(known, nw.when(~nw.col("owner_id").is_null()).then(nw.lit(NO_TERMS, nw.Int64)))
    rows = rows.with_columns(
        nw.when(~nw.col("day").is_null()).then(known).alias("terms_id"),
        nw.col("required").fill_null(value=terms.component == 0),
    )
    rows = _with_rates(rows, prepared, terms, engine)
    return _with_amounts(rows, pricing, unowned=prepared.first and terms.component == 0)


def _with_rates(rows: Frame, prepared: Prepared, terms: Terms, engine: Engine) -> Frame:
    """The rows with the columns of their rate, and `offpeak`, whether they began then."""
    rows = rows.with_columns(pair=pair_of(prepared.nodes))
    distinct = rows.select("pair", "terms_id", "node", "onnet").filter(~nw.col("pair").is_null())
    pairs = resolved(engine.collect(distinct.unique("pair", keep="any")), terms, prepared.nodes)
    columns = [*NAMES, *prepared.pricing.columns, "schedule_id"]
    rates = terms.rates.select("row", pl.col("deck_id").alias("rate_deck_id"), *columns)
    pairs = pairs.join(rates, on="row", how="left")
    pairs = pairs.join(terms.table.select("terms_id", "deck_id"), on="terms_id", how="left")
    deck = pl.coalesce("rate_deck_id", "deck_id").alias("deck_id")
    offpeak = prepared.tier.offpeak
    peaks = len(offpeak) > 0 and not prepared.pricing.flat
    columns = columns if peaks else columns[:-1]
    pairs = pairs.select("pair", "row", deck, *columns)
    rows = rows.join(engine.frame(pairs), on="pair", how="left").drop("pair")
    if not peaks:
        return rows.with_columns(offpeak=nw.lit(value=False))
    marked = offpeak.select("schedule_id", "slot").unique().with_columns(offpeak=pl.lit(value=True))
    rows = rows.join(engine.frame(marked), on=["schedule_id", "slot"], how="left")
    return rows.with_columns(nw.col("offpeak").fill_null(value=False))


def _with_amounts(rows: Frame, pricing: Pricing, *, unowned: bool) -> Frame:
    """The rows with their seconds billed, what they cost without a bundle (`amount_e6`), and their status."""
    found = ~nw.col("row").is_null()
    # Calls that were made to an endpoint cost nothing unless a deck says so.
    free = (nw.col("seconds") <= 0) | (nw.col("incoming") & (nw.col("terms_id") == NO_TERMS))
    long = nw.col("seconds") > LONGEST_S
    # What is too long to be priced is not reckoned with: the numbers would not hold it.
    rows = rows.with_columns(
        counted_s=nw.when(free | long).then(ZERO).otherwise(nw.col("seconds")), minute=pricing.minute(nw.col("offpeak"))
    )
    counted = nw.col("counted_s")
    rows = rows.with_columns(before_s=pricing.before_s(counted), later_s=pricing.later_s(counted))
    rows = rows.with_columns(exact=pricing.exact(nw.col("before_s"), nw.col("later_s"), nw.col("minute")))
    exact, buy = nw.col("exact"), nw.col("buy_e6")
    rows = pricing.with_amount(rows, exact, "amount_e6")
    priced = free | (found & ~long & pricing.fits(exact, buy))
    has_row = ~nw.col("terms_id").is_null() & (found | nw.col("required"))
    status = nw.when(has_row & priced).then(nw.lit(int(Status.RATED), nw.Int64))
    status = status.when(has_row).then(nw.lit(int(Status.UNPRICED), nw.Int64))
    if unowned:
        nobody = nw.col("owner_id").is_null() & ~nw.col("day").is_null()
        status = status.when(nobody).then(nw.lit(int(Status.UNOWNED), nw.Int64))
    return rows.with_columns(
        status=status,
        amount_e6=nw.when(free).then(ZERO).otherwise(nw.col("amount_e6")),
        billed_s=nw.when(found & ~free & ~long).then(nw.col("before_s") + nw.col("later_s")).otherwise(ZERO),
    )
