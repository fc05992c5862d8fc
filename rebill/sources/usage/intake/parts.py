"""Where calls are written: first into a folder of their own, then, complete and on the disk, under their name.

What a killed intake leaves lies in that folder, or bears the number of a file that was never read; nothing counts it.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil
from pathlib import Path

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from rebill.kit.files import NO_ROOM, NoRoom, hash_of
from rebill.sources.usage.intake.calls import CALL_TYPES

IDENTITY = "identity"
_LEVEL = 1
_COMPARED_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it lies on the disk; `path` is below the data folder."""

    path: str
    content_hash: str
    month: date
    rows: int
    first_s: int
    last_s: int


def base_folder() -> Path:
    """The folder below which the paths of parts lead."""
    return Path(settings.REBILL_DATA)


def identity() -> pl.Expr:
    """A number that two records of the same id and account share; others hardly ever do, so texts decide."""
    return pl.struct("record_id", "account").hash().alias(IDENTITY)


class Arriving:
    """The calls of one file on their way: chunk by chunk on the disk, and by their identity in memory."""

    def __init__(self, *, seller_id: int, file_id: int) -> None:
        self.seller_id, self.file_id = seller_id, file_id
        self._folder = base_folder() / "calls" / "arriving" / str(file_id)
        self.forget()
        self._folder.mkdir(parents=True)
        self._chunks: list[Path] = []
        self._identities: list[pl.DataFrame] = []
        self.rows = 0
        self.first_s: int | None = None
        self.last_s = 0

    def add(self, calls: pl.DataFrame) -> None:
        """Keep the calls of a chunk."""
        if calls.is_empty():
            return
        calls = calls.with_columns(identity())
        path = self._folder / f"chunk-{len(self._chunks):06}.arrow"
        _or_no_room(lambda: calls.write_ipc(path, compression="lz4"))
        self._chunks.append(path)
        self._identities.append(calls.select(IDENTITY, "line"))
        self.rows += calls.height
        first, last = calls["start_s"].min(), calls["start_s"].max()
        assert isinstance(first, int)
        assert isinstance(last, int)
        self.first_s = first if self.first_s is None else min(self.first_s, first)
        self.last_s = max(self.last_s, last)

    def repeated(self, stored: Sequence[str]) -> pl.Series:
        """The lines that repeat an earlier line of this file, or a call in one of the stored parts."""
        lines = [pl.Series("line", [], dtype=pl.Int64)]
        if self._chunks:
            own = pl.concat(self._identities)[IDENTITY]
            known = self._stored(stored)
            suspects = [own.filter(own.is_duplicated()), *(own.filter(own.is_in(each.implode())) for each in known)]
            suspected = pl.concat(suspects).unique()
            # So many at a time are compared by their texts, however many a file repeats.
            rounds = ceil(suspected.len() / _COMPARED_AT_ONCE)
            for each in range(rounds):
                lines += self._compared(suspected.filter(suspected % rounds == each), stored)
        return pl.concat(lines).unique()

    def _stored(self, stored: Sequence[str]) -> list[pl.Series]:
        return [self._in_range(path).select(identity()).collect()[IDENTITY] for path in stored]

    def _in_range(self, path: str) -> pl.LazyFrame:
        return pl.scan_parquet(base_folder() / path).filter(pl.col("start_s").is_between(self.first_s, self.last_s))

    def _compared(self, suspected: pl.Series, stored: Sequence[str]) -> list[pl.Series]:
        """Those of the suspected lines that are repetitions, by id and account as they are written."""
        is_suspected = pl.col(IDENTITY).is_in(suspected.implode())
        key = ["record_id", "account"]
        own = pl.scan_ipc(self._chunks).filter(is_suspected).select("line", *key).collect().sort("line")
        again = own.filter(~pl.struct(key).is_first_distinct())["line"]
        there = [
            own.join(
                self._in_range(path).select(*key, identity()).filter(is_suspected).select(key).collect(),
                on=key,
                how="semi",
            )["line"]
            for path in stored
        ]
        return [again, *there]

    def write(self, repeated: pl.Series) -> list[Written]:
        """Write what is no repetition, one part for each month (UTC), and see all of it on the disk."""
        if not self._chunks:
            return []
        calls = pl.scan_ipc(self._chunks)
        if len(repeated):
            calls = calls.filter(~pl.col("line").is_in(repeated.implode()))
        written = [self._write_month(calls, first) for first in _months(self.first_s or 0, self.last_s)]
        return [part for part in written if part is not None]

    def _write_month(self, calls: pl.LazyFrame, first: date) -> Written | None:
        begins, ends = _second(first), _second(_next(first))
        of_month = calls.filter((pl.col("start_s") >= begins) & (pl.col("start_s") < ends)).select(list(CALL_TYPES))
        arriving = self._folder / f"{first:%Y-%m}.parquet"
        _or_no_room(
            lambda: of_month.sink_parquet(arriving, compression="zstd", compression_level=_LEVEL, statistics=True)
        )
        rows, first_s, last_s = (
            pl.scan_parquet(arriving)
            .select(pl.len(), pl.col("start_s").min().alias("first_s"), pl.col("start_s").max().alias("last_s"))
            .collect()
            .row(0)
        )
        path = base_folder() / "calls" / str(self.seller_id) / f"{first:%Y-%m}" / f"{self.file_id}.parquet"
        if not rows:
            path.unlink(missing_ok=True)
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        content_hash = hash_of(arriving)
        _sync(arriving)
        os.replace(arriving, path)
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            _sync(folder)
        return Written(path.relative_to(base_folder()).as_posix(), content_hash, first, rows, first_s, last_s)

    def forget(self) -> None:
        """Throw away what lies on the way."""
        shutil.rmtree(self._folder, ignore_errors=True)


def remove_parts(*, seller_id: int, file_id: int) -> None:
    """Throw away what was written of a file that does not count."""
    shutil.rmtree(base_folder() / "calls" / "arriving" / str(file_id), ignore_errors=True)
    for path in sorted((base_folder() / "calls" / str(seller_id)).glob(f"*/{file_id}.parquet")):
        path.unlink(missing_ok=True)


def _months(first_s: int, last_s: int) -> Iterator[date]:
    month = datetime.fromtimestamp(first_s, UTC).date().replace(day=1)
    while _second(month) <= last_s:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _or_no_room(write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as error:
        if error.errno in NO_ROOM:
            raise NoRoom(_("The disk is full; the file was not kept. Make room and try again.")) from error
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
