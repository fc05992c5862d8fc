"""What a dealer asks for what it resells: a fixed price, or its buy price with a mark-up, to 10⁻⁶.

The mark-up is laid on each unit price by itself, so that every line of the dealer is quantity times unit price again.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import divide_half_up
from rebill.rules.pricing import HUNDRED_PERCENT_E6, Price, PriceModel, price_for_months


class ResaleUnfit(Invalid):
    """The mark-up cannot be: it takes more than the whole buy price away."""


class ResaleKind(StrEnum):
    """FIXED: a price of its own. PERCENT: so much per cent on the buy price. AMOUNT: so much money on it."""

    FIXED = "fixed"
    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Resale:
    """How a resold product is priced: `value_e6` is a unit price, a percentage, or money, in millionths.

    A fixed price and an amount are for `months` months (None: once). `setup_e6` stands for the setup fee of the buy
    price; None leaves that fee as it is bought, with the percentage on it.
    """

    kind: ResaleKind
    value_e6: int
    months: int | None = None
    setup_e6: int | None = None


def check_resale(resale: Resale) -> None:
    """Refuses a mark-up that could not be asked: to be called when it is entered."""
    if resale.kind is ResaleKind.PERCENT and resale.value_e6 < -HUNDRED_PERCENT_E6:
        raise ResaleUnfit(_("A discount of more than the whole price leaves nothing to ask."))


def resale_price(resale: Resale, buy: Price | None) -> Price | None:
    """The sell price; None where it stands on a buy price and there is none.

    A mark-up follows every unit price of the buy price, of each tier and package; a percentage also its flat fees
    and the setup fee. A price with a mark-up changes with its buy price, from the day that one changes.
    """
    if resale.kind is ResaleKind.FIXED:
        return Price(PriceModel.PER_UNIT, resale.value_e6, resale.months, setup_e6=resale.setup_e6)
    if buy is None:
        return None
    setup_e6 = buy.setup_e6
    if resale.setup_e6 is not None:
        setup_e6 = resale.setup_e6
    elif setup_e6 is not None and resale.kind is ResaleKind.PERCENT:
        setup_e6 = marked_up(setup_e6, resale.value_e6)
    return replace(
        buy,
        price_e6=_sell_e6(resale, buy, buy.price_e6),
        tiers=tuple(
            replace(
                tier,
                price_e6=_sell_e6(resale, buy, tier.price_e6),
                flat_e6=marked_up(tier.flat_e6, resale.value_e6) if resale.kind is ResaleKind.PERCENT else tier.flat_e6,
            )
            for tier in buy.tiers
        ),
        setup_e6=setup_e6,
    )


def marked_up(price_e6: int, percent_e6: int) -> int:
    """A unit price and so many millionths of a per cent on it, rounded once to 10⁻⁶: 6.00 and 20 % are 7.20."""
    return divide_half_up(price_e6 * (HUNDRED_PERCENT_E6 + percent_e6), HUNDRED_PERCENT_E6)


def _sell_e6(resale: Resale, buy: Price, price_e6: int) -> int:
    if resale.kind is ResaleKind.PERCENT:
        return marked_up(price_e6, resale.value_e6)
    return price_e6 + price_for_months(resale.value_e6, resale.months, buy.months)
