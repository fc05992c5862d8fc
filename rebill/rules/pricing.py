"""What a quantity costs for one whole billing period: flat, per unit, volume, graduated, by the package.

A price falls into parts, and each part is one quantity at one unit price, so that `quantity × unit price` can be
printed, prorated, corrected and credited like any other line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import ONE_E6, ONE_E8, divide_half_up, round_half_up

HUNDRED_PERCENT_E6 = 100 * ONE_E6


class PriceUnfit(Invalid):
    """The price cannot be asked: tiers that overlap, a package of nothing, a price for no month."""


class PriceModel(StrEnum):
    """FLAT: once, whatever the quantity. PER_UNIT. VOLUME: the tier reached prices all units. GRADUATED: each tier
    prices its own units. PACKAGE: per started package."""

    FLAT = "flat"
    PER_UNIT = "per_unit"
    VOLUME = "volume"
    GRADUATED = "graduated"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Tier:
    """Prices for the quantities up to and including `up_to_e8` (None: without end), counted from zero.

    `flat_e6` is owed once when the tier is reached. With a `package_size_e8` the price is per started package.
    """

    up_to_e8: int | None
    price_e6: int
    flat_e6: int = 0
    package_size_e8: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """A product's price for `months` months (None: once). The first `free_e8` units cost nothing.

    `setup_e6` is asked once when the product is first taken; `price_parts` leaves it alone.
    """

    model: PriceModel
    price_e6: int
    months: int | None
    tiers: tuple[Tier, ...] = ()
    package_size_e8: int = 0
    free_e8: int = 0
    setup_e6: int | None = None


@dataclass(frozen=True, slots=True)
class PricedPart:
    """One line's worth of a price. `part` is the same number for the same tier, whatever the quantity.

    `label` says in no language which tier it is: "tier:5-15", "tier:15-", "flat:5-15", "package:10"; "" when the
    price has only one part. Documents turn it into words.
    """

    part: int
    quantity_e8: int
    price_e6: int
    label: str = ""


def price_parts(price: Price, quantity_e8: int, months: int | None) -> tuple[PricedPart, ...]:
    """The parts of the price of `quantity_e8` for a billing period of `months` months, whole and not yet prorated.

    There is always at least one part. A negative quantity is the mirror of the positive one. Quantity zero owes what
    is owed without use: a flat price, and the flat fee of the first tier.
    """
    if price.model is PriceModel.PER_UNIT and not price.free_e8:
        # Almost every subscription of a run passes here.
        if months == price.months or months is None or price.months is None:
            return (PricedPart(0, quantity_e8, price.price_e6),)
        return (PricedPart(0, quantity_e8, price_for_months(price.price_e6, price.months, months)),)
    if quantity_e8 < 0:
        return tuple(
            PricedPart(part.part, -part.quantity_e8, part.price_e6, part.label)
            for part in price_parts(price, -quantity_e8, months)
        )
    return tuple(
        PricedPart(part.part, part.quantity_e8, price_for_months(part.price_e6, price.months, months), part.label)
        for part in _parts(price, max(0, quantity_e8 - price.free_e8))
    )


def price_for_months(price_e6: int, price_months: int | None, months: int | None) -> int:
    """The price of a billing period, rounded once to 10⁻⁶: 100.00 a year is 8.333333 a month."""
    if months is None or price_months is None or months == price_months:
        return price_e6
    if price_months < 1 or months < 1:
        raise PriceUnfit(
            _(
                "A price for %(price_months)s months cannot be asked for %(months)s months.",
                price_months=price_months,
                months=months,
            )
        )
    return divide_half_up(price_e6 * months, price_months)


def check_price(price: Price) -> None:
    """Refuses a price that could not be asked: to be called when prices are entered, not when they are used."""
    if price.months is not None and price.months < 1:
        raise PriceUnfit(_("A price for %(months)s months does not exist.", months=price.months))
    if price.free_e8 < 0 or price.package_size_e8 < 0:
        raise PriceUnfit(_("Free units and package sizes are never negative."))
    if price.model is PriceModel.PACKAGE and not price.package_size_e8:
        raise PriceUnfit(_("A price by the package needs the size of the package."))
    if price.model not in (PriceModel.VOLUME, PriceModel.GRADUATED):
        if price.tiers:
            raise PriceUnfit(_("A %(model)s price has no tiers.", model=price.model.value))
        return
    if not price.tiers:
        raise PriceUnfit(_("A %(model)s price needs its tiers.", model=price.model.value))
    bound = 0
    for tier in price.tiers[:-1]:
        if tier.up_to_e8 is None or tier.up_to_e8 <= bound:
            raise PriceUnfit(_("Tiers go up, and only the last one is without end."))
        bound = tier.up_to_e8
    last = price.tiers[-1].up_to_e8
    if last is not None and last <= bound:
        raise PriceUnfit(_("Tiers go up, and only the last one is without end."))
    if any(tier.package_size_e8 < 0 for tier in price.tiers):
        raise PriceUnfit(_("Free units and package sizes are never negative."))


def multiply_price(price_e6: int, factor: Decimal) -> int:
    """A unit price times a multiplier, rounded once to 10⁻⁶; the line amount is rounded later, from the result."""
    return int(round_half_up(Decimal(price_e6) * factor, 0))


def gross_to_net(gross_minor: int, rate_e6: int, step_minor: int = 1) -> tuple[int, int]:
    """Net and VAT of an amount that includes VAT. The net amount is rounded, the VAT is the rest: they add up.

    With `step_minor` both are multiples of the smallest coin, as `gross_minor` then has to be.
    """
    if gross_minor % step_minor:
        raise PriceUnfit(
            _("%(gross_minor)s is no multiple of %(step_minor)s.", gross_minor=gross_minor, step_minor=step_minor)
        )
    net = step_minor * divide_half_up(gross_minor * HUNDRED_PERCENT_E6, (HUNDRED_PERCENT_E6 + rate_e6) * step_minor)
    return net, gross_minor - net


def _parts(price: Price, quantity_e8: int) -> Iterator[PricedPart]:
    if price.model is PriceModel.FLAT:
        yield PricedPart(0, ONE_E8, price.price_e6)
    elif price.model is PriceModel.PER_UNIT:
        yield PricedPart(0, quantity_e8, price.price_e6)
    elif price.model is PriceModel.PACKAGE:
        size_e8 = price.package_size_e8
        if not size_e8:
            raise PriceUnfit(_("A price by the package needs the size of the package."))
        yield PricedPart(0, _started_packages(quantity_e8, size_e8), price.price_e6, f"package:{_plain(size_e8)}")
    elif price.model is PriceModel.VOLUME:
        yield from _volume_parts(price, quantity_e8)
    else:
        yield from _graduated_parts(price, quantity_e8)


def _volume_parts(price: Price, quantity_e8: int) -> Iterator[PricedPart]:
    bounds = _bounds(price)
    # Past the bound of the last tier, the last tier goes on.
    position = next((index for index, (_, to) in enumerate(bounds) if quantity_e8 <= to), len(bounds) - 1)
    yield from _tier_parts(price, position, quantity_e8, bounds[position][0])


def _graduated_parts(price: Price, quantity_e8: int) -> Iterator[PricedPart]:
    bounds = _bounds(price)
    for position, (above, to) in enumerate(bounds):
        if position and quantity_e8 <= above:
            return
        until = quantity_e8 if position == len(bounds) - 1 else min(quantity_e8, to)
        yield from _tier_parts(price, position, until - above, above)


def _tier_parts(price: Price, position: int, quantity_e8: int, above_e8: int) -> Iterator[PricedPart]:
    """The units of one tier, and its flat fee. Even part numbers are units, odd ones flat fees."""
    tier = price.tiers[position]
    reach = f"{_plain(above_e8)}-{'' if tier.up_to_e8 is None else _plain(tier.up_to_e8)}"
    if quantity_e8 or not tier.flat_e6:
        size_e8 = tier.package_size_e8 or price.package_size_e8
        charged_e8 = _started_packages(quantity_e8, size_e8) if size_e8 else quantity_e8
        yield PricedPart(2 * position, charged_e8, tier.price_e6, f"tier:{reach}")
    if tier.flat_e6:
        yield PricedPart(2 * position + 1, ONE_E8, tier.flat_e6, f"flat:{reach}")


def _bounds(price: Price) -> list[tuple[int, int]]:
    """(above, up to) of every tier; without end is further than any quantity."""
    if not price.tiers:
        raise PriceUnfit(_("A %(model)s price needs its tiers.", model=price.model.value))
    bounds, above = [], 0
    for tier in price.tiers:
        to = tier.up_to_e8 if tier.up_to_e8 is not None else 1 << 63
        bounds.append((above, to))
        above = to
    return bounds


def _started_packages(quantity_e8: int, size_e8: int) -> int:
    return -(-quantity_e8 // size_e8) * ONE_E8


def _plain(quantity_e8: int) -> str:
    """A quantity without needless zeros: 5, 0.5."""
    whole, rest = divmod(quantity_e8, ONE_E8)
    return f"{whole}.{rest:08}".rstrip("0") if rest else str(whole)
