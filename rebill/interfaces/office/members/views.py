"""Inviting people, giving and taking roles; the table of what each role may do stands beside."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import PERMISSION_WORDS, PERMISSIONS, ROLE_WORDS, Permission, Role
from rebill.access.models import User
from rebill.access.queries import users_with_second_factor
from rebill.interfaces.invitations import mail_invitation
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.commands import grant_role, invite_member, revoke_role
from rebill.parties.queries import member_of, members_of


class InvitationForm(OfficeForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, words) for role, words in ROLE_WORDS.items()]
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for the seller, as the page shows them."""

    user_id: int
    name: str
    email: str
    role: Role
    has_password: bool
    has_second_factor: bool
    last_login: datetime | None
    is_me: bool


@page()
def members_page(request: OfficeRequest) -> HttpResponse:
    """Who acts for the seller."""
    form = InvitationForm(initial={"role": Role.CLERK.value, "language": request.user.language})
    return _show(request, form)


@require_POST
@page(Permission.KEEP_USERS)
def invite(request: OfficeRequest) -> HttpResponse:
    """Invites somebody: makes the user if nobody has the address yet, gives the role, and mails a link."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    asked = form.cleaned_data
    try:
        user = invite_member(
            acting=request.acting,
            email=asked["email"],
            full_name=asked["full_name"],
            language=asked["language"],
            role=Role(asked["role"]),
            now=request.now,
        )
    except Refused as refusal:
        form.refuse(refusal, field="email")
        return _show(request, form, status=422)
    transaction.on_commit(lambda: mail_invitation(request, seller=request.seller, user=user, inviter=request.user))
    toast(request, _("%(email)s is invited.") % {"email": user.email})
    return redirect("office:members", request.seller.slug)


@require_POST
@page(Permission.KEEP_USERS)
def invite_again(request: OfficeRequest, user_id: int) -> HttpResponse:
    """Mails the invitation once more."""
    user = member_of(request.acting, user_id).user
    transaction.on_commit(lambda: mail_invitation(request, seller=request.seller, user=user, inviter=request.user))
    toast(request, _("%(email)s is invited once more.") % {"email": user.email})
    return redirect("office:members", request.seller.slug)


@require_POST
@page(Permission.KEEP_USERS)
def change_role(request: OfficeRequest, user_id: int) -> HttpResponse:
    """Gives another role; the toast gives the earlier one back."""
    membership = member_of(request.acting, user_id)
    earlier, role = membership.role, request.POST.get("role", "")
    if role in set(Role) and role != earlier:
        grant_role(acting=request.acting, user=membership.user, role=Role(role), now=request.now)
        address = reverse("office:members-role", args=[request.seller.slug, user_id])
        facts = {"name": _name(membership.user), "role": ROLE_WORDS[Role(role)]}
        toast(request, _("%(name)s is %(role)s now.") % facts, undo=address, role=earlier)
    return redirect("office:members", request.seller.slug)


@page(Permission.KEEP_USERS)
def remove(request: OfficeRequest, user_id: int) -> HttpResponse:
    """Asks, and takes the role."""
    user = member_of(request.acting, user_id).user
    back = reverse("office:members", args=[request.seller.slug])
    facts = {"name": _name(user), "seller": request.seller.name}
    if request.method == "POST":
        revoke_role(acting=request.acting, user=user, now=request.now)
        toast(request, _("%(name)s acts for %(seller)s no longer.") % facts)
        return redirect(back if user != request.user else "office:home")
    return show_dialog(
        request,
        Dialog(
            question=_("Take the role of %(name)s?") % facts,
            effects=(
                Effect("x", _("%(name)s sees nothing of %(seller)s from now on, and tokens stop at once.") % facts),
                Effect("check", _("What they did stays in the event log, with their name.")),
                Effect("back", _("You can invite them again.")),
            ),
            verb=_("Take the role"),
            action=reverse("office:members-remove", args=[request.seller.slug, user_id]),
            back=back,
            hurts=True,
        ),
    )


def _show(request: OfficeRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    found = list(members_of(request.acting))
    safe = users_with_second_factor([each.user_id for each in found])
    members = [
        Member(
            user_id=each.user_id,
            name=_name(each.user),
            email=each.user.email,
            role=Role(each.role),
            has_password=each.user.has_usable_password(),
            has_second_factor=each.user_id in safe,
            last_login=each.user.last_login,
            is_me=each.user_id == request.user.pk,
        )
        for each in found
    ]
    context = {"form": form, "members": members, "roles": ROLE_WORDS.items(), "table": _table()}
    return render(request, "office/members/members.html", context, status=status)


def _table() -> list[tuple[str, list[tuple[str, bool]]]]:
    """The permissions by row, and for each role by name whether it has it."""
    return [
        (str(words), [(str(name), permission in PERMISSIONS[role]) for role, name in ROLE_WORDS.items()])
        for permission, words in PERMISSION_WORDS.items()
    ]


def _name(user: User) -> str:
    return user.get_full_name() or user.username
