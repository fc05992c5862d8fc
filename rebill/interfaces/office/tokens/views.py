"""Making tokens for programs, shown once, and revoking them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.scopes import Access, Area, is_within, scope_of
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.commands import create_token, revoke_token
from rebill.parties.models import ApiToken
from rebill.parties.tokens import keeps_users, token_of, tokens_of

AREAS: Mapping[Area, Any] = {
    Area.SETTINGS: gettext_lazy("Settings"),
    Area.PARTIES: gettext_lazy("Customers"),
    Area.CATALOGUE: gettext_lazy("Products and prices"),
    Area.SUBSCRIPTIONS: gettext_lazy("Subscriptions"),
    Area.LINES: gettext_lazy("Interim lines"),
    Area.CALLS: gettext_lazy("Calls"),
    Area.PURCHASES: gettext_lazy("Purchase invoices"),
    Area.TABS: gettext_lazy("Tabs, their limits and holders"),
    Area.TILL: gettext_lazy("Orders of a till"),
    Area.RUNS: gettext_lazy("Billing runs and drafts"),
    Area.INVOICES: gettext_lazy("Invoices"),
    Area.DELIVERY: gettext_lazy("Deliveries"),
    Area.EXPORTS: gettext_lazy("Exports"),
}
NOTHING = "nothing"
REACHES = [
    (NOTHING, gettext_lazy("Nothing")),
    (Access.READ.value, gettext_lazy("Read")),
    (Access.WRITE.value, gettext_lazy("Read and write")),
]
FOREVER = "forever"
LIVES = [
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("A year")),
    (FOREVER, gettext_lazy("Until it is revoked")),
]


class TokenForm(OfficeForm):
    """What a program is called, how far it reaches, and for how long."""

    name = forms.CharField(label=gettext_lazy("Name of the program"), max_length=80)
    days = forms.ChoiceField(label=gettext_lazy("Valid for"), choices=LIVES, initial="365")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for area, words in AREAS.items():
            self.fields[area.value] = forms.ChoiceField(label=words, choices=REACHES, initial=NOTHING)

    def areas(self) -> list[forms.BoundField]:
        """The fields of the areas."""
        return [self[area.value] for area in AREAS]

    def scopes(self) -> list[str]:
        """What was chosen, as scopes."""
        chosen = ((area, self.cleaned_data[area.value]) for area in AREAS)
        return [scope_of(area, Access(reach)) for area, reach in chosen if reach != NOTHING]


@page()
def tokens_page(request: OfficeRequest) -> HttpResponse:
    """The tokens that the user may see, and a form for a new one."""
    return _show(request, TokenForm())


@require_POST
@page()
def create(request: OfficeRequest) -> HttpResponse:
    """Makes a token and shows its secret, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    days = form.cleaned_data["days"]
    try:
        token, secret = create_token(
            acting=request.acting,
            name=form.cleaned_data["name"],
            scopes=form.scopes(),
            expires_at=None if days == FOREVER else request.now + timedelta(days=int(days)),
            now=request.now,
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _show(request, form, status=422)
    answer = _show(request, TokenForm(), made=token, secret=secret)
    # Sent once more, the form leads to where the token stands: the secret is shown this once.
    answer.headers["Content-Location"] = reverse("office:tokens", args=[request.seller.slug])
    # Neither the browser's own store nor anything on the way keeps the secret.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page()
def revoke(request: OfficeRequest, token_id: int) -> HttpResponse:
    """Asks, and revokes a token."""
    token = token_of(request.acting, token_id)
    back = reverse("office:tokens", args=[request.seller.slug])
    facts = {"name": token.name, "prefix": token.prefix}
    if request.method == "POST":
        revoke_token(acting=request.acting, token_id=token_id, now=request.now)
        toast(request, _("The token %(name)s is revoked.") % facts)
        return redirect(back)
    dialog = Dialog(
        question=_("Revoke the token %(name)s?") % facts,
        effects=(
            Effect("x", _("Programs that show %(prefix)s… are turned away from now on.") % facts),
            Effect("check", _("What they did stays, with the name of the user they acted as.")),
        ),
        verb=_("Revoke"),
        action=reverse("office:tokens-revoke", args=[request.seller.slug, token_id]),
        back=back,
        hurts=True,
    )
    return show_dialog(request, dialog)


def _show(
    request: OfficeRequest, form: TokenForm, *, status: int = 200, made: ApiToken | None = None, secret: str = ""
) -> HttpResponse:
    tokens = [(token, _reach(token), _is_over(token, request)) for token in tokens_of(request.acting)]
    context = {"form": form, "tokens": tokens, "sees_all": keeps_users(request.acting), "made": made, "secret": secret}
    return render(request, "office/tokens/tokens.html", context, status=status)


def _reach(token: ApiToken) -> tuple[str, str]:
    """What the token may write, and what it may only read, in words."""
    written = [area for area in AREAS if is_within(token.scopes, area, Access.WRITE)]
    read = [area for area in AREAS if is_within(token.scopes, area, Access.READ) and area not in written]
    everything = _("everything") if len(written) == len(AREAS) else ""
    return everything or _listed(written), _listed(read)


def _listed(areas: Iterable[Area]) -> str:
    return ", ".join(str(AREAS[area]) for area in areas)


def _is_over(token: ApiToken, request: OfficeRequest) -> bool:
    return token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= request.now)
