"""Rate decks and their terms, the peak times they know, and the price plans that price calls by them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.deck_fields import DEFAULTS_OF_RATES, DeckTerms, tidy_deck, tidy_deck_code
from rebill.catalogue.models import DeckPeakTimes, PlanDeck, PricePlan, RateDeck, RateRevision
from rebill.catalogue.queries import plan_of, product_of
from rebill.catalogue.queries.decks import DeckUnknown, deck_of, peak_of, plan_deck_of
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties import entries
from rebill.parties.changes import set_fields
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import customer_of, seller_of
from rebill.rules.validity import Span, lay_spans

COMPONENTS_MAX = 9

_component = entries.whole_number(0, COMPONENTS_MAX)


class DeckCodeTaken(Conflict):
    """Another rate deck of the seller has this code."""


class OwnDeckStands(Conflict):
    """The customer has a deck of exceptions for calls of this direction already."""


class DeckUnfit(Conflict):
    """The deck cannot be used so: exceptions of one customer, another currency, no product, or a circle of decks."""


def create_rate_deck(
    *,
    acting: Acting,
    code: str,
    now: datetime,
    currency: str = "",
    incoming: bool = False,
    customer_id: int | None = None,
    **terms: Unpack[DeckTerms],
) -> RateDeck:
    """A new deck without rates; its name is its code unless said, its currency the seller's.

    With a customer it holds that customer's exceptions, in the customer's currency: a rate of it wins over the deck of
    the plan where its prefix is at least as long.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    deck = RateDeck(seller_id=acting.seller_id, code=tidy_deck_code("code", code), incoming=incoming)
    deck.name = deck.code[:120]
    with atomic_write():
        lock_decks(acting.seller_id)
        seller = seller_of(acting)
        usual = seller.currency
        if customer_id is not None:
            deck.customer = customer_of(acting, customer_id)
            usual = deck.customer.currency or usual
            if RateDeck.objects.filter(customer=deck.customer, incoming=incoming).exists():
                raise OwnDeckStands(_("The customer has such exceptions already."))
        deck.currency = entries.currency("currency", currency or usual)
        set_fields(deck, tidy_deck(terms))
        _require_fit(acting, deck)
        if RateDeck.objects.filter(seller_id=acting.seller_id, code=deck.code).exists():
            raise DeckCodeTaken(_("There is a rate deck %(code)s already.") % {"code": deck.code})
        deck.save(force_insert=True)
        _record(acting, deck, "created", now, {"code": deck.code})
    return deck


def change_rate_deck(*, acting: Acting, deck_id: int, now: datetime, **changes: Unpack[DeckTerms]) -> RateDeck:
    """The deck with other terms. What concerns calls that were rated, such as its rounding, is looked at again."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        deck = RateDeck.objects.filter(seller_id=acting.seller_id, pk=deck_id).first()
        if deck is None:
            raise DeckUnknown(_("There is no rate deck %(named)s.") % {"named": deck_id})
        changed = set_fields(deck, tidy_deck(changes))
        _require_fit(acting, deck)
        if changed:
            deck.save(update_fields=list(changed))
            first = deck.rates.order_by("valid_from").values_list("valid_from", flat=True).first()
            if first is not None and not changed.keys() <= DEFAULTS_OF_RATES:
                RateRevision.objects.create(seller_id=acting.seller_id, deck=deck, valid_from=first)
            _record(acting, deck, "changed", now, changed)
    return deck


def set_deck_peak_times(
    *, acting: Acting, deck_id: int, peak_times_id: int | None, valid_from: date, now: datetime
) -> DeckPeakTimes:
    """The peak times the deck knows from the day on, None for none; those of the same day are corrected."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        deck = deck_of(acting, deck_id)
        peak_times = None if peak_times_id is None else peak_of(acting, peak_times_id)
        kept = DeckPeakTimes.objects.filter(deck=deck, valid_from=valid_from).first()
        if kept is not None and kept.peak_times_id == peak_times_id:
            return kept
        if kept is None:
            kept = DeckPeakTimes(seller_id=acting.seller_id, deck=deck, valid_from=valid_from)
        kept.peak_times = peak_times
        kept.save()
        RateRevision.objects.create(seller_id=acting.seller_id, deck=deck, valid_from=valid_from)
        details = {"peak_times": peak_times.code if peak_times else None, "valid_from": valid_from.isoformat()}
        _record(acting, deck, "peak_times_set", now, details)
    return kept


# --- plans ----------------------------------------------------------------------------------------------------------


def set_plan_deck(
    *,
    acting: Acting,
    plan_id: int,
    deck_id: int,
    valid_from: date,
    now: datetime,
    component: int = 0,
    required: bool | None = None,
    valid_before: date | None = None,
) -> PlanDeck:
    """The plan prices calls by the deck from the day on; the deck before it in this component ends there.

    Component 0 is the price of the call itself and required unless said otherwise; others come on top. Refused: a deck
    of exceptions, one without a product, one of another currency than the plan's other decks.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    if valid_before is not None and valid_before <= valid_from:
        why, remedy = _("It ends before it begins."), _("Enter the first day on which it holds no longer.")
        raise EntryRefused("valid_before", why=why, remedy=remedy, value=valid_before)
    component = _component("component", component)
    with atomic_write():
        lock_decks(acting.seller_id)
        plan, deck = plan_of(acting, plan_id), deck_of(acting, deck_id)
        _require_sold(plan, deck)
        content = (deck.pk, component == 0 if required is None else required)
        kept = list(PlanDeck.objects.filter(plan=plan, incoming=deck.incoming, component=component))
        laid = lay_spans(
            [Span(each.valid_from, each.valid_before, (each.deck_id, each.required)) for each in kept],
            [Span(valid_from, valid_before, content)],
        )
        if laid.overlaps:
            raise DeckUnfit(_("It ends after the next deck of the plan begins. Correct its days."))
        by_start = {each.valid_from: each for each in kept}
        for start, span in laid.spans.items():
            link = by_start.get(start) or PlanDeck(
                seller_id=acting.seller_id, plan=plan, incoming=deck.incoming, component=component, valid_from=start
            )
            link.deck_id, link.required = span.content
            link.valid_before = span.ends_before
            if link.pk is None or by_start[start] is link:
                link.save()
        if laid.changed_from is not None:
            RateRevision.objects.create(seller_id=acting.seller_id, plan=plan, valid_from=laid.changed_from)
            _record(acting, plan, "deck_set", now, {"deck": deck.code, "valid_from": valid_from.isoformat()})
    return PlanDeck.objects.select_related("deck", "plan").get(
        plan=plan, incoming=deck.incoming, component=component, valid_from=valid_from
    )


def end_plan_deck(*, acting: Acting, link_id: int, valid_before: date, now: datetime) -> PlanDeck:
    """The plan prices calls by the deck until before the day; calls from then on have no price until another is set."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_decks(acting.seller_id)
        link = plan_deck_of(acting, link_id)
        if valid_before <= link.valid_from or (link.valid_before is not None and valid_before > link.valid_before):
            raise DeckUnfit(_("It cannot end on that day. Enter a day on which it holds."))
        if link.valid_before != valid_before:
            link.valid_before = valid_before
            link.save(update_fields=["valid_before"])
            RateRevision.objects.create(seller_id=acting.seller_id, plan_id=link.plan_id, valid_from=valid_before)
            details = {"deck": link.deck.code, "valid_before": valid_before.isoformat()}
            _record(acting, link.plan, "deck_ended", now, details)
    return link


def lock_decks(seller_id: int) -> None:
    """Decks and rates of one seller are changed one transaction after the other, so that no two hold on a day."""
    write_lock(f"rate decks of seller {seller_id}")


# --- what must fit --------------------------------------------------------------------------------------------------


def _require_fit(acting: Acting, deck: RateDeck) -> None:
    """Its product and buy deck are the seller's own; it is bought by a deck of its currency, and not by itself."""
    if deck.product_id is not None:
        product_of(acting, deck.product_id)
    if deck.buy_deck_id is None:
        return
    bought = deck_of(acting, deck.buy_deck_id)
    if bought.currency != deck.currency or bought.incoming != deck.incoming or bought.customer_id is not None:
        raise DeckUnfit(_("%(code)s has another currency or direction.") % {"code": bought.code})
    seen = {deck.pk}
    while bought.buy_deck_id is not None or bought.pk in seen:
        if bought.pk in seen:
            raise DeckUnfit(_("The decks would be bought by each other."))
        seen.add(bought.pk)
        if bought.buy_deck_id is None:
            break
        bought = deck_of(acting, bought.buy_deck_id)


def _require_sold(plan: PricePlan, deck: RateDeck) -> None:
    if deck.customer_id is not None:
        raise DeckUnfit(_("%(code)s holds exceptions of one customer.") % {"code": deck.code})
    if deck.product_id is None:
        raise DeckUnfit(_("%(code)s says no product its calls are billed as. Enter one.") % {"code": deck.code})
    others = PlanDeck.objects.filter(plan=plan).exclude(deck__currency=deck.currency)
    if others.exists():
        raise DeckUnfit(_("The plan has decks of another currency than %(code)s.") % {"code": deck.code})


def _record(
    acting: Acting, subject: RateDeck | PricePlan, verb: str, now: datetime, details: Mapping[str, Any]
) -> None:
    record_event(
        seller_id=acting.seller_id, subject=subject, verb=verb, actor_id=acting.user_id, now=now, details=dict(details)
    )
