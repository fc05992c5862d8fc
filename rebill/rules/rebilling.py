"""What a purchase row is sold for: its own quantity at the supplier's price, times what the price group asks.

Unit prices keep six decimals; the line is rounded once, to the cent (docs/rules/re-billing.md). Where quantity times
price is not what the supplier asks for the row, its price says less than its amount: then the amount counts.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from rebill.rules.money import ONE_E6, ONE_E8, amount_minor, divide_half_up

_KEY_PREFIX = "purchase row:"


class Bought(NamedTuple):
    """A quantity of 10⁻⁸ at a price of 10⁻⁶, which come to the row's amount. A credit has the minus on the quantity."""

    quantity_e8: int
    price_e6: int


def bought(*, quantity_e8: int, price_e6: int | None, net_minor: int, digits: int) -> Bought:
    """Quantity and price that come to exactly what the supplier asks.

    As stated where they do; else the price that does for the stated quantity, discounts and prices for a hundred being
    in it; else one at the whole amount.
    """
    if price_e6 is not None and price_e6 < 0:
        quantity_e8, price_e6 = -quantity_e8, -price_e6
    if net_minor:
        # Suppliers write the minus of a credit at the quantity, the price or the amount, and some at two of them.
        quantity_e8 = abs(quantity_e8) if net_minor > 0 else -abs(quantity_e8)
    if price_e6 is not None and amount_minor(quantity_e8, price_e6, digits) == net_minor:
        return Bought(quantity_e8, price_e6)
    if quantity_e8 and net_minor:
        exact = divide_half_up(net_minor * 10 ** (14 - digits), quantity_e8)
        if amount_minor(quantity_e8, exact, digits) == net_minor:
            return Bought(quantity_e8, exact)
    sign = -1 if net_minor < 0 else 1
    return Bought(sign * ONE_E8, abs(net_minor) * 10 ** (6 - digits))


def sell_price_e6(price_e6: int, factor_e6: int) -> int:
    """The price of one that is asked: the buy price times the factor, to six decimals."""
    return divide_half_up(price_e6 * factor_e6, ONE_E6)


class Factor(NamedTuple):
    """What a price group multiplies buy prices by, of one product or of all (None), from a day until before another."""

    group_id: int
    product_id: int | None
    factor_e6: int
    valid_from: date
    valid_before: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on the day."""
        return self.valid_from <= on and (self.valid_before is None or on < self.valid_before)


class PriceGroups:
    """Which customers are in which group, and the factors of the groups."""

    def __init__(self, members: Mapping[int, int], factors: Sequence[Factor]) -> None:
        self._members = members
        self._factors: dict[tuple[int, int | None], list[Factor]] = {}
        for factor in factors:
            self._factors.setdefault((factor.group_id, factor.product_id), []).append(factor)

    def factor(self, *, customer_id: int, product_id: int, on: date) -> Factor | None:
        """What the customer's group multiplies the product's buy price by; None: it passes at the supplier's price.

        The product's own factor counts before that of the whole group. Who is in no group, or whose product has no
        factor on the day, pays what the supplier asks.
        """
        group_id = self._members.get(customer_id)
        if group_id is None:
            return None
        for key in ((group_id, product_id), (group_id, None)):
            holding = [factor for factor in self._factors.get(key, ()) if factor.holds(on)]
            if holding:
                return max(holding, key=lambda factor: factor.valid_from)
        return None


def charge_key(row_id: int, withdrawals: int) -> str:
    """The key of what a purchase row is charged as, after so many invoices with it were withdrawn."""
    return f"{_KEY_PREFIX}{row_id}:{withdrawals}" if withdrawals else f"{_KEY_PREFIX}{row_id}"


def row_of_key(key: str) -> int:
    """The purchase row in the key of a charge."""
    return int(key.removeprefix(_KEY_PREFIX).partition(":")[0])
