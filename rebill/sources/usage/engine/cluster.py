"""The engine of many machines: Spark. Imported only where the extra `rebill[spark]` is installed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import narwhals as nw
import polars as pl
from pyspark.sql import SparkSession

from rebill.sources.usage.engine.contract import Carried, Frame, Piece, Window

SETTINGS = {
    "spark.app.name": "rebill",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.autoBroadcastJoinThreshold": str(64 * 2**20),
    "spark.sql.parquet.compression.codec": "lz4_raw",
}
SPARK_TYPES = {pl.Int64(): "bigint", pl.String(): "string", pl.Boolean(): "boolean"}
POLARS_TYPES = {nw.Int64(): pl.Int64(), nw.Int32(): pl.Int64(), nw.String(): pl.String(), nw.Boolean(): pl.Boolean()}


def connected(master: str) -> "Cluster":
    """The Spark at `master`; the session of this process if it has one."""
    builder = SparkSession.builder.master(master)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return Cluster(session)


@dataclass(frozen=True)
class Cluster:
    """Spark, which spreads and bounds its work itself: there are as many partitions as `shards`, but one piece."""

    session: Any
    folder: Path = Path()

    @property
    def at_once(self) -> int:
        """Spark spreads the work of one piece itself."""
        return 1

    def working_in(self, folder: Path, shards: int) -> Self:
        partitions = max(shards, 2 * self.session.sparkContext.defaultParallelism)
        self.session.conf.set("spark.sql.shuffle.partitions", str(partitions))
        return replace(self, folder=folder.resolve())

    def scan(self, calls: Sequence[Path]) -> Frame:
        return self._read([path.resolve() for path in calls])

    def frame(self, table: pl.DataFrame) -> Frame:
        path = self.folder / f"{uuid4().hex}.parquet"
        table.write_parquet(path)
        types = ", ".join(f"{name} {SPARK_TYPES[kind]}" for name, kind in table.schema.items())
        return self._read([path], types)

    def hold(self, frame: Frame) -> Frame:
        """Written out, so that Spark plans what follows from there, and a lost worker costs no work twice."""
        path, native = self.folder / uuid4().hex, frame.to_native()
        native.write.parquet(str(path))
        return self._read([path], native.schema)

    def collect(self, frame: Frame) -> pl.DataFrame:
        path = self.folder / uuid4().hex
        frame.to_native().write.parquet(str(path))
        schema = {name: POLARS_TYPES[kind] for name, kind in frame.collect_schema().items()}
        files = sorted(path.glob("part-*.parquet"))
        return pl.read_parquet(files).cast(pl.Schema(schema)) if files else pl.DataFrame(schema=schema)

    def known(self, table: pl.DataFrame, keys: Sequence[str]) -> tuple[Frame, list[str]]:
        return self.frame(table), list(keys)

    def attach(self, frame: Frame, known: tuple[Frame, list[str]]) -> Frame:
        table, keys = known
        return frame.join(table, on=keys, how="left")

    def split(self, calls: Frame, files: Sequence[Path], window: Window) -> Iterator[Piece]:
        yield Piece(self.hold(calls), 1, 1)

    def carried(self, numbers: int) -> None:
        """There is one piece, and so one turn."""

    def running(
        self, frame: Frame, value: str, by: str, order: Sequence[str], *, ordered: bool, carried: Carried | None
    ) -> Frame:
        """Only rows that are added up are put in order: those of nothing would all be in one worker's hands."""
        held = self.hold(frame)
        added = nw.col(value).cum_sum().over(by, order_by=list(order))
        inside = held.filter(~nw.col(by).is_null()).with_columns(running=added)
        outside = held.filter(nw.col(by).is_null()).with_columns(running=nw.lit(None, nw.Int64))
        return nw.concat([inside, outside])

    def write(self, frame: Frame, folder: Path, name: str) -> None:
        written = self.folder / uuid4().hex
        frame.to_native().write.parquet(str(written))
        for number, path in enumerate(sorted(written.glob("part-*.parquet"))):
            path.replace(folder / f"{name}-{number:05}.parquet")

    def _read(self, paths: Sequence[Path], schema: Any = None) -> Frame:
        """Told its schema, Spark need not look into the files for it."""
        reader = self.session.read.schema(schema) if schema else self.session.read
        frame: Frame = nw.from_native(reader.parquet(*map(str, paths)))
        return frame
