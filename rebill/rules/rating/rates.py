"""What one call costs at one rate: seconds rounded up in steps, priced exactly, rounded once.

Money and rates are of 10⁻⁶ of the currency (`_e6`), lengths are whole seconds (`_s`).
"""

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import ONE_E6

MINUTE_S = 60
# What fits into the 64 bits of the engines. A call beyond is unpriced, a rate beyond is refused.
LONGEST_S = 31 * 24 * 3600
PRICE_MOST_E6 = 5 * 10**11
MARKUP_MOST_E6 = 2 * ONE_E6
# With a share of the buy price more digits have to fit.
BUY_MOST_E6 = 10**11
MARKED_UP_MOST_E6 = Fraction(2 * 10**13, MINUTE_S)


class RateUnfit(Invalid):
    """No call could be priced by the rate: steps of no seconds, a negative bound, more than 64 bits hold."""


class Rounding(IntEnum):
    """Where an amount between two steps goes; always told of its magnitude, so that a credit mirrors its charge."""

    HALF_UP = 0
    UP = 1
    DOWN = 2


@dataclass(frozen=True, slots=True)
class Rate:
    """A price of calls: see `sources.usage.schema.RATES`, which has the same columns.

    `offpeak_e6` is the price of a minute where the call begins off-peak. From `later_after_s` on (0: never) a minute
    costs `later_e6`, peak or not.
    """

    minute_e6: int
    offpeak_e6: int
    setup_e6: int = 0
    first_s: int = 1
    next_s: int = 1
    later_after_s: int = 0
    later_e6: int = 0
    later_next_s: int = 1
    markup_e6: int | None = None
    minimum_e6: int | None = None
    maximum_e6: int | None = None
    quantum_e6: int = 100
    rounding: Rounding = Rounding.HALF_UP


@dataclass(frozen=True, slots=True)
class Billed:
    """The seconds of a call after rounding up: those up to `later_after_s`, and those after it."""

    before_s: int
    later_s: int

    @property
    def total_s(self) -> int:
        return self.before_s + self.later_s


def billed_seconds(rate: Rate, seconds: int) -> Billed:
    """Seconds rounded up to `first_s`, then to steps of `next_s`; behind `later_after_s` to steps of `later_next_s`.

    A step that would reach beyond `later_after_s` ends there. No seconds are no seconds.
    """
    if seconds <= 0:
        return Billed(0, 0)
    switch = rate.later_after_s
    before = min(seconds, switch) if switch else seconds
    stepped = rate.first_s + _up(max(0, before - rate.first_s), rate.next_s)
    later = _up(max(0, seconds - switch), rate.later_next_s) if switch else 0
    return Billed(min(stepped, switch) if switch else stepped, later)


def price_of(
    rate: Rate, seconds: int, *, offpeak: bool = False, buy_e6: int | None = None, included_s: int = 0
) -> int | None:
    """What a call of `seconds` costs when a bundle covers the first `included_s` of its billed seconds.

    Exact over the billed seconds, bounded, and rounded once. No seconds cost nothing, and neither does a call that the
    bundle covers whole: no setup, no minimum. None, never zero, where the rate asks for a share of a buy price that is
    not known, or where numbers are beyond what the engines hold.
    """
    billed = billed_seconds(rate, seconds)
    if not billed.total_s:
        return 0
    if seconds > LONGEST_S:
        return None
    before_s = max(0, billed.before_s - included_s)
    later_s = billed.later_s - max(0, included_s - billed.before_s)
    minute_e6 = rate.offpeak_e6 if offpeak else rate.minute_e6
    exact_e6 = rate.setup_e6 + Fraction(before_s * minute_e6 + later_s * rate.later_e6, MINUTE_S)
    if rate.markup_e6 is not None:
        if buy_e6 is None or abs(buy_e6) > BUY_MOST_E6 or abs(exact_e6) > MARKED_UP_MOST_E6:
            return None
        exact_e6 += Fraction(buy_e6 * (ONE_E6 + rate.markup_e6), ONE_E6)
    if before_s + later_s <= 0:
        return 0
    return round_to(_bounded(exact_e6, rate), rate.quantum_e6, rate.rounding)


def round_to(exact_e6: Fraction, quantum_e6: int, rounding: Rounding) -> int:
    """The multiple of `quantum_e6` that `rounding` names: 0.33 to one decimal is 0.3, rounded up it is 0.4."""
    magnitude = abs(exact_e6) / quantum_e6
    down = int(magnitude)
    rest = magnitude - down
    away = rest * 2 >= 1 if rounding is Rounding.HALF_UP else rounding is Rounding.UP and rest > 0
    return (down + away) * quantum_e6 * (-1 if exact_e6 < 0 else 1)


def check_rate(rate: Rate) -> None:
    """Refuses a rate that no call could be priced by: to be called when rates are entered, not when they are used."""
    if rate.first_s < 0 or rate.next_s < 1 or rate.later_after_s < 0 or rate.later_next_s < 1:
        raise RateUnfit(_("Steps of a call are at least one second."))
    if max(rate.first_s, rate.next_s, rate.later_after_s, rate.later_next_s) > LONGEST_S:
        raise RateUnfit(_("Steps of a call are at most %(longest_s)s seconds.", longest_s=LONGEST_S))
    if rate.quantum_e6 < 1 or rate.quantum_e6 > PRICE_MOST_E6:
        raise RateUnfit(_("What the price of a call is rounded to is a positive amount."))
    bounds = [bound for bound in (rate.minimum_e6, rate.maximum_e6) if bound is not None]
    if any(bound < 0 for bound in bounds) or bounds != sorted(bounds):
        raise RateUnfit(_("A minimum and a maximum are never negative, and the maximum is the larger one."))
    prices = (rate.setup_e6, rate.minute_e6, rate.offpeak_e6, rate.later_e6, *bounds)
    if max(map(abs, prices)) > PRICE_MOST_E6 or abs(rate.markup_e6 or 0) > MARKUP_MOST_E6:
        raise RateUnfit(_("The price is larger than any price of a call can be."))


def _up(seconds: int, step_s: int) -> int:
    return -(-seconds // step_s) * step_s


def _bounded(exact_e6: Fraction, rate: Rate) -> Fraction:
    """Bounds hold for the magnitude: a revenue of 0.01 with a minimum of 0.05 is a revenue of 0.05."""
    magnitude = abs(exact_e6)
    if rate.minimum_e6 is not None:
        magnitude = max(magnitude, Fraction(rate.minimum_e6))
    if rate.maximum_e6 is not None:
        magnitude = min(magnitude, Fraction(rate.maximum_e6))
    return -magnitude if exact_e6 < 0 else magnitude
