"""The mail that invites somebody: a link with which they choose their password, or the plain address if they have."""

from allauth.account.adapter import get_adapter
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rebill.access.models import User
from rebill.interfaces.invitations import choosing_path
from rebill.parties.models import Seller


def mail_invitation(request: HttpRequest, *, seller: Seller, user: User, inviter: User) -> None:
    """Mail the invitation in the invited user's language."""
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
