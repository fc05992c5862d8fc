"""Rates of a deck: one or many thousands at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.decks import lock_decks
from rebill.catalogue.commands.laying_rates import RateEntry, RateResult, RatesOverlap, lay, record_rates
from rebill.catalogue.deck_fields import RateTerms, tidy_prefix
from rebill.catalogue.models import Rate, RateDeck, RateRevision
from rebill.catalogue.queries.decks import DeckUnknown, rate_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Refused


def lay_rates(*, acting: Acting, deck_id: int, entered: Sequence[RateEntry], now: datetime) -> list[RateResult]:
    """Enter rates into a deck and say of each what became of it, in their order; refused ones are left out.

    A rate ends the one of its prefix before it and takes over from it what is not said. On the day of one that is there
    it corrects it. Earlier rates stay, for calls of their days.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        deck = RateDeck.objects.filter(seller_id=acting.seller_id, pk=deck_id).first()
        if deck is None:
            raise DeckUnknown(_("There is no rate deck %(named)s.") % {"named": deck_id})
        results, _undo = lay(acting, deck, entered, now)
        return results


def set_rate(
    *,
    acting: Acting,
    deck_id: int,
    prefix: str,
    valid_from: date,
    now: datetime,
    valid_before: date | None = None,
    **terms: Unpack[RateTerms],
) -> Rate:
    """What calls to the prefix cost from the day on; else as `lay_rates`."""
    require(acting, Permission.KEEP_CATALOGUE)
    entry = RateEntry(prefix, valid_from, valid_before, terms)
    with atomic_write():
        [result] = lay_rates(acting=acting, deck_id=deck_id, entered=[entry], now=now)
    if isinstance(result, Refused):
        raise result
    return Rate.objects.get(deck_id=deck_id, prefix=tidy_prefix("prefix", prefix), valid_from=valid_from)


def end_rate(*, acting: Acting, rate_id: int, valid_before: date, now: datetime) -> Rate:
    """The rate holds until before the day; a call from then on goes by a shorter prefix, or has no price."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        rate = rate_of(acting, rate_id)
        if valid_before <= rate.valid_from or (rate.valid_before is not None and valid_before > rate.valid_before):
            raise RatesOverlap(_("The rate cannot end on that day. Enter a day on which it holds."))
        if rate.valid_before != valid_before:
            rate.valid_before = valid_before
            rate.save(update_fields=["valid_before"])
            RateRevision.objects.create(seller_id=acting.seller_id, deck_id=rate.deck_id, valid_from=valid_before)
            record_rates(
                acting, rate.deck, now, {"from": valid_before.isoformat(), "ended": 1, "prefixes": [rate.prefix]}
            )
    return rate
