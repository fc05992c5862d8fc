"""What is free in a month: seconds or money of a bundle, used up by calls in the order in which they began."""

from dataclasses import dataclass
from typing import NamedTuple

from rebill.rules.money import divide_half_up
from rebill.rules.rating.rates import LONGEST_S, Rate, billed_seconds, price_of


@dataclass(slots=True)
class Bundle:
    """`cap_s` seconds or `cap_e6` of money (the other is None), and how much of it calls have asked for so far."""

    cap_s: int | None = None
    cap_e6: int | None = None
    used: int = 0


class Priced(NamedTuple):
    """A priced call. `included_s` of its `billed_s` are the bundle's; without one the call would cost `covered_e6`
    more than `amount_e6`, which is None where it cannot be priced."""

    billed_s: int
    included_s: int
    covered_e6: int
    amount_e6: int | None


def price_call(
    rate: Rate, seconds: int, *, offpeak: bool = False, buy_e6: int | None = None, bundle: Bundle | None = None
) -> Priced:
    """The price of a call that may use up some of a bundle; calls have to be asked for in the order of their start.

    Seconds are counted after rounding up. A call wholly inside costs nothing, its setup included; one partly inside is
    priced like a call of the seconds beyond, with setup, bounds and rounding. Money covers the rounded amount. What
    costs less than nothing uses up no bundle, and neither does what has no price.
    """
    # What is too long to be priced is not counted either.
    billed_s = billed_seconds(rate, seconds).total_s if seconds <= LONGEST_S else 0
    whole_e6 = price_of(rate, seconds, offpeak=offpeak, buy_e6=buy_e6)
    if bundle is None or whole_e6 is None or whole_e6 < 0 or not billed_s:
        return Priced(billed_s, 0, 0, whole_e6)
    if bundle.cap_s is None:
        covered_e6 = max(0, min(whole_e6, (bundle.cap_e6 or 0) - bundle.used))
        bundle.used += whole_e6
        return Priced(billed_s, 0, covered_e6, whole_e6 - covered_e6)
    included_s = max(0, min(billed_s, bundle.cap_s - bundle.used))
    bundle.used += billed_s
    amount_e6 = price_of(rate, seconds, offpeak=offpeak, buy_e6=buy_e6, included_s=included_s)
    return Priced(billed_s, included_s, 0 if amount_e6 is None else whole_e6 - amount_e6, amount_e6)


def prorated_cap(cap: int, days: int, days_of_month: int) -> int:
    """What a bundle has for `days` of a month: rounded half up to a whole second or 10⁻⁶ of money, once per part.

    100 minutes from the 16th of a month of thirty days are 50 minutes.
    """
    return divide_half_up(cap * days, days_of_month)
