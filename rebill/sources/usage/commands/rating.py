"""Rating a month: its calls are priced for every seller on the chain, beside what counts, and then taken over.

A rating is written into a folder of its own and counts from the transaction that takes it over. One that is killed
leaves a row that never counts and a folder that the next rating of the month throws away.
"""

import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import insert_rows, learn_sizes
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.kit.states import Moves, move, move_rows
from rebill.sources.usage.commands.accounts import renew_accounts
from rebill.sources.usage.commands.finding import Found, counted_in, files_in, owners_missing, write_tier
from rebill.sources.usage.commands.looking_out import write_unusual_days
from rebill.sources.usage.engine.contract import Engine
from rebill.sources.usage.engine.rating import rate
from rebill.sources.usage.models import (
    CallPart,
    CallsWithoutOwner,
    Rating,
    RatingState,
    UsageAccount,
)
from rebill.sources.usage.months import month_number, span_of
from rebill.sources.usage.queries.chain import tiers_below
from rebill.sources.usage.queries.endpoints import endpoint_frame
from rebill.sources.usage.queries.pricing import chain_frames, fingerprint
from rebill.sources.usage.queries.ratings import current_rating, parts_in
from rebill.sources.usage.queries.records import kept_file, require_whole

# So many calls are rated at once: what they take of memory is bounded, whatever the month holds.
CALLS_AT_ONCE = 10_000_000
# A rating that began so long ago was killed: its folder is nobody's.
ABANDONED = timedelta(days=1)

RATING_MOVES: Moves[RatingState] = {
    RatingState.RATING: frozenset({RatingState.WAITING, RatingState.CURRENT, RatingState.LEFT}),
    RatingState.WAITING: frozenset({RatingState.CURRENT, RatingState.LEFT, RatingState.REPLACED}),
    RatingState.CURRENT: frozenset({RatingState.REPLACED}),
    RatingState.REPLACED: frozenset(),
    RatingState.LEFT: frozenset(),
}

Progress = Callable[[int, int | None], None]


class RatingNotWaiting(Conflict):
    """The rating was decided about already, or another one has come since."""


class MonthWithoutCalls(Invalid):
    """There is nothing to rate in the month."""


def _silent(done: int, total: int | None) -> None:
    """Tells nobody."""


def rate_month(
    *,
    acting: Acting,
    month: date,
    engine: Engine,
    now: datetime,
    trial: bool = False,
    progress: Progress = _silent,
) -> Rating:
    """Rates all calls of the seller's switches in the month, for it and every seller below it; returns the rating.

    It counts at once, unless calls of the month were billed and prices or owners have changed since they were rated:
    then, and for a `trial`, it waits until somebody takes it over (`take_rating`) or leaves it (`leave_rating`).
    MonthWithoutCalls where no call of the month is known, CallsLost where a file of them is gone or damaged.
    """
    require(acting, Permission.PREPARE)
    tiers = tiers_below(acting.seller_id)
    span = span_of(month, [tier.seller.time_zone for tier in tiers])
    parts = parts_in(acting.seller_id, span)
    if not parts:
        raise MonthWithoutCalls(_("There are no calls in %(month)s.") % {"month": f"{month:%m-%Y}"})
    require_whole(part.path for part in parts)
    rating = _begin(acting, month, parts, now)
    folder = kept_file(_folder_of(rating))
    try:
        endpoints = endpoint_frame([tier.seller.pk for tier in tiers])
        frames = chain_frames(tiers, month=month, span=span)
        prices = fingerprint(frames, endpoints)
        paths = [kept_file(part.path) for part in parts]
        calls = sum(part.rows for part in parts)
        sums = rate(
            calls=paths,
            endpoints=endpoints,
            tiers=frames,
            month=month_number(month),
            out=folder,
            engine=engine,
            shards=-(-calls // CALLS_AT_ONCE),
            progress=progress,
        )
        found = [Found(tier, each.sums, files_in(folder / each.name)) for tier, each in zip(tiers, sums, strict=True)]
        without_owner = owners_missing(paths, found[0].paths)
        return _end(acting, rating, found, without_owner, prices=prices, trial=trial, now=now)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        _leave(Rating.objects.filter(pk=rating.pk, state=RatingState.RATING), now)
        raise


def take_rating(*, acting: Acting, rating: Rating, now: datetime) -> Rating:
    """From now on the rating counts: what differs from what was billed is owed, or given back, by the next run."""
    require(acting, Permission.PREPARE)
    with atomic_write():
        _lock(rating.seller_id, rating.month)
        held = Rating.objects.filter(seller_id=acting.seller_id, pk=rating.pk, state=RatingState.WAITING).first()
        if held is None:
            raise RatingNotWaiting(_("This rating was decided about already."))
        obsolete = _take_over(held, now)
        _record(acting, held, "taken", now)
    _throw_away(obsolete)
    return held


def leave_rating(*, acting: Acting, rating: Rating, now: datetime) -> Rating:
    """The rating that waited is not taken over; what counts stays."""
    require(acting, Permission.PREPARE)
    with atomic_write():
        held = Rating.objects.select_for_update().filter(seller_id=acting.seller_id, pk=rating.pk).first()
        if held is None or held.state != RatingState.WAITING:
            raise RatingNotWaiting(_("This rating was decided about already."))
        move(held, to=RatingState.LEFT, moves=RATING_MOVES).ended_at = now
        held.save(update_fields=["state", "ended_at"])
        folders = _forget_rows(held)
        _record(acting, held, "left", now)
    _throw_away(folders)
    return held


def _begin(acting: Acting, month: date, parts: Sequence[CallPart], now: datetime) -> Rating:
    with atomic_write():
        _lock(acting.seller_id, month)
        ratings = Rating.objects.filter(seller_id=acting.seller_id, month=month)
        last = ratings.aggregate(last=Max("number"))["last"] or 0
        abandoned = list(ratings.filter(state=RatingState.RATING, began_at__lt=now - ABANDONED))
        _leave(ratings.filter(pk__in=[each.pk for each in abandoned]), now)
        rating = Rating.objects.create(
            seller_id=acting.seller_id,
            month=month,
            number=last + 1,
            began_at=now,
            seen_file=max(part.file_id for part in parts),
        )
    _throw_away([_folder_of(each) for each in abandoned])
    return rating


def _end(
    acting: Acting,
    rating: Rating,
    found: Sequence[Found],
    without_owner: Sequence[tuple[str, str, str, int, int]],
    *,
    prices: str,
    trial: bool,
    now: datetime,
) -> Rating:
    folders: list[str] = []
    with atomic_write():
        _lock(rating.seller_id, rating.month)
        held = Rating.objects.select_for_update().get(pk=rating.pk)
        if held.state != RatingState.RATING:
            raise RatingNotWaiting(_("Another rating of the month has taken its place."))
        for each in found:
            write_tier(held, each)
            write_unusual_days(held, each.tier, each.paths)
        insert_rows(
            CallsWithoutOwner,
            ("rating_id", "account", "trunk", "number", "calls", "seconds"),
            [(held.pk, *row) for row in without_owner],
        )
        counted = counted_in(found[0].sums)
        held.prices, held.ended_at = prices, now
        held.calls, held.rated = counted.calls, counted.rated
        held.unpriced, held.unowned = counted.unpriced, counted.unowned
        held.save(update_fields=["prices", "ended_at", "calls", "rated", "unpriced", "unowned"])
        if trial or _must_wait(held):
            folders = _replace_waiting(held)
            move(held, to=RatingState.WAITING, moves=RATING_MOVES)
            held.save(update_fields=["state"])
            _record(acting, held, "rated", now)
        else:
            folders = _take_over(held, now)
            _record(acting, held, "rated", now)
    learn_sizes(sum(len(each.sums) for each in found))
    _throw_away(folders)
    return held


def _must_wait(rating: Rating) -> bool:
    """Whether calls of the month were billed by a rating with other prices or owners."""
    current = current_rating(seller_id=rating.seller_id, month=rating.month)
    if current is None or current.prices == rating.prices:
        return False
    sellers = current.sums.values_list("seller_id", flat=True)
    return UsageAccount.objects.filter(month=rating.month, seller_id__in=sellers, tellings_made__gt=0).exists()


def _take_over(rating: Rating, now: datetime) -> list[str]:
    """Makes the rating the current one; returns the folders that nobody needs any longer."""
    newer = Rating.objects.filter(
        seller_id=rating.seller_id, month=rating.month, number__gt=rating.number, state=RatingState.CURRENT
    )
    if newer.exists():
        raise RatingNotWaiting(_("Another rating of the month has taken its place."))
    folders = _replace_waiting(rating)
    before = current_rating(seller_id=rating.seller_id, month=rating.month)
    sellers = set(rating.sums.order_by().values_list("seller_id", flat=True).distinct())
    if before is not None:
        sellers |= set(before.sums.order_by().values_list("seller_id", flat=True).distinct())
        move(before, to=RatingState.REPLACED, moves=RATING_MOVES)
        before.save(update_fields=["state"])
        before.sums.all().delete()
        folders += _forget_rows(before)
    move(rating, to=RatingState.CURRENT, moves=RATING_MOVES)
    rating.save(update_fields=["state"])
    renew_accounts(month=rating.month, seller_ids=sellers)
    return folders


def _replace_waiting(rating: Rating) -> list[str]:
    """A rating that waits gives way to a later one."""
    folders: list[str] = []
    waiting = Rating.objects.filter(seller_id=rating.seller_id, month=rating.month, state=RatingState.WAITING)
    for each in waiting.exclude(pk=rating.pk).filter(number__lt=rating.number):
        move(each, to=RatingState.REPLACED, moves=RATING_MOVES)
        each.save(update_fields=["state"])
        folders += _forget_rows(each)
    return folders


def _leave(ratings: QuerySet[Rating], now: datetime) -> None:
    move_rows(ratings, to=RatingState.LEFT, moves=RATING_MOVES, ended_at=now)


def _forget_rows(rating: Rating) -> list[str]:
    """Deletes what is kept of a rating that counts no longer, but for what a bill was made of; returns its folder."""
    rating.sums.all().delete()
    rating.without_price.all().delete()
    rating.without_owner.all().delete()
    rating.unusual_days.all().delete()
    if rating.billed_with.exists():
        return []
    rating.parts.all().delete()
    return [_folder_of(rating)]


def _throw_away(folders: Sequence[str]) -> None:
    """Deletes the files of ratings once it is certain that nothing names them any longer.

    What is left behind when this is killed costs nothing but room.
    """

    def delete() -> None:
        for folder in folders:
            shutil.rmtree(kept_file(folder), ignore_errors=True)

    transaction.on_commit(delete)


def _folder_of(rating: Rating) -> str:
    return f"rated/{rating.seller_id}/{rating.month:%Y-%m}/{rating.pk}"


def _lock(seller_id: int, month: date) -> None:
    write_lock(f"rating {seller_id} {month}")


def _record(acting: Acting, rating: Rating, verb: str, now: datetime) -> None:
    details = {
        "month": f"{rating.month:%Y-%m}",
        "number": rating.number,
        "calls": rating.calls,
        "rated": rating.rated,
        "unpriced": rating.unpriced,
        "unowned": rating.unowned,
    }
    record_event(
        seller_id=rating.seller_id, subject=rating, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
