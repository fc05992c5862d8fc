"""Asking for long work, and the task of the queue that does it."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from rebill.access.acting import Acting
from rebill.access.queries import language_of
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.work.contract import Job, Told
from rebill.interfaces.work.registry import KINDS
from rebill.kit.errors import Refused, reason_of
from rebill.kit.models import Work, WorkState
from rebill.kit.work import begin_work, end_work, queue_work
from rebill.parties.queries import acting_of_member, seller_of

logger = logging.getLogger(__name__)

TASK = "rebill.interfaces.work.doing.do_work"


def ask(*, acting: Acting, kind: str, request: dict[str, Any], now: datetime) -> Work:
    """Put work into the queue. Whether it is permitted is decided by the commands it calls, when it is done."""
    return queue_work(
        seller_id=acting.seller_id, actor_id=acting.user_id, kind=kind, request=request, function=TASK, now=now
    )


def do_work(work_id: str) -> str:
    """The task: does the work unless it has come to an end already. A refusal is an answer, not a failure."""
    work = begin_work(work_id=UUID(work_id), now=read_clock())
    if work is None:
        return "It was done already."
    # What is said on the way is kept as it is said: in the language of the one who asked.
    with translation.override(language_of(work.actor_id)):
        return _do(work)


def _do(work: Work) -> str:
    try:
        acting = acting_of_member(seller_id=work.seller_id, user_id=work.actor_id)
        job = Job(acting, seller_of(acting).time_zone, work.request, read_clock, Told(work.id, read_clock))
        result = KINDS[work.kind](job)
    except Refused as refusal:
        end_work(work_id=work.id, to=WorkState.REFUSED, now=read_clock(), words=reason_of(refusal))
        return reason_of(refusal)
    except Exception as error:
        logger.exception("Work %s (%s) failed", work.id, work.kind)
        end_work(work_id=work.id, to=WorkState.FAILED, now=read_clock(), words=f"{type(error).__name__}: {error}")
        raise
    end_work(work_id=work.id, to=WorkState.DONE, now=read_clock(), result=result)
    return work.kind
