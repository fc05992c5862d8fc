"""The fields of products and prices as commands and imports take them, each with the way it is tidied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from rebill.catalogue.models import Product, ProductKind, SummaryGroup
from rebill.kit.errors import reason_of
from rebill.kit.fields import Inexact, QuantityField, ScaledField, UnitPriceField
from rebill.parties import entries
from rebill.parties.entries import EntryRefused, Tidy, text_of, tidy_entries
from rebill.rules.pricing import Price, PriceModel, PriceUnfit, Tier, check_price
from rebill.rules.tax import RateClass, Supply

NAME_LENGTH = 200
MONTHS_MAX = 36

TIERED = frozenset({PriceModel.VOLUME, PriceModel.GRADUATED})

_GROUP_OF_KIND = {
    ProductKind.ONE_OFF: SummaryGroup.ONE_OFF,
    ProductKind.SETUP: SummaryGroup.ONE_OFF,
    ProductKind.RECURRING: SummaryGroup.RECURRING,
    ProductKind.USAGE: SummaryGroup.CALLS,
    ProductKind.HARDWARE: SummaryGroup.HARDWARE,
}


# --- products -------------------------------------------------------------------------------------------------------


class ProductTerms(TypedDict, total=False):
    """What may be said of a product besides its code, name and kind. `names` is the name per language."""

    names: Mapping[str, str]
    unit: str
    supply: str
    rate_class: str
    ledger_account: str
    summary_group: int
    active: bool


class ProductChanges(ProductTerms, total=False):
    """What may be changed of a product; its code stays."""

    kind: str


def _names(field: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise EntryRefused(field, why=_("It holds no names."), remedy=_("Enter a name per language."), value=value)
    one_line = entries.text(NAME_LENGTH)
    return {entries.language(field, language): one_line(field, name) for language, name in value.items()}


_PRODUCT_TIDIERS: dict[str, Tidy] = {
    "names": _names,
    "unit": text_of(Product, "unit"),
    "kind": entries.one_of(ProductKind.values),
    "supply": entries.one_of(Supply),
    "rate_class": entries.one_of(RateClass),
    "ledger_account": text_of(Product, "ledger_account"),
    "summary_group": entries.one_number_of(SummaryGroup.values),
    "active": entries.yes_or_no,
}
PRODUCT_FIELDS = tuple(_PRODUCT_TIDIERS)

tidy_product_code = text_of(Product, "code", required=True)


def tidy_product(entered: Mapping[str, object], *, kept: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The entered fields of a product as they are kept; `kept` is what stands now, `language` the seller's.

    Names are joined with those kept; an empty one takes a name away, except in the seller's language. A new product's
    summary group follows from its kind.
    """
    tidied = tidy_entries(entered, _PRODUCT_TIDIERS)
    names = {**kept["names"], **tidied.get("names", {})}
    names = {spoken: name for spoken in entries.LANGUAGES if (name := names.get(spoken))}
    if language not in names:
        why = _("The name in the seller's language is missing.")
        raise EntryRefused("name", why=why, remedy=_("Enter the name in %(language)s.") % {"language": language})
    tidied["names"] = names
    if kept["summary_group"] is None and "summary_group" not in tidied:
        tidied["summary_group"] = _GROUP_OF_KIND[ProductKind(tidied.get("kind", kept["kind"]))].value
    return tidied


# --- prices ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TierPrice:
    """A tier as people enter it: units up to and including `up_to` (None: without end), and a flat amount for it."""

    up_to: Decimal | None
    unit_price: Decimal
    flat: Decimal = Decimal(0)


class PriceTerms(TypedDict, total=False):
    """What may be said of a price. What is left out stays as it was when a price of the same day is corrected."""

    valid_before: date
    unit_price: Decimal
    months: int | None
    model: str
    tiers: Sequence[TierPrice]
    package_size: Decimal | None
    setup_price: Decimal | None


@dataclass(frozen=True, slots=True)
class PriceContent:
    """A price without its days, as the columns keep it: 10⁻⁶ and 10⁻⁸, tiers as decimal texts."""

    model: str
    unit_price: int
    months: int | None
    tiers: tuple[tuple[str | None, str, str], ...]
    package_size: int | None
    setup_price: int | None


PRICE_CONTENT = tuple(field.name for field in fields(PriceContent))

_UNIT_PRICE: ScaledField[Any, Any] = UnitPriceField()
_QUANTITY: ScaledField[Any, Any] = QuantityField()


def exact(column: ScaledField[Any, Any], field: str, value: object) -> int:
    try:
        scaled = column.scaled(value)
    except Inexact as error:
        raise EntryRefused(field, why=reason_of(error), remedy=_("Enter fewer decimals."), value=value) from None
    if scaled is None:
        raise EntryRefused(field, why=_("It is empty."), remedy=_("Enter a number."))
    return scaled


def unit_price(field: str, value: object) -> int:
    return exact(_UNIT_PRICE, field, value)


def unit_price_or_none(field: str, value: object) -> int | None:
    return None if value is None else exact(_UNIT_PRICE, field, value)


def _quantity_or_none(field: str, value: object) -> int | None:
    return None if value is None else exact(_QUANTITY, field, value)


def _tiers(field: str, value: object) -> tuple[tuple[str | None, str, str], ...]:
    if not isinstance(value, Sequence) or not all(isinstance(each, TierPrice) for each in value):
        raise EntryRefused(field, why=_("They are no tiers."), remedy=_("Enter tiers with a bound and a price."))
    tidied = []
    for tier in value:
        _quantity_or_none(field, tier.up_to)
        unit_price(field, tier.unit_price)
        unit_price(field, tier.flat)
        tidied.append((None if tier.up_to is None else _plain(tier.up_to), _plain(tier.unit_price), _plain(tier.flat)))
    return tuple(tidied)


def _plain(number: Decimal) -> str:
    """The shortest decimal text, so that 5 and 5.00 are the same tier."""
    written = format(number, "f")
    return (written.rstrip("0").rstrip(".") or "0") if "." in written else written


_PRICE_TIDIERS: dict[str, Tidy] = {
    "unit_price": unit_price,
    "months": entries.whole_number(1, MONTHS_MAX, or_none=True),
    "model": entries.one_of(PriceModel),
    "tiers": _tiers,
    "package_size": _quantity_or_none,
    "setup_price": unit_price_or_none,
}
PRICE_FIELDS = tuple(_PRICE_TIDIERS)


def tidy_price(entered: Mapping[str, object], *, kept: PriceContent | None, kind: str) -> PriceContent:
    """The price as it is kept, checked as a whole. `kept` is the price that is corrected; `kind` is the product's.

    A recurring product's price is for one month unless said; a price is never zero because nobody said what it is.
    """
    tidied = tidy_entries(entered, _PRICE_TIDIERS)
    if kept is None:
        model = tidied.get("model", PriceModel.PER_UNIT.value)
        if "unit_price" not in tidied and model not in TIERED:
            raise EntryRefused("unit_price", why=_("There is no price."), remedy=_("Enter one; 0 if it is free."))
        kept = PriceContent(model, 0, 1 if kind == ProductKind.RECURRING else None, (), None, None)
    content = replace(kept, **tidied)
    # What belongs to another model would be a price nobody sees.
    if content.tiers and content.model not in TIERED and "tiers" not in tidied:
        content = replace(content, tiers=())
    if content.package_size and content.model != PriceModel.PACKAGE and "package_size" not in tidied:
        content = replace(content, package_size=None)
    if kind == ProductKind.RECURRING and content.months is None:
        why = _("A recurring price needs the months it is for.")
        raise EntryRefused("months", why=why, remedy=_("Enter 1 for a monthly price, 12 for a yearly one."))
    try:
        check_price(as_rule(content))
    except PriceUnfit as error:
        raise EntryRefused("model", why=reason_of(error), remedy=_("Correct the price."), value=content.model) from None
    return content


def as_rule(content: PriceContent) -> Price:
    """The price as `rules.pricing` calculates with it."""
    return Price(
        model=PriceModel(content.model),
        price_e6=content.unit_price,
        months=content.months,
        tiers=tuple(
            Tier(_quantity_or_none("up_to", up_to), unit_price("unit_price", price), unit_price("flat", flat))
            for up_to, price, flat in content.tiers
        ),
        package_size_e8=content.package_size or 0,
        setup_e6=content.setup_price,
    )
