"""Moving a customer from one dealer to another: what it does is shown first, then it is done."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.queries import products_of
from rebill.interfaces import formats
from rebill.interfaces.office.forms import DayField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.models import Seller
from rebill.pipeline import move_customer
from rebill.rules.naming import name_in
from rebill.runs.queries.moving import MoveEffect, effect_of_move
from rebill.subscriptions.queries.below import customer_in_chain, dealers_of


@dataclass(frozen=True, slots=True)
class GoingAlong:
    """A line of what goes along: `last_on` is its last day with the seller it leaves, if it was there."""

    product: str
    quantity_e8: int
    last_on: date | None
    starts_on: date


class MoveForm(OfficeForm):
    """Where it goes, and its first day there."""

    to = forms.TypedChoiceField(label=gettext_lazy("Goes to"), coerce=int)
    on = DayField(label=gettext_lazy("First day with the new seller"))

    def __init__(self, *args: Any, sellers: list[Seller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each.pk, each.name) for each in sellers]  # type: ignore[attr-defined]


@page(Permission.KEEP_PARTIES)
def move_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """The form, what each side would bill, and the move once that was seen."""
    customer = customer_in_chain(acting=request.acting, customer_id=customer_id)
    sellers = [request.seller, *(each.seller for each in dealers_of(acting=request.acting))]
    others = [each for each in sellers if each.pk != customer.seller_id]
    form = MoveForm(request.POST or None, initial={"on": request.today}, sellers=others)
    effect, seen = None, ""
    if request.method == "POST" and form.is_valid():
        terms = {"customer_id": customer.pk, "to_seller_id": form.cleaned_data["to"], "on": form.cleaned_data["on"]}
        try:
            effect = effect_of_move(acting=request.acting, today=request.today, **terms)
            seen = _fingerprint(effect)
            if request.POST.get("seen") == seen:
                move_customer(acting=request.acting, now=request.now, **terms)
                return _done(request, effect)
        except Refused as refusal:
            form.refuse(refusal)
            effect = None
    context = {
        "form": form,
        "customer": customer,
        "effect": effect,
        "sides": (effect.left, effect.gone_to) if effect else (),
        "seen": seen,
        "lines": _lines(request, effect) if effect else (),
    }
    return render(request, "office/dealers/move.html", context, status=422 if form.errors else 200)


def _done(request: OfficeRequest, effect: MoveEffect) -> HttpResponse:
    move = effect.move
    words = _("%(name)s is with %(dealer)s from %(day)s on.")
    toast(request, words % {"name": move.customer.name, "dealer": move.to.name, "day": formats.day(move.on)})
    return redirect(f"{reverse('office:dealers', args=[request.seller.slug])}?dealer={move.to.slug}")


def _lines(request: OfficeRequest, effect: MoveEffect) -> list[GoingAlong]:
    """What goes along under this seller's names; what a dealer makes itself keeps the dealer's code."""
    move = effect.move
    own = {each.pk: name_in(each.names, formats.language()) or each.code for each in products_of(request.acting)}
    return [
        GoingAlong(
            product=own.get(move.top.get(days.product_id, 0), taken.subscription.product.code),
            quantity_e8=days.quantity_e8,
            last_on=move.on - timedelta(days=1) if taken.subscription.start_on < move.on else None,
            starts_on=days.starts_on,
        )
        for taken in move.taken
        for days in taken.days[:1]
    ]


def _fingerprint(effect: MoveEffect) -> str:
    """Of everything that was shown, so that what is done is what was looked at."""
    move = effect.move
    said = (move.customer.pk, move.to.pk, move.on, [(each.subscription.pk, each.days) for each in move.taken])
    sides = [(side.effect.billed_on, side.effect.differences) for side in (effect.left, effect.gone_to)]
    return sha256(repr((said, sides)).encode()).hexdigest()[:24]
