"""The calls behind a bill, read back from the rated Parquet: what a telling was made of, call by call.

The first telling of an account is all its calls; a later one those that changed since: new ones, those that cost
something else now, and those that are somebody else's. Their amounts sum up to what was told.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from rebill.catalogue.models import CallCategory, SummaryGroup
from rebill.catalogue.queries.rating import destinations_of
from rebill.kit.bulk import chunks
from rebill.sources.usage.engine.rating import empty
from rebill.sources.usage.models import UsageAccount, UsageTelling
from rebill.sources.usage.queries.ratings import parts_of
from rebill.sources.usage.schema import RATED, Status

_KEYS_AT_ONCE = 1000
_CALL = ("file_id", "line", "component")
_SERVICE = (CallCategory.SERVICE_COST.value, CallCategory.SERVICE_REVENUE.value)
AS_DIALLED = "="


class Call(NamedTuple):
    """A call as the specification shows it. Amounts are of 10⁻⁶; `before_e6` is what it was billed at before."""

    start_s: int
    caller: str
    called: str
    destination: str
    category: int
    seconds: int
    billed_s: int
    included_s: int
    amount_e6: int
    before_e6: int

    def began_at(self, zone: str) -> datetime:
        """The moment it began, where the seller is."""
        return moment_of(self.start_s, zone)


class DestinationTotal(NamedTuple):
    """What the calls to one destination come to; amounts are of 10⁻⁶."""

    destination: str
    category: int
    calls: int
    billed_s: int
    included_s: int
    amount_e6: int


@dataclass(frozen=True, slots=True)
class Specification:
    """The calls of some tellings, as a frame that is read when it is asked for; one row per price of a call."""

    calls: pl.LazyFrame
    destinations: dict[int, str]

    def count(self) -> int:
        """How many rows there are."""
        return int(self.calls.select(pl.len()).collect().item())

    def total_e6(self) -> int:
        """What they come to."""
        return int(self.calls.select((pl.col("amount_e6") - pl.col("before_e6")).sum()).collect().item() or 0)

    def rows(self, *, offset: int = 0, limit: int | None = None) -> Iterator[Call]:
        """The calls in the order they were made."""
        ordered = self.calls.sort("start_s", "file_id", "line", "component").slice(offset, limit)
        for row in ordered.select(*_SHOWN).collect().iter_rows():
            yield Call(row[0], row[1], row[2], self.destinations.get(row[3], ""), *row[4:])

    def totals(self) -> list[DestinationTotal]:
        """The calls by destination, the dearest first."""
        named = pl.DataFrame(
            {"rate_id": list(self.destinations), "destination": list(self.destinations.values())},
            schema={"rate_id": pl.Int64, "destination": pl.String},
        )
        found = self.calls.join(named.lazy(), on="rate_id", how="left").with_columns(
            pl.col("destination").fill_null("")
        )
        grouped = found.group_by("destination", "category").agg(
            pl.len().alias("calls"),
            pl.col("billed_s").sum(),
            pl.col("included_s").sum(),
            (pl.col("amount_e6") - pl.col("before_e6")).sum().alias("amount_e6"),
        )
        ordered = grouped.sort("amount_e6", "destination", "category", descending=[True, False, False])
        return [DestinationTotal(*row) for row in ordered.select(DestinationTotal._fields).collect().iter_rows()]


_SHOWN = (
    "start_s", "caller", "called", "rate_id", "category", "seconds", "billed_s", "included_s", "amount_e6", "before_e6",
)  # fmt: skip


def specification_of(*, seller_id: int, keys: Collection[str]) -> Specification:
    """The calls behind these charges of the seller; charges of other sources and sellers have none."""
    frames = [_calls_of(seller_id, telling) for telling in _tellings(seller_id, keys)]
    calls = pl.concat(frames) if frames else _nothing()
    rates = calls.select(pl.col("rate_id").unique()).collect()["rate_id"].drop_nulls().to_list()
    return Specification(calls, destinations_of(seller_id, rates))


def usage_of(*, seller_id: int, buyer_id: int, owner_ids: Collection[int], rating_ids: Sequence[int]) -> Specification:
    """All priced calls that a customer pays for these end customers by these ratings, billed or not."""
    calls = _rated(parts_of(rating_ids, seller_id=seller_id)).filter(
        # What no deck is there for costs nothing, and names no buyer.
        pl.col("owner_id").is_in(sorted(owner_ids))
        & (pl.col("buyer_id").fill_null(buyer_id) == buyer_id)
        & (pl.col("status") == Status.RATED)
    )
    calls = calls.with_columns(before_e6=pl.lit(0, pl.Int64))
    rates = calls.select(pl.col("rate_id").unique()).collect()["rate_id"].drop_nulls().to_list()
    return Specification(calls, destinations_of(seller_id, rates))


def moment_of(start_s: int, zone: str) -> datetime:
    """The moment of a second, where a seller is."""
    return datetime.fromtimestamp(start_s, UTC).astimezone(ZoneInfo(zone))


def mask(number: str, digits: int) -> str:
    """The number without its last digits, for those who may not see who was called; short codes stay as they are."""
    if not digits or number.startswith(AS_DIALLED):
        return number.removeprefix(AS_DIALLED)
    shown = max(len(number) - digits, 0)
    return number[:shown] + "x" * (len(number) - shown)


def _tellings(seller_id: int, keys: Collection[str]) -> Iterator[UsageTelling]:
    for some in chunks(sorted(keys), _KEYS_AT_ONCE):
        rows = UsageTelling.objects.filter(account__seller_id=seller_id, key__in=some).order_by("id")
        yield from rows.select_related("account").prefetch_related("ratings")


def _calls_of(seller_id: int, telling: UsageTelling) -> pl.LazyFrame:
    now = _account_calls(seller_id, telling.account, [each.rating_id for each in telling.ratings.all()])
    earlier = (
        UsageTelling.objects.filter(account_id=telling.account_id, number__lt=telling.number)
        .prefetch_related("ratings")
        .order_by("-number")
        .first()
    )
    if earlier is None:
        return now.with_columns(before_e6=pl.lit(0, pl.Int64))
    before = _account_calls(seller_id, telling.account, [each.rating_id for each in earlier.ratings.all()])
    was = before.select(*_CALL, pl.col("amount_e6").alias("before_e6"))
    kept = now.join(was, on=_CALL, how="left").with_columns(pl.col("before_e6").fill_null(0))
    gone = before.join(now.select(*_CALL), on=_CALL, how="anti").with_columns(
        before_e6=pl.col("amount_e6"), amount_e6=pl.lit(0, pl.Int64)
    )
    return pl.concat([kept, gone.select(kept.collect_schema().names())]).filter(
        pl.col("amount_e6") != pl.col("before_e6")
    )


def _account_calls(seller_id: int, account: UsageAccount, rating_ids: Sequence[int]) -> pl.LazyFrame:
    calls = _rated(parts_of(rating_ids, seller_id=seller_id)).filter(
        (pl.col("owner_id") == account.owner_id)
        & (pl.col("buyer_id") == account.buyer_id)
        & (pl.col("status") == Status.RATED)
    )
    if account.product_id is not None:
        return calls.filter(pl.col("product_id") == account.product_id)
    is_service = pl.col("category").is_in(_SERVICE)
    in_group = is_service if account.summary_group == SummaryGroup.SERVICE_NUMBERS else ~is_service
    return calls.filter(pl.col("product_id").is_null() & in_group)


def _rated(paths: Sequence[Path]) -> pl.LazyFrame:
    return pl.scan_parquet(list(paths)) if paths else _nothing().drop("before_e6")


def _nothing() -> pl.LazyFrame:
    return empty(RATED).with_columns(before_e6=pl.lit(None, pl.Int64)).lazy()
