"""The rating: every call priced for every seller of the chain, in one pass over the calls."""

import shutil
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import narwhals as nw
import polars as pl

from rebill.sources.usage import schema
from rebill.sources.usage.engine.amounts import Pricing
from rebill.sources.usage.engine.bundles import Bundles
from rebill.sources.usage.engine.contract import Engine, Frame, Piece, Tier, TierSums, Window
from rebill.sources.usage.engine.owners import with_owners
from rebill.sources.usage.engine.peaks import Peaks
from rebill.sources.usage.engine.prefixes import Nodes, all_pairs, nodes_of, with_nodes
from rebill.sources.usage.engine.sellers import (
    CALL,
    Component,
    Prepared,
    added_up,
    price_rows,
    rate_tier,
    rates_of,
    sums,
)
from rebill.sources.usage.engine.terms import Terms, terms_of

Progress = Callable[[int, int], None]
NEEDED = ("file_id", "line", "start_s", "seconds", "caller", "called", "account", "trunk", "incoming", "buy_e6")
POLARS_TYPES = {schema.INTEGER: pl.Int64, schema.TEXT: pl.String, schema.BOOLEAN: pl.Boolean}


def empty(columns: schema.Columns) -> pl.DataFrame:
    """A frame of these columns without rows."""
    return pl.DataFrame(schema={name: POLARS_TYPES[kind] for name, kind in columns.items()})


def rate(
    *,
    calls: Sequence[Path],
    endpoints: pl.DataFrame,
    tiers: Sequence[Tier],
    out: Path,
    engine: Engine,
    month: int | None = None,
    owners: Collection[int] | None = None,
    shards: int = 1,
    progress: Progress | None = None,
) -> list[TierSums]:
    """Rates the calls of these Parquet files for the tiers, from the top of the chain down, and returns the sums.

    The price rows of a tier (`schema.RATED`) are written to `out / tier.name`, as Parquet files that are there whole or
    not at all; what lies there is left alone. What one tier asks for a call is the buy price of the next that has it;
    purchase tiers do that and nothing else.

    Only calls of the `month` of a tier's calendar get price rows, None means all that the calendar knows. With `owners`
    only their calls are rated, and those of nobody left out. The calls are rated in `shards` parts, one after the
    other, so that memory stays bounded. `progress` is told how many of all steps are done.

    Tiers of different time zones: a call that is of the month here and not there has no price row there, and is bought
    at what it costs there without a bundle.
    """
    selling = [tier for tier in tiers if not tier.purchase]
    for tier in selling:
        (out / tier.name).mkdir(parents=True, exist_ok=True)
    window = _window(tiers, month)
    found = {tier.name: [empty(schema.SUMS)] for tier in selling}
    if calls and window:
        work = out / f".{uuid4().hex}"
        work.mkdir()
        engine = engine.working_in(work, shards)
        try:
            prepared, nodes = _prepared(tiers, month, window, engine)
            owned = _owned(engine.scan(calls), endpoints, window, owners, engine, onnet=nodes.onnet)
            pieces = enumerate(engine.split(owned, calls, window))

            def rate_piece(number: int, piece: Piece) -> None:
                ready = engine.hold(with_nodes(piece.calls, nodes, engine).select(*CALL))
                for each, rated in _rated(ready, prepared, engine):
                    if each.tier.purchase:
                        continue
                    engine.write(price_rows(rated), out / each.tier.name, f"shard-{number:04}")
                    found[each.tier.name].append(sums(rated, engine))

            for piece in _side_by_side(rate_piece, pieces, engine.at_once):
                if progress:
                    progress(piece.done, piece.total)
        finally:
            shutil.rmtree(work)
    return [TierSums(name, added_up(frames)) for name, frames in found.items()]


def _side_by_side(
    work: Callable[[int, Piece], None], pieces: Iterable[tuple[int, Piece]], at_once: int
) -> Iterator[Piece]:
    """The pieces that are done, in their order; so many are worked at a time, and one more is made ready."""
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[tuple[Piece, Future[None]]] = deque()
        for number, piece in pieces:
            while begun and (len(begun) > at_once or begun[-1][0].turn < piece.turn):
                yield _done(*begun.popleft())
            begun.append((piece, pool.submit(work, number, piece)))
        while begun:
            yield _done(*begun.popleft())


def _done(piece: Piece, working: Future[None]) -> Piece:
    working.result()
    return piece


def _window(tiers: Sequence[Tier], month: int | None) -> Window | None:
    """The moments of the calls that some tier may give a price row."""
    slots = pl.concat([tier.calendar.select("slot", "month") for tier in tiers]) if tiers else empty(schema.CALENDAR)
    if month is not None:
        slots = slots.filter(pl.col("month") == month)
    if not len(slots):
        return None
    first, last = slots.select(pl.col("slot").min().alias("first"), pl.col("slot").max().alias("last")).row(0)
    return Window(first * schema.SLOT_SECONDS, (last + 1) * schema.SLOT_SECONDS)


def _prepared(tiers: Sequence[Tier], month: int | None, window: Window, engine: Engine) -> tuple[list[Prepared], Nodes]:
    """The tiers made ready, and the prefixes of all their decks."""
    ready = []
    for tier in tiers:
        slot = pl.col("slot") * schema.SLOT_SECONDS
        calendar = tier.calendar.filter((slot >= window.since) & (slot < window.before)).unique("slot")
        edges = calendar.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
        days = Window(edges[0], edges[1] + 1) if len(calendar) else Window(0, 0)
        components = sorted({0, *tier.tariffs["component"].unique()})
        ready.append((tier, days, calendar, [terms_of(tier, component, days) for component in components]))
    nodes = nodes_of([terms for *_, all_terms in ready for terms in all_terms])
    top = next((tier for tier in tiers if not tier.purchase), None)
    return [
        _made_ready(tier, days, calendar, all_terms, nodes, engine, first=tier is top, month=month)
        for tier, days, calendar, all_terms in ready
    ], nodes


def _made_ready(
    tier: Tier,
    days: Window,
    calendar: pl.DataFrame,
    all_terms: Sequence[Terms],
    nodes: Nodes,
    engine: Engine,
    *,
    first: bool,
    month: int | None,
) -> Prepared:
    pricing = Pricing.of(all_terms)
    peaks = None if pricing.flat else Peaks.ready(tier.offpeak, engine)
    components = []
    for terms in all_terms:
        pairs = all_pairs(terms, nodes)
        rates = None if pairs is None else rates_of(pairs, terms, nodes, pricing, peaks, engine)
        components.append(Component(terms, terms.spans.ready(engine, days), rates))
    bundles = tier.bundles if month is None else tier.bundles.filter(pl.col("month") == month)
    return Prepared(
        tier=tier,
        first=first,
        month=month,
        calendar=engine.known(calendar, ["slot"]),
        bundles=Bundles.of(bundles.unique(["owner_id", "month", "category"]), engine),
        peaks=peaks,
        components=components,
        nodes=nodes,
        pricing=pricing,
    )


def _owned(
    calls: Frame,
    endpoints: pl.DataFrame,
    window: Window,
    owners: Collection[int] | None,
    engine: Engine,
    *,
    onnet: bool,
) -> Frame:
    """The calls of the window with what is the same for all tiers: their owner, and whether they are on-net."""
    calls = calls.filter((nw.col("start_s") >= window.since) & (nw.col("start_s") < window.before)).select(*NEEDED)
    calls = calls.with_columns(
        nw.col("incoming").fill_null(value=False), nw.col("seconds").fill_null(0), nw.col("called").fill_null("")
    )
    calls = with_owners(calls, endpoints, engine, window, onnet=onnet)
    if owners is not None:
        calls = calls.filter(nw.col("owner_id").is_in(sorted(owners)))
    calls = calls if onnet else calls.with_columns(onnet=nw.lit(value=False))
    return calls.select(*(name for name in CALL if name != "node"))


def _rated(calls: Frame, prepared: Sequence[Prepared], engine: Engine) -> Iterator[tuple[Prepared, Frame]]:
    """The tiers, each with its calls priced."""
    components = {component.terms.component for each in prepared for component in each.components}
    asked = {0: calls}
    for number in components - {0}:
        having = pl.concat([each.tier.tariffs for each in prepared]).filter(pl.col("component") == number)
        asked[number] = calls.with_columns(buy_e6=nw.lit(None, nw.Int64)).join(
            engine.frame(having.select(pl.col("owner_id").unique())), on="owner_id", how="inner"
        )
    for each in prepared:
        rated = rate_tier(asked, each, engine, ordered=components == {0})
        yield each, rated
        for component in each.components:
            number = component.terms.component
            own = rated.filter(nw.col("component") == number) if len(each.components) > 1 else rated
            asked[number] = own.with_columns(buy_e6=nw.col("asked_e6")).select(*CALL)
