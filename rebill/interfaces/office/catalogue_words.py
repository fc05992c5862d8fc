"""The catalogue's codes in the reader's words: kinds, groups, VAT classes and categories, price models."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.catalogue.models import ProductKind, SummaryGroup
from rebill.rules.pricing import PriceModel
from rebill.rules.tax import RateClass, Supply

KINDS: Mapping[str, Promise] = MappingProxyType(
    {
        ProductKind.RECURRING: _("Recurring"),
        ProductKind.ONE_OFF: _("One-off"),
        ProductKind.SETUP: _("Setup"),
        ProductKind.HARDWARE: _("Hardware"),
        ProductKind.USAGE: _("Usage"),
    }
)

GROUPS: Mapping[int, Promise] = MappingProxyType(
    {
        SummaryGroup.ONE_OFF: _("1 · One-off costs"),
        SummaryGroup.RECURRING: _("2 · Monthly costs"),
        SummaryGroup.CALLS: _("3 · Outgoing calls"),
        SummaryGroup.SERVICE_NUMBERS: _("4 · Service numbers"),
        SummaryGroup.HARDWARE: _("5 · Hardware"),
    }
)

RATE_CLASSES: Mapping[str, Promise] = MappingProxyType(
    {
        RateClass.STANDARD: _("Standard rate"),
        RateClass.REDUCED: _("Reduced rate"),
        RateClass.SECOND_REDUCED: _("Second reduced rate"),
        RateClass.ZERO: _("Zero rate"),
        RateClass.EXEMPT: _("Exempt"),
        RateClass.OUTSIDE: _("Outside the scope of VAT"),
    }
)

SUPPLIES: Mapping[str, Promise] = MappingProxyType(
    {
        Supply.SERVICES: _("Services"),
        Supply.GOODS: _("Goods"),
        Supply.ELECTRONIC: _("Electronic services"),
    }
)

MODELS: Mapping[str, Promise] = MappingProxyType(
    {
        PriceModel.PER_UNIT: _("Per unit"),
        PriceModel.FLAT: _("Flat, whatever the quantity"),
        PriceModel.VOLUME: _("Volume: the tier reached prices all units"),
        PriceModel.GRADUATED: _("Graduated: each tier prices its own units"),
        PriceModel.PACKAGE: _("By the started package"),
    }
)
