"""One product: what it is, what it costs where and when, who takes it, and what a quantity comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from rebill.catalogue.models import Price, Product
from rebill.catalogue.queries import prices_of_product, product_of
from rebill.catalogue.queries.pages import Tried, rule_of, try_price
from rebill.interfaces import formats
from rebill.interfaces.office.catalogue_words import GROUPS, KINDS, RATE_CLASSES, SUPPLIES
from rebill.interfaces.office.forms import plain_number
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.words import ShownPrice, part_words, shown_price
from rebill.kit.errors import Invalid
from rebill.kit.fields import QuantityField
from rebill.rules.money import Money
from rebill.rules.naming import name_in
from rebill.rules.periods import add_months
from rebill.subscriptions.queries import subscriptions

# How far the time line reaches, back and ahead, and its width in its own units.
MONTHS_SHOWN = 12
WIDTH = 720
MONTHS_TRIED = (1, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Holder:
    """The prices of one plan, or of one customer: earliest first, and as bars of the time line."""

    name: str
    price: Price
    prices: list[ShownPrice]
    bars: list[dict[str, Any]]


@page()
def product_page(request: OfficeRequest, product_id: int) -> HttpResponse:
    """Everything about the product."""
    product = product_of(request.acting, product_id)
    prices = _plans_first(prices_of_product(request.acting, product_id))
    taking = subscriptions(acting=request.acting).filter(product=product)
    context = {
        "product": product,
        "name": name_in(product.names, formats.language(), request.seller.language) or product.code,
        "names": [
            (get_language_info(code)["name_local"], code, product.names[code])
            for code, _name in settings.LANGUAGES
            if code in product.names
        ],
        "kind": KINDS[product.kind],
        "supply": SUPPLIES[product.supply],
        "group": GROUPS[product.summary_group],
        "rate_class": RATE_CLASSES[product.rate_class],
        "holders": _holders(prices, request.today),
        "axis": _axis(request.today),
        "today_x": _x(request.today, request.today),
        "subscriptions": taking.count(),
        **_trying(request, product, prices),
    }
    return render(request, "office/products/product.html", context)


@page()
def try_part(request: OfficeRequest, product_id: int) -> HttpResponse:
    """What the quantity comes to, for the panel that asks while one types."""
    product = product_of(request.acting, product_id)
    prices = _plans_first(prices_of_product(request.acting, product_id))
    return render(request, "office/products/tried.html", {"product": product, **_trying(request, product, prices)})


# --- try a quantity -------------------------------------------------------------------------------------------------


def _trying(request: OfficeRequest, product: Product, prices: list[Price]) -> dict[str, Any]:
    """The panel: which price is tried, the quantity, the months, and the answer as far as there is one."""
    asked = request.GET
    shown = [shown_price(price, request.today) for price in prices]
    current = [each for each in shown if each.standing != "past"] or shown
    chosen = next((each for each in current if str(each.price.pk) == asked.get("price")), None)
    chosen = chosen or next((each for each in current if each.standing == "now"), current[0] if current else None)
    written = asked.get("quantity", "1")
    months = _months(asked.get("months"), chosen)
    tried, trouble = None, ""
    if chosen is not None:
        try:
            quantity_e8 = QuantityField().scaled(plain_number(written)) or 0
            tried = try_price(
                rule_of(chosen.price), quantity_e8=quantity_e8, months=months, currency=chosen.price.currency
            )
        except Invalid:
            trouble = _("Enter a number.")
    return {
        "tryable": current,
        "chosen": chosen,
        "quantity": written,
        "months": months,
        "months_tried": MONTHS_TRIED if chosen is not None and chosen.price.months else (),
        "tried": None if tried is None or chosen is None else _shown(tried, chosen.price.currency),
        "trouble": trouble,
    }


def _months(asked: str | None, chosen: ShownPrice | None) -> int | None:
    if chosen is None or chosen.price.months is None:
        return None
    return int(asked) if asked in {str(each) for each in MONTHS_TRIED} else chosen.price.months


def _shown(tried: Tried, currency: str) -> dict[str, Any]:
    return {
        "parts": [
            {"part": part, "words": part_words(part), "amount": Money(minor, currency)} for part, minor in tried.parts
        ],
        "amount": Money(tried.amount_minor, currency),
        "setup": Money(tried.setup_minor, currency) if tried.setup_minor else None,
    }


# --- prices and their time line -------------------------------------------------------------------------------------


def _plans_first(prices: Iterable[Price]) -> list[Price]:
    """The default plan's prices, then those of other plans, then those of customers; each earliest first."""
    return sorted(prices, key=lambda price: (price.plan is None, price.plan is not None and not price.plan.is_default))


def _holders(prices: list[Price], today: date) -> list[Holder]:
    found = []
    for _key, rows in groupby(prices, key=lambda price: (price.plan_id, price.customer_id, price.currency)):
        shown = [shown_price(price, today) for price in rows]
        first = shown[0].price
        name = first.plan.name if first.plan else first.customer.name if first.customer else ""
        found.append(Holder(name, first, shown, [bar for each in shown if (bar := _bar(each, today))]))
    return found


def _bar(shown: ShownPrice, today: date) -> dict[str, Any] | None:
    begin, end = add_months(today, -MONTHS_SHOWN), add_months(today, MONTHS_SHOWN)
    starts_on = max(shown.price.valid_from, begin)
    ends_before = min(shown.price.valid_before or end, end)
    if starts_on >= ends_before:
        return None
    x, right = _x(starts_on, today), _x(ends_before, today)
    words = shown.first_words
    # About seven units a letter: what does not fit stands in the table alone.
    return {
        "x": x,
        "width": right - x,
        "standing": shown.standing,
        "words": words if 7 * len(words) < right - x else "",
    }


def _axis(today: date) -> list[dict[str, Any]]:
    """The first of every third month in view."""
    first = add_months(today.replace(day=1), 1 - MONTHS_SHOWN)
    days = [add_months(first, step) for step in range(0, 2 * MONTHS_SHOWN, 3)]
    return [{"x": _x(day, today), "words": formats.short_month(day), "year": day.year} for day in days]


def _x(day: date, today: date) -> int:
    begin, end = add_months(today, -MONTHS_SHOWN), add_months(today, MONTHS_SHOWN)
    return WIDTH * (day - begin) // max(end - begin, timedelta(days=1))
