"""Inviting somebody: a link with which a password is chosen, mailed by the office and the API, printed by the command
line."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rebill.access.models import User
from rebill.parties.models import Seller


def choosing_path(user: User) -> str:
    """The path at which the user chooses a password, once; it ends after three days, as that of a forgotten one."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


def mail_invitation(request: HttpRequest, *, seller: Seller, user: User, inviter: User) -> None:
    """Mail the invitation in the invited user's language: that link, or the plain address if they have a password."""
    has_password = user.has_usable_password()
    path = reverse("office:today", args=[seller.slug]) if has_password else choosing_path(user)
    facts = {
        "seller": seller.name,
        "inviter": inviter.get_full_name() or inviter.username,
        "email": user.email,
        "address": request.build_absolute_uri(path),
        "has_password": has_password,
    }
    with translation.override(user.language):
        subject = render_to_string("office/members/invitation_subject.txt", facts).strip()
        body = render_to_string("office/members/invitation.txt", facts)
    EmailMessage(subject, body, get_adapter().get_from_email(), [user.email]).send()
