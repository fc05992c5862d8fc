"""What the office's templates write with: `{% load office %}`."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from rebill.interfaces import formats
from rebill.interfaces.office.catalogue_words import RATE_CLASSES
from rebill.interfaces.office.form_keys import FIELD, new_key
from rebill.interfaces.office.history.telling import history_of
from rebill.interfaces.office.mails import words_of_no_server
from rebill.rules.money import Money
from rebill.rules.naming import name_in
from rebill.rules.periods import local_day
from rebill.rules.references import grouped_iban
from rebill.rules.review import BIG_CHANGE_PERCENT, NOTABLE_PERCENT

register = template.Library()

# Text, and whether a template may show it as it is: Django escapes what these return.
register.filter("amount", formats.amount)
register.filter("money", formats.money)
register.filter("sign", formats.sign)
register.filter("difference", formats.difference)
register.filter("percent", formats.percent)
register.filter("percentage", formats.percentage)
register.filter("price", formats.price)
register.filter("call_amount", formats.call_amount)
register.filter("rate", formats.rate)
register.filter("long_day", formats.long_day)
register.filter("month", formats.month)
register.filter("grouped_iban", grouped_iban)
register.filter("short_month", formats.short_month)


@register.inclusion_tag("office/parts/no_server.html")
def no_mail_server() -> dict[str, str]:
    """What a page that promises mails says as long as they reach nobody."""
    return {"words": words_of_no_server()}


@register.simple_tag
def form_key() -> SafeString:
    """What makes a form that is sent twice be done once. A browser that shows the page anew forgets it."""
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', FIELD, new_key())


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count or a quantity in the reader's digits."""
    return formats.NOTHING if value is None else formats.number(value)


@register.inclusion_tag("office/drafts/input.html")
def paper_input(kind: str, charge_id: int, value: str, label: str, refusals: Any) -> dict[str, Any]:
    """A field on the paper of a draft: what it is, or what had been typed when an edit was refused."""
    name = f"{kind}-{charge_id}"
    typed = refusals.typed.get(name)
    wrong = refusals.fields.get(name, "")
    return {"kind": kind, "name": name, "value": value if typed is None else typed, "label": label, "wrong": wrong}


@register.inclusion_tag("office/drafts/day.html")
def paper_day(kind: str, charge_id: int, value: date | None, label: str, refusals: Any, of: str) -> dict[str, Any]:
    """A day of a draft's line, as it is or as it had been typed; `of` is the form it belongs to from outside."""
    name = f"{kind}-{charge_id}"
    typed = refusals.typed.get(name) if refusals else None
    wrong = refusals.fields.get(name, "") if refusals else ""
    value_shown = (value.isoformat() if value else "") if typed is None else typed
    return {"name": name, "value": value_shown, "label": label, "wrong": wrong, "of": of}


@register.inclusion_tag("office/drafts/taxed.html")
def paper_taxed(charge_id: int, rate_class: str, account: str, refusals: Any, of: str) -> dict[str, Any]:
    """VAT and ledger account of a draft's line, as they are or as they had been chosen; `of` as for its days."""
    typed = refusals.typed if refusals else {}
    return {
        "vat": f"vat-{charge_id}",
        "rate_class": typed.get(f"vat-{charge_id}", rate_class),
        "rate_classes": RATE_CLASSES.items(),
        "account": f"account-{charge_id}",
        "ledger_account": typed.get(f"account-{charge_id}", account),
        "of": of,
    }


@register.filter
def unsigned(value: Money) -> Money:
    """An amount without its sign, for a sentence that says which way it goes."""
    return Money(abs(value.minor), value.currency)


@register.filter
def spoken(names: dict[str, str], language: str) -> str:
    """A name in a language, else in any."""
    return name_in(names, language, language)


@register.filter
def dash(value: int) -> str:
    """A count, with a dash where there is nothing."""
    return formats.number(value) if value else formats.NOTHING


@register.filter
def more(value: int) -> str:
    """How many more or fewer: +24 or −3."""
    return f"+{formats.number(value)}" if value > 0 else formats.number(value)


@register.filter
def share_of(part: Money, whole: Money) -> str:
    """What an amount is of another, in percent: +1.8%."""
    return formats.share(part.minor, whole.minor)


@register.filter
def growth(now: Money, before: Money) -> str:
    """How much an amount has grown against another, in percent; a dash where there was nothing."""
    return formats.share(now.minor - before.minor, before.minor)


@register.filter
def off_average(percent: int | None) -> str:
    """The class of a difference from the average: amber from 50 %, red from 300 %."""
    off = abs(percent or 0)
    return "neg" if off >= BIG_CHANGE_PERCENT else "wrn" if off >= NOTABLE_PERCENT else "dim"


@register.filter
def unlocal(value: int | Decimal | None) -> str:
    """A number as programs read it, for attributes."""
    return "" if value is None else str(value)


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


@register.simple_tag
def spark(amounts: Sequence[int], now: int, percent: int | None) -> SafeString:
    """Six months grey and this one in colour: amber from 50 % off the average, red from 300 %.

    Written here and not by a template: a page has fifty of them, with seven bars each.
    """
    heights = [max(value, 0) for value in (*amounts[-6:], now)]
    top = max(heights, default=0) or 1
    bars = []
    for index, value in enumerate(heights, start=7 - len(heights)):
        height = max(17 * value // top, 1)
        bars.append(f'<rect x="{9 * index}" y="{18 - height}" width="6" height="{height}"/>')
    off = abs(percent or 0)
    kind = "hot" if off >= BIG_CHANGE_PERCENT else "mid" if off >= NOTABLE_PERCENT else ""
    drawing = "".join(bars)
    return mark_safe(f'<svg class="spark {kind}" viewBox="0 0 60 18" aria-hidden="true">{drawing}</svg>')


@register.inclusion_tag("office/parts/share_bar.html")
def share_bar(label: str, *parts: Any) -> dict[str, Any]:
    """A bar of shares as SVG: pairs of a class (`a`, `w`, `q`, `b`) and a number, left to right.

    Without a label it is for the eye alone: what it shows stands beside it.
    """
    pairs = [(parts[index], max(int(parts[index + 1] or 0), 0)) for index in range(0, len(parts) - 1, 2)]
    total = sum(share for _, share in pairs) or 1
    bars, x = [], Decimal(0)
    for kind, share in pairs:
        width = Decimal(share) * 1000 / total
        if share:
            bars.append({"kind": kind, "x": round(x, 2), "width": round(width, 2)})
        x += width
    return {"label": label, "bars": bars}
