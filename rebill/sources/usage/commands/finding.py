"""What a rating found for each seller, and keeping it: files, sums, and what has no price or owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl
from django.conf import settings

from rebill.catalogue.models import CallCategory
from rebill.kit.bulk import insert_rows
from rebill.kit.files import hash_of
from rebill.sources.usage.models import CallsWithoutPrice, RatedPart, Rating, UsageSum
from rebill.sources.usage.queries.chain import TierSeller
from rebill.sources.usage.schema import Status

# What an unpriced number is told by: its first digits, the country and a little more.
HEAD = 6

_SUM_COLUMNS = (
    "rating_id", "seller_id", "buyer_id", "owner_id", "product_id", "category", "component", "calls", "billed_s",
    "included_s", "covered_e6", "amount_e6", "buy_e6",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    calls: int
    rated: int
    unpriced: int
    unowned: int


class RatedFile(NamedTuple):
    """A file of price rows: how many there are in it, and the SHA-256 of its bytes."""

    path: Path
    rows: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was rated for one seller: the sums, and the files of price rows."""

    tier: TierSeller
    sums: pl.DataFrame
    files: Sequence[RatedFile]

    @property
    def paths(self) -> list[Path]:
        return [file.path for file in self.files]


def files_in(folder: Path) -> list[RatedFile]:
    return [
        RatedFile(path, int(pl.scan_parquet(path).select(pl.len()).collect().item()), hash_of(path))
        for path in sorted(folder.glob("*.parquet"))
    ]


def counted_in(root: pl.DataFrame) -> Counted:
    """How many calls there are, each counted once, as the seller whose switches they come from sees them."""
    firsts = root.filter(pl.col("component") == 0)
    by_status = dict(firsts.group_by("status").agg(pl.col("calls").sum()).iter_rows())
    rated, unpriced, unowned = (by_status.get(status.value, 0) for status in Status)
    return Counted(rated + unpriced + unowned, rated, unpriced, unowned)


def write_tier(rating: Rating, found: Found) -> None:
    seller_id = found.tier.seller.pk
    insert_rows(
        RatedPart,
        ("rating_id", "seller_id", "path", "rows", "content_hash"),
        [(rating.pk, seller_id, _kept_path(file.path), file.rows, file.content_hash) for file in found.files],
    )
    buyers = pl.DataFrame(
        list(found.tier.buyers.items()), schema={"owner_id": pl.Int64, "payer_id": pl.Int64}, orient="row"
    )
    priced = found.sums.filter(pl.col("status") == Status.RATED).join(buyers, on="owner_id")
    priced = priced.with_columns(
        # Calls that no deck is there for have no buyer of their own; what costs nothing is of no kind.
        pl.coalesce("buyer_id", "payer_id").alias("buyer_id"),
        pl.col("category").fill_null(CallCategory.OTHER.value),
    )
    columns = ("buyer_id", "owner_id", "product_id", "category", "component", *_SUM_COLUMNS[7:])
    insert_rows(
        UsageSum,
        _SUM_COLUMNS,
        ((rating.pk, seller_id, *row) for row in priced.select(columns).sort(columns[:5]).rows()),
    )
    insert_rows(
        CallsWithoutPrice,
        ("rating_id", "seller_id", "buyer_id", "owner_id", "head", "calls", "seconds"),
        ((rating.pk, seller_id, *row) for row in _without_price(found.paths, buyers)),
    )


def _without_price(files: list[Path], buyers: pl.DataFrame) -> list[tuple[int, int, str, int, int]]:
    if not files:
        return []
    unpriced = pl.scan_parquet(files).filter(pl.col("status") == Status.UNPRICED).join(buyers.lazy(), on="owner_id")
    unpriced = unpriced.with_columns(pl.coalesce("buyer_id", "payer_id").alias("buyer_id"))
    grouped = unpriced.group_by("buyer_id", "owner_id", pl.col("called").str.slice(0, HEAD).alias("head")).agg(
        pl.struct("file_id", "line").n_unique().alias("calls"), pl.col("seconds").sum()
    )
    return grouped.sort("buyer_id", "owner_id", "head").collect().rows()


def owners_missing(calls: list[Path], files: list[Path]) -> list[tuple[str, str, str, int, int]]:
    """The calls that are nobody's, by account, trunk and the number that should have been an endpoint."""
    if not files:
        return []
    unowned = pl.scan_parquet(files).filter(pl.col("status") == Status.UNOWNED).select("file_id", "line").unique()
    ours = pl.when("incoming").then(pl.col("called")).otherwise(pl.col("caller"))
    found = pl.scan_parquet(calls).join(unowned, on=["file_id", "line"], how="semi")
    # Cut to what a row holds: a switch may write what it likes.
    named = (
        pl.col("account").str.slice(0, 80),
        pl.col("trunk").str.slice(0, 80),
        ours.str.slice(0, 40).alias("number"),
    )
    grouped = found.group_by(named).agg(pl.len().alias("calls"), pl.col("seconds").sum())
    return grouped.sort("calls", "number", descending=[True, False]).collect().rows()


def _kept_path(path: Path) -> str:
    return path.relative_to(settings.REBILL_DATA).as_posix()
