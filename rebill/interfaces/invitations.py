"""The link with which somebody chooses a password: mailed by the office, printed by the command line."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from rebill.access.models import User


def choosing_path(user: User) -> str:
    """The path at which the user chooses a password, once; it ends after three days, as that of a forgotten one."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
