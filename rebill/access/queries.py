"""Reads of users, and of what they did. Users belong to no seller; what they may do for one `parties` says."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, Trim

from rebill.access.acting import Acting, Permission, require
from rebill.access.models import User
from rebill.kit.errors import NotFound
from rebill.kit.models import Event

# A page shows no more; whoever wants the whole log reads it through the API.
EVENTS_MAX = 200


class UserUnknown(NotFound):
    """There is no such user, or no longer one that may sign in."""


def user_named(username: str) -> User:
    """The active user with this name to sign in with."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise UserUnknown(f"There is no user {username!r}.")
    return user


def user_with_email(email: str) -> User:
    """The active user with this e-mail address, whatever its capitals."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise UserUnknown(f"There is no user with the e-mail address {email!r}.")
    return user


def users_with_second_factor(user_ids: Collection[int]) -> set[int]:
    """Which of these users need more than a password to sign in: a code of their telephone or a passkey."""
    factors = Authenticator.objects.filter(user_id__in=user_ids).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(factors.values_list("user_id", flat=True))


def is_anybody_known() -> bool:
    """Whether there is any user yet; where there is none, the first one sets rebill up."""
    return User.objects.exists()


# --- what happened --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: what happened to which subject, when, with which details; `actor` is empty for the timetable."""

    subject_type: str
    subject_id: int
    verb: str
    occurred_at: datetime
    actor: str
    details: dict[str, Any]


def events_of(acting: Acting, *subjects: tuple[str, int], limit: int = EVENTS_MAX) -> list[Happening]:
    """The newest events of these subjects (type and id) of the acting seller, the oldest first; one read.

    The actor is named as people know them, by full name or else by the name they sign in with.
    """
    require(acting, Permission.READ)
    ids: dict[str, list[int]] = defaultdict(list)
    for subject_type, subject_id in subjects:
        ids[subject_type].append(subject_id)
    about = Q(pk__in=[])
    for subject_type, of_type in ids.items():
        about |= Q(subject_type=subject_type, subject_id__in=of_type)
    user = User.objects.filter(pk=OuterRef("actor_id")).order_by()
    full_name = user.annotate(called=Trim(Concat("first_name", Value(" "), "last_name"))).values("called")
    events = Event.objects.filter(about, seller_id=acting.seller_id)
    # Asked for the newest of one subject, an index answers in order. Of several, a database that is asked for order
    # would read the whole log backwards instead of the index of subjects.
    events = events.order_by("-id")[:limit] if len(subjects) == 1 else events.order_by()
    rows = events.annotate(full_name=Subquery(full_name), username=Subquery(user.values("username"))).values_list(
        "id", "subject_type", "subject_id", "verb", "occurred_at", "full_name", "username", "details"
    )
    return [
        Happening(*row[1:5], row[5] or row[6] or "", row[7]) for row in sorted(rows, key=lambda row: row[0])[-limit:]
    ]
