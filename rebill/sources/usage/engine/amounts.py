"""What calls cost, as expressions over their rates: the same whole numbers as `rebill.rules.rating.rates`.

Polars wraps silently where 64 bits are too few, so every factor is bounded before it is multiplied. Spark divides whole
numbers by way of floats, so a quotient is mended by its remainder. Signs are taken off before anything is divided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import narwhals as nw
import polars as pl

from rebill.rules.money import ONE_E6
from rebill.rules.rating.rates import BUY_MOST_E6, MARKED_UP_MOST_E6, MINUTE_S, Rounding
from rebill.sources.usage.engine.contract import Frame
from rebill.sources.usage.engine.terms import Terms

# What is bounded with a share of the buy price is the numerator over sixty.
MARKED_UP_MOST = int(MARKED_UP_MOST_E6 * MINUTE_S)
# A share of 10⁻⁶ and sixtieths have 3,000,000 as their common denominator.
COMMON = 3_000_000
SCALE = COMMON // MINUTE_S
# The columns of a rate that its price is made of.
PRICING = (
    "setup_e6", "minute_e6", "offpeak_e6", "first_s", "next_s", "later_after_s", "later_e6", "later_next_s",
    "markup_e6", "minimum_e6", "maximum_e6", "quantum_e6", "rounding",
)  # fmt: skip


ZERO = nw.lit(0, nw.Int64)
WORKING = ("numerator", "denominator", "bounded", "step", "dividend", "divisor", "quotient")


@dataclass(frozen=True)
class Pricing:
    """How the rates of a tier price. What is the same in all of them (`same`) is no column but a constant.
    `flat`: a minute costs the same at all times."""

    same: Mapping[str, int | None]
    flat: bool

    @classmethod
    def of(cls, all_terms: Sequence[Terms]) -> Self:
        rates = pl.concat([terms.rates.select(PRICING) for terms in all_terms])
        first = rates.row(0, named=True) if len(rates) else {}
        return cls({name: first.get(name) for name in PRICING if rates[name].n_unique() < 2}, _flat(rates))

    @property
    def columns(self) -> list[str]:
        """The columns that calls need of their rate."""
        return [name for name in PRICING if name not in self.same]

    def never(self, name: str, value: int | None) -> bool:
        """Whether the column has this value in all rates."""
        return name in self.same and self.same[name] == value

    def __getitem__(self, name: str) -> nw.Expr:
        return nw.lit(self.same[name], nw.Int64) if name in self.same else nw.col(name)

    def minute(self, offpeak: nw.Expr) -> nw.Expr:
        """The price of a minute at the moment that the call begins."""
        if self.flat:
            return self["minute_e6"]
        return nw.when(offpeak).then(self["offpeak_e6"]).otherwise(self["minute_e6"])

    def before_s(self, seconds: nw.Expr) -> nw.Expr:
        """Billed seconds up to where a second price begins; nothing for no seconds."""
        switch, known = self["later_after_s"], seconds
        if not self.never("later_after_s", 0):
            known = nw.when((switch > 0) & (seconds > switch)).then(switch).otherwise(seconds)
        if self.never("first_s", 1) and self.never("next_s", 1):
            stepped = known
        else:
            over = nw.when(known > self["first_s"]).then(known - self["first_s"]).otherwise(ZERO)
            stepped = self["first_s"] + _up(over, self["next_s"])
        if not self.never("later_after_s", 0):
            stepped = nw.when((switch > 0) & (stepped > switch)).then(switch).otherwise(stepped)
        return nw.when(seconds > 0).then(stepped).otherwise(ZERO)

    def later_s(self, seconds: nw.Expr) -> nw.Expr:
        """Billed seconds behind where a second price begins."""
        switch = self["later_after_s"]
        if self.never("later_after_s", 0):
            return ZERO
        later = _up(nw.when(seconds > switch).then(seconds - switch).otherwise(ZERO), self["later_next_s"])
        return nw.when(switch > 0).then(later).otherwise(ZERO)

    def fits(self, exact: nw.Expr, buy_e6: nw.Expr) -> nw.Expr:
        """Whether what the rate asks of the buy price is known: see `rules.rating.rates.price_of`."""
        if self.never("markup_e6", None):
            return nw.lit(value=True)
        known = ~buy_e6.is_null() & (buy_e6.abs() <= BUY_MOST_E6) & (exact.abs() <= MARKED_UP_MOST)
        return self["markup_e6"].is_null() | known

    def exact(self, before_s: nw.Expr, later_s: nw.Expr, minute_e6: nw.Expr) -> nw.Expr:
        """Setup and seconds, in sixtieths."""
        exact = self["setup_e6"] * MINUTE_S + before_s * minute_e6
        return exact if self.never("later_after_s", 0) else exact + later_s * self["later_e6"]

    def with_amount(self, rows: Frame, exact: nw.Expr, name: str) -> Frame:
        """The rows with the column `name`: what the sixtieths `exact` and the share of the buy price cost.

        Step by step: what is used twice has to be a column, or Spark writes it out as often as it occurs.
        """
        rows = self._with_fraction(rows, exact)
        bounded = nw.col("numerator").abs()
        if not self.never("minimum_e6", None):
            bounded = nw.max_horizontal(bounded, self["minimum_e6"] * nw.col("denominator"))
        if not self.never("maximum_e6", None):
            bounded = nw.min_horizontal(bounded, self["maximum_e6"] * nw.col("denominator"))
        rows = rows.with_columns(bounded=bounded, step=nw.col("denominator") * self["quantum_e6"])
        rows = rows.with_columns(dividend=2 * nw.col("bounded") + self._added(), divisor=2 * nw.col("step"))
        quotient, dividend, divisor = (nw.col(each) for each in ("quotient", "dividend", "divisor"))
        rows = rows.with_columns(quotient=dividend // divisor)
        rows = rows.with_columns(quotient=quotient + (dividend - quotient * divisor) // divisor)
        rounded = nw.when(nw.col("numerator") < 0).then(-quotient).otherwise(quotient) * self["quantum_e6"]
        return rows.with_columns(rounded.alias(name)).drop(*WORKING)

    def _with_fraction(self, rows: Frame, exact: nw.Expr) -> Frame:
        """The rows with the exact amount as `numerator` and `denominator`."""
        sixty = nw.lit(MINUTE_S, nw.Int64)
        if self.never("markup_e6", None):
            return rows.with_columns(numerator=exact, denominator=sixty)
        bought = nw.col("buy_e6")
        rows = rows.with_columns(numerator=exact)
        fits = (nw.col("numerator").abs() <= MARKED_UP_MOST) & (bought.abs() <= BUY_MOST_E6)
        # What does not fit is unpriced, and only must not overflow here.
        scaled = nw.when(fits).then(nw.col("numerator") * SCALE).otherwise(ZERO)
        share = nw.when(fits).then(bought).otherwise(ZERO) * (self["markup_e6"] + ONE_E6) * (COMMON // ONE_E6)
        asked = ~self["markup_e6"].is_null()
        return rows.with_columns(
            numerator=nw.when(asked).then(scaled + share).otherwise(nw.col("numerator")),
            denominator=nw.when(asked).then(nw.lit(COMMON, nw.Int64)).otherwise(sixty),
        )

    def _added(self) -> nw.Expr:
        """What is added to twice the numerator before it is divided by twice the step."""
        step = nw.col("step")
        if self.never("rounding", Rounding.HALF_UP):
            return step
        half = nw.when(self["rounding"] == int(Rounding.HALF_UP)).then(step)
        return half.when(self["rounding"] == int(Rounding.UP)).then(2 * step - 2).otherwise(ZERO)


def _flat(rates: pl.DataFrame) -> bool:
    return not (rates["minute_e6"] != rates["offpeak_e6"]).any()


def _up(seconds: nw.Expr, step_s: nw.Expr) -> nw.Expr:
    """Whole steps; small numbers, which every engine divides exactly."""
    return ((seconds + step_s - 1) // step_s) * step_s
