"""Frames for tests, from rows that name only what matters."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from rebill.sources.usage import schema
from rebill.sources.usage.engine.contract import Engine, Tier
from rebill.sources.usage.engine.rating import empty, rate

USUAL = {
    "CALLS": {"file_id": 1, "record_id": "", "seconds": 60, "caller": "", "called": "", "incoming": False},
    "ENDPOINTS": {"value_to": "", "from_s": 0},
    "TARIFFS": {"from_day": 0, "component": 0, "required": True, "incoming": False, "buyer_id": 900, "deck_id": 1},
    "ERAS": {"deck_id": 1, "from_day": 0, "era_id": 1},
    "RATES": {
        "era_id": 1, "rate_id": 1, "product_id": 1, "category": 1, "setup_e6": 0, "first_s": 1, "next_s": 1,
        "later_after_s": 0, "later_e6": 0, "later_next_s": 1, "quantum_e6": 100, "rounding": 0,
    },
    "CALENDAR": {}, "OFFPEAK": {}, "BUNDLES": {"category": 1, "bundle_id": 1},
}  # fmt: skip


def frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """A frame of the schema; columns that a row leaves out have their usual value, or null."""
    columns = getattr(schema, name)
    filled = [dict.fromkeys(columns) | USUAL[name] | row for row in rows]
    if name == "RATES":
        filled = [row | {"offpeak_e6": row["minute_e6"]} if row["offpeak_e6"] is None else row for row in filled]
    return pl.DataFrame(filled, schema=empty(columns).schema) if filled else empty(columns)


def month_of(year: int, month: int) -> int:
    return 12 * year + month - 1


def tier(name: str = "seller", **rows: Iterable[dict[str, Any]]) -> Tier:
    """A tier of such rows: tier(rates=[…], tariffs=[…], calendar=frame)."""
    frames = {}
    for each in ("tariffs", "eras", "rates", "calendar", "offpeak", "bundles"):
        given = rows.get(each, ())
        frames[each] = given if isinstance(given, pl.DataFrame) else frame(each.upper(), given)
    return Tier(name, **frames)


def rated(folder: Path, calls, endpoints, tiers, engine: Engine, **options):
    """Rates these rows, and gives the price rows of every tier in the order of the calls, and the sums."""
    folder.mkdir(parents=True, exist_ok=True)
    calls, endpoints = (
        each if isinstance(each, pl.DataFrame) else frame(name, each)
        for name, each in (("CALLS", calls), ("ENDPOINTS", endpoints))
    )
    calls.write_parquet(folder / "calls.parquet")
    out = folder / "out"
    sums = rate(calls=[folder / "calls.parquet"], endpoints=endpoints, tiers=tiers, out=out, engine=engine, **options)
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []
    return [price_rows(out / each.name) for each in tiers if not each.purchase], [each.sums for each in sums]


def price_rows(folder: Path) -> list[dict[str, Any]]:
    found = sorted(folder.glob("*.parquet"))
    if not found:
        return []
    rows = pl.read_parquet(found)
    assert dict(rows.schema) == dict(empty(schema.RATED).schema)
    return rows.sort("start_s", "file_id", "line", "component").rows(named=True)
