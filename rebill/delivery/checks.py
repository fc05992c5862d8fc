"""What must always be true of dispatches; each check returns what is not."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Acting
from rebill.delivery.models import Attempt, Dispatch, DispatchPurpose, DispatchState
from rebill.delivery.queries import lost_attempts, undecided_documents
from rebill.delivery.registry import BINDERS, CHANNELS
from rebill.kit.errors import Problem


def check_dispatches(*, acting: Acting, now: datetime) -> list[Problem]:
    """Every document is decided about once, every sent one can show its attempt, and nothing waits unseen."""
    return [
        *_decided_twice(acting),
        *_sent_without_attempt(acting),
        *_attempts_miscounted(acting),
        *_channel_missing(acting),
        *_lost(acting, now),
        *_undecided(acting),
    ]


def _decided_twice(acting: Acting) -> Iterator[Problem]:
    first = Dispatch.objects.filter(seller_id=acting.seller_id, purpose=DispatchPurpose.FIRST)
    twice = first.order_by().values("invoice_id", "invoice__number").annotate(times=Count("id")).filter(times__gt=1)
    for row in twice.order_by("invoice_id"):
        yield Problem(
            "dispatch.first_twice",
            _("document %(row)s") % {"row": row["invoice__number"]},
            _("It has %(row)s first dispatches; it may have been sent as often.") % {"row": row["times"]},
            _("Ask the customer, cancel those that wait, and report this as a fault of the program."),
        )


def _sent_without_attempt(acting: Acting) -> Iterator[Problem]:
    sent = Dispatch.objects.filter(seller_id=acting.seller_id, accepted_at__isnull=False)
    for dispatch in sent.filter(attempts__isnull=True).select_related("invoice").order_by("id"):
        yield Problem(
            "dispatch.sent_without_attempt",
            _("dispatch %(dispatch)s of %(number)s") % {"dispatch": dispatch.pk, "number": dispatch.invoice.number},
            _("It counts as sent, but no attempt says so."),
            _("Do not count on it having been sent: ask the customer, or send it again."),
        )


def _attempts_miscounted(acting: Acting) -> Iterator[Problem]:
    counted = Dispatch.objects.filter(seller_id=acting.seller_id).annotate(kept=Count("attempts"))
    for dispatch in counted.exclude(kept=F("attempts_made")).order_by("id"):
        yield Problem(
            "dispatch.attempts_miscounted",
            _("dispatch %(dispatch)s") % {"dispatch": dispatch.pk},
            _("It counts %(attempts_made)s attempts and has kept %(kept)s.")
            % {"attempts_made": dispatch.attempts_made, "kept": dispatch.kept},
            _("Look at its attempts before it is sent again."),
        )


def _channel_missing(acting: Acting) -> Iterator[Problem]:
    known = [*CHANNELS.names(), *BINDERS.names()]
    waiting = Dispatch.objects.filter(seller_id=acting.seller_id, state=DispatchState.QUEUED).exclude(channel__in=known)
    for row in waiting.order_by("channel").values("channel").annotate(number=Count("id")):
        yield Problem(
            "dispatch.channel_missing",
            _("channel %(row)s") % {"row": row["channel"]},
            _("%(row)s dispatches wait for a channel that is not installed.") % {"row": row["number"]},
            _("Install the channel again, or cancel the dispatches and send the documents another way."),
        )


def _lost(acting: Acting, now: datetime) -> Iterator[Problem]:
    without = Attempt.objects.filter(dispatch__seller_id=acting.seller_id, outcome="")
    for attempt in without.exclude(Q(dispatch__state=DispatchState.SENDING)).order_by("id"):
        yield Problem(
            "dispatch.attempt_without_outcome",
            _("dispatch %(dispatch)s, attempt %(number)s")
            % {"dispatch": attempt.dispatch_id, "number": attempt.number},
            _("Nobody wrote down what came of it."),
            _("Ask the customer whether it arrived."),
            blocking=False,
        )
    for dispatch in lost_attempts(acting.seller_id, now).order_by("id"):
        yield Problem(
            "dispatch.attempt_lost",
            _("dispatch %(dispatch)s") % {"dispatch": dispatch.pk},
            _("The worker that was sending it is gone."),
            _("Deliver again: it becomes unclear, and you are asked whether it arrived."),
            blocking=False,
        )


def _undecided(acting: Acting) -> Iterator[Problem]:
    number = undecided_documents(acting.seller_id).count()
    if number:
        yield Problem(
            "dispatch.undecided",
            ngettext("%(number)s document", "%(number)s documents", number) % {"number": number},
            _("Nobody has decided yet whether and how they are sent."),
            _("Deliver: it decides about every document whose PDF is made."),
            blocking=False,
        )
