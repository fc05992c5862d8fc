"""Answering a request that may come twice: done once, and answered alike each time.

The answer is kept in the transaction that did what was asked. A crash leaves both or neither; a refusal undoes both,
so that the same key may be tried again once the reason is gone. Of two requests at the same moment the second waits
for the first, and is then given its answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.models import KeptAnswer

KEPT_FOR = timedelta(days=2)


class KeyTaken(Conflict):
    """The key was given with another request before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `is_repeated` says that it was kept from an earlier time."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeated: bool = False


Given = TypeVar("Given", bound=Answer | None)


def answer_once(
    *, owner_id: int, asked: str, key: str, request_hash: str, now: datetime, answer: Callable[[], Given]
) -> Given | Answer:
    """What `answer` gives, or what it gave when this owner asked the same under the same key before.

    None is an answer that is not kept: the same may be asked anew.
    """
    with atomic_write():
        try:
            with transaction.atomic():
                kept = KeptAnswer.objects.create(
                    owner_id=owner_id, asked=asked, key=key, request_hash=request_hash, kept_at=now
                )
        except IntegrityError:
            return _earlier(KeptAnswer.objects.get(owner_id=owner_id, asked=asked, key=key), request_hash)
        given = answer()
        if given is None:
            kept.delete()
            return given
        KeptAnswer.objects.filter(pk=kept.pk).update(status=given.status, body=given.body, headers=dict(given.headers))
    return given


def forget_answers(now: datetime) -> int:
    """Forget answers that were kept long enough; return how many."""
    return KeptAnswer.objects.filter(kept_at__lt=now - KEPT_FOR).delete()[0]


def _earlier(kept: KeptAnswer, request_hash: str) -> Answer:
    if kept.request_hash != request_hash:
        raise KeyTaken(
            _("The key %(key)r was given with another request before. Give each request a key of its own.")
            % {"key": kept.key}
        )
    return Answer(kept.status, kept.body, kept.headers, is_repeated=True)
