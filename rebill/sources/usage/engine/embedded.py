"""The engine of one machine: Polars in this process, in shards that fit into its memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, cast

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.contract import Frame


def _native(frame: Frame) -> pl.LazyFrame:
    return cast(pl.LazyFrame, frame.to_native())


@dataclass(frozen=True)
class Embedded:
    """Polars; `shards` pieces one after the other bound what is in memory at a time."""

    folder: Path = Path()
    shards: int = 1

    def working_in(self, folder: Path, shards: int) -> Self:
        return replace(self, folder=folder, shards=shards)

    def scan(self, calls: Sequence[Path]) -> Frame:
        return nw.from_native(pl.scan_parquet(list(calls)))

    def frame(self, table: pl.DataFrame) -> Frame:
        return nw.from_native(table.lazy())

    def hold(self, frame: Frame) -> Frame:
        return nw.from_native(_native(frame).collect(engine="streaming").lazy())

    def split(self, calls: Frame) -> dict[int, Frame]:
        if self.shards == 1:
            return {0: calls}
        shard = (pl.col("owner_id").fill_null(0) % self.shards).alias("shard")
        pieces = pl.PartitionBy(self.folder / "shards", key=shard, include_key=False)
        _native(calls).sink_parquet(pieces, mkdir=True, compression="lz4", engine="streaming")
        found = {number: sorted(self.folder.glob(f"shards/shard={number}/*.parquet")) for number in range(self.shards)}
        return {number: nw.from_native(pl.scan_parquet(files)) for number, files in found.items() if files}

    def write(self, frame: Frame, folder: Path, name: str) -> None:
        written = self.folder / f"{name}.parquet"
        _native(frame).sink_parquet(written, compression="lz4", engine="streaming")
        written.replace(folder / written.name)

    def collect(self, frame: Frame) -> pl.DataFrame:
        return _native(frame).collect(engine="streaming")
