"""Reads of tokens for programs: whose they are, and who knocks with one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from rebill.access.acting import PERMISSIONS, Acting, Permission, Role
from rebill.kit.errors import Forbidden, NotFound
from rebill.parties.models import ApiToken, Membership, Seller

# Tells a reader of logs and configurations, and scanners of public code, what the secret belongs to.
MARK = "rb_"


class TokenUnknown(NotFound):
    """The acting seller has no such token."""


class TokenRefused(Forbidden):
    """The token lets nobody in: it was never made, was revoked, has expired, or its user has lost the role."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that showed its token: as whom it acts, for which seller, within which scopes."""

    token: ApiToken
    acting: Acting
    seller: Seller


def hash_secret(secret: str) -> str:
    """What is kept of a secret. It is 256 random bits, so a plain hash cannot be turned back by guessing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def caller_with(secret: str, now: datetime) -> Caller:
    """Who shows this secret; one read. The role is that of the moment, so losing it takes the token's power at once."""
    role = Membership.objects.filter(user=OuterRef("user"), seller=OuterRef("seller"), user__is_active=True)
    tokens = ApiToken.objects.select_related("seller").annotate(role=Subquery(role.values("role")[:1]))
    token = tokens.filter(secret_hash=hash_secret(secret)).first()
    if token is None:
        raise TokenRefused(_("There is no such token."))
    if token.revoked_at is not None:
        raise TokenRefused(_("The token was revoked."))
    if token.expires_at is not None and token.expires_at <= now:
        raise TokenRefused(_("The token has expired."))
    if token.role is None:
        raise TokenRefused(_("The user of the token has no role with the seller any more."))
    acting = Acting(seller_id=token.seller_id, role=Role(token.role), user_id=token.user_id)
    return Caller(token, acting, token.seller)


def tokens_of(acting: Acting) -> QuerySet[ApiToken]:
    """The tokens of the seller, the newest first: all of them for who keeps its users, else one's own."""
    tokens = ApiToken.objects.filter(seller_id=acting.seller_id).select_related("user").order_by("-id")
    return tokens if keeps_users(acting) else tokens.filter(user=acting.user_id)


def token_of(acting: Acting, token_id: int) -> ApiToken:
    """One of the tokens that the acting user may see."""
    token = tokens_of(acting).filter(pk=token_id).first()
    if token is None:
        raise TokenUnknown(_("There is no token %(named)s.") % {"named": token_id})
    return token


def keeps_users(acting: Acting) -> bool:
    """Whether the acting user may see and revoke the tokens of others."""
    return Permission.KEEP_USERS in PERMISSIONS[acting.role]
