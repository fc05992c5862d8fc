"""Prices in words: what one costs, for how long, from when until when, and its tiers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from rebill.catalogue.models import Price
from rebill.interfaces import formats
from rebill.rules.pricing import PricedPart, PriceModel

Standing = Literal["past", "now", "later"]


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """A price on a page. `words` has one line for each tier; `last_on` is the last day on which it holds."""

    price: Price
    words: tuple[str, ...]
    per: str
    last_on: date | None
    standing: Standing

    @property
    def first_words(self) -> str:
        """The price in one line."""
        return " · ".join(self.words)


def shown_price(price: Price, today: date) -> ShownPrice:
    """The price as it is told."""
    return ShownPrice(
        price=price,
        words=tuple(_words(price)),
        per=per(price.months),
        last_on=None if price.valid_before is None else price.valid_before - timedelta(days=1),
        standing=standing_of(price.valid_from, price.valid_before, today),
    )


def standing_of(valid_from: date, valid_before: date | None, today: date) -> Standing:
    """Whether days that end before `valid_before` are over, hold today, or are to come."""
    if valid_from > today:
        return "later"
    return "past" if valid_before is not None and valid_before <= today else "now"


def per(months: int | None) -> str:
    """For how long a price is: once, a month, a year."""
    if months is None:
        return _("once")
    if months == 12:
        return _("a year")
    return _("a month") if months == 1 else _("for %(months)s months") % {"months": months}


def _words(price: Price) -> Iterator[str]:
    one = formats.price(price.unit_price)
    if price.model == PriceModel.FLAT:
        yield _("%(price)s flat") % {"price": one}
    elif price.model == PriceModel.PACKAGE:
        size = formats.number((price.package_size or Decimal(1)).normalize())
        yield _("%(price)s by %(size)s") % {"price": one, "size": size}
    elif price.model == PriceModel.PER_UNIT:
        yield one
    else:
        yield from _tiers(price)


def _tiers(price: Price) -> Iterator[str]:
    above = Decimal(0)
    for up_to, unit_price, flat in price.tiers:
        told = formats.price(Decimal(unit_price))
        if Decimal(flat or 0):
            told = _("%(price)s and %(flat)s once") % {"price": told, "flat": formats.price(Decimal(flat))}
        reach = (
            _("above %(from)s") % {"from": formats.number(above)}
            if up_to is None
            else _("up to %(to)s") % {"to": formats.number(Decimal(up_to))}
        )
        yield _("%(reach)s: %(price)s") % {"reach": reach, "price": told}
        above = Decimal(up_to or 0)


def part_words(part: PricedPart) -> str:
    """What a part of a tried price is for; empty for a price in one part."""
    kind, _colon, rest = part.label.partition(":")
    low, _dash, high = rest.partition("-")
    if kind == "tier":
        told = {"from": formats.number(Decimal(low)), "to": formats.number(Decimal(high or 0))}
        return _("%(from)s–%(to)s") % told if high else _("above %(from)s") % told
    if kind == "flat":
        return _("flat amount of the tier")
    if kind == "package":
        return _("packages of %(size)s") % {"size": formats.number(Decimal(rest))}
    return ""
