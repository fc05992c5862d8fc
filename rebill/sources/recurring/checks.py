"""What must always be true of what the source remembers; each check returns what is not. Nothing is mended here."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import chunks, read_rows
from rebill.kit.errors import Problem
from rebill.rules.periods import Alignment, Timing
from rebill.rules.recurring import schedule_of
from rebill.rules.telling import next_due_on
from rebill.rules.timeline import History, stretches
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import histories

CHUNK = 5000

# How far the charges of these subscriptions reach: the end of the last billing period told, None where none was.
ToldUntil = Callable[[Collection[int]], Mapping[int, date | None]]


def check_marks(*, acting: Acting, told_until: ToldUntil) -> list[Problem]:
    """Every subscription is remembered as its charges tell it: nothing told would be told again, and nothing that
    follows is forgotten. Charges come after sources, so whoever asks says how far they reach."""
    require(acting, Permission.READ)
    own = Subscription.objects.filter(seller_id=acting.seller_id)
    # Of dealers' subscriptions the seller remembers those that it was asked about.
    of_dealers = Subscription.objects.annotate(
        seen=FilteredRelation("tier_marks", condition=Q(tier_marks__seller_id=acting.seller_id))
    ).filter(seen__id__isnull=False)
    problems: list[Problem] = []
    for subscriptions, mark in ((own, "mark"), (of_dealers, "seen")):
        rows = read_rows(
            subscriptions.order_by("id"),
            "id", "seller_id", "uuid", "sequence", "billing_months", "timing", "alignment",
            f"{mark}__told_before", f"{mark}__next_on", f"{mark}__sequence",
        )  # fmt: skip
        for chunk in chunks(rows, CHUNK):
            problems += _wrong_marks(chunk, told_until)
    return problems


def _wrong_marks(rows: Sequence[tuple[Any, ...]], told_until: ToldUntil) -> Iterator[Problem]:
    told = told_until([row[0] for row in rows])
    # A mark that has not seen the latest change is looked at by the next run in any case.
    settled: dict[int, list[int]] = {}
    for row in rows:
        if row[7] is not None and row[9] == row[3]:
            settled.setdefault(row[1], []).append(row[0])
    known: dict[int, History] = {}
    for seller_id, ids in settled.items():
        known |= histories(seller_id=seller_id, subscription_ids=ids)
    for row in rows:
        subscription_id, _seller_id, uuid, sequence, months, timing, alignment, told_before, next_on, seen = row
        reached = told.get(subscription_id)
        if told_before is None:
            if reached is not None:
                why = _("It was billed until %(reached)s, and nothing remembers it.") % {
                    "reached": f"{reached:%d-%m-%Y}"
                }
                yield _problem(
                    "mark.missing", uuid, why, _("The next run would stop at it: report it before you prepare.")
                )
            continue
        if reached is not None and told_before < reached:
            why = _("It was billed until %(reached)s, and is remembered until %(told_before)s only.") % {
                "reached": f"{reached:%d-%m-%Y}",
                "told_before": f"{told_before:%d-%m-%Y}",
            }
            yield _problem("mark.behind", uuid, why, _("The next run would stop at it: report it before you prepare."))
        if seen > sequence:
            why = _("It is remembered with %(seen)s changes, and has %(sequence)s.") % {
                "seen": seen,
                "sequence": sequence,
            }
            yield _problem("mark.ahead", uuid, why, _("Changes were lost: restore them from a backup."))
        if subscription_id in known:
            expected = _next_on(known[subscription_id], months, timing, alignment, told_before)
            if expected is not None and (next_on is None or next_on > expected):
                never = _("It can be billed again from %(expected)s, and would never be looked at.")
                late = _("It can be billed again from %(expected)s, and would not be looked at before %(next)s.")
                why = (never if next_on is None else late) % {
                    "expected": f"{expected:%d-%m-%Y}",
                    "next": next_on and f"{next_on:%d-%m-%Y}",
                }
                yield _problem("mark.forgetful", uuid, why, _("Enter a change of it, even one that changes nothing."))


def _next_on(history: History, months: int, timing: str, alignment: str, told_before: date) -> date | None:
    """The day from which the source has to look at a subscription again."""
    days = stretches(history)
    begin = history.billed_from
    return next_due_on(
        schedule=schedule_of(billed_from=begin, months=months, alignment=Alignment(alignment)),
        timing=Timing(timing),
        from_on=max(begin, told_before),
        ends_before=days[-1].ends_before if days else begin,
    )


def _problem(what: str, uuid: object, why: str, remedy: str) -> Problem:
    return Problem(what=what, where=_("subscription %(uuid)s") % {"uuid": uuid}, why=why, remedy=remedy)
