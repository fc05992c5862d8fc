"""Changing a subscription: what it will do is shown before it is saved, computed as the run will compute it."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.catalogue.queries import products_of
from rebill.interfaces import formats
from rebill.interfaces.office.addresses import subscription_address
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.subscriptions.forms import ChangeForm, refusals_of, shown_of
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.office.words import CHANGES
from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.rules.timeline import ChangeKind
from rebill.runs.queries.effects import Effect, effect_of_change
from rebill.subscriptions.commands import enter_change
from rebill.subscriptions.commands.wishes import Wish
from rebill.subscriptions.models import Change, Subscription
from rebill.subscriptions.queries import ChangeNotFound, CurrentState, change_of, current_states, subscription_of

# Products that a field suggests; with more than these one knows the code.
SUGGESTED = 500


class KindUnknown(NotFound):
    """Nothing can be changed in this way."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which subscription shall change, how, and what it is today."""

    subscription: Subscription
    kind: ChangeKind
    state: CurrentState
    revokes: Change | None = None


@page(Permission.KEEP_SUBSCRIPTIONS)
def change_page(request: OfficeRequest, subscription: UUID, kind: str) -> HttpResponse:
    """A change of one kind: its form, its effect, and then it is saved."""
    if kind not in ChangeKind.__members__.values() or kind == ChangeKind.REVOKE:
        raise KindUnknown(_("There is no change of the kind %(named)s.") % {"named": kind})
    found = subscription_of(acting=request.acting, uuid=subscription)
    return _answer(request, _Asked(found, ChangeKind(kind), _state(request, found)))


@page(Permission.KEEP_SUBSCRIPTIONS)
def revoke_page(request: OfficeRequest, subscription: UUID, change: UUID) -> HttpResponse:
    """A change that is taken back: what that does, and then it is saved."""
    found = subscription_of(acting=request.acting, uuid=subscription)
    revoked = change_of(acting=request.acting, uuid=change)
    if revoked.subscription_id != found.pk:
        raise ChangeNotFound(
            _("Subscription %(subscription)s has no change %(change)s.")
            % {"subscription": subscription, "change": change}
        )
    return _answer(request, _Asked(found, ChangeKind.REVOKE, _state(request, found), revoked))


def _state(request: OfficeRequest, subscription: Subscription) -> CurrentState:
    return current_states(acting=request.acting, subscription_ids=[subscription.pk], on=request.today)[subscription.pk]


def _answer(request: OfficeRequest, asked: _Asked) -> HttpResponse:
    shown = shown_of(asked.state, asked.kind, request.today)
    form = ChangeForm(request.POST or shown, initial=shown, acting=request.acting, kind=asked.kind)
    effect, seen = None, ""
    if form.is_valid():
        wish = form.wish(asked.revokes)
        try:
            effect = effect_of_change(
                acting=request.acting, subscription=asked.subscription, wish=wish, today=request.today
            )
            seen = _fingerprint(asked.subscription, wish, effect)
            # The part that asks as one types sends what was seen along, and saves nothing.
            if not request.htmx and request.POST.get("seen") == seen:
                return _save(request, asked, wish)
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", None) or _day_field(form))
    context = {
        "form": form,
        "subscription": asked.subscription,
        "customer": asked.subscription.customer,
        "kind": asked.kind,
        "state": asked.state,
        "revokes": asked.revokes,
        "effect": effect,
        "seen": seen,
        "refusals": refusals_of(form) if request.htmx else [],
        "currency": asked.subscription.customer.currency or request.seller.currency,
        "products": products_of(request.acting).filter(active=True)[:SUGGESTED] if "product" in form.fields else (),
    }
    # The part that asks as one types shows faults itself; for a page they are an answer of their own.
    status = 422 if request.method == "POST" and form.errors and not request.htmx else 200
    return render(request, "office/subscriptions/change.html", context, status=status)


def _save(request: OfficeRequest, asked: _Asked, wish: Wish) -> HttpResponse:
    enter_change(acting=request.acting, subscription=asked.subscription, wish=wish, now=request.now)
    words = {"change": str(CHANGES[asked.kind]), "day": formats.day(wish.effective_on, request.today)}
    toast(request, _("%(change)s as of %(day)s is entered. The next run bills what differs.") % words)
    return redirect(subscription_address(request, asked.subscription.uuid))


def _fingerprint(subscription: Subscription, wish: Wish, effect: Effect) -> str:
    """What has to be the same for the effect that was shown to be the one that is saved; a reference has none."""
    product_id = None if wish.product is None else wish.product.pk
    revokes_id = None if wish.revokes is None else wish.revokes.pk
    said = (
        subscription.pk,
        subscription.sequence,
        wish.kind,
        wish.effective_on,
        wish.quantity,
        wish.unit_price,
        product_id,
        revokes_id,
        effect.periods,
    )
    return sha256(repr(said).encode()).hexdigest()[:24]


def _day_field(form: ChangeForm) -> str | None:
    """The field of the day, which is what a refusal without a field is about."""
    return next((name for name in ("effective_on", "last_on") if name in form.fields), None)
