"""Reads of users, and of what they did. Users belong to no seller; what they may do for one `parties` says."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext as _

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
        raise UserUnknown(_("There is no user %(named)r.") % {"named": username})
    return user


def user_with_email(email: str) -> User:
    """The active user with this e-mail address, whatever its capitals."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise UserUnknown(_("There is no user with the e-mail address %(named)r.") % {"named": email})
    return user


def language_of(user_id: int | None) -> str:
    """The language in which a user reads; English where the timetable acts."""
    return User.objects.filter(pk=user_id or 0).values_list("language", flat=True).first() or "en"


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
    events = Event.objects.filter(about, seller_id=acting.seller_id)
    # Asked for the newest of one subject, an index answers in order. Of several, a database that is asked for order
    # would read the whole log backwards instead of the index of subjects.
    events = events.order_by("-id")[:limit] if len(subjects) == 1 else events.order_by()
    found = sorted(with_actors(events), key=lambda event: event.pk)[-limit:]
    return [
        Happening(event.subject_type, event.subject_id, event.verb, event.occurred_at, actor_of(event), event.details)
        for event in found
    ]


def with_actors(events: QuerySet[Event]) -> QuerySet[Event]:
    """These events with who did it, in the same read; `actor_of` says the name."""
    user = User.objects.filter(pk=OuterRef("actor_id")).order_by()
    full_name = user.annotate(called=Trim(Concat("first_name", Value(" "), "last_name"))).values("called")
    return events.annotate(actor_name=Subquery(full_name), actor_username=Subquery(user.values("username")))


def actor_of(event: Event) -> str:
    """Who did it, as people know them: by full name or else by the name they sign in with. Empty for the timetable."""
    return getattr(event, "actor_name", "") or getattr(event, "actor_username", "") or ""


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """What these users are called: by full name, or else by the name they sign in with."""
    users = User.objects.filter(pk__in=user_ids)
    return {user.pk: user.get_full_name() or user.username for user in users}
