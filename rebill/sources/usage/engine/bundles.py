"""What bundles cover, in the order in which the calls began: the same as `rebill.rules.rating.bundles`."""

from dataclasses import dataclass
from typing import Self

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.amounts import Pricing
from rebill.sources.usage.engine.contract import Carried, Engine, Frame, Known
from rebill.sources.usage.schema import Status

ZERO = nw.lit(0, nw.Int64)
IN_ORDER = ("start_s", "file_id", "line", "component")
SHARE = ["owner_id", "month", "category"]
DAYS = ["from_day", "before_day"]


@dataclass(frozen=True)
class Bundles:
    """The bundles of a tier. Owner, month and category are one number (`share`): those of an owner stand together.

    `carried` is what the calls of earlier turns have asked of each, `in_part` whether some cover only some days.
    """

    known: Known
    months: range
    categories: range
    kinds: frozenset[int]
    in_seconds: bool
    in_part: bool
    carried: Carried | None

    @classmethod
    def of(cls, bundles: pl.DataFrame, engine: Engine) -> Self | None:
        """The bundles made ready, each with its number `bundle`; None where there are none."""
        if not len(bundles):
            return None
        edges = bundles.select(pl.col("month", "category").min().name.suffix("_min"),
                               pl.col("month", "category").max().name.suffix("_max")).row(0, named=True)  # fmt: skip
        months = range(edges["month_min"], edges["month_max"] + 1)
        categories = range(edges["category_min"], edges["category_max"] + 1)
        numbers = bundles.select("owner_id", "month", "bundle_id").unique(maintain_order=True)
        numbered = numbers.with_columns(bundle=pl.int_range(pl.len(), dtype=pl.Int64))
        table = bundles.join(numbered, on=numbers.columns, how="left", nulls_equal=True)
        shared = nw.from_native(table).with_columns(share=_share(months, categories)).to_native()
        in_part = bool(bundles["from_day"].is_not_null().any())
        days = DAYS if in_part else []
        known = engine.known(shared.select("share", "bundle", "cap_s", "cap_e6", *days), ["share"])
        in_seconds = bool(bundles["cap_s"].is_not_null().any())
        carried = engine.carried(len(numbers))
        return cls(known, months, categories, frozenset(bundles["category"]), in_seconds, in_part, carried)

    def cover(self, rows: Frame, pricing: Pricing, engine: Engine, *, ordered: bool) -> Frame:
        """The rows with `included_s`, `covered_e6`, and `amount_e6` less what the bundle covers."""
        asking = (nw.col("status") == int(Status.RATED)) & (nw.col("amount_e6") >= 0) & (nw.col("billed_s") > 0)
        asking &= nw.col("category").is_in(sorted(self.kinds))
        asking &= (nw.col("month") >= self.months[0]) & (nw.col("month") <= self.months[-1])
        rows = rows.with_columns(share=nw.when(asking).then(_share(self.months, self.categories)))
        rows = engine.attach(rows, self.known)
        if self.in_part:
            day, since, before = nw.col("day"), *(nw.col(name) for name in DAYS)
            holds = since.is_null() | ((day >= since) & (day < before))
            rows = rows.with_columns(bundle=nw.when(holds).then(nw.col("bundle")))
        whole, billed, in_seconds = nw.col("amount_e6"), nw.col("billed_s"), ~nw.col("cap_s").is_null()
        rows = rows.with_columns(
            asked=nw.when(~nw.col("bundle").is_null()).then(nw.when(in_seconds).then(billed).otherwise(whole))
        )
        rows = engine.running(rows, "asked", "bundle", IN_ORDER, ordered=ordered, carried=self.carried)
        left = nw.coalesce("cap_s", "cap_e6") - (nw.col("running") - nw.col("asked"))
        covered = nw.min_horizontal(nw.max_horizontal(left, ZERO), nw.col("asked"))
        rows = rows.with_columns(covered=nw.when(nw.col("bundle").is_null()).then(ZERO).otherwise(covered))
        rows = rows.with_columns(included_s=nw.when(in_seconds).then(nw.col("covered")).otherwise(ZERO))
        left_e6 = whole - nw.col("covered")
        if self.in_seconds:
            rows = _with_beyond(rows, pricing)
            beyond = nw.when(nw.col("included_s") >= billed).then(ZERO).otherwise(nw.col("beyond_e6"))
            inside = nw.when(nw.col("included_s") > 0).then(beyond).otherwise(whole)
            left_e6 = nw.when(in_seconds).then(inside).otherwise(left_e6)
        rows = rows.with_columns(left_e6=left_e6)
        covered_e6 = nw.when(nw.col("covered") > 0).then(whole - nw.col("left_e6")).otherwise(ZERO)
        return rows.with_columns(covered_e6=covered_e6, amount_e6=nw.col("left_e6"))


def _share(months: range, categories: range) -> nw.Expr:
    month, category = nw.col("month") - months[0], nw.col("category") - categories[0]
    return (nw.col("owner_id") * len(months) + month) * len(categories) + category


def _with_beyond(rows: Frame, pricing: Pricing) -> Frame:
    """The rows with what the seconds beyond those included cost; the first seconds of a call are those included."""
    included, before = nw.col("included_s"), nw.col("before_s")
    rows = rows.with_columns(
        rest_s=nw.max_horizontal(before - included, ZERO),
        later_rest_s=nw.col("later_s") - nw.max_horizontal(included - before, ZERO),
    )
    exact = pricing.exact(nw.col("rest_s"), nw.col("later_rest_s"), nw.col("minute"))
    return pricing.with_amount(rows, exact, "beyond_e6")
