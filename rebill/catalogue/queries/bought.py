"""Which decks the calls are sold by that one deck buys, and what decks call their destinations."""

from collections.abc import Collection
from datetime import date

from rebill.catalogue.models import Rate, RateDeck
from rebill.catalogue.queries.rating import read_tariffs
from rebill.kit.bulk import Numbers


def decks_bought_by(seller_id: int, deck_id: int, *, from_day: date, before_day: date) -> set[int]:
    """The decks of the seller whose calls are bought by this one within the days.

    Exceptions of a customer are bought as the decks of its plans are.
    """
    decks = RateDeck.objects.filter(seller_id=seller_id, buy_deck_id=deck_id)
    found = set(decks.values_list("id", flat=True))
    owned = RateDeck.objects.filter(seller_id=seller_id, customer__isnull=False).values_list("customer_id", flat=True)
    customers = {each for each in owned if each is not None}
    if not found or not customers:
        return found
    tariffs = read_tariffs(seller_id, customers, from_day=from_day, before_day=before_day)
    return found | {each.own_deck_id for each in tariffs if each.deck_id in found and each.own_deck_id is not None}


def decks_in_currency(seller_id: int, currency: str) -> set[int]:
    """All decks of the seller in this currency."""
    return set(RateDeck.objects.filter(seller_id=seller_id, currency=currency).values_list("id", flat=True))


def destinations_named(seller_id: int, deck_ids: Collection[int], *, from_day: date, before_day: date) -> set[str]:
    """What these decks of the seller call the destinations of the rates that hold on any of the days."""
    rates = Rate.objects.filter(seller_id=seller_id, deck_id__among=Numbers(deck_ids), valid_from__lt=before_day)
    rates = rates.exclude(valid_before__lte=from_day).exclude(destination="")
    return set(rates.order_by("destination").values_list("destination", flat=True).distinct())
