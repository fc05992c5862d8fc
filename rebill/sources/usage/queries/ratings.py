"""Reads of ratings: which months have calls that no rating knows, what a rating came to, how two of them differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.rules.periods import add_months
from rebill.sources.usage.models import (
    CallFileState,
    CallPart,
    CallsWithoutOwner,
    CallsWithoutPrice,
    RatedPart,
    Rating,
    RatingState,
    UnusualDay,
    UsageSum,
)
from rebill.sources.usage.months import Span, span_of
from rebill.sources.usage.queries.records import kept_file, overlapping_parts


class RatingUnknown(NotFound):
    """The seller has no such rating."""


def parts_in(seller_id: int, span: Span) -> list[CallPart]:
    """The parts of the seller's switches in which calls of the span may lie, of files that are read whole."""
    rows = overlapping_parts(seller_id, span.first_s, span.before_s - 1).filter(file__switch__compared=False)
    return list(rows.order_by("id"))


def rating_of(*, acting: Acting, rating_id: int) -> Rating:
    """The seller's rating with this id."""
    require(acting, Permission.READ)
    rating = Rating.objects.filter(seller_id=acting.seller_id, pk=rating_id).first()
    if rating is None:
        raise RatingUnknown(_("There is no rating %(named)s.") % {"named": rating_id})
    return rating


def ratings_of(*, acting: Acting) -> QuerySet[Rating]:
    """The seller's ratings that count or wait, the latest month first."""
    require(acting, Permission.READ)
    kept = (RatingState.CURRENT, RatingState.WAITING)
    return Rating.objects.filter(seller_id=acting.seller_id, state__in=kept).order_by("-month", "-number")


def waiting_ratings(*, acting: Acting) -> QuerySet[Rating]:
    """The seller's ratings that wait to be taken over or left."""
    require(acting, Permission.READ)
    return Rating.objects.filter(seller_id=acting.seller_id, state=RatingState.WAITING)


def current_rating(*, seller_id: int, month: date) -> Rating | None:
    """The rating of the month that counts."""
    return Rating.objects.filter(seller_id=seller_id, month=month, state=RatingState.CURRENT).first()


def months_to_rate(*, seller_id: int, zone: str) -> list[date]:
    """The months of the seller's zone with calls that their rating does not know yet, the earliest first."""
    rated = dict(
        Rating.objects.filter(seller_id=seller_id, state__in=(RatingState.CURRENT, RatingState.WAITING))
        .order_by("number")
        .values_list("month", "seen_file")
    )
    rows = _billed_parts(seller_id)
    found: set[date] = set()
    for month, newest in rows.order_by("month").values_list("month").annotate(newest=Max("file_id")):
        # A UTC month reaches into the local month before or after it.
        for local in (add_months(month, -1), month, add_months(month, 1)):
            if newest > rated.get(local, 0) and _reaches(seller_id, local, zone, rated.get(local, 0)):
                found.add(local)
    return sorted(found)


def _reaches(seller_id: int, month: date, zone: str, seen_file: int) -> bool:
    span = span_of(month, [zone])
    rows = _billed_parts(seller_id).filter(first_s__lt=span.before_s, last_s__gte=span.first_s, file_id__gt=seen_file)
    return rows.exists()


def _billed_parts(seller_id: int) -> QuerySet[CallPart]:
    """The parts that count; records of a supplier are only compared with them."""
    return CallPart.objects.filter(seller_id=seller_id, file__state=CallFileState.READ, file__switch__compared=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more or less a customer pays by a rating that waits than by the one that counts, of 10⁻⁶."""

    seller_id: int
    buyer_id: int
    owner_id: int
    before_e6: int
    after_e6: int
    calls_before: int
    calls_after: int

    @property
    def difference_e6(self) -> int:
        """More (or, below zero, less) by the rating that waits."""
        return self.after_e6 - self.before_e6


def differences(*, acting: Acting, waiting: Rating) -> list[Difference]:
    """What taking the rating over would change, by end customer of the acting seller; the largest first."""
    require(acting, Permission.READ)
    current = current_rating(seller_id=waiting.seller_id, month=waiting.month)
    before = _sums(acting.seller_id, current)
    after = _sums(acting.seller_id, waiting)
    found = [
        Difference(
            acting.seller_id,
            *key,
            before_e6=before.get(key, (0, 0))[0],
            after_e6=after.get(key, (0, 0))[0],
            calls_before=before.get(key, (0, 0))[1],
            calls_after=after.get(key, (0, 0))[1],
        )
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    ]
    return sorted(found, key=lambda each: (-abs(each.difference_e6), each.owner_id))


def _sums(seller_id: int, rating: Rating | None) -> dict[tuple[int, int], tuple[int, int]]:
    if rating is None:
        return {}
    rows = UsageSum.objects.filter(rating=rating, seller_id=seller_id).order_by()
    grouped = rows.values("buyer_id", "owner_id").annotate(amount=Sum("amount_e6"), number=Sum("calls"))
    return {
        (buyer_id, owner_id): (amount, number)
        for buyer_id, owner_id, amount, number in grouped.values_list("buyer_id", "owner_id", "amount", "number")
    }


def parts_of(rating_ids: Sequence[int], *, seller_id: int) -> list[Path]:
    """The Parquet files with what these ratings say of the seller's calls."""
    rows = RatedPart.objects.filter(rating_id__in=rating_ids, seller_id=seller_id, rows__gt=0)
    return [kept_file(path) for path in rows.order_by("id").values_list("path", flat=True)]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Calls of an end customer without a price: what the numbers begin with, and how many there are, most first."""

    buyer_id: int
    owner_id: int
    month: date
    heads: tuple[tuple[str, int], ...]

    @property
    def calls(self) -> int:
        """How many calls that are."""
        return sum(calls for _head, calls in self.heads)


def unpriced_calls(*, seller_id: int, buyer_ids: Sequence[int] | None = None) -> Iterator[Unpriced]:
    """What the current ratings could not price, by buyer, end customer and month; of all buyers if none are named."""
    rows = CallsWithoutPrice.objects.filter(seller_id=seller_id, rating__state=RatingState.CURRENT)
    if buyer_ids is not None:
        rows = rows.filter(buyer_id__among=buyer_ids)
    return _unpriced(rows)


def _unpriced(rows: QuerySet[CallsWithoutPrice]) -> Iterator[Unpriced]:
    found: dict[tuple[int, int, date], list[tuple[str, int]]] = {}
    for buyer_id, owner_id, month, head, calls in read_rows(
        rows.order_by("buyer_id", "owner_id", "rating__month", "-calls", "head"),
        "buyer_id", "owner_id", "rating__month", "head", "calls",
    ):  # fmt: skip
        found.setdefault((buyer_id, owner_id, month), []).append((head, calls))
    for (buyer_id, owner_id, month), heads in found.items():
        yield Unpriced(buyer_id, owner_id, month, tuple(heads))


def waiting_rating(*, acting: Acting, month: date) -> Rating:
    """The rating of the month that waits to be taken over or left."""
    require(acting, Permission.READ)
    rating = waiting_ratings(acting=acting).filter(month=month).order_by("-number").first()
    if rating is None:
        raise RatingUnknown(_("No rating of %(month)s waits.") % {"month": f"{month:%m-%Y}"})
    return rating


def without_owner_of(rating: Rating) -> QuerySet[CallsWithoutOwner]:
    """What the rating knows no owner of, the most calls first."""
    return rating.without_owner.order_by("-calls", "id")


def unpriced_in(rating: Rating, *, seller_id: int) -> list[Unpriced]:
    """What this rating could not price for the seller, the customers with the most calls first."""
    rows = CallsWithoutPrice.objects.filter(rating=rating, seller_id=seller_id)
    return sorted(_unpriced(rows), key=lambda each: (-each.calls, each.owner_id))


def has_rated_calls(seller_id: int) -> bool:
    """Whether any rating says something of the seller's calls."""
    return RatedPart.objects.filter(seller_id=seller_id).exists()


def unusual_days(*, seller_id: int, buyer_ids: Sequence[int] | None = None) -> QuerySet[UnusualDay]:
    """The days that stand out in the ratings that count, the latest first; of these buyers, or of all."""
    rows = UnusualDay.objects.filter(seller_id=seller_id, rating__state=RatingState.CURRENT)
    if buyer_ids is not None:
        rows = rows.filter(buyer_id__among=buyer_ids)
    return rows.order_by("-day", "-amount_e6", "id")


def calls_without_owner(*, acting: Acting) -> QuerySet[CallsWithoutOwner]:
    """What the current ratings know no owner of, the most calls first."""
    require(acting, Permission.READ)
    rows = CallsWithoutOwner.objects.filter(rating__seller_id=acting.seller_id, rating__state=RatingState.CURRENT)
    return rows.select_related("rating").order_by("-calls", "id")
