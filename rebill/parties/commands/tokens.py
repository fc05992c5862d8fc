"""Tokens with which programs act for a seller: made by a user for itself, shown once, revocable at any time."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.access.scopes import ALL_SCOPES
from rebill.kit.database import atomic_write
from rebill.kit.errors import Forbidden
from rebill.kit.events import record_event
from rebill.parties.entries import EntryRefused, text_of
from rebill.parties.models import ApiToken
from rebill.parties.tokens import MARK, hash_secret, token_of

SECRET_BYTES = 32
PREFIX_LENGTH = 10
# Often enough to see which tokens are in use, and no write for every read.
USE_NOTED_EVERY = timedelta(minutes=1)

_name = text_of(ApiToken, "name", required=True)


def create_token(
    *, acting: Acting, name: str, scopes: Collection[str], now: datetime, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A token with which a program acts as the acting user, and its secret, which is not kept and never shown again.

    Everybody makes tokens for oneself: a token can do no more than its user, so it needs no permission of its own.
    """
    require(acting, Permission.READ)
    if acting.user_id is None:
        raise Forbidden(_("A token acts as a user, and nobody acts here."))
    name = _name("name", name)
    chosen = [scope for scope in ALL_SCOPES if scope in scopes]
    unknown = sorted(set(scopes) - set(ALL_SCOPES))
    if unknown or not chosen:
        why = _("There is no such scope.") if unknown else _("A token without a scope reaches nothing.")
        remedy = _("Choose from: %(scopes)s.") % {"scopes": ", ".join(ALL_SCOPES)}
        raise EntryRefused("scopes", why=why, remedy=remedy, value=", ".join(unknown))
    if expires_at is not None and expires_at <= now:
        why = _("It would have expired already.")
        raise EntryRefused("expires_at", why=why, remedy=_("Choose a later moment."), value=expires_at)
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        seller_id=acting.seller_id,
        user_id=acting.user_id,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=hash_secret(secret),
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    with atomic_write():
        token.save(force_insert=True)
        _record(acting, token, "created", now)
    return token, secret


def revoke_token(*, acting: Acting, token_id: int, now: datetime) -> ApiToken:
    """The token lets nobody in from now on. One's own; that of somebody else is revoked by who keeps the users."""
    require(acting, Permission.READ)
    with atomic_write():
        token = token_of(acting, token_id)
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            _record(acting, token, "revoked", now)
    return token


def record_token_use(*, acting: Acting, token: ApiToken, now: datetime) -> None:
    """Note that the token was used, at most once a minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk, seller_id=acting.seller_id).update(last_used_at=now)


def _record(acting: Acting, token: ApiToken, verb: str, now: datetime) -> None:
    record_event(
        seller_id=acting.seller_id,
        subject=token,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details={"name": token.name, "prefix": token.prefix, "scopes": token.scopes},
    )
