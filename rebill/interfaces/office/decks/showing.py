"""One rate deck: what waits for it, its rates on a day, and the plans that price calls by it."""

import csv
import io
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.models import Rate, RateDeck
from rebill.catalogue.queries.decks import (
    bundles_of,
    count_rates,
    deck_of,
    later_rates,
    minutes_around,
    peak_times_chosen,
    plans_with_deck,
    rates_on,
)
from rebill.catalogue.queries.pages import customers_per_plan
from rebill.catalogue.queries.rate_imports import rate_imports_of, waiting_imports_of
from rebill.interfaces import formats
from rebill.interfaces.office.decks.listing import category_words
from rebill.interfaces.office.decks.trying import tried_call
from rebill.interfaces.office.decks.waiting import shown_import
from rebill.interfaces.office.decks.words import CATEGORIES, ROUNDINGS, bar_width, rate, share, shown_amount
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.imports.spreadsheet import neutralise_cell
from rebill.rules.rate_changes import margin_e6
from rebill.sources.usage.queries.minutes import DeckUse, deck_use, last_month

TAKEN_SHOWN = 5


@page()
def deck_page(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """Everything about the deck."""
    acting = request.acting
    deck = deck_of(acting, deck_id)
    on = day_or_none(request.GET.get("on", "")) or request.today
    words = request.GET.get("q", "").strip()
    found = found_rates(rates_on(acting, deck_id, on), words)
    start = (page_number(request) - 1) * ROWS
    rates = list(found[start : start + ROWS])
    links = [link for link in plans_with_deck(acting, deck_id) if link.valid_before is None or link.valid_before > on]
    use = deck_use(acting=acting, deck=deck, month=last_month(request.today))
    plans = {link.plan_id: link.plan for link in links}
    counts = customers_per_plan(acting, plans.values(), request.today) if plans else {}
    bundles = list(bundles_of(acting).filter(plan_id__in=plans)) if plans else []
    context = {
        "deck": deck,
        "rates_count": count_rates([deck.pk], request.today).get(deck.pk, 0),
        "imports": [shown_import(request, each) for each in waiting_imports_of(acting, deck)],
        "on": on,
        "words": words,
        "rows": _rows(deck, rates, on, use),
        "pager": pager(request, shown=len(rates), total=found.count()),
        "plans": [{"link": link, "plan": link.plan, "customers": counts.get(link.plan_id, 0)} for link in links],
        "bundles": [{"bundle": each, "categories": category_words(each)} for each in bundles],
        "peaks": peak_times_chosen(deck),
        "use": use,
        "rounding": ROUNDINGS[deck.rounding],
        "quantum": rate(deck.quantum),
        "price_step": rate(deck.price_step),
        "markup": None if deck.markup is None else deck.markup * 100,
        "taken": rate_imports_of(acting).filter(Q(deck=deck) | Q(sell_deck=deck), state="taken")[:TAKEN_SHOWN],
        **tried_call(request, deck),
    }
    return render(request, "office/decks/deck.html", context)


@page()
def rates_file(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """The rates of a day as a file that can be imported again."""
    deck = deck_of(request.acting, deck_id)
    on = day_or_none(request.GET.get("on", "")) or request.today
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    names = (
        "prefix", "destination", "category", "minute", "offpeak", "setup", "first_seconds", "next_seconds", "minimum",
        "maximum", "markup", "valid_from",
    )  # fmt: skip
    writer.writerow(names)
    for row in rates_on(request.acting, deck_id, on).values_list(*names):
        writer.writerow(["" if value is None else _cell(value) for value in row])
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{deck.pk}-{on.isoformat()}.csv"'
    return answer


def found_rates(rates: QuerySet[Rate], words: str) -> QuerySet[Rate]:
    """Rates by a prefix, by words of the destination, or those that a whole number would go by."""
    digits = "".join(each for each in words if each.isdigit())
    if not words:
        return rates
    if digits and set(words) <= set("+0123456789 -()="):
        digits = digits.removeprefix("00")
        return rates.filter(
            Q(prefix__startswith=digits) | Q(prefix__in=[digits[:end] for end in range(1, len(digits))])
        )
    for word in words.split():
        rates = rates.filter(destination__icontains=word)
    return rates


def _rows(deck: RateDeck, rates: Collection[Rate], on: date, use: DeckUse | None) -> list[dict[str, Any]]:
    bought = minutes_around(deck.buy_deck_id, [each.prefix for each in rates], on)
    coming = later_rates(deck.pk, [each.prefix for each in rates], on)
    rows = []
    for each in rates:
        buy = bought.get(each.prefix)
        made = None if use is None else use.by_prefix.get(each.prefix)
        left = margin_e6(None if buy is None else int(buy.scaleb(6)), int(each.minute.scaleb(6)))
        rows.append(
            {
                "rate": each,
                "category": CATEGORIES[each.category],
                "buy": rate(buy),
                "sell": rate(each.minute),
                "margin": share(left),
                "is_loss": left is not None and left < 0,
                "width": bar_width(left),
                "setup": rate(each.setup),
                "minutes": formats.NOTHING if made is None else formats.number(made.seconds // 60),
                "amount": formats.NOTHING if made is None else shown_amount(made.amount_e6),
                "later": coming.get(each.prefix),
                "later_sell": rate(coming[each.prefix].minute) if each.prefix in coming else "",
            }
        )
    return rows


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    text = str(value)
    # A file with "=112" would be taken for one with formulas.
    return f"short {text[1:]}" if text.startswith("=") else str(neutralise_cell(text))
