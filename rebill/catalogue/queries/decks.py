"""Rate decks, rates, peak times and bundles, one at a time and in lists for pages; rating reads them in bulk."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import Bundle, DeckPeakTimes, PeakTimes, PlanDeck, Rate, RateDeck
from rebill.kit.errors import NotFound
from rebill.rules.rating.decks import longest_prefix

Row = TypeVar("Row", bound=Model)


class DeckUnknown(NotFound):
    """The acting seller has no such rate deck."""


class RateUnknown(NotFound):
    """The acting seller has no such rate."""


class PeakTimesUnknown(NotFound):
    """The acting seller has no such peak times."""


class BundleUnknown(NotFound):
    """The acting seller has no such bundle."""


class PlanDeckUnknown(NotFound):
    """None of the acting seller's price plans has this deck so."""


def decks_of(acting: Acting) -> QuerySet[RateDeck]:
    """All of the seller's rate decks by code, without the exceptions of single customers."""
    return RateDeck.objects.filter(seller_id=acting.seller_id, customer__isnull=True).order_by("code")


def deck_of(acting: Acting, deck_id: int) -> RateDeck:
    """One of the seller's rate decks, exceptions of a customer too."""
    deck = (
        RateDeck.objects.filter(seller_id=acting.seller_id, pk=deck_id)
        .select_related("buy_deck", "customer", "product")
        .first()
    )
    if deck is None:
        raise DeckUnknown(_("There is no rate deck %(named)s.") % {"named": deck_id})
    return deck


def deck_by_code(acting: Acting, code: str) -> RateDeck:
    """The seller's rate deck with this code."""
    deck = RateDeck.objects.filter(seller_id=acting.seller_id, code=code).select_related("buy_deck").first()
    if deck is None:
        raise DeckUnknown(_("There is no rate deck with the code %(named)r.") % {"named": code})
    return deck


def own_decks_of(acting: Acting) -> QuerySet[RateDeck]:
    """The exceptions of single customers, by customer."""
    return (
        RateDeck.objects.filter(seller_id=acting.seller_id, customer__isnull=False)
        .select_related("customer")
        .order_by("customer__number", "incoming")
    )


def holding(on: date) -> Q:
    """What holds on the day, of rows with validity."""
    return Q(valid_from__lte=on) & (Q(valid_before__isnull=True) | Q(valid_before__gt=on))


def rates_on(acting: Acting, deck_id: int, on: date) -> QuerySet[Rate]:
    """The rates of the deck that hold on the day, by prefix."""
    deck = deck_of(acting, deck_id)
    return Rate.objects.filter(holding(on), deck=deck).order_by("prefix")


def rates_of_decks(decks: QuerySet[RateDeck], on: date) -> QuerySet[Rate]:
    """The rates of these decks that hold on the day, with their decks and whose exceptions they are."""
    held = Rate.objects.filter(holding(on), deck__in=decks).select_related("deck__customer")
    return held.order_by("deck__customer__number", "deck__customer_id", "deck_id", "prefix")


def rates_of_prefix(acting: Acting, deck_id: int, prefix: str) -> QuerySet[Rate]:
    """Every rate the prefix ever had or will have in the deck."""
    deck = deck_of(acting, deck_id)
    return Rate.objects.filter(deck=deck, prefix=prefix).order_by("valid_from")


def rate_of(acting: Acting, rate_id: int) -> Rate:
    """One of the seller's rates, with its deck."""
    rate = Rate.objects.filter(seller_id=acting.seller_id, pk=rate_id).select_related("deck").first()
    if rate is None:
        raise RateUnknown(_("There is no rate %(named)s.") % {"named": rate_id})
    return rate


def count_rates(deck_ids: Collection[int], on: date) -> dict[int, int]:
    """How many rates each of these decks has on the day; those without are left out."""
    rows = Rate.objects.filter(holding(on), deck_id__in=deck_ids).order_by()
    return dict(rows.values_list("deck_id").annotate(Count("id")))


def minutes_around(deck_id: int | None, prefixes: Collection[str], on: date) -> dict[str, Decimal]:
    """What a minute costs in the deck on the day, for each of these prefixes that lies in one of its own; one read."""
    if deck_id is None or not prefixes:
        return {}
    beginnings = {prefix[:end] for prefix in prefixes for end in range(1, len(prefix) + 1)}
    rows = Rate.objects.filter(holding(on), deck_id=deck_id, prefix__in=sorted(beginnings)).order_by()
    minutes = dict(rows.values_list("prefix", "minute"))
    around = {prefix: longest_prefix(minutes, prefix) for prefix in prefixes}
    return {prefix: minutes[found] for prefix, found in around.items() if found is not None}


def later_rates(deck_id: int, prefixes: Collection[str], on: date) -> dict[str, Rate]:
    """The rate of each of these prefixes that begins next after the day."""
    rows = Rate.objects.filter(deck_id=deck_id, prefix__in=prefixes, valid_from__gt=on).order_by("-valid_from")
    return {rate.prefix: rate for rate in rows}


def rate_for(deck_id: int | None, called: str, on: date) -> Rate | None:
    """The rate that a call to the number has in the deck on the day: that of the longest prefix."""
    beginnings = [called[:end] for end in range(1, len(called) + 1)]
    rows = {
        rate.prefix: rate
        for rate in Rate.objects.filter(holding(on), deck_id=deck_id, prefix__in=beginnings).order_by()
    }
    found = longest_prefix(rows, called)
    return None if found is None else rows[found]


def plan_decks_of(acting: Acting, plan_id: int) -> QuerySet[PlanDeck]:
    """The decks that the plan prices calls by, ever."""
    rows = PlanDeck.objects.filter(seller_id=acting.seller_id, plan_id=plan_id)
    return rows.select_related("deck", "plan").order_by("incoming", "component", "valid_from")


def plans_with_deck(acting: Acting, deck_id: int) -> QuerySet[PlanDeck]:
    """The plans that price calls by the deck, ever."""
    rows = PlanDeck.objects.filter(seller_id=acting.seller_id, deck_id=deck_id)
    return rows.select_related("deck", "plan").order_by("plan__code", "component", "valid_from")


def plan_deck_of(acting: Acting, link_id: int) -> PlanDeck:
    """One deck of one of the seller's plans."""
    rows = PlanDeck.objects.filter(seller_id=acting.seller_id, pk=link_id)
    return _one(rows.select_related("deck", "plan"), PlanDeckUnknown(_("There is no such deck of a plan.")))


def peak_times_of(acting: Acting) -> QuerySet[PeakTimes]:
    """All of the seller's peak times, by code."""
    return PeakTimes.objects.filter(seller_id=acting.seller_id).order_by("code")


def peak_of(acting: Acting, peak_times_id: int) -> PeakTimes:
    """One of the seller's peak times."""
    rows = PeakTimes.objects.filter(seller_id=acting.seller_id, pk=peak_times_id)
    return _one(rows, PeakTimesUnknown(_("There are no peak times %(named)s.") % {"named": peak_times_id}))


def peak_by_code(acting: Acting, code: str) -> PeakTimes:
    """The seller's peak times with this code."""
    rows = PeakTimes.objects.filter(seller_id=acting.seller_id, code=code)
    return _one(rows, PeakTimesUnknown(_("There are no peak times with the code %(named)r.") % {"named": code}))


def peak_times_chosen(deck: RateDeck) -> QuerySet[DeckPeakTimes]:
    """Which peak times the deck knew, knows and will know, the latest first."""
    return DeckPeakTimes.objects.filter(deck=deck).select_related("peak_times").order_by("-valid_from")


def bundles_of(acting: Acting) -> QuerySet[Bundle]:
    """All of the seller's bundles with whose they are."""
    rows = Bundle.objects.filter(seller_id=acting.seller_id).select_related("plan", "customer", "product")
    return rows.order_by("name", "valid_from", "id")


def bundle_of(acting: Acting, bundle_id: int) -> Bundle:
    """One of the seller's bundles."""
    rows = Bundle.objects.filter(seller_id=acting.seller_id, pk=bundle_id)
    found = rows.select_related("plan", "customer", "product")
    return _one(found, BundleUnknown(_("There is no bundle %(named)s.") % {"named": bundle_id}))


def _one(rows: QuerySet[Row], otherwise: NotFound) -> Row:
    row = rows.first()
    if row is None:
        raise otherwise
    return row
