"""The engines give the price rows that the rules give, one call after the other."""

from math import inf
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebill.sources.usage.engine import embedded, places, prefixes, turns
from rebill.sources.usage.engine.contract import Engine
from rebill.sources.usage.engine.registry import engine_for
from rebill.sources.usage.schema import SUMS
from tests.usage.frames import rated
from tests.usage.reference import Row, rate_plainly, sums_of
from tests.usage.spark import needs_spark
from tests.usage.worlds import World, world


def refuse_differences(made: World, folder: Path, engine: Engine, *, month: int | None, shards: int = 1) -> None:
    """Refuses price rows or sums that are not those of the rules."""
    expected = rate_plainly(made.calls.rows(named=True), made.endpoints.rows(named=True), made.tiers, month)
    rows, sums = rated(folder, made.calls, made.endpoints, made.tiers, engine, month=month, shards=shards)
    for ours, plain, added in zip(rows, expected, sums, strict=True):
        plain.sort(key=lambda row: (row["start_s"], row["file_id"], row["line"], row["component"]))
        different = [pair for pair in zip(ours, plain, strict=False) if pair[0] != pair[1]]
        assert different[:1] == []
        assert len(ours) == len(plain)
        assert in_order(added.rows(named=True)) == in_order(sums_of(plain))


def in_order(sums: list[Row]) -> list[Row]:
    return sorted(sums, key=lambda row: [(row[name] is not None, row[name] or 0) for name in SUMS])


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 3), st.sampled_from((1, 1, 3)), st.sampled_from((None, 0))
)
def test_polars_equals_the_rules(
    tmp_path_factory, seed: int, owners: int, tiers: int, shards: int, month: int | None
) -> None:
    made = world(Random(seed), calls=60, owners=owners, tiers=tiers)

    refuse_differences(made, tmp_path_factory.mktemp("world"), engine_for(""), month=month, shards=shards)


@pytest.mark.parametrize("seed", range(12))
def test_polars_equals_the_rules_where_months_are_large(tmp_path: Path, monkeypatch, seed: int) -> None:
    """Pieces, tables that are looked up by hash, pairs that only calls have, and calls in no order."""
    monkeypatch.setattr(embedded, "PIECE", 7)
    monkeypatch.setattr(prefixes, "PAIRS_MOST", seed % 2 * 10**6)
    monkeypatch.setattr(places, "SPREAD", seed % 3)
    monkeypatch.setattr(places, "PLACES_LEAST", 0)
    made = world(Random(seed), calls=80, owners=5, tiers=2)
    made.calls = made.calls.sample(fraction=1.0, shuffle=seed % 4 > 0, seed=seed)

    refuse_differences(made, tmp_path, engine_for(""), month=None, shards=1 + seed % 2)


@pytest.mark.parametrize("seed", range(12))
def test_polars_equals_the_rules_where_months_are_cut_by_time(tmp_path: Path, monkeypatch, seed: int) -> None:
    """What bundles cover in one turn they cover no more in the next."""
    monkeypatch.setattr(embedded, "PIECE", 7)
    monkeypatch.setattr(turns, "OVERFULL", inf)
    monkeypatch.setattr(turns, "READ_MOST", inf)
    monkeypatch.setattr(embedded.Embedded, "_parted", None)
    made = world(Random(seed), calls=80, owners=3, tiers=2)

    refuse_differences(made, tmp_path, engine_for(""), month=None, shards=2 + seed % 4)


@needs_spark
def test_spark_equals_the_rules(tmp_path: Path, spark: Engine) -> None:
    """Every job of Spark takes its seconds, so it gets many chances in one world."""
    made = world(Random(2026), calls=3_000, owners=25, tiers=2)

    refuse_differences(made, tmp_path, spark, month=None)
