"""Whose a call is, and whether it stays among endpoints of the same seller."""

from collections import defaultdict
from collections.abc import Iterator

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.contract import Engine, Frame, Window
from rebill.sources.usage.engine.spans import Spans

ACCOUNT, TRUNK, NUMBER, RANGE = "account", "trunk", "number", "range"


def with_owners(calls: Frame, endpoints: pl.DataFrame, engine: Engine, window: Window, *, onnet: bool) -> Frame:
    """The calls with `owner_id`, null where they are nobody's, and with `onnet` if that is asked for, else without it.

    An outgoing call is known by its account, its trunk, the caller's number, the range it lies in, in this order; one
    that came in by the called number, its range, the account, the trunk.
    """
    known = set(endpoints["kind"].unique())
    calls = calls.with_columns(number=nw.when(nw.col("incoming")).then(nw.col("called")).otherwise(nw.col("caller")))
    for kind, column in ((ACCOUNT, "account"), (TRUNK, "trunk"), (NUMBER, "number")):
        if kind in known:
            calls = _by_value(calls, endpoints, kind, column, engine, window)
    if RANGE in known:
        calls = _by_range(calls, endpoints, "number", engine, window)
    outgoing = [f"by_{kind}" for kind in (ACCOUNT, TRUNK, NUMBER, RANGE) if kind in known]
    incoming = [f"by_{kind}" for kind in (NUMBER, RANGE, ACCOUNT, TRUNK) if kind in known]
    if not known:
        owner = nw.lit(None, nw.Int64)
    elif len(outgoing) == 1:
        owner = nw.col(outgoing[0])
    else:
        owner = nw.when(nw.col("incoming")).then(nw.coalesce(*incoming)).otherwise(nw.coalesce(*outgoing))
    calls = calls.with_columns(owner_id=owner).drop("number", *outgoing)
    return _with_onnet(calls, endpoints, engine, window) if onnet else calls


def _with_onnet(calls: Frame, endpoints: pl.DataFrame, engine: Engine, window: Window) -> Frame:
    known = [kind for kind in (NUMBER, RANGE) if kind in set(endpoints["kind"].unique())]
    if NUMBER in known:
        calls = _by_value(calls, endpoints, NUMBER, "called", engine, window)
    if RANGE in known:
        calls = _by_range(calls, endpoints, "called", engine, window)
    owners = [f"by_{kind}" for kind in known]
    ours = ~nw.coalesce(*owners).is_null() if owners else nw.lit(value=False)
    return calls.with_columns(onnet=ours & ~nw.col("incoming")).drop(*owners)


def _by_value(calls: Frame, endpoints: pl.DataFrame, kind: str, column: str, engine: Engine, window: Window) -> Frame:
    by = f"by_{kind}"
    table = endpoints.filter(pl.col("kind") == kind).rename({"value": column, "owner_id": by})
    return Spans(table, [column], [by], "from_s", "before_s").ready(engine, window).look_up(calls, engine, "start_s")


def _by_range(calls: Frame, endpoints: pl.DataFrame, column: str, engine: Engine, window: Window) -> Frame:
    """Ranges are looked up as the blocks of numbers they consist of, the narrowest block first."""
    blocks = defaultdict(list)
    for row in endpoints.filter(pl.col("kind") == RANGE).iter_rows(named=True):
        for head in blocks_of(row["value"], row["value_to"]):
            blocks[len(head)].append((head, len(row["value"]), row["from_s"], row["before_s"], row["owner_id"]))
    calls = calls.with_columns(length=nw.col(column).str.len_chars().cast(nw.Int64))
    found = []
    for width in sorted(blocks, reverse=True):
        by = f"by_block_{width}"
        types = {"head": pl.String, "length": pl.Int64, "from_s": pl.Int64, "before_s": pl.Int64, by: pl.Int64}
        table = pl.DataFrame(blocks[width], schema=types, orient="row")
        calls = calls.with_columns(head=nw.col(column).str.slice(0, width))
        spans = Spans(table, ["head", "length"], [by], "from_s", "before_s")
        calls = spans.ready(engine, window).look_up(calls, engine, "start_s").drop("head")
        found.append(by)
    owner = nw.coalesce(*found) if found else nw.lit(None, nw.Int64)
    return calls.with_columns(by_range=owner).drop("length", *found)


def blocks_of(value: str, value_to: str) -> Iterator[str]:
    """The beginnings that the numbers from `value` to `value_to`, both included, have and no others of their length.

    3120100 to 3120119 are all numbers of seven digits that begin with 312010 or 312011.
    """
    if len(value) != len(value_to) or not value.isdecimal() or not value_to.isdecimal():
        return
    low, high, width = int(value), int(value_to), len(value)
    while low <= high:
        size = 1
        while low % (size * 10) == 0 and low + size * 10 - 1 <= high and size * 10 < 10**width:
            size *= 10
        yield str(low).zfill(width)[: width - (len(str(size)) - 1)]
        low += size
