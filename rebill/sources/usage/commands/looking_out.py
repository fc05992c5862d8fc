"""Looking out for misuse: days on which a customer's calls are unlike its own days before."""

from pathlib import Path

import polars as pl

from rebill.kit.bulk import insert_rows
from rebill.rules.lookout import HISTORY_DAYS, MORE_E6, DayOfCalls, is_unusual
from rebill.rules.periods import add_months
from rebill.sources.usage.models import Rating, UnusualDay
from rebill.sources.usage.months import day_number, day_of
from rebill.sources.usage.queries.chain import TierSeller
from rebill.sources.usage.queries.ratings import current_rating, parts_of
from rebill.sources.usage.schema import Status

_COLUMNS = ("rating_id", "seller_id", "buyer_id", "owner_id", "day", "calls", "amount_e6", "usual_e6")


def write_unusual_days(rating: Rating, tier: TierSeller, paths: list[Path]) -> None:
    """Notes the days of the month that stand out for the seller's end customers, compared with four weeks before."""
    if not paths:
        return
    before = current_rating(seller_id=rating.seller_id, month=add_months(rating.month, -1))
    earlier = parts_of([before.pk], seller_id=tier.seller.pk) if before is not None else []
    days = _days([*earlier, *paths])
    first = day_number(rating.month)
    window = days.rolling(
        index_column="day", period=f"{HISTORY_DAYS}i", offset=f"-{HISTORY_DAYS}i", closed="left", group_by="owner_id"
    ).agg(pl.len().alias("days_before"), pl.col("amount_e6").sum().alias("amount_before_e6"))
    # What costs less than the least that can stand out needs no look.
    found = (
        days.join(window, on=["owner_id", "day"], how="left")
        .filter((pl.col("day") >= first) & (pl.col("amount_e6") >= MORE_E6))
        .with_columns(pl.col("days_before", "amount_before_e6").fill_null(0))
        .collect()
    )
    rows = []
    for owner_id, day, calls, amount_e6, days_before, amount_before_e6 in found.select(
        "owner_id", "day", "calls", "amount_e6", "days_before", "amount_before_e6"
    ).iter_rows():
        seen = DayOfCalls(amount_e6, days_before, amount_before_e6)
        if owner_id in tier.buyers and is_unusual(seen):
            buyer_id = tier.buyers[owner_id]
            rows.append((rating.pk, tier.seller.pk, buyer_id, owner_id, day_of(day), calls, amount_e6, seen.usual_e6))
    insert_rows(UnusualDay, _COLUMNS, rows)


def _days(paths: list[Path]) -> pl.LazyFrame:
    """What the calls of each end customer cost on each day, by end customer and day."""
    rated = pl.scan_parquet(paths).filter(pl.col("status") == Status.RATED)
    grouped = rated.group_by("owner_id", "day").agg(pl.len().alias("calls"), pl.col("amount_e6").sum())
    return grouped.sort("owner_id", "day")
