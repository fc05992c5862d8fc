"""What was valid at a moment: rows that hold from one number until before another, looked up by a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.contract import Engine, Frame, Known, Window

# Where there is no end.
ENDLESS = 2**62


@dataclass(frozen=True)
class Spans:
    """A table of `values` by `keys`, each row valid from `since` until before `before` (columns of the table).

    Where several rows of a key are valid, the one that began last counts.
    """

    table: pl.DataFrame
    keys: Sequence[str]
    values: Sequence[str]
    since: str
    before: str

    def ready(self, engine: Engine, window: Window) -> "SpansReady":
        """The table made ready to be looked up at moments of the window."""
        since, before, values = self.since, self.before, list(self.values)
        table = self.table.with_columns(pl.col(before).fill_null(ENDLESS)).filter(
            (pl.col(since) < window.before) & (pl.col(before) > window.since) & (pl.col(since) < pl.col(before))
        )
        table = table.select(*self.keys, *values, since, before).sort([*self.keys, since], descending=True)
        table = table.with_columns(rank=pl.int_range(pl.len()).over(self.keys))
        ranks = []
        for rank in table["rank"].unique().sort().to_list() or [0]:
            ranked = table.filter(pl.col("rank") == rank).drop("rank")
            # Most keys have one row, valid all the time: nothing is left to compare.
            bounded = ranked.filter((pl.col(since) > window.since) | (pl.col(before) < window.before)).height > 0
            names = {name: f"{name}_{rank}" for name in [*values, *([since, before] if bounded else [])]}
            ranked = ranked.select(*self.keys, *(pl.col(name).alias(new) for name, new in names.items()))
            ranks.append((engine.known(ranked, self.keys), names))
        return SpansReady(values, since, before, ranks)


@dataclass(frozen=True)
class SpansReady:
    """A table of spans in ranks, each of which has a key once; with the names its columns have there."""

    values: Sequence[str]
    since: str
    before: str
    ranks: Sequence[tuple[Known, Mapping[str, str]]]

    def look_up(self, frame: Frame, engine: Engine, moment: str) -> Frame:
        """The frame with the values of the rows valid at the column `moment`, null where there is none.

        Never adds or loses a row: keys with n rows are looked up n times, each time among rows that have a key once.
        """
        for rank, (known, names) in enumerate(self.ranks):
            frame = engine.attach(frame, known)
            if self.since in names:
                valid = (nw.col(moment) >= nw.col(names[self.since])) & (nw.col(moment) < nw.col(names[self.before]))
                frame = frame.with_columns(
                    *(nw.when(valid).then(nw.col(names[value])).alias(names[value]) for value in self.values)
                )
                frame = frame.drop(names[self.since], names[self.before])
            if not rank:
                frame = frame.rename({names[value]: value for value in self.values})
            else:
                frame = frame.with_columns(*(nw.coalesce(value, names[value]).alias(value) for value in self.values))
                frame = frame.drop(*(names[value] for value in self.values))
        return frame
