"""A call file as records: chunk after chunk a frame of texts, each record with its line in the file."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import polars as pl

LINE = "line"
MORE = "more"


class Broken(NamedTuple):
    """A line that could not even be cut into columns."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records: columns `c0`, `c1`, … of texts, `line`, and `more` where a record has more columns than the file.

    An empty cell is null. `broken` are lines that are no record at all. `whole` gives the same records with all their
    columns, where `frame` has only those that were wanted.
    """

    frame: pl.DataFrame
    broken: tuple[Broken, ...] = ()
    whole: Callable[[], pl.DataFrame] | None = None


class Records(Protocol):
    """An opened file. `labels` are what its columns are called, in the order of `c0`, `c1`, …"""

    labels: tuple[str, ...]

    def chunks(self, wanted: Collection[int]) -> Iterator[Chunk]:
        """All records, in the order of the file, with at least the columns at these positions."""
        ...


def column_names(count: int) -> list[str]:
    """The columns of a frame of so many."""
    return [f"c{position}" for position in range(count)]


def frame_of(rows: list[tuple[str | None, ...]], lines: list[int], count: int) -> pl.DataFrame:
    """A frame of records that were read one by one."""
    schema = dict.fromkeys(column_names(count), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64), pl.lit(None, pl.String).alias(MORE))
