"""A month too large to be rated at once, cut by time: switches write calls as they happen, so this moves no call."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from rebill.sources.usage.engine.contract import Window
from rebill.sources.usage.schema import SLOT_SECONDS

# Polars writes Parquet in groups of so many rows, and reads a group or leaves it out by its first and last moment.
GROUP = 100_000
# A turn may hold so many times its share of the calls, or the month is not worth cutting by time.
OVERFULL = 1.25
# Calls may be read so many times on average: those of one group that lies in two turns are read twice.
READ_MOST = 1.5


def turns_of(files: Sequence[Path], window: Window, turns: int) -> list[Window] | None:
    """The window cut into so many turns at most, which hold about as many calls of the files each.

    None where that cannot be, or where the files hold calls of all times in no order: each turn would read them all.
    """
    slots, groups = _seen(files, window)
    calls = sum(slots["calls"])
    placed = slots.with_columns(turn=(pl.col("calls").cum_sum() - pl.col("calls")) * turns // max(calls, 1))
    found = placed.group_by("turn").agg(pl.col("slot").min(), pl.col("calls").sum()).sort("turn")
    if calls == 0 or max(found["calls"]) * turns > OVERFULL * calls:
        return None
    edges = [window.since, *(slot * SLOT_SECONDS for slot in found["slot"][1:]), window.before]
    cut = [Window(since, before) for since, before in pairwise(edges)]
    read = sum(_read(groups, turn) for turn in cut)
    return cut if read <= READ_MOST * calls else None


def _seen(files: Sequence[Path], window: Window) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many calls each quarter of an hour has (`slot`, `calls`), and each group (`first`, `last`, `calls`)."""
    moment = pl.col("start_s")
    moments = pl.scan_parquet(list(files)).select(moment).with_row_index("row")
    moments = moments.filter((moment >= window.since) & (moment < window.before))
    slots = moments.group_by(slot=moment // SLOT_SECONDS).agg(calls=pl.len().cast(pl.Int64)).sort("slot")
    groups = moments.group_by(pl.col("row") // GROUP).agg(first=moment.min(), last=moment.max(), calls=pl.len())
    seen = pl.collect_all([slots, groups], engine="streaming")
    return seen[0], seen[1]


def _read(groups: pl.DataFrame, turn: Window) -> int:
    within = (pl.col("last") >= turn.since) & (pl.col("first") < turn.before)
    return int(groups.filter(within)["calls"].sum())
