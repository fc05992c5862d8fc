"""Which calls began off-peak, by the schedule of their rate and the quarter of an hour in which they began."""

from dataclasses import dataclass
from typing import Self

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.contract import Engine, Frame, Known


@dataclass(frozen=True)
class Peaks:
    """The off-peak slots of a tier. A schedule is a number (`quiet`) that a slot is added to: see `of`."""

    known: Known
    schedules: list[int]
    width: int
    first: int

    @classmethod
    def ready(cls, offpeak: pl.DataFrame, engine: Engine) -> Self | None:
        """The slots made ready to be looked up; None where all times are peak."""
        if not len(offpeak):
            return None
        offpeak = offpeak.select("schedule_id", "slot").unique()
        first, last = offpeak.select(first=pl.col("slot").min(), last=pl.col("slot").max()).row(0)
        schedules = offpeak["schedule_id"].unique().sort().to_list()
        # Between two schedules a place stays free, and slots before and after all have it.
        width = last - first + 3
        numbers = _quiet(schedules, width, first) + pl.col("slot")
        table = offpeak.select(numbers.alias("quiet_slot"), offpeak=pl.lit(value=True))
        return cls(engine.known(table, ["quiet_slot"]), schedules, width, first)

    def of(self, schedule_id: pl.Expr) -> pl.Expr:
        """The column `quiet` of rates of this schedule; null where all times are peak."""
        return _quiet(self.schedules, self.width, self.first, schedule_id)

    def mark(self, rows: Frame, engine: Engine) -> Frame:
        """The rows with `offpeak`, whether they began in an off-peak slot of their rate."""
        last = self.first + self.width - 3
        slot = nw.min_horizontal(nw.max_horizontal(nw.col("slot"), nw.lit(self.first - 1)), nw.lit(last + 1))
        rows = engine.attach(rows.with_columns(quiet_slot=nw.col("quiet") + slot), self.known)
        return rows.with_columns(nw.col("offpeak").fill_null(value=False))


def _quiet(schedules: list[int], width: int, first: int, schedule_id: pl.Expr | None = None) -> pl.Expr:
    starts = {schedule: place * width - first + 1 for place, schedule in enumerate(schedules)}
    named = pl.col("schedule_id") if schedule_id is None else schedule_id
    return named.replace_strict(starts, default=None, return_dtype=pl.Int64).alias("quiet")
