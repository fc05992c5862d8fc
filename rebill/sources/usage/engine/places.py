"""Looking rows up by whole numbers that lie close together: by their place, which is faster than by any hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

# Numbers that lie further apart than this many places for each row are not close together.
SPREAD = 16
# So far apart they may lie however few rows there are.
PLACES_LEAST = 1_000_000


@dataclass(frozen=True)
class Places:
    """A table, and for each number of `key` from `low` on the place of its row."""

    key: str
    table: pl.DataFrame
    low: int
    places: pl.Series

    @classmethod
    def of(cls, table: pl.DataFrame, keys: Sequence[str]) -> Self | None:
        """The places of the rows by the key; None where keys are several, texts, or far apart."""
        if len(keys) != 1 or table.schema[keys[0]] != pl.Int64 or not len(table):
            return None
        [key] = keys
        table = table.drop_nulls(key)
        edges = table.select(low=pl.col(key).min(), high=pl.col(key).max()).row(0)
        if edges[0] is None or edges[1] - edges[0] >= max(SPREAD * len(table), PLACES_LEAST):
            return None
        low, high = edges
        # One place more, which is nobody's.
        places = pl.repeat(None, high - low + 2, dtype=pl.UInt32, eager=True)
        rows = pl.int_range(len(table), dtype=pl.UInt32, eager=True)
        return cls(key, table.drop(key), low, places.scatter((table[key] - low).cast(pl.UInt32), rows))

    def __call__(self, numbers: pl.Series) -> pl.Series:
        """The rows of these numbers, each as one value; nulls where there is none."""
        high = self.low + len(self.places) - 2
        first, last = numbers.min(), numbers.max()
        if isinstance(first, int) and isinstance(last, int) and (first < self.low or last > high):
            within = numbers.is_between(self.low, high)
            numbers = numbers.set(~within, high + 1)
        return self.table[self.places[(numbers - self.low).cast(pl.UInt32)]].to_struct(numbers.name)


def look_up(frame: pl.DataFrame, table: pl.DataFrame, key: str) -> pl.DataFrame:
    """The frame with the other columns of the table, whose keys are distinct; nulls where a key is not in it."""
    places = Places.of(table, [key])
    if places is None:
        return frame.join(table, on=key, how="left", maintain_order="left")
    return frame.with_columns(places(frame[key]).struct.unnest())
