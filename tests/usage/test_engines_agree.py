"""A million calls come to the same on both engines, in however many shards."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks import traffic
from rebill.sources.usage.engine.contract import Engine
from rebill.sources.usage.engine.rating import rate
from rebill.sources.usage.engine.registry import engine_for
from rebill.sources.usage.schema import RATED
from tests.usage.spark import needs_spark

CALLS, OWNERS, PLANS, PREFIXES = 1_000_000, 5_000, 10, 1_000


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A month of a million calls with two tiers, bundles and peak times, without its engine and folder."""
    known = traffic.prefixes(PREFIXES)
    return {
        "calls": list(traffic.call_files(tmp_path_factory.mktemp("calls"), CALLS, OWNERS, known)),
        "endpoints": traffic.endpoints(OWNERS),
        "tiers": traffic.tiers(2, OWNERS, PLANS, known),
        "month": traffic.MONTH,
    }


def written(folder: Path) -> list[pl.DataFrame]:
    """What price rows come to, whatever their order: count, sums of every number, and the longest of every text."""
    texts = ("caller", "called", "prefix")
    together = (pl.col("line") * pl.col("amount_e6") % 1_000_003).sum().alias("together")
    added = [*(pl.col(name).sum() for name in RATED if name not in texts), together]
    lengths = [pl.col(name).str.len_bytes().sum() for name in texts]
    files = (sorted(tier.glob("*.parquet")) for tier in sorted(folder.iterdir()))
    return [pl.read_parquet(each).select(pl.len(), *added, *lengths) for each in files]


@pytest.fixture(scope="module")
def by_polars(month: dict, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("polars")
    return rate(**month, out=folder, engine=engine_for("polars")), written(folder)


def test_no_call_is_lost(by_polars):
    sums, rows = by_polars

    assert [each.sums["calls"].sum() for each in sums] == [CALLS, CALLS]
    assert [each["len"].item() for each in rows] == [CALLS, CALLS]
    # What the seller above asks is what the seller below buys at.
    assert sums[1].sums["buy_e6"].sum() == sums[0].sums["amount_e6"].sum()


def test_shards_come_to_the_same(month: dict, by_polars, tmp_path: Path):
    sums = rate(**month, out=tmp_path, engine=engine_for("polars"), shards=3)

    assert all(a.sums.equals(b.sums) for a, b in zip(sums, by_polars[0], strict=True))
    assert all(a.equals(b) for a, b in zip(written(tmp_path), by_polars[1], strict=True))
    names = [path.name for path in sorted((tmp_path / "tier-0").iterdir())]
    assert names == ["shard-0000.parquet", "shard-0001.parquet", "shard-0002.parquet"]


@needs_spark
def test_spark_comes_to_the_same(month: dict, by_polars, spark: Engine, tmp_path: Path):
    """One tier, because every second on two cores counts; more tiers are tried with fewer calls."""
    [sums] = rate(**month | {"tiers": month["tiers"][:1]}, out=tmp_path, engine=spark)

    assert sums.sums.equals(by_polars[0][0].sums)
    assert written(tmp_path)[0].equals(by_polars[1][0])
