"""Writes of users: who they are. Their roles are given by `parties`, which knows the sellers."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.access.models import User
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event

LANGUAGES = ("nl", "de", "fi", "en")


class UserInvalid(Invalid):
    """The name, e-mail address or language of a user cannot be kept."""


class UserTaken(Conflict):
    """Somebody else has this name or e-mail address."""


def create_user(
    *,
    acting: Acting | None,
    username: str,
    email: str,
    now: datetime,
    full_name: str = "",
    language: str = "en",
    password: str | None = None,
) -> User:
    """A person who may sign in, with no role yet. Without a password one must be set before the first sign-in.

    `acting` is None when the machine's operator adds somebody from the command line, as for the first user of all.
    """
    if acting is not None:
        require(acting, Permission.KEEP_USERS)
    _require_language(language)
    user = User(username=username.strip(), email=email.strip().lower(), language=language)
    user.first_name, _space, user.last_name = full_name.strip().partition(" ")
    user.set_password(password)
    _require_valid(user)
    with atomic_write():
        write_lock("names of users")
        if User.objects.filter(username__iexact=user.username).exists():
            raise UserTaken(_("There is a user %(username)r already.") % {"username": user.username})
        if User.objects.filter(email__iexact=user.email).exists():
            raise UserTaken(_("Somebody has the e-mail address %(email)r already.") % {"email": user.email})
        user.save(force_insert=True)
        record_event(
            seller_id=None if acting is None else acting.seller_id,
            subject=user,
            verb="created",
            actor_id=None if acting is None else acting.user_id,
            now=now,
        )
    return user


def change_language(*, user: User, language: str, now: datetime) -> User:
    """The language in which the user sees the pages; users change their own."""
    _require_language(language)
    with atomic_write():
        if user.language != language:
            details = {"language": [user.language, language]}
            user.language = language
            user.save(update_fields=["language"])
            record_event(seller_id=None, subject=user, verb="changed", actor_id=user.pk, now=now, details=details)
    return user


def _require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise UserInvalid(
            _("%(language)r is none of the languages %(languages)s.")
            % {"language": language, "languages": ", ".join(LANGUAGES)}
        )


def _require_valid(user: User) -> None:
    try:
        validate_email(user.email)
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise UserInvalid(" ".join(error.messages)) from None
