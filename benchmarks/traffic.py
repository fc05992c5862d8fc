"""A month of calls of a wholesaler, its dealers and their customers, the same each time: for measuring the rating.

They stand as switches write them, one after the other as they happen, but for an hour; or in no order at all.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from rebill.sources.usage.engine.contract import Tier
from rebill.sources.usage.engine.rating import empty
from rebill.sources.usage.engine.turns import GROUP
from rebill.sources.usage.schema import BUNDLES, CALLS, ENDPOINTS, ERAS, OFFPEAK, RATES, SLOT_SECONDS, TARIFFS

START = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = 31
MONTH = 12 * 2026 + 7
FIRST_S = int(START.timestamp())
FIRST_DAY = FIRST_S // 86_400
HOUR_S = 3_600
PRIME = 2**31 - 1
CATEGORIES = 5
# Calls are made in pieces that fit into memory.
PIECE = 5_000_000


def mixed(number: pl.Expr, salt: int) -> pl.Expr:
    """Numbers that look as if made by chance, and are the same on every machine."""
    return ((number + salt * 7919) % PRIME * 48271 % PRIME + salt) * 69621 % PRIME * 16807 % PRIME


def prefixes(count: int) -> list[str]:
    """Nested prefixes: two digits, and from those on always one more."""
    found = [str(number) for number in range(10, 100)][:count]
    for position in range(count):
        if len(found) >= count:
            break
        digits = (3 * position + step for step in range(4 if len(found[position]) < 5 else 2))
        found.extend(f"{found[position]}{digit % 10}" for digit in digits)
    return list(dict.fromkeys(found))[:count]


def calls(first: int, count: int, of: int | None, owners: int, known: list[str]) -> pl.DataFrame:
    """The calls with the numbers `first` and following, in the order of their lines.

    `of` so many calls of the month; None where they happen at any time, whatever their number.
    """
    line = pl.col("line")
    owner = mixed(line, 1) % owners
    table = pl.DataFrame({"place": range(len(known)), "prefix": known}, schema={"place": pl.Int64, "prefix": pl.String})
    made = pl.LazyFrame({"line": pl.int_range(first, first + count, eager=True)})
    made = made.with_columns(place=mixed(line, 2) % len(known)).join(
        table.lazy(), on="place", how="left", maintain_order="left"
    )
    moment = mixed(line, 3) % (DAYS * 86_400)
    if of is not None:
        moment = line * (DAYS * 86_400 - HOUR_S) // of + mixed(line, 3) % HOUR_S
    made = made.select(
        pl.lit(1, pl.Int64).alias("file_id"),
        "line",
        pl.format("r{}", line).alias("record_id"),
        (FIRST_S + moment).alias("start_s"),
        pl.when(mixed(line, 4) % 8 > 0).then(1 + mixed(line, 5) % 600).otherwise(0).alias("seconds"),
        pl.format("3120{}", 1_000_000 + owner).alias("caller"),
        pl.format("{}{}", "prefix", 1_000_000 + mixed(line, 6) % 9_000_000).alias("called"),
        pl.format("a{}", owner).alias("account"),
        pl.lit(None, pl.String).alias("trunk"),
        pl.lit(value=False).alias("incoming"),
        (mixed(line, 7) % 200_000).alias("buy_e6"),
        pl.lit(None, pl.Int64).alias("sell_e6"),
        pl.lit(None, pl.String).alias("destination"),
        pl.lit("answered").alias("reason"),
    )
    return made.collect().cast(dict(empty(CALLS).schema)).select(list(CALLS))


def call_files(folder: Path, count: int, owners: int, known: list[str], *, in_order: bool = True) -> Iterator[Path]:
    """Parquet files of so many calls, as the intake leaves them."""
    for number, first in enumerate(range(0, count, PIECE)):
        path = folder / f"calls-{number:03}.parquet"
        made = calls(first, min(PIECE, count - first), count if in_order else None, owners, known)
        made.write_parquet(path, compression="lz4", row_group_size=GROUP)
        yield path


def endpoints(owners: int) -> pl.DataFrame:
    """An account for each end customer."""
    rows = ({"kind": "account", "value": f"a{owner}", "from_s": 0, "owner_id": owner} for owner in range(owners))
    return pl.DataFrame(rows, schema=dict(empty(ENDPOINTS).schema))


def tiers(count: int, owners: int, plans: int, known: list[str]) -> list[Tier]:
    """So many sellers, each with plans of its own for all customers, a bundle for everybody, and peak times."""
    slots = range(FIRST_S // SLOT_SECONDS, (FIRST_S + DAYS * 86_400) // SLOT_SECONDS)
    calendar = pl.DataFrame({"slot": slots}, schema={"slot": pl.Int64})
    calendar = calendar.select(
        "slot", (pl.col("slot") * SLOT_SECONDS // 86_400).alias("day"), month=pl.lit(MONTH, pl.Int64)
    )
    return [
        Tier(
            f"tier-{position}",
            tariffs=_tariffs(owners, plans),
            eras=_eras(plans),
            rates=_rates(plans, known, position),
            calendar=calendar,
            offpeak=_offpeak(),
            bundles=_bundles(owners),
        )
        for position in range(count)
    ]


def _tariffs(owners: int, plans: int) -> pl.DataFrame:
    rows = pl.DataFrame({"owner_id": range(owners)}, schema={"owner_id": pl.Int64}).with_columns(
        from_day=pl.lit(0, pl.Int64), before_day=pl.lit(None, pl.Int64), buyer_id=pl.col("owner_id") % 500,
        component=pl.lit(0, pl.Int64), required=pl.lit(value=True), incoming=pl.lit(value=False),
        deck_id=1 + pl.col("owner_id") % plans, own_deck_id=pl.lit(None, pl.Int64),
    )  # fmt: skip
    return rows.select(list(TARIFFS))


def _eras(plans: int) -> pl.DataFrame:
    rows = ({"deck_id": deck, "from_day": 0, "era_id": deck, "schedule_id": 1} for deck in range(1, plans + 1))
    return pl.DataFrame(rows, schema=dict(empty(ERAS).schema))


def _rates(plans: int, known: list[str], position: int) -> pl.DataFrame:
    """Every plan has the prefixes but for one in fifty, at prices of its own; each seller is dearer than the last."""
    place, deck = pl.col("place"), pl.col("era_id")
    table = pl.DataFrame({"place": range(len(known)), "prefix": known}, schema={"place": pl.Int64, "prefix": pl.String})
    table = table.join(pl.DataFrame({"era_id": range(1, plans + 1)}, schema={"era_id": pl.Int64}), how="cross")
    table = table.filter(mixed(place * 1000 + deck, 11) % 50 > 0)
    minute = (1 + position) * (1_000 + mixed(place + deck, 12) % 400_000)
    stepped = mixed(place, 13) % 3
    table = table.with_columns(
        rate_id=place * 1000 + deck, product_id=1 + place % 3, category=1 + place % CATEGORIES,
        setup_e6=(place % 2) * 20_000, minute_e6=minute, offpeak_e6=minute // 2,
        first_s=pl.when(stepped == 0).then(1).when(stepped == 1).then(30).otherwise(60),
        next_s=pl.when(stepped == 0).then(1).when(stepped == 1).then(6).otherwise(60),
        later_after_s=0, later_e6=0, later_next_s=1, markup_e6=None, minimum_e6=None, maximum_e6=None,
        quantum_e6=100, rounding=0,
    )  # fmt: skip
    return table.select(list(RATES)).cast(dict(empty(RATES).schema))


def _offpeak() -> pl.DataFrame:
    """Nights, and the days of weekends."""
    hours = (START + timedelta(hours=hour) for hour in range(DAYS * 24))
    quiet = (hour for hour in hours if hour.weekday() > 4 or not 8 <= hour.hour < 19)
    firsts = (int(hour.timestamp()) // SLOT_SECONDS for hour in quiet)
    rows = [{"schedule_id": 1, "slot": first + quarter} for first in firsts for quarter in range(4)]
    return pl.DataFrame(rows, schema=dict(empty(OFFPEAK).schema))


def _bundles(owners: int) -> pl.DataFrame:
    """Everybody has 100 minutes free in two of the five categories together."""
    rows = ({"owner_id": owner, "month": MONTH, "category": category, "bundle_id": owner, "cap_s": 6_000}
            for owner in range(owners) for category in (1, 2))  # fmt: skip
    return pl.DataFrame(rows, schema=dict(empty(BUNDLES).schema))
