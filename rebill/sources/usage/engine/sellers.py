"""The price rows of one tier: the calls with their terms, rates, amounts and bundles."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from rebill.rules.rating.rates import LONGEST_S
from rebill.sources.usage import schema
from rebill.sources.usage.engine.amounts import Pricing
from rebill.sources.usage.engine.bundles import Bundles
from rebill.sources.usage.engine.contract import Engine, Frame, Known, Tier
from rebill.sources.usage.engine.peaks import Peaks
from rebill.sources.usage.engine.places import look_up
from rebill.sources.usage.engine.prefixes import Nodes, pair_of, resolved
from rebill.sources.usage.engine.spans import SpansReady
from rebill.sources.usage.engine.terms import NO_TERMS, Terms
from rebill.sources.usage.schema import Status

# What a call brings along to every tier; the rest of a price row is the tier's.
CALL = ("file_id", "line", "start_s", "seconds", "caller", "called", "incoming", "owner_id", "node", "onnet", "buy_e6")
# What a price row needs of its rate besides the price.
NAMES = ("rate_id", "prefix", "product_id", "category")
ADDED = ("seconds", "billed_s", "included_s", "covered_e6", "amount_e6", "buy_e6")
SUM_KEYS = [name for name in schema.SUMS if name not in (*ADDED, "calls")]
ZERO, ONE = nw.lit(0, nw.Int64), nw.lit(1, nw.Int64)


@dataclass(frozen=True)
class Component:
    """The terms of one component, ready to be looked up. `rates` are those of every pair that calls may have; None
    where those are too many, and only the pairs are resolved that calls do have."""

    terms: Terms
    spans: SpansReady
    rates: Known | None


@dataclass(frozen=True)
class Prepared:
    """A tier made ready for its calls. `month` is the one it is rated for, None for all; the first tier takes calls
    of nobody too."""

    tier: Tier
    first: bool
    month: int | None
    calendar: Known
    bundles: Bundles | None
    peaks: Peaks | None
    components: Sequence[Component]
    nodes: Nodes
    pricing: Pricing


def rate_tier(calls: dict[int, Frame], prepared: Prepared, engine: Engine, *, ordered: bool) -> Frame:
    """The price rows of a tier, with `asked_e6`, what it asks the next one for the call and component.

    `calls` are those of each component, `ordered` if they stand in the order of their piece. All are there again;
    `status` is null where a call has no price row. What comes back is worked out.
    """
    rows = [_priced(calls[component.terms.component], prepared, component, engine) for component in prepared.components]
    # Calls of components that only other tiers have pass by.
    priced = nw.concat(rows) if len(rows) > 1 else rows[0]
    if prepared.bundles is None:
        priced = priced.with_columns(included_s=ZERO, covered_e6=ZERO)
    else:
        priced = prepared.bundles.cover(priced, prepared.pricing, engine, ordered=ordered and len(rows) == 1)
    in_month = ~nw.col("month").is_null() if prepared.month is None else nw.col("month") == prepared.month
    rated = nw.col("status") == int(Status.RATED)
    # Where a tier has nothing to say, the next one buys as this one does.
    unasked = nw.col("terms_id").is_null()
    if prepared.tier.purchase:
        unasked = nw.col("rate_id").is_null() | nw.col("status").is_null() | ~rated
    priced = priced.with_columns(
        nw.when(rated).then(nw.col("amount_e6")).alias("amount_e6"),
        nw.when(in_month).then(nw.col("status")).alias("status"),
        nw.when(unasked)
        .then(nw.col("buy_e6"))
        .when(nw.col("status").is_null())
        .then(ZERO)
        .when(rated)
        .then(nw.col("amount_e6"))
        .alias("asked_e6"),
    )
    columns = [*CALL, *(name for name in schema.RATED if name not in CALL), "asked_e6"]
    return engine.hold(priced.select(*columns))


def price_rows(rated: Frame) -> Frame:
    """What is written of a tier."""
    return rated.filter(~nw.col("status").is_null()).select(*schema.RATED)


def sums(rated: Frame, engine: Engine) -> pl.DataFrame:
    """What the price rows come to. Amounts are null where nothing was priced, buy prices where none was known."""
    found = rated.filter(~nw.col("status").is_null()).group_by(SUM_KEYS)
    known = nw.col("buy_e6").count().alias("known")
    added = engine.collect(found.agg(nw.len().alias("calls"), known, *(nw.col(name).sum() for name in ADDED)))
    return added.with_columns(
        pl.when(pl.col("status") == int(Status.RATED)).then("amount_e6").alias("amount_e6"),
        pl.when(pl.col("known") > 0).then("buy_e6").alias("buy_e6"),
    ).select(*(pl.col(name).cast(pl.Int64) for name in schema.SUMS))


def added_up(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The sums of several pieces as one: an end customer has calls in each turn."""
    added = (pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()) for name in (*ADDED, "calls"))
    return pl.concat(frames).group_by(SUM_KEYS).agg(added).select(list(schema.SUMS)).sort(list(schema.SUMS))


def _priced(calls: Frame, prepared: Prepared, component: Component, engine: Engine) -> Frame:
    """The calls with everything of their price row but the bundle."""
    incoming = nw.when(nw.col("incoming")).then(ONE).otherwise(ZERO)
    number = component.terms.component
    rows = calls.with_columns(
        slot=nw.col("start_s") // schema.SLOT_SECONDS,
        component=nw.lit(number, nw.Int64),
        key=nw.col("owner_id") * 2 + incoming,
    )
    rows = engine.attach(rows, prepared.calendar)
    rows = component.spans.look_up(rows, engine, "day").drop("key")
    known = nw.col("terms_id")
    if prepared.first and number == 0:
        known = nw.coalesce(known, nw.when(~nw.col("owner_id").is_null()).then(nw.lit(NO_TERMS, nw.Int64)))
    rows = rows.with_columns(
        nw.when(~nw.col("day").is_null()).then(known).alias("terms_id"),
        nw.col("required").fill_null(value=number == 0),
    )
    rows = _with_rates(rows, prepared, component, engine)
    return _with_amounts(rows, prepared.pricing, unowned=prepared.first and number == 0)


def _with_rates(rows: Frame, prepared: Prepared, component: Component, engine: Engine) -> Frame:
    """The rows with the columns of their rate, and `offpeak`, whether they began then."""
    rows, rates = rows.with_columns(pair=pair_of(prepared.nodes)), component.rates
    if rates is None:
        rows = engine.hold(rows)
        distinct = rows.select("pair", "terms_id", "node", "onnet").filter(~nw.col("pair").is_null())
        pairs = engine.collect(distinct.unique("pair", keep="any"))
        rates = rates_of(pairs, component.terms, prepared.nodes, prepared.pricing, prepared.peaks, engine)
    rows = engine.attach(rows, rates).drop("pair")
    if prepared.peaks is None:
        return rows.with_columns(offpeak=nw.lit(value=False))
    return prepared.peaks.mark(rows, engine)


def rates_of(
    pairs: pl.DataFrame, terms: Terms, nodes: Nodes, pricing: Pricing, peaks: Peaks | None, engine: Engine
) -> Known:
    """What calls of these pairs need of their rate, looked up by `pair`; `rate_id` is null where none fits."""
    columns = [*NAMES, *pricing.columns]
    rates = terms.rates.select("row", pl.col("deck_id").alias("rate_deck_id"), "schedule_id", *columns)
    found = look_up(resolved(pairs, terms, nodes), rates, "row")
    found = look_up(found, terms.table.select("terms_id", "deck_id"), "terms_id")
    deck = pl.coalesce("rate_deck_id", "deck_id").alias("deck_id")
    schedule = [peaks.of(pl.col("schedule_id"))] if peaks else []
    return engine.known(found.select("pair", deck, *columns, *schedule), ["pair"])


def _with_amounts(rows: Frame, pricing: Pricing, *, unowned: bool) -> Frame:
    """The rows with their seconds billed, what they cost without a bundle (`amount_e6`), and their status."""
    found = ~nw.col("rate_id").is_null()
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
