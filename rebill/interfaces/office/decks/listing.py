"""All rate decks, those of single customers apart, the bundles, and what waits."""

from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.models import Bundle
from rebill.catalogue.queries.decks import bundles_of, count_rates, decks_of, own_decks_of, peak_times_of
from rebill.catalogue.queries.rate_imports import waiting_imports_of
from rebill.interfaces.office.decks.peaks import week_words
from rebill.interfaces.office.decks.words import CATEGORIES
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager


@page()
def decks_page(request: OfficeRequest) -> HttpResponse:
    """The decks with how many prefixes have a rate today."""
    acting = request.acting
    decks = list(decks_of(acting).select_related("buy_deck"))
    own = own_decks_of(acting)
    start = (page_number(request) - 1) * ROWS
    shown = list(own[start : start + ROWS])
    counts = count_rates([deck.pk for deck in (*decks, *shown)], request.today)
    waiting = {each.deck_id for each in waiting_imports_of(acting)}
    bundles = [{"bundle": each, "categories": category_words(each)} for each in bundles_of(acting)[:ROWS]]
    context = {
        "decks": [{"deck": deck, "rates": counts.get(deck.pk, 0), "is_waiting": deck.pk in waiting} for deck in decks],
        "own": [{"deck": deck, "rates": counts.get(deck.pk, 0)} for deck in shown],
        "bundles": bundles,
        "peaks": [(each, week_words(each.week)) for each in peak_times_of(acting)],
        "pager": pager(request, shown=len(shown), total=own.count()),
    }
    return render(request, "office/decks/decks.html", context)


def category_words(bundle: Bundle) -> str:
    """The categories of a bundle in words."""
    return ", ".join(str(CATEGORIES[each]) for each in bundle.categories)
