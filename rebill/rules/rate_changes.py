"""How a new rate differs from the one before it, what margin is left, and what to sell for instead.

Prices are of 10⁻⁶ of the currency a minute, shares of 10⁻⁶.
"""

import re
from enum import IntEnum

from rebill.rules.money import divide_half_up

_E6 = 10**6
_MINUTE_S = 60
_MOBILE = re.compile(
    r"\b(mobile?|mob|cell(ular)?|gsm|mobiel|mobilfunk|handy|matkapuhelin|pcs|wireless)\b", re.IGNORECASE
)


class PrefixKind(IntEnum):
    """What a prefix leads to, as far as it and the words for its destination tell."""

    NATIONAL_FIXED = 1
    NATIONAL_MOBILE = 2
    INTERNATIONAL = 3
    INTERNATIONAL_MOBILE = 4
    ON_NET = 7
    SHORT = 8


def kind_of_prefix(prefix: str, destination: str, home_code: str) -> PrefixKind:
    """What calls to the prefix most likely are; `home_code` is the country code where the seller is."""
    if prefix == "onnet":
        return PrefixKind.ON_NET
    if prefix.startswith("="):
        return PrefixKind.SHORT
    is_mobile = _MOBILE.search(destination) is not None
    if home_code and prefix.startswith(home_code):
        return PrefixKind.NATIONAL_MOBILE if is_mobile else PrefixKind.NATIONAL_FIXED
    return PrefixKind.INTERNATIONAL_MOBILE if is_mobile else PrefixKind.INTERNATIONAL


def margin_e6(buy_e6: int | None, sell_e6: int | None) -> int | None:
    """What is left of the sell price, as a share of it, rounded towards zero; None where one of the two is missing."""
    if buy_e6 is None or not sell_e6 or sell_e6 < 0:
        return None
    left = (sell_e6 - buy_e6) * _E6
    return left // sell_e6 if left >= 0 else -(-left // sell_e6)


def sell_for(buy_e6: int, markup_e6: int, step_e6: int) -> int:
    """The buy price with its markup, rounded up to a whole step: 0.2950 with 25 % in steps of 0.0005 is 0.3690."""
    exact = buy_e6 * (_E6 + markup_e6)
    step = step_e6 * _E6
    return -(-exact // step) * step_e6


def effect_e6(calls: int, seconds: int, *, minute: tuple[int, int], setup: tuple[int, int]) -> int:
    """How much more (or, below zero, less) the same calls come to at a new price of a minute and of a call.

    `minute` and `setup` are each the price now and the new one. Steps, bounds and bundles are left as they are.
    """
    longer = divide_half_up(seconds * (minute[1] - minute[0]), _MINUTE_S)
    return longer + calls * (setup[1] - setup[0])
