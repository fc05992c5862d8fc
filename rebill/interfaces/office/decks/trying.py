"""Try a call: which prefix it goes by, what it costs and what is left, by the rule of rating."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import phonenumbers
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.catalogue.deck_fields import RateContent, as_rate, tidy_prefix
from rebill.catalogue.models import Rate, RateDeck
from rebill.catalogue.queries.decks import deck_of, rate_for
from rebill.interfaces.office.decks.words import rate, share
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.parties.entries import EntryRefused
from rebill.rules.rate_changes import margin_e6
from rebill.rules.rating.rates import price_of

_LENGTH = re.compile(r"(?:(\d{1,4}):)?(\d{1,5})(?::(\d\d))?")
EXAMPLE = "3:20"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out: prefix and destination, and prices as the page writes them."""

    prefix: str
    destination: str
    buy: str
    sell: str
    left: str
    margin: str


@page()
def try_part(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """The answer, for the panel that asks while one types."""
    deck = deck_of(request.acting, deck_id)
    return render(request, "office/decks/tried.html", {"deck": deck, **tried_call(request, deck)})


def tried_call(request: OfficeRequest, deck: RateDeck) -> dict[str, Any]:
    """The panel: what was asked, and the answer as far as there is one. Priced by the minute of peak times."""
    asked = request.GET
    number, length = asked.get("number", "").strip(), asked.get("length", EXAMPLE)
    on = day_or_none(asked.get("call_on", "")) or request.today
    said: dict[str, Any] = {"number": number, "length": length, "call_on": on, "tried": None, "trouble": ""}
    seconds = _seconds(length)
    if not number:
        return said
    if seconds is None:
        return {**said, "trouble": _("Enter a length such as 3:20.")}
    called = _called(number, request.seller.country)
    found = rate_for(deck.pk, called, on)
    if found is None:
        return {**said, "trouble": _("No prefix of the deck fits; such a call has no price.")}
    bought = rate_for(deck.buy_deck_id, called, on) if deck.buy_deck is not None else None
    buy_e6 = _price(bought, deck.buy_deck, seconds, None) if bought is not None and deck.buy_deck is not None else None
    sell_e6 = _price(found, deck, seconds, buy_e6)
    left = None if buy_e6 is None or sell_e6 is None else sell_e6 - buy_e6
    tried = Tried(
        found.prefix,
        found.destination,
        _shown(buy_e6),
        _shown(sell_e6),
        _shown(left),
        share(margin_e6(buy_e6, sell_e6)),
    )
    return {**said, "tried": tried}


def _price(found: Rate, deck: RateDeck, seconds: int, buy_e6: int | None) -> int | None:
    return price_of(
        as_rate(content_of(found), quantum=_e6(deck.quantum), rounding=deck.rounding), seconds, buy_e6=buy_e6
    )


def content_of(found: Rate) -> RateContent:
    """The rate as the columns keep it."""
    return RateContent(
        destination=found.destination,
        category=found.category,
        product_id=found.product_id,
        setup=_e6(found.setup),
        minute=_e6(found.minute),
        offpeak=_e6_or_none(found.offpeak),
        first_seconds=found.first_seconds,
        next_seconds=found.next_seconds,
        later_after_seconds=found.later_after_seconds,
        later_minute=_e6(found.later_minute),
        later_next_seconds=found.later_next_seconds,
        markup=_e6_or_none(found.markup),
        minimum=_e6_or_none(found.minimum),
        maximum=_e6_or_none(found.maximum),
    )


def _e6(value: Decimal) -> int:
    return int(value.scaleb(6))


def _e6_or_none(value: Decimal | None) -> int | None:
    return None if value is None else _e6(value)


def _called(number: str, country: str) -> str:
    """The number as calls have it: in full where it can be read as one, as dialled where it cannot."""
    try:
        parsed = phonenumbers.parse(number, country)
        if phonenumbers.is_possible_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    except phonenumbers.NumberParseException:
        pass
    try:
        return str(tidy_prefix("number", number if number.startswith(("=", "+")) else f"={number}"))
    except EntryRefused:
        return number


def _seconds(length: str) -> int | None:
    """3:20, 1:03:20 or a number of seconds."""
    found = _LENGTH.fullmatch(length.strip())
    if found is None:
        return None
    first, middle, last = found.groups()
    if last is not None:
        return (int(first) * 60 + int(middle)) * 60 + int(last) if first else int(middle) * 60 + int(last)
    return int(first) * 60 + int(middle) if first else int(middle)


def _shown(value_e6: int | None) -> str:
    return rate(None if value_e6 is None else Decimal(value_e6).scaleb(-6))
