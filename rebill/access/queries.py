"""Reads of users. Users belong to no seller; what they may do for one is said by memberships, in `parties`."""

from rebill.access.models import User
from rebill.kit.errors import NotFound


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
