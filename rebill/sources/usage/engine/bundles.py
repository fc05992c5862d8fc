"""What bundles cover, in the order in which the calls began: the same as `rebill.rules.rating.bundles`."""

from collections.abc import Sequence

import narwhals as nw
import polars as pl

from rebill.sources.usage.engine.amounts import Pricing
from rebill.sources.usage.engine.contract import Engine, Frame
from rebill.sources.usage.schema import Status

ZERO = nw.lit(0, nw.Int64)
IN_ORDER = ("start_s", "file_id", "line", "component")


def with_bundles(rows: Frame, kept: Sequence[str], bundles: pl.DataFrame, pricing: Pricing, engine: Engine) -> Frame:
    """The columns `kept` of the rows with `included_s`, `covered_e6`, and `amount_e6` less what the bundle covers.

    All that is dear is worked out once: what comes back may be asked several times.
    """
    if not len(bundles):
        return engine.hold(rows.select(*kept, included_s=ZERO, covered_e6=ZERO))
    asking = (nw.col("status") == int(Status.RATED)) & (nw.col("amount_e6") >= 0) & (nw.col("billed_s") > 0)
    asking &= nw.col("category").is_in(bundles["category"].unique().to_list())
    # Putting calls in order is dear, so only those are that may have a bundle.
    parted = rows.with_columns(asking=asking.fill_null(value=False))
    parted = engine.hold(parted.select(*kept, "before_s", "later_s", "minute", *pricing.columns, "asking"))
    others = parted.filter(~nw.col("asking")).select(*kept, included_s=ZERO, covered_e6=ZERO)
    inside = _covered(parted.filter(nw.col("asking")), bundles, pricing, engine)
    return nw.concat([others, engine.hold(inside.select(*kept, "included_s", "covered_e6"))])


def _covered(rows: Frame, bundles: pl.DataFrame, pricing: Pricing, engine: Engine) -> Frame:
    rows = rows.join(engine.frame(bundles), on=["owner_id", "month", "category"], how="left")
    whole, billed, in_seconds = nw.col("amount_e6"), nw.col("billed_s"), ~nw.col("cap_s").is_null()
    asked = nw.when(in_seconds).then(billed).otherwise(whole)
    rows = rows.with_columns(asked=nw.when(~nw.col("bundle_id").is_null()).then(asked).otherwise(ZERO))
    used = nw.col("asked").cum_sum().over("owner_id", "month", "bundle_id", order_by=IN_ORDER)
    left = nw.coalesce("cap_s", "cap_e6") - (used - nw.col("asked"))
    covered = nw.min_horizontal(nw.max_horizontal(left, ZERO), nw.col("asked"))
    rows = rows.with_columns(covered=nw.when(nw.col("bundle_id").is_null()).then(ZERO).otherwise(covered))
    rows = rows.with_columns(included_s=nw.when(in_seconds).then(nw.col("covered")).otherwise(ZERO))
    left_e6 = whole - nw.col("covered")
    if bundles["cap_s"].is_not_null().any():
        rows = _with_beyond(rows, pricing)
        beyond = nw.when(nw.col("included_s") >= billed).then(ZERO).otherwise(nw.col("beyond_e6"))
        inside = nw.when(nw.col("included_s") > 0).then(beyond).otherwise(whole)
        left_e6 = nw.when(in_seconds).then(inside).otherwise(left_e6)
    rows = rows.with_columns(left_e6=left_e6)
    covered_e6 = nw.when(nw.col("covered") > 0).then(whole - nw.col("left_e6")).otherwise(ZERO)
    return rows.with_columns(covered_e6=covered_e6, amount_e6=nw.col("left_e6"))


def _with_beyond(rows: Frame, pricing: Pricing) -> Frame:
    """The rows with what the seconds beyond those included cost; the first seconds of a call are those included."""
    included, before = nw.col("included_s"), nw.col("before_s")
    rows = rows.with_columns(
        rest_s=nw.max_horizontal(before - included, ZERO),
        later_rest_s=nw.col("later_s") - nw.max_horizontal(included - before, ZERO),
    )
    exact = pricing.exact(nw.col("rest_s"), nw.col("later_rest_s"), nw.col("minute"))
    return pricing.with_amount(rows, exact, "beyond_e6")
