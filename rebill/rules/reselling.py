"""What a purchase row is sold for: its own quantity at the supplier's price, times what the price group asks.

Unit prices keep six decimals; the line is rounded once, to the cent (docs/rules/re-billing.md). Where quantity times
price is not what the supplier asks for the row, its price says less than its amount: then the amount counts.
"""

from typing import NamedTuple

from rebill.rules.money import ONE_E8, amount_minor, divide_half_up


class Bought(NamedTuple):
    """A quantity of 10⁻⁸ at a price of 10⁻⁶, which come to the row's amount. A credit has the minus on the quantity."""

    quantity_e8: int
    price_e6: int


def bought(*, quantity_e8: int, price_e6: int | None, net_minor: int, digits: int) -> Bought:
    """Quantity and price that come to exactly what the supplier asks.

    As stated where they do; else the price that does for the stated quantity, discounts and prices for a hundred being
    in it; else one at the whole amount.
    """
    if quantity_e8 < 0 and price_e6 is not None and price_e6 < 0:
        quantity_e8, price_e6 = -quantity_e8, -price_e6
    if price_e6 is not None and price_e6 < 0:
        quantity_e8, price_e6 = -quantity_e8, -price_e6
    if price_e6 is not None and amount_minor(quantity_e8, price_e6, digits) == net_minor:
        return Bought(quantity_e8, price_e6)
    if quantity_e8 and net_minor:
        quantity_e8 = abs(quantity_e8) if net_minor > 0 else -abs(quantity_e8)
        exact = divide_half_up(net_minor * 10 ** (14 - digits), quantity_e8)
        if amount_minor(quantity_e8, exact, digits) == net_minor:
            return Bought(quantity_e8, exact)
    sign = -1 if net_minor < 0 else 1
    return Bought(sign * ONE_E8, abs(net_minor) * 10 ** (6 - digits))
