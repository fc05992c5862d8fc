"""Prices of events other than calls: a percentage of each, a minimum for the period, tiers of a quantity that moves.

Amounts of events are of 10⁻⁶ of the currency (`_e6`), amounts to bill of its minor unit (`_minor`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import ONE_E6, ONE_E8, divide_half_up
from rebill.rules.pricing import Tier


class ShareUnfit(Invalid):
    """A part of a period is at least nothing and at most the whole."""


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share of the amount of each event, and a fee for each. `share_e6` of 10_000 is 1 %.

    The first `free_events` events cost nothing, and neither does the first `free_e6` of their amounts: an event that
    lies wholly inside is free of the fee too, one that lies partly inside pays it, and the share of what is beyond.
    """

    share_e6: int
    fee_e6: int = 0
    free_events: int = 0
    free_e6: int = 0


def percentage_prices(price: Percentage, amounts_e6: Iterable[int]) -> list[int]:
    """What each event costs, in the order of the events, rounded half up to 10⁻⁶, once per event."""
    prices, used_e6 = [], 0
    for position, amount_e6 in enumerate(amounts_e6):
        before_e6, used_e6 = used_e6, used_e6 + amount_e6
        beyond_e6 = amount_e6
        if price.free_e6 > 0:
            # What is given back of the free amount is free again, and was nothing to be charged for.
            beyond_e6 = max(0, used_e6 - price.free_e6) - max(0, before_e6 - price.free_e6)
        inside = price.free_e6 > 0 and beyond_e6 == 0 and used_e6 <= price.free_e6
        free = position < price.free_events or inside
        prices.append(0 if free else price.fee_e6 + divide_half_up(beyond_e6 * price.share_e6, ONE_E6))
    return prices


def true_up(minimum_minor: int, billed_minor: int, days: int, days_of_period: int) -> int:
    """What is missing to the minimum of a period of which `days` count; the minimum's part is rounded to the cent."""
    if not 0 <= days <= days_of_period:
        raise ShareUnfit(
            _(
                "%(days)s days are no part of a period of %(days_of_period)s days.",
                days=days,
                days_of_period=days_of_period,
            )
        )
    return max(0, divide_half_up(minimum_minor * days, days_of_period) - billed_minor)


@dataclass(frozen=True, slots=True)
class Movement:
    """A quantity that came or went (negative) when `days` of the period of `days_of_period` were still to come."""

    quantity_e8: int
    days: int
    days_of_period: int


def moving_price(tiers: Sequence[Tier], movements: Iterable[Movement], digits: int) -> int:
    """A graduated price of a quantity that moves within the period, in the minor unit, rounded once.

    Each unit is priced by the tier it stands in, for the days it is still to be there: what comes is laid on top, what
    goes is taken from the top. The flat fee of a tier is owed once it was reached, whatever goes afterwards.
    """
    exact_e14, level_e8, highest_e8 = Fraction(0), 0, 0
    for move in movements:
        low, high = sorted((level_e8, level_e8 + move.quantity_e8))
        sign = 1 if move.quantity_e8 > 0 else -1
        priced = sum(units * tier.price_e6 for tier, units in _between(tiers, low, high))
        exact_e14 += Fraction(sign * priced * move.days, move.days_of_period)
        level_e8 += move.quantity_e8
        highest_e8 = max(highest_e8, level_e8)
    flat_e6 = sum(tier.flat_e6 for tier, units in _between(tiers, 0, highest_e8) if units)
    exact_e14 += flat_e6 * ONE_E8
    return divide_half_up(exact_e14.numerator, exact_e14.denominator * 10 ** (14 - digits))


def _between(tiers: Sequence[Tier], low_e8: int, high_e8: int) -> list[tuple[Tier, int]]:
    """How many units of each tier lie between two levels; below nothing there are none."""
    found, above = [], 0
    for tier in tiers:
        to = high_e8 if tier.up_to_e8 is None else tier.up_to_e8
        found.append((tier, max(0, min(high_e8, to) - max(low_e8, above))))
        above = to
    return found
