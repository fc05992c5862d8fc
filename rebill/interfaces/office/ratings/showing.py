"""One rating: calls without a price, calls that are nobody's, and, while it waits, what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rebill.catalogue.queries.rating import read_tariffs
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.parties.queries import names_of
from rebill.rules.money import Money
from rebill.rules.periods import add_months
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import CallsWithoutOwner, Rating, RatingState
from rebill.sources.usage.queries.chain import currencies_of
from rebill.sources.usage.queries.ratings import Unpriced, differences, rating_of, unpriced_in, without_owner_of

SHOWN = 100
# Beginnings of numbers per customer.
HEADS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Changed:
    """A customer whose bill changes."""

    customer_id: int
    name: str
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """What it pays more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Lacking:
    """A customer with calls that have no price: what their numbers begin with, and where each gets its rate; an empty
    address where no deck prices the customer's calls."""

    customer_id: int
    name: str
    calls: int
    heads: list[tuple[str, str]]


@page()
def rating_page(request: OfficeRequest, rating_id: int) -> HttpResponse:
    """The rating of a month."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    unpriced = unpriced_in(rating, seller_id=request.acting.seller_id)[:SHOWN]
    unowned = list(without_owner_of(rating)[:SHOWN])
    changed, changes = _changed(request, rating_id) if rating.state == RatingState.WAITING else ([], 0)
    context = {
        "rating": rating,
        "unpriced": _lacking(request, rating, unpriced),
        "unowned": [(each, _endpoint_address(request, rating, each)) for each in unowned],
        "changed": changed,
        "changes": changes,
        "is_waiting": rating.state == RatingState.WAITING,
    }
    return render(request, "office/ratings/rating.html", context)


def _lacking(request: OfficeRequest, rating: Rating, unpriced: Sequence[Unpriced]) -> list[Lacking]:
    """Who lacks a price, each beginning with the form that enters its rate from the first day of the month."""
    names = names_of({each.owner_id for each in unpriced})
    decks = _decks_by_buyer(request, rating, {each.buyer_id for each in unpriced})

    def address(buyer_id: int, head: str) -> str:
        if buyer_id not in decks:
            return ""
        asked = {"prefix": head, "from": rating.month.isoformat(), "rating": rating.pk}
        return f"{reverse('office:deck-rate', args=[request.seller.slug, decks[buyer_id]])}?{urlencode(asked)}"

    return [
        Lacking(
            each.buyer_id,
            names[each.owner_id],
            each.calls,
            [(head, address(each.buyer_id, head)) for head, _calls in each.heads[:HEADS_SHOWN]],
        )
        for each in unpriced
    ]


def _decks_by_buyer(request: OfficeRequest, rating: Rating, buyer_ids: set[int]) -> dict[int, int]:
    """The deck that prices the outgoing calls of each customer at the end of the month."""
    before = add_months(rating.month, 1)
    tariffs = read_tariffs(request.acting.seller_id, buyer_ids, from_day=rating.month, before_day=before)
    return {each.buyer_id: each.deck_id for each in tariffs if not each.component and not each.incoming}


def _endpoint_address(request: OfficeRequest, rating: Rating, unowned: CallsWithoutOwner) -> str:
    """The form that gives the account, trunk or number to a customer from the first day of the month."""
    for kind in ("account", "trunk", "number"):
        if value := getattr(unowned, kind):
            asked = {"kind": kind, "value": value, "from": rating.month.isoformat()}
            return f"{reverse('office:calls-endpoint-new', args=[request.seller.slug])}?{urlencode(asked)}"
    return ""


def _changed(request: OfficeRequest, rating_id: int) -> tuple[list[Changed], int]:
    """The largest changes, and how many there are."""
    found = differences(acting=request.acting, waiting=rating_of(acting=request.acting, rating_id=rating_id))
    shown = found[:SHOWN]
    names, currencies = names_of({each.owner_id for each in shown}), currencies_of({each.buyer_id for each in shown})

    def money(amount_e6: int, currency: str) -> Money:
        return Money(wanted_minor(amount_e6, currency), currency)

    return [
        Changed(
            each.owner_id,
            names[each.owner_id],
            money(each.before_e6, currencies[each.buyer_id]),
            money(each.after_e6, currencies[each.buyer_id]),
        )
        for each in shown
    ], len(found)
