"""Who acts for a seller, and in which role."""

from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, Role, require
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.events import record_event
from rebill.parties.commands.sellers import locked_seller
from rebill.parties.models import Membership, Seller


class LastOwner(Conflict):
    """A seller without an owner could never be given another one."""


class MemberAlready(Conflict):
    """Somebody was invited who has a role with the seller."""


class NoMember(NotFound):
    """The user has no role with this seller."""


def grant_role(*, acting: Acting, user: User, role: Role, now: datetime) -> Membership:
    """Give the user this role with the seller, in place of any other. The last owner stays an owner."""
    require(acting, Permission.KEEP_USERS)
    with atomic_write():
        seller = locked_seller(acting)
        membership = Membership.objects.filter(seller=seller, user=user).first()
        earlier = membership.role if membership else ""
        if membership is None:
            membership = Membership(seller=seller, user=user)
        if role == earlier:
            return membership
        if earlier == Role.OWNER:
            _require_another_owner(seller, user)
        membership.role = role
        membership.save()
        _record(acting, seller, "role_granted", user, now, {"role": [earlier, role.value]})
    return membership


def invite_member(
    *, acting: Acting, email: str, full_name: str, role: Role, now: datetime, language: str = "en"
) -> User:
    """The user with this e-mail address, with this role with the seller; somebody new when nobody has the address.

    A new user has no password yet and cannot sign in before choosing one. A known one keeps name, language and
    password.
    """
    require(acting, Permission.KEEP_USERS)
    with atomic_write():
        user = user_with_address(acting, email=email, full_name=full_name, language=language, now=now)
        if Membership.objects.filter(seller_id=acting.seller_id, user=user).exists():
            raise MemberAlready(
                _("%(email)s acts for this seller already. Change the role in the list.") % {"email": user.email}
            )
        grant_role(acting=acting, user=user, role=role, now=now)
    return user


def user_with_address(acting: Acting, *, email: str, full_name: str, language: str, now: datetime) -> User:
    """Who has this e-mail address, or somebody new with it: for the commands that give such a user a role."""
    address = email.strip().lower()
    user = User.objects.filter(email__iexact=address, is_active=True).first()
    if user is not None:
        return user
    return create_user(acting=acting, username=address, email=address, full_name=full_name, language=language, now=now)


def revoke_role(*, acting: Acting, user: User, now: datetime) -> None:
    """The user acts for the seller no longer. The last owner stays."""
    require(acting, Permission.KEEP_USERS)
    with atomic_write():
        seller = locked_seller(acting)
        membership = Membership.objects.filter(seller=seller, user=user).first()
        if membership is None:
            raise NoMember(_("%(username)r has no role with this seller.") % {"username": user.username})
        if membership.role == Role.OWNER:
            _require_another_owner(seller, user)
        membership.delete()
        _record(acting, seller, "role_revoked", user, now, {"role": [membership.role, ""]})


def _require_another_owner(seller: Seller, user: User) -> None:
    others = Membership.objects.filter(seller=seller, role=Role.OWNER, user__is_active=True).exclude(user=user)
    if not others.exists():
        raise LastOwner(
            _("%(username)r is the last owner of %(slug)r. Make somebody else owner first.")
            % {"username": user.username, "slug": seller.slug}
        )


def _record(
    acting: Acting, seller: Seller, verb: str, user: User, now: datetime, details: dict[str, list[str]]
) -> None:
    record_event(
        seller_id=seller.pk,
        subject=seller,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details={"user": user.username, **details},
    )
