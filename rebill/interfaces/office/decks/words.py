"""How rates, margins and categories are written on pages."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.catalogue.models import CallCategory
from rebill.interfaces import formats
from rebill.rules.rating.rates import Rounding

CATEGORIES: dict[int, Promise] = {
    CallCategory.NATIONAL_FIXED: _("National, fixed"),
    CallCategory.NATIONAL_MOBILE: _("National, mobile"),
    CallCategory.INTERNATIONAL: _("International"),
    CallCategory.INTERNATIONAL_MOBILE: _("International, mobile"),
    CallCategory.SERVICE_COST: _("Service numbers, cost"),
    CallCategory.SERVICE_REVENUE: _("Service numbers, revenue"),
    CallCategory.ON_NET: _("On-net"),
    CallCategory.SHORT: _("Emergency and short codes"),
    CallCategory.OTHER: _("Other"),
}

ROUNDINGS: dict[int, Promise] = {
    Rounding.HALF_UP: _("half up"),
    Rounding.UP: _("up"),
    Rounding.DOWN: _("down"),
}


def rate(value: Decimal | None) -> str:
    """A price of a minute with four decimals, and up to six where it has them; a dash where there is none."""
    if value is None:
        return formats.NOTHING
    exponent = value.normalize().as_tuple().exponent
    return formats.number(value, decimals=max(4, -exponent if isinstance(exponent, int) else 4))


def share(margin_e6: int | None) -> str:
    """17.3% or −7.2%; a dash where nothing can be compared."""
    return formats.NOTHING if margin_e6 is None else formats.share(margin_e6, 1_000_000).removeprefix("+")


def growth(now: Decimal | None, new: Decimal | None) -> str:
    """+11%: how much dearer a minute becomes; a dash where one of the two is missing or nothing."""
    if not now or new is None:
        return formats.NOTHING
    return formats.percent(int(((new - now) * 100 / abs(now)).to_integral_value()))


def shown_amount(amount_e6: int, *, signed: bool = False) -> str:
    """An amount of 10⁻⁶ with two decimals, for looking at; with a plus where it is more."""
    text = formats.number(Decimal(amount_e6).scaleb(-6), decimals=2)
    return f"+{text}" if signed and amount_e6 > 0 else text


def bar_width(margin_e6: int | None) -> int:
    """How far a bar of 40 is filled: a margin of 60 % and more fills it."""
    return 0 if margin_e6 is None else max(0, min(40, margin_e6 * 40 // 600_000))
