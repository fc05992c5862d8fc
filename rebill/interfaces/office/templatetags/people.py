"""Words and drawings of customers and subscriptions for templates: `{% load people %}`."""

from collections.abc import Mapping, Sequence
from datetime import date

from babel import Locale
from django import template
from django.utils.functional import Promise

from rebill.catalogue.models import Product
from rebill.interfaces import formats
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.history.fields import value_words
from rebill.interfaces.office.words import (
    ALIGNMENTS,
    CHANGE_TITLES,
    CHANGES,
    CHARGES,
    INTERVALS,
    STANDING_PILLS,
    STANDINGS,
    TIMINGS,
)
from rebill.rules.naming import name_in

register = template.Library()


def _word(words: Mapping[str, Promise], code: str) -> str:
    return str(words.get(code, code))


@register.filter
def interval(months: int) -> str:
    """How often somebody gets an invoice."""
    return str(INTERVALS[months])


@register.filter
def channel(code: str) -> str:
    """What invoices go by."""
    return value_words("channel", code)


@register.filter
def country(code: str) -> str:
    """The name of a country in the reader's language."""
    return str(Locale(formats.language()).territories.get(code, code))


@register.filter
def language_word(code: str) -> str:
    """The name of a language in the reader's language."""
    return str(Locale(formats.language()).languages.get(code, code))


@register.filter
def month_names(months: Sequence[int]) -> str:
    """Jan, Apr, Jul, Oct."""
    return ", ".join(formats.short_month(date(2000, month, 1)) for month in months)


@register.filter
def charge_kind(code: str) -> str:
    """What a charge is called."""
    return _word(CHARGES, code)


@register.filter
def without(whole: int, part: int) -> int:
    """What is left of a count."""
    return whole - part


@register.filter
def timing(code: str) -> str:
    """When a period is billed."""
    return _word(TIMINGS, code)


@register.filter
def alignment(code: str) -> str:
    """Where periods begin."""
    return _word(ALIGNMENTS, code)


@register.filter
def change_kind(code: str) -> str:
    """What a change is called."""
    return _word(CHANGES, code)


@register.filter
def change_title(code: str) -> str:
    """What somebody does who enters such a change."""
    return _word(CHANGE_TITLES, code)


@register.filter
def product_name(product: Product) -> str:
    """What a product is called in the reader's language, else in whichever there is."""
    return name_in(product.names, formats.language()) or product.code


@register.filter
def standing_word(code: str) -> str:
    """How a subscription stands, in a word."""
    return _word(STANDINGS, code)


@register.inclusion_tag("office/subscriptions/standing.html")
def standing(code: str) -> dict[str, str]:
    """How a subscription stands, as a pill."""
    return {"kind": STANDING_PILLS[code], "words": _word(STANDINGS, code)}


@register.filter
def has_terms_errors(line: OfficeForm) -> bool:
    """Whether something is wrong among the terms that are folded away."""
    return bool(set(line.errors) - {"product", "quantity", "start_on", "unit_price"})
