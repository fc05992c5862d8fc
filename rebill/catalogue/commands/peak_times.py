"""Peak times of the week."""

from datetime import datetime
from typing import Unpack

import holidays
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.decks import lock_decks
from rebill.catalogue.deck_fields import PeakTerms, tidy_peak, tidy_peak_code
from rebill.catalogue.models import DeckPeakTimes, PeakTimes, RateRevision
from rebill.catalogue.queries.decks import peak_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.changes import set_fields
from rebill.parties.entries import EntryRefused


class PeakCodeTaken(Conflict):
    """Other peak times of the seller have this code."""


def create_peak_times(*, acting: Acting, code: str, now: datetime, **terms: Unpack[PeakTerms]) -> PeakTimes:
    """New peak times; a deck knows them once they are set for it."""
    require(acting, Permission.KEEP_CATALOGUE)
    peak_times = PeakTimes(seller_id=acting.seller_id, code=tidy_peak_code("code", code))
    peak_times.name = peak_times.code
    set_fields(peak_times, tidy_peak(terms))
    _require_known(peak_times.holidays)
    with atomic_write():
        lock_decks(acting.seller_id)
        if PeakTimes.objects.filter(seller_id=acting.seller_id, code=peak_times.code).exists():
            raise PeakCodeTaken(_("There are peak times %(code)s already.") % {"code": peak_times.code})
        peak_times.save(force_insert=True)
        record_event(
            seller_id=acting.seller_id,
            subject=peak_times,
            verb="created",
            actor_id=acting.user_id,
            now=now,
            details={"code": peak_times.code},
        )
    return peak_times


def change_peak_times(*, acting: Acting, peak_times_id: int, now: datetime, **changes: Unpack[PeakTerms]) -> PeakTimes:
    """The peak times corrected, for all days: calls of decks that know them are looked at again. Other times from a day
    on are other peak times, set for the deck from that day."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        peak_times = peak_of(acting, peak_times_id)
        changed = set_fields(peak_times, tidy_peak(changes))
        _require_known(peak_times.holidays)
        if changed:
            peak_times.save(update_fields=list(changed))
            if changed.keys() - {"name"}:
                for known in DeckPeakTimes.objects.filter(peak_times=peak_times).order_by("id"):
                    RateRevision.objects.create(
                        seller_id=acting.seller_id, deck_id=known.deck_id, valid_from=known.valid_from
                    )
            record_event(
                seller_id=acting.seller_id,
                subject=peak_times,
                verb="changed",
                actor_id=acting.user_id,
                now=now,
                details=changed,
            )
    return peak_times


def _require_known(region: str) -> None:
    """Refuse a country or region whose public holidays nobody knows."""
    country, _dash, part = region.partition("-")
    parts = holidays.list_supported_countries().get(country)
    if region and (parts is None or (part and part not in parts)):
        raise EntryRefused(
            "holidays",
            why=_("Its public holidays are not known."),
            remedy=_("Enter such as NL or DE-BY, or nothing."),
            value=region,
        )
