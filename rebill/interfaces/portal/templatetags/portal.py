"""What the portal's templates write with: `{% load portal %}`."""

from datetime import date
from decimal import Decimal

from babel import Locale
from django import template
from django.template.context import RequestContext

from rebill.interfaces import formats
from rebill.rules.references import grouped_iban

register = template.Library()
register.filter("amount", formats.amount)
register.filter("money", formats.money)
register.filter("sign", formats.sign)
register.filter("call_amount", formats.call_amount)
register.filter("grouped_iban", grouped_iban)


@register.filter
def number(value: int | Decimal) -> str:
    """A count or a quantity in the reader's digits."""
    return formats.number(value)


@register.filter
def own_name(code: str) -> str:
    """A language's name in itself: Nederlands."""
    name = Locale(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


@register.filter
def country(code: str) -> str:
    """The name of a country in the reader's language."""
    return str(Locale(formats.language()).territories.get(code, code))


@register.simple_tag(takes_context=True)
def day(context: RequestContext, value: date | None) -> str:
    """A day, with its year when it is not this one's."""
    return formats.day(value, context["request"].today)
