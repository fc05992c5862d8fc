"""Why one document comes to more or less than another: the difference, line by line, adding up exactly."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Cause(StrEnum):
    """What made the difference: a line that is new or gone, or another quantity, price or amount of the same."""

    NEW = "new"
    GONE = "gone"
    QUANTITY = "quantity"
    PRICE = "price"
    AMOUNT = "amount"


class Item(NamedTuple):
    """A line as it is compared: lines with the same `key` are the same thing, on both documents."""

    key: Hashable
    quantity_e8: int
    price_e6: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What one thing made of the difference. Quantities and prices are those of before and now, None where it was not
    there or where its lines have several prices."""

    key: Hashable
    cause: Cause
    amount_minor: int
    quantities_e8: tuple[int | None, int | None]
    prices_e6: tuple[int | None, int | None]


@dataclass(slots=True)
class _Sum:
    quantity_e8: int
    amount_minor: int
    prices: set[int]

    @property
    def price_e6(self) -> int | None:
        return next(iter(self.prices)) if len(self.prices) == 1 else None


def differences(before: Iterable[Item], now: Iterable[Item]) -> list[Difference]:
    """What is different, the largest first; things that come to the same are left out.

    The amounts add up to the total of `now` less that of `before`, whatever stands on either.
    """
    earlier, later = _summed(before), _summed(now)
    found = []
    for key in {**earlier, **later}:
        old, new = earlier.get(key), later.get(key)
        amount = (new.amount_minor if new else 0) - (old.amount_minor if old else 0)
        if amount:
            found.append(
                Difference(
                    key=key,
                    cause=_cause(old, new),
                    amount_minor=amount,
                    quantities_e8=(old.quantity_e8 if old else None, new.quantity_e8 if new else None),
                    prices_e6=(old.price_e6 if old else None, new.price_e6 if new else None),
                )
            )
    return sorted(found, key=lambda each: -abs(each.amount_minor))


def _summed(items: Iterable[Item]) -> dict[Hashable, _Sum]:
    sums: dict[Hashable, _Sum] = defaultdict(lambda: _Sum(0, 0, set()))
    for item in items:
        found = sums[item.key]
        found.quantity_e8 += item.quantity_e8
        found.amount_minor += item.amount_minor
        found.prices.add(item.price_e6)
    return dict(sums)


def _cause(old: _Sum | None, new: _Sum | None) -> Cause:
    if old is None:
        return Cause.NEW
    if new is None:
        return Cause.GONE
    if old.quantity_e8 != new.quantity_e8:
        return Cause.QUANTITY if old.price_e6 == new.price_e6 else Cause.AMOUNT
    return Cause.PRICE if old.price_e6 != new.price_e6 else Cause.AMOUNT
