"""Every call is rated, unpriced or nobody's; sums are those of the kept price rows; what is told is what was told."""

from collections.abc import Iterator

import polars as pl
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem
from rebill.parties.queries import seller_of
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import (
    BilledRating,
    RatedPart,
    Rating,
    RatingState,
    UsageAccount,
    UsageSum,
    UsageTelling,
)
from rebill.sources.usage.months import span_of
from rebill.sources.usage.queries.ratings import parts_in
from rebill.sources.usage.queries.records import is_as_written, kept_file, number_in
from rebill.sources.usage.schema import Status


def check_ratings(*, acting: Acting) -> list[Problem]:
    """The seller's ratings that count know every call of their month once, and their sums are those of their rows.

    The price rows of those, and of ratings that were billed, are the bytes that were written.
    """
    require(acting, Permission.READ)
    zone = seller_of(acting).time_zone
    billed = BilledRating.objects.filter(rating=OuterRef("pk"))
    ratings = Rating.objects.filter(seller_id=acting.seller_id).annotate(is_billed=Exists(billed))
    problems: list[Problem] = []
    for rating in ratings.filter(Q(state=RatingState.CURRENT) | Q(is_billed=True)):
        lost = list(_files_lost(rating, is_billed=rating.is_billed))
        problems += lost
        if rating.state == RatingState.CURRENT:
            problems += _calls_lost(rating, zone)
            problems += [] if lost else _sums_differ(rating)
    return problems


def check_accounts(*, acting: Acting) -> list[Problem]:
    """What accounts say is told is what their tellings say, and they are settled when that is all they come to."""
    require(acting, Permission.READ)
    return [*_told_wrongly(acting.seller_id), *_summed_wrongly(acting.seller_id)]


def _calls_lost(rating: Rating, zone: str) -> Iterator[Problem]:
    """Calls of files the rating has seen, against those it has counted."""
    span = span_of(rating.month, [zone])
    known = [part for part in parts_in(rating.seller_id, span) if part.file_id <= rating.seen_file]
    paths = [kept_file(part.path) for part in known]
    missing = [path for path in paths if not path.exists()]
    if missing:
        why = _("Its calls cannot be counted: %(path)s is gone.") % {"path": missing[0]}
        yield _problem(rating, "calls.part_missing", why, _("Restore the file from a backup."))
        return
    within = pl.col("start_s").is_between(span.first_s, span.before_s, closed="left")
    calls = number_in(pl.scan_parquet(paths).filter(within).select(pl.len())) if paths else 0
    if calls is None:
        why = _("Its calls cannot be counted: a file of them is damaged.")
        yield _problem(rating, "calls.part_damaged", why, _("Restore the file from a backup."))
    elif calls != rating.calls:
        why = _("It knows %(calls)s of %(known)s calls.") % {"calls": rating.calls, "known": calls}
        yield _problem(rating, "calls.not_all_rated", why, _("Rate the month again."))


def _files_lost(rating: Rating, *, is_billed: bool) -> Iterator[Problem]:
    """Files of price rows that are gone, or not the bytes that were written."""
    # A bill's specification is what it was rated by: another rating would not bring it back.
    remedy = _("Restore the file from a backup.") if is_billed else _("Rate the month again.")
    for part in RatedPart.objects.filter(rating=rating).order_by("id"):
        path = kept_file(part.path)
        if not path.exists():
            why = _("Its price rows are gone: %(path)s.") % {"path": path}
            yield _problem(rating, "calls.part_missing", why, remedy)
        elif not is_as_written(path, part.content_hash) or number_in(pl.scan_parquet(path).select(pl.len())) is None:
            why = _("Its price rows are damaged: %(path)s is not as it was written.") % {"path": path}
            yield _problem(rating, "calls.part_damaged", why, remedy)


def _sums_differ(rating: Rating) -> Iterator[Problem]:
    """The price rows of each seller come to its sums."""
    sums = dict(
        UsageSum.objects.filter(rating=rating)
        .order_by()
        .values_list("seller_id")
        .annotate(amount=Sum("amount_e6"))
        .values_list("seller_id", "amount")
    )
    files: dict[int, list[str]] = {}
    for seller_id, path in RatedPart.objects.filter(rating=rating, rows__gt=0).values_list("seller_id", "path"):
        files.setdefault(seller_id, []).append(path)
    for seller_id, paths in files.items():
        rated = pl.scan_parquet([kept_file(path) for path in paths]).filter(pl.col("status") == Status.RATED)
        amount = number_in(rated.select(pl.col("amount_e6").sum()))
        if amount is None:
            yield _problem(rating, "calls.part_damaged", _("Price rows of it are damaged."), _("Rate the month again."))
        elif amount != sums.get(seller_id, 0):
            why = _("Its sums are not those of its price rows.")
            yield _problem(rating, "calls.sums_differ", why, _("Rate the month again."))


def _told_wrongly(seller_id: int) -> Iterator[Problem]:
    accounts = UsageAccount.objects.filter(seller_id=seller_id).order_by("id")
    told = dict(
        UsageTelling.objects.filter(account__seller_id=seller_id)
        .order_by()
        .values_list("account_id")
        .annotate(minor=Sum("amount"))
        .values_list("account_id", "minor")
    )
    for account_id, key, amount_e6, currency, minor, settled in read_rows(
        accounts, "id", "key", "amount_e6", "currency", "told_amount", "settled"
    ):
        if minor != int(told.get(account_id, 0) or 0):
            yield _account(key, _("What it says is told is not what was told."))
        if settled != (wanted_minor(amount_e6, currency) == minor):
            yield _account(key, _("It does not know whether all of it is told."))


def _summed_wrongly(seller_id: int) -> Iterator[Problem]:
    """All accounts of a month come to all sums of its ratings that count."""
    wanted = dict(
        UsageAccount.objects.filter(seller_id=seller_id)
        .order_by()
        .values_list("month")
        .annotate(amount=Sum("amount_e6"))
        .values_list("month", "amount")
    )
    summed = dict(
        UsageSum.objects.filter(seller_id=seller_id, rating__state=RatingState.CURRENT)
        .order_by()
        .values_list(F("rating__month"))
        .annotate(amount=Sum("amount_e6"))
        .values_list("rating__month", "amount")
    )
    for month in sorted(wanted.keys() | summed.keys()):
        if wanted.get(month, 0) != summed.get(month, 0):
            why = _("The accounts of %(month)s are not what its ratings come to.") % {"month": f"{month:%m-%Y}"}
            yield _account(f"{month:%Y-%m}", why)


def _problem(rating: Rating, what: str, why: str, remedy: str) -> Problem:
    named = {"number": rating.number, "month": f"{rating.month:%m-%Y}"}
    return Problem(what=what, where=_("rating %(number)s of %(month)s") % named, why=why, remedy=remedy)


def _account(key: str, why: str) -> Problem:
    return Problem(
        what="calls.account_differs",
        where=_("account %(key)s") % {"key": key},
        why=why,
        remedy=_("Rate the month again, or report it."),
    )
