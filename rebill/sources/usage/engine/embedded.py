"""The engine of one machine: Polars in this process, in shards that fit into its memory.

Where the files hold calls in the order of time, more or less, a shard is a turn, the calls of some days; what bundles
have covered is carried from turn to turn. Calls in no order are parted by end customer first, and written once more.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Self, cast

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.contract import Carried, Frame, Piece, Window
from rebill.sources.usage.engine.places import Places
from rebill.sources.usage.engine.turns import turns_of

# A piece is small enough to be worked at quickly, and large enough that what is done once for each counts for little.
PIECE = 400000
AT_ONCE_MOST = 4
FOUND = "found there"


@dataclass(frozen=True)
class Joined:
    """A table that is looked up by hash."""

    table: pl.DataFrame
    keys: list[str]


class Sums:
    """What numbered things have come to. Pieces side by side add to different ones."""

    def __init__(self, numbers: int) -> None:
        self._sums = pl.repeat(0, numbers, dtype=pl.Int64, eager=True)
        self._lock = Lock()

    def before(self, numbers: pl.Series) -> pl.Series:
        return self._sums.gather(numbers)

    def add(self, added: pl.DataFrame) -> None:
        numbers, values = added
        with self._lock:
            self._sums = self._sums.clone().scatter(numbers, self._sums.gather(numbers) + values)


def _native(frame: Frame) -> pl.LazyFrame:
    return cast(pl.LazyFrame, frame.to_native())


@dataclass(frozen=True)
class Embedded:
    """Polars; `shards`, one after the other, bound what is in memory at a time."""

    folder: Path = Path()
    shards: int = 1

    @property
    def at_once(self) -> int:
        """As many as there are processors, but no more than fit into the memory of a small machine."""
        return min(os.cpu_count() or 1, AT_ONCE_MOST)

    def working_in(self, folder: Path, shards: int) -> Self:
        return replace(self, folder=folder, shards=shards)

    def scan(self, calls: Sequence[Path]) -> Frame:
        return nw.from_native(pl.scan_parquet(list(calls)))

    def frame(self, table: pl.DataFrame) -> Frame:
        return nw.from_native(table.lazy())

    def hold(self, frame: Frame) -> Frame:
        return nw.from_native(_native(frame).collect().lazy())

    def known(self, table: pl.DataFrame, keys: Sequence[str]) -> Places | Joined:
        return Places.of(table, keys) or Joined(table, list(keys))

    def attach(self, frame: Frame, known: Places | Joined) -> Frame:
        native = _native(frame)
        if isinstance(known, Joined):
            table = known.table.lazy()
            return nw.from_native(native.join(table, on=known.keys, how="left", maintain_order="left"))
        found = pl.col(known.key).map_batches(known, return_dtype=pl.Struct(known.table.schema), is_elementwise=True)
        return nw.from_native(native.with_columns(found.alias(FOUND)).unnest(FOUND))

    def split(self, calls: Frame, files: Sequence[Path], window: Window) -> Iterator[Piece]:
        for number, shard in enumerate(self._sharded(_native(calls), files, window)):
            # Not streamed: what comes in chunks would have to be copied together before it is put in order.
            held = shard.collect(engine="in-memory").rechunk()
            order = _order(held)
            cuts = list(_cuts(held["owner_id"].gather(order)))
            for cut, (begin, end) in enumerate(cuts, 1):
                # Piece by piece, so that the calls are not in memory twice.
                piece = nw.from_native(held[order[begin:end]].lazy())
                yield Piece(piece, number * len(cuts) + cut, self.shards * len(cuts), turn=number)

    def _sharded(self, calls: pl.LazyFrame, files: Sequence[Path], window: Window) -> Iterator[pl.LazyFrame]:
        if self.shards == 1:
            yield calls
        elif turns := turns_of(files, window, self.shards):
            moment = pl.col("start_s")
            for turn in turns:
                yield calls.filter((moment >= turn.since) & (moment < turn.before))
        else:
            yield from self._parted(calls)

    def _parted(self, calls: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
        shard = (pl.col("owner_id").fill_null(0) % self.shards).alias("shard")
        pieces = pl.PartitionBy(self.folder / "shards", key=shard, include_key=False)
        calls.sink_parquet(pieces, mkdir=True, compression="lz4", engine="streaming")
        for number in range(self.shards):
            files = sorted(self.folder.glob(f"shards/shard={number}/*.parquet"))
            if files:
                yield pl.scan_parquet(files)

    def carried(self, numbers: int) -> "Sums | None":
        return Sums(numbers) if self.shards > 1 else None

    def running(
        self, frame: Frame, value: str, by: str, order: Sequence[str], *, ordered: bool, carried: Carried | None
    ) -> Frame:
        held = _native(frame).collect()
        added = pl.col(value).cum_sum().over(by, order_by=None if ordered else list(order))
        if carried is None:
            return nw.from_native(held.with_columns(running=added).lazy())
        running = held.with_columns(running=added + carried.before(held[by]))
        carried.add(held.group_by(by).agg(pl.col(value).sum()).drop_nulls())
        return nw.from_native(running.lazy())

    def write(self, frame: Frame, folder: Path, name: str) -> None:
        written = self.folder / f"{name}.parquet"
        _native(frame).sink_parquet(written, compression="lz4", engine="streaming")
        written.replace(folder / written.name)

    def collect(self, frame: Frame) -> pl.DataFrame:
        return _native(frame).collect()


def _cuts(owners: pl.Series) -> Iterator[tuple[int, int]]:
    """Where pieces begin and end, so that those of an owner stand in one."""
    firsts = owners.ne_missing(owners.shift()).arg_true()
    begin = 0
    while begin < len(owners):
        at = firsts.search_sorted(begin + PIECE)
        end = firsts[at] if at < len(firsts) else len(owners)
        yield begin, end
        begin = end


def _order(calls: pl.DataFrame) -> pl.Series:
    """The places of the calls by owner, and those of an owner in the order in which bundles are used up."""
    file, line = pl.col("file_id"), pl.col("line")
    back = (file < file.shift()) | ((file == file.shift()) & (line < line.shift()))
    if calls.select(back.any()).item():
        return calls.select(pl.arg_sort_by("owner_id", "start_s", "file_id", "line")).to_series()
    # Calls of one moment stand as they should already: one number is enough to sort by, and much faster.
    first, last, owners = calls.select(
        first=pl.col("start_s").min(), last=pl.col("start_s").max(), owners=pl.col("owner_id").max().fill_null(0) + 2
    ).row(0)
    moments, places = (last or 0) - (first or 0) + 1, len(calls)
    key = (pl.col("owner_id").fill_null(-1) + 1) * moments + pl.col("start_s") - (first or 0)
    if owners * moments * places >= 2**63:
        return calls.select(pl.arg_sort_by(key, maintain_order=True)).to_series()
    # Faster still is to sort numbers that hold their own place.
    return calls.select(((key * places + pl.int_range(pl.len())).sort() % places).cast(pl.UInt32)).to_series()
