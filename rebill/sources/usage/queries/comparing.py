"""A supplier's records of calls against ours: missing, extra, longer; and what they come to by destination."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from rebill.access.acting import Acting, Permission, require
from rebill.parties.queries import seller_of
from rebill.rules.comparing import TOLERANCE_S, Finding, finding
from rebill.sources.usage.engine.rating import empty
from rebill.sources.usage.models import Switch
from rebill.sources.usage.months import Span, span_of
from rebill.sources.usage.queries.records import kept_file, overlapping_parts
from rebill.sources.usage.schema import CALLS

_READ = ("start_s", "seconds", "caller", "called", "destination", "buy_e6", "reason")
HEAD = 5


class Compared(NamedTuple):
    """A call that is not the same on both sides. Seconds are None where a side has no record of it."""

    finding: Finding
    start_s: int
    caller: str
    called: str
    ours_s: int | None
    theirs_s: int | None
    buy_e6: int | None
    reason: str


class DestinationSums(NamedTuple):
    """What both sides count for one destination, as the supplier names it; else the beginning of the numbers."""

    destination: str
    ours_calls: int
    ours_s: int
    theirs_calls: int
    theirs_s: int
    theirs_e6: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A month of calls of both sides, paired."""

    pairs: pl.DataFrame

    def counts(self) -> dict[Finding, int]:
        """How many calls were found how."""
        found = dict(self.pairs.group_by("finding").len().iter_rows())
        return {each: int(found.get(each.value, 0)) for each in Finding}

    def differing(self, limit: int | None = None) -> Iterator[Compared]:
        """The calls that differ, those with the most seconds between them first."""
        rows = self.pairs.filter(pl.col("finding") != Finding.SAME.value)
        apart = (pl.col("theirs_s").fill_null(0) - pl.col("ours_s").fill_null(0)).abs()
        rows = rows.sort(apart, "start_s", "called", descending=[True, False, False]).head(limit or rows.height)
        for row in rows.select(Compared._fields).iter_rows():
            yield Compared(Finding(row[0]), *row[1:])

    def sums(self) -> list[DestinationSums]:
        """What both sides count, by destination; the dearest of the supplier first."""
        named = (
            pl.when(pl.col("destination").fill_null("") != "")
            .then("destination")
            .otherwise(pl.col("called").str.slice(0, HEAD))
        )
        grouped = self.pairs.group_by(named.alias("destination")).agg(
            pl.col("ours_s").count().alias("ours_calls"),
            pl.col("ours_s").sum(),
            pl.col("theirs_s").count().alias("theirs_calls"),
            pl.col("theirs_s").sum(),
            pl.col("buy_e6").sum().alias("theirs_e6"),
        )
        ordered = grouped.sort("theirs_e6", "theirs_s", "destination", descending=[True, True, False])
        return [DestinationSums(*row) for row in ordered.select(DestinationSums._fields).iter_rows()]


def compare_calls(*, acting: Acting, supplier: Switch, month: date) -> Comparison:
    """The supplier's records of the month against those of our own switches.

    Only answered calls that we made are compared: a supplier bills no others.
    """
    require(acting, Permission.READ)
    span = span_of(month, [seller_of(acting).time_zone])
    theirs = _calls(acting.seller_id, span, pl.col("seconds") > 0, switch=supplier)
    ours = _calls(acting.seller_id, span, (pl.col("seconds") > 0) & ~pl.col("incoming"), switch=None)
    return Comparison(_paired(ours, theirs))


def _paired(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """Every call of either side once: the nearest in time of those between the same numbers are one."""
    key = ["caller", "called"]
    left = theirs.with_row_index("theirs_id").sort("start_s")
    right = ours.select(*key, "start_s", pl.col("seconds").alias("ours_s"), pl.col("start_s").alias("ours_start_s"))
    right = right.with_row_index("ours_id").sort("start_s")
    met = left.join_asof(right, on="start_s", by=key, strategy="nearest", tolerance=TOLERANCE_S, check_sortedness=False)
    # A call of ours is one with the nearest record of theirs only.
    apart = (pl.col("start_s") - pl.col("ours_start_s")).abs()
    nearest = apart.rank("ordinal").over("ours_id") == 1
    met = met.with_columns(ours_s=pl.when(nearest).then("ours_s"), ours_id=pl.when(nearest).then("ours_id"))
    both = met.select(
        *key, "start_s", "ours_s", pl.col("seconds").alias("theirs_s"), "destination", "buy_e6", "reason", "ours_id"
    )
    alone = right.join(both.select("ours_id").drop_nulls(), on="ours_id", how="anti").join(
        ours.with_row_index("ours_id").select("ours_id", "reason"), on="ours_id"
    )
    nothing = pl.lit(None, pl.Int64)
    only_ours = alone.select(
        *key, "start_s", "ours_s", theirs_s=nothing, destination=pl.lit(""), buy_e6=nothing, reason="reason"
    )
    pairs = pl.concat([both.drop("ours_id"), only_ours])
    # Asked of the rule once for every pair of durations there is.
    durations = pairs.select("ours_s", "theirs_s").unique()
    said = [finding(*row).value for row in durations.iter_rows()]
    found = durations.with_columns(finding=pl.Series(said, dtype=pl.String))
    return pairs.join(found, on=["ours_s", "theirs_s"], nulls_equal=True)


def _calls(seller_id: int, span: Span, wanted: pl.Expr, *, switch: Switch | None) -> pl.DataFrame:
    """The wanted calls of the supplier's switch, or of all our own."""
    parts = overlapping_parts(seller_id, span.first_s, span.before_s - 1)
    parts = parts.filter(file__switch__compared=False) if switch is None else parts.filter(file__switch=switch)
    paths = [kept_file(path) for path in parts.order_by("id").values_list("path", flat=True)]
    if not paths:
        return empty(CALLS).select(*_READ)
    within = pl.col("start_s").is_between(span.first_s, span.before_s, closed="left")
    return pl.scan_parquet(paths).filter(within & wanted).select(*_READ).collect()
