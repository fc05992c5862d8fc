"""The first page of a new installation: who I am and what my company is called; everything else can wait.

It answers only while there is no user at all. Whoever has the machine is the one who opens it first.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.access.queries import is_anybody_known
from rebill.catalogue.commands import create_price_plan
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.office.forms import OfficeForm
from rebill.kit.database import write_lock
from rebill.kit.errors import Refused
from rebill.parties.commands import create_seller, set_number_series
from rebill.parties.models import Seller, SeriesPurpose
from rebill.rules.periods import local_day

COUNTRIES = (
    ("NL", gettext_lazy("Netherlands")),
    ("BE", gettext_lazy("Belgium")),
    ("DE", gettext_lazy("Germany")),
    ("FI", gettext_lazy("Finland")),
)
# Where a seller of the country is at home, and which language its customers read unless they say otherwise.
_AT_HOME = {"NL": ("Europe/Amsterdam", "nl"), "BE": ("Europe/Brussels", "nl"), "DE": ("Europe/Berlin", "de"),
            "FI": ("Europe/Helsinki", "fi")}  # fmt: skip
_SERIES = ((SeriesPurpose.INVOICE, "{year}-{number:05}"), (SeriesPurpose.CREDIT_NOTE, "C{year}-{number:05}"))


class SetupForm(OfficeForm):
    """The first user and the first seller."""

    company = forms.CharField(label=gettext_lazy("Name of your company"), max_length=120)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=COUNTRIES)
    full_name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("Your e-mail address"))
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("Ten characters or more."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """The password, if it is good enough."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


def setup_page(request: HttpRequest) -> HttpResponse:
    """Shows the form, makes the first user and seller, and signs the user in."""
    if is_anybody_known():
        raise Http404
    form = SetupForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user, seller = _begin(form.cleaned_data)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
                return redirect("office:today", seller.slug)
    return render(request, "office/setup/setup.html", {"form": form}, status=status)


def _begin(entered: dict[str, Any]) -> tuple[User, Seller]:
    now = read_clock()
    zone, language = _AT_HOME[entered["country"]]
    with transaction.atomic():
        write_lock("the first user")
        if is_anybody_known():
            raise Http404
        email = entered["email"].strip().lower()
        user = create_user(
            acting=None,
            username=email,
            email=email,
            full_name=entered["full_name"],
            language=(get_language() or "en")[:2],
            password=entered["password"],
            now=now,
        )
        seller = create_seller(
            owner=user,
            slug=slugify(entered["company"])[:60] or "seller",
            name=entered["company"],
            country=entered["country"],
            time_zone=zone,
            language=language,
            email=email,
            now=now,
        )
        acting = Acting(seller_id=seller.pk, role=Role.OWNER, user_id=user.pk)
        for purpose, pattern in _SERIES:
            set_number_series(acting=acting, purpose=purpose, pattern=pattern, today=local_day(now, zone), now=now)
        create_price_plan(acting=acting, code="standard", name=_("Standard"), now=now)
    return user, seller
