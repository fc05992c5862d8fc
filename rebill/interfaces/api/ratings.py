"""Rated calls: rating a month, what has no price or owner, deciding about a rating, and the calls of a bill."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Literal

from django.http import HttpResponse
from pydantic import Field

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.exports.contract import FileKind
from rebill.exports.specifications.annex import write_annex
from rebill.exports.specifications.reading import calls_of_invoice
from rebill.exports.specifications.tables import amount_of, write_calls
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Day, Exact, Id, Shown, with_example
from rebill.interfaces.api.work import WorkShown, accept
from rebill.sources.usage.commands import leave_rating as leave
from rebill.sources.usage.commands import take_rating as take
from rebill.sources.usage.models import Rating
from rebill.sources.usage.queries.ratings import differences, rating_of, ratings_of, unpriced_in, without_owner_of

ratings = Endpoints(Area.CALLS, "Calls")

LISTED_MAX = 1000


class RatingShown(Shown):
    """A rating of all calls of a month; `state` waiting means that somebody has to take it over or leave it."""

    id: int
    month: date
    number: int = Field(description="Counts the ratings of the month.")
    state: Literal["rating", "waiting", "current", "replaced", "left"]
    calls: int
    rated: int
    unpriced: int
    unowned: int
    ended_at: datetime | None


class Missing(Shown):
    """Calls of an end customer without a price, by what the numbers begin with."""

    end_customer_id: int
    calls: int
    prefixes: list[str]


class Nobody(Shown):
    """Calls that are nobody's."""

    number: str
    account: str
    trunk: str
    calls: int


class DifferenceShown(Shown):
    """What an end customer's calls cost by the rating that counts and by the one that waits, to six decimals."""

    customer_id: int = Field(description="Who pays: the end customer, or the dealer.")
    end_customer_id: int
    before: Exact
    after: Exact


class RatingInFull(RatingShown):
    """A rating with what has to be mended, and what it would change as long as it waits."""

    without_price: list[Missing]
    without_owner: list[Nobody]
    differences: list[DifferenceShown]


class RatingAsked(Body):
    """Which months are rated, each by any of its days; left out: those with calls that are not rated yet."""

    model_config = with_example({"months": ["2026-09-01"], "trial": True})

    months: list[Day] | None = Field(None, max_length=24)
    trial: bool = Field(False, description="Only to see what would change: the rating waits.")


def show_rating(rating: Rating) -> RatingShown:
    """The rating as an answer says it."""
    return RatingShown.model_validate(rating, from_attributes=True)


@ratings.read("/ratings")
def list_ratings(request: ApiRequest, paging: Paged) -> Page[RatingShown]:
    """List the ratings that count or wait, the latest month first."""
    return page_of(ratings_of(acting=request.acting), paging, each(show_rating), by=("-month", "-number"))


@ratings.write("POST", "/ratings", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def rate_calls(request: ApiRequest, body: RatingAsked) -> WorkShown:
    """Rate the calls of months, for the seller and every seller below it.

    A month that was billed and would come to something else waits for a decision.
    """
    months = None if body.months is None else sorted({day.replace(day=1).isoformat() for day in body.months})
    return accept(request, "rate", Permission.PREPARE, {"months": months, "trial": body.trial})


@ratings.read("/ratings/{rating_id}")
def get_rating(request: ApiRequest, rating_id: Id) -> RatingInFull:
    """Show a rating: what has no price or owner, and what it would change while it waits; of each the largest 1,000."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    return RatingInFull(
        **show_rating(rating).model_dump(),
        without_price=[
            Missing(end_customer_id=each.owner_id, calls=each.calls, prefixes=[head for head, _calls in each.heads])
            for each in unpriced_in(rating, seller_id=request.acting.seller_id)[:LISTED_MAX]
        ],
        without_owner=[
            Nobody(number=each.number, account=each.account, trunk=each.trunk, calls=each.calls)
            for each in without_owner_of(rating)[:LISTED_MAX]
        ],
        differences=_differences(request, rating),
    )


@ratings.write("POST", "/ratings/{rating_id}/take")
def take_rating(request: ApiRequest, rating_id: Id) -> RatingShown:
    """Take over a rating that waits: the next run bills the difference."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    return show_rating(take(acting=request.acting, rating=rating, now=request.now))


@ratings.write("POST", "/ratings/{rating_id}/leave")
def leave_rating(request: ApiRequest, rating_id: Id) -> RatingShown:
    """Leave a rating that waits: what counts today goes on counting."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    return show_rating(leave(acting=request.acting, rating=rating, now=request.now))


@ratings.read("/invoices/{invoice_id}/calls", media_type="application/octet-stream", area=Area.INVOICES)
def get_calls_of_invoice(
    request: ApiRequest, invoice_id: Id, kind: Literal["csv", "xlsx", "pdf"] = "csv"
) -> HttpResponse:
    """Download the calls that an invoice bills: one row per price of a call, as a table, a workbook or a PDF."""
    calls = calls_of_invoice(acting=request.acting, invoice_id=invoice_id)
    content = write_annex(calls) if kind == "pdf" else write_calls(calls, kind=FileKind(kind), now=request.now)
    name = f"{calls.invoice.number.replace('/', '-')}-calls.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _differences(request: ApiRequest, rating: Rating) -> list[DifferenceShown]:
    if rating.state != "waiting":
        return []
    return [
        DifferenceShown(
            customer_id=each.buyer_id,
            end_customer_id=each.owner_id,
            before=amount_of(each.before_e6),
            after=amount_of(each.after_e6),
        )
        for each in differences(acting=request.acting, waiting=rating)[:LISTED_MAX]
    ]
