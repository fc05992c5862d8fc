"""One rating: calls without a price, calls that are nobody's, and, while it waits, what it would change."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.parties.queries import names_of
from rebill.rules.money import Money
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import RatingState
from rebill.sources.usage.queries.chain import currencies_of
from rebill.sources.usage.queries.ratings import differences, rating_of, unpriced_in, without_owner_of

SHOWN = 100


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


@page()
def rating_page(request: OfficeRequest, rating_id: int) -> HttpResponse:
    """The rating of a month."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    unpriced = unpriced_in(rating, seller_id=request.acting.seller_id)
    names = names_of({each.owner_id for each in unpriced[:SHOWN]})
    unowned = list(without_owner_of(rating)[:SHOWN])
    changed, changes = _changed(request, rating_id) if rating.state == RatingState.WAITING else ([], 0)
    context = {
        "rating": rating,
        "unpriced": [(each, names[each.owner_id]) for each in unpriced[:SHOWN]],
        "unowned": unowned,
        "changed": changed,
        "changes": changes,
        "is_waiting": rating.state == RatingState.WAITING,
    }
    return render(request, "office/ratings/rating.html", context)


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
