"""What the office's templates write with: `{% load office %}`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext

from rebill.interfaces.office import formats
from rebill.interfaces.office.history.telling import history_of
from rebill.rules.money import Money
from rebill.rules.periods import local_day

register = template.Library()

# Text, and whether a template may show it as it is: Django escapes what these return.
register.filter("amount", formats.amount)
register.filter("money", formats.money)
register.filter("sign", formats.sign)
register.filter("difference", formats.difference)
register.filter("percent", formats.percent)
register.filter("price", formats.price)
register.filter("rate", formats.rate)
register.filter("long_day", formats.long_day)
register.filter("month", formats.month)
register.filter("short_month", formats.short_month)


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count or a quantity in the reader's digits."""
    return formats.NOTHING if value is None else formats.number(value)


@register.filter
def quantity_e8(value: int) -> str:
    """A quantity of 10⁻⁸: 0.5161."""
    return formats.number(Decimal(value).scaleb(-8))


@register.filter
def price_e6(value: int) -> str:
    """A unit price of 10⁻⁶: 7.95."""
    return formats.price(Decimal(value).scaleb(-6))


@register.filter
def amount_in(value: Money, currency: str) -> str:
    """An amount under a heading in `currency`, with its own code where it is in another."""
    return formats.amount_of(value, currency)


@register.filter
def of_currency(minor: int | None, currency: str) -> Money | None:
    """An amount in minor units, as money: `{{ row.net_minor|of_currency:row.currency|amount }}`."""
    return None if minor is None else Money(minor, currency)


@register.simple_tag(takes_context=True)
def day(context: RequestContext, value: date | None) -> str:
    """A day, with its year when it is not this one's."""
    return formats.day(value, context["request"].today)


@register.simple_tag(takes_context=True)
def moment(context: RequestContext, value: datetime | None) -> str:
    """A moment in the seller's time."""
    request = context["request"]
    return formats.moment(value, request.seller.time_zone, request.today)


@register.simple_tag(takes_context=True)
def day_of(context: RequestContext, value: datetime) -> str:
    """The seller's day of a moment."""
    request = context["request"]
    return formats.day(local_day(value, request.seller.time_zone), request.today)


@register.simple_tag(takes_context=True)
def period(context: RequestContext, starts_on: date | None, ends_before: date | None) -> str:
    """A period in words; its end is the first day after it."""
    return formats.period(starts_on, ends_before, context["request"].today)


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The page's own query string with some values changed, an empty one left out: how a tab or a heading links."""
    kept = context["request"].GET.copy()
    kept.pop("page", None)
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in ("", None):
            kept[name] = str(value)
    return f"?{kept.urlencode()}"


@register.inclusion_tag("office/parts/field.html")
def field(bound: Any, *, hint: str = "", wide: bool = False, optional: bool = True) -> dict[str, Any]:
    """A field of a form: its label, itself, a hint, and what is wrong with it, tied together for screen readers.

    One that need not be filled says so, unless all of the form are `optional=False`: of no use to say.
    """
    return {"field": bound, "hint": hint or bound.help_text, "wide": wide, "optional": optional}


@register.inclusion_tag("office/parts/what_happened.html", takes_context=True)
def what_happened(context: RequestContext, *subjects: Any) -> dict[str, Any]:
    """The panel with the time line of one or more subjects: `{% what_happened "runs.draft" draft.id %}`; one read."""
    request = context["request"]
    pairs = zip(subjects[::2], subjects[1::2], strict=True)
    return {"request": request, "steps": history_of(request.acting, *pairs)}


@register.inclusion_tag("office/parts/spark.html")
def spark(amounts: list[int], now: int, percent: int | None) -> dict[str, Any]:
    """Six months grey and this one in colour: amber from 50 % off the average, red from 300 %."""
    heights = [max(value, 0) for value in (*amounts[-6:], now)]
    top = max(heights, default=0) or 1
    bars = [
        {"x": 9 * index, "height": max(17 * value // top, 1), "y": 18 - max(17 * value // top, 1)}
        for index, value in enumerate(heights, start=7 - len(heights))
    ]
    off = abs(percent or 0)
    return {"bars": bars, "kind": "hot" if off >= 300 else "mid" if off >= 50 else ""}


@register.inclusion_tag("office/parts/share_bar.html")
def share_bar(label: str, *parts: Any) -> dict[str, Any]:
    """A bar of shares as SVG: pairs of a class (`a`, `w`, `q`, `b`) and a number, left to right."""
    pairs = [(parts[index], max(int(parts[index + 1] or 0), 0)) for index in range(0, len(parts) - 1, 2)]
    total = sum(share for _, share in pairs) or 1
    bars, x = [], Decimal(0)
    for kind, share in pairs:
        width = Decimal(share) * 1000 / total
        if share:
            bars.append({"kind": kind, "x": round(x, 2), "width": round(width, 2)})
        x += width
    return {"label": label, "bars": bars}
