"""Who acts for the seller, and in which role."""

from typing import Literal

from django.db import transaction
from pydantic import Field

from rebill.access.acting import Permission, Role, require
from rebill.access.models import User
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Id, Line, Shown, with_example
from rebill.interfaces.invitations import mail_invitation
from rebill.parties import commands
from rebill.parties.models import Membership
from rebill.parties.queries import member_of, members_of

members = Endpoints(Area.SETTINGS, "Members")

RoleName = Literal["owner", "clerk", "reviewer", "viewer", "integrator"]


class MemberShown(Shown):
    """A user and its role with the seller."""

    user_id: int
    email: str
    full_name: str
    role: RoleName


class NewMember(Body):
    """Somebody who comes to act for the seller, by e-mail address."""

    model_config = with_example({"email": "sander@waterkant.example", "full_name": "Sander Visser", "role": "clerk"})

    email: Line
    full_name: Line = ""
    role: RoleName
    language: Literal["nl", "de", "fi", "en"] = Field("en", description="Of the pages, for somebody new.")


class RoleGiven(Body):
    """The role a member gets."""

    model_config = with_example({"role": "viewer"})

    role: RoleName


def show_member(membership: Membership) -> MemberShown:
    """The member as an answer says it."""
    user = membership.user
    return MemberShown.model_validate(
        {"user_id": user.pk, "email": user.email, "full_name": user.get_full_name(), "role": membership.role}
    )


@members.read("/seller/members")
def list_members(request: ApiRequest, paging: Paged) -> Page[MemberShown]:
    """List who acts for the seller."""
    return page_of(members_of(request.acting), paging, each(show_member))


@members.write("POST", "/seller/members")
def invite_member(request: ApiRequest, body: NewMember) -> MemberShown:
    """Let somebody act for the seller, and mail the invitation.

    Who is new here chooses a password by the link in it, once, within three days.
    """
    user = commands.invite_member(
        acting=request.acting,
        email=body.email,
        full_name=body.full_name,
        language=body.language,
        role=Role(body.role),
        now=request.now,
    )
    _mail(request, user)
    return show_member(member_of(request.acting, user.pk))


@members.write("POST", "/seller/members/{user_id}/invitation")
def mail_invitation_again(request: ApiRequest, user_id: Id) -> None:
    """Mail the invitation once more."""
    require(request.acting, Permission.KEEP_USERS)
    _mail(request, member_of(request.acting, user_id).user)


def _mail(request: ApiRequest, user: User) -> None:
    """Once it is certain that the user is invited: a mail cannot be called back."""
    inviter = request.token.user
    transaction.on_commit(lambda: mail_invitation(request, seller=request.seller, user=user, inviter=inviter))


@members.write("PUT", "/seller/members/{user_id}")
def grant_role(request: ApiRequest, user_id: Id, body: RoleGiven) -> MemberShown:
    """Give a member another role. The last owner stays an owner."""
    user = member_of(request.acting, user_id).user
    commands.grant_role(acting=request.acting, user=user, role=Role(body.role), now=request.now)
    return show_member(member_of(request.acting, user_id))


@members.write("DELETE", "/seller/members/{user_id}")
def revoke_role(request: ApiRequest, user_id: Id) -> None:
    """Let a member act for the seller no longer. Its tokens lose their power with it."""
    user = member_of(request.acting, user_id).user
    commands.revoke_role(acting=request.acting, user=user, now=request.now)
