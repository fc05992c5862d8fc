"""Making and changing a deck, one rate of it, and the plans that price calls by it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import change_rate_deck, create_rate_deck, set_plan_deck, set_rate
from rebill.catalogue.commands.decks import DeckCodeTaken
from rebill.catalogue.models import CallCategory, RateDeck
from rebill.catalogue.queries import plans_of, products_of
from rebill.catalogue.queries.decks import deck_of, decks_of
from rebill.interfaces.office.decks.words import CATEGORIES, ROUNDINGS
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm, day_or_none, id_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.rules.rating.rates import Rounding


class DeckForm(OfficeForm):
    """A deck's terms; its code, currency and direction stay once it is there."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short, as in files; it stays.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    incoming = forms.BooleanField(label=gettext_lazy("Prices calls to own service numbers"), required=False)
    product_id = forms.TypedChoiceField(
        label=gettext_lazy("Billed as"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("A deck that is only bought by needs no product."),
    )  # fmt: skip
    buy_deck_id = forms.TypedChoiceField(label=gettext_lazy("Bought by"), required=False, coerce=int, empty_value=None)
    markup = NumberField(
        label=gettext_lazy("Markup on buy, %"), required=False, max_digits=9, decimal_places=4,
        help_text=gettext_lazy("Proposes sell prices when bought prices change."),
    )  # fmt: skip
    price_step = NumberField(label=gettext_lazy("Round proposed prices up to"), max_digits=12, decimal_places=6)
    quantum = NumberField(label=gettext_lazy("Calls are rounded to"), max_digits=12, decimal_places=6)
    rounding = forms.TypedChoiceField(
        label=gettext_lazy("Rounding"), coerce=int, choices=list(ROUNDINGS.items()), initial=int(Rounding.HALF_UP)
    )
    first_seconds = forms.IntegerField(label=gettext_lazy("Seconds counted at least"), min_value=1, initial=1)
    next_seconds = forms.IntegerField(label=gettext_lazy("Seconds of each further step"), min_value=1, initial=1)

    def __init__(self, request: OfficeRequest, deck: RateDeck | None = None) -> None:
        super().__init__(request.POST or None, initial=_shown_again(deck) if deck else _usual(request))
        products = [(each.pk, each.code) for each in products_of(request.acting)]
        decks = [(each.pk, each.name) for each in decks_of(request.acting) if deck is None or each.pk != deck.pk]
        for name, choices in (("product_id", products), ("buy_deck_id", decks)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", _("none")), *choices]
        if deck is not None:
            for name in ("code", "currency", "incoming"):
                del self.fields[name]

    def terms(self) -> dict[str, Any]:
        """What the commands take besides code, currency and direction."""
        typed = dict(self.cleaned_data)
        markup = typed.pop("markup")
        return {
            **{name: value for name, value in typed.items() if name not in ("code", "currency", "incoming")},
            "markup": None if markup is None else markup.scaleb(-2),
        }


def _usual(request: OfficeRequest) -> dict[str, Any]:
    usual = RateDeck()
    return {"currency": request.seller.currency, "quantum": usual.quantum, "price_step": usual.price_step}


def _shown_again(deck: RateDeck) -> dict[str, Any]:
    kept = ("name", "product_id", "buy_deck_id", "price_step", "quantum", "rounding", "first_seconds", "next_seconds")
    return {
        **{name: getattr(deck, name) for name in kept},
        "markup": None if deck.markup is None else deck.markup.scaleb(2),
    }


@page(Permission.KEEP_CATALOGUE)
def new_deck_page(request: OfficeRequest) -> HttpResponse:
    """A new deck; its rates are imported next."""
    form = DeckForm(request)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            deck = create_rate_deck(
                acting=request.acting,
                code=typed["code"],
                currency=typed["currency"],
                incoming=typed["incoming"],
                **form.terms(),
                now=request.now,
            )
        except DeckCodeTaken as taken:
            form.refuse(taken, field="code")
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is there. Import its rates, or enter them.") % {"name": deck.name})
            return redirect("office:deck", request.seller.slug, deck.pk)
    return render(request, "office/decks/edit.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.KEEP_CATALOGUE)
def change_deck_page(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """The deck with other terms."""
    deck = deck_of(request.acting, deck_id)
    form = DeckForm(request, deck)
    if request.method == "POST" and form.is_valid():
        try:
            change_rate_deck(acting=request.acting, deck_id=deck_id, **form.terms(), now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is saved.") % {"name": deck.name})
            return redirect("office:deck", request.seller.slug, deck_id)
    context = {"form": form, "deck": deck}
    return render(request, "office/decks/edit.html", context, status=422 if form.errors else 200)


class RateForm(OfficeForm):
    """One rate from a day on."""

    number = forms.CharField(
        label=gettext_lazy("Prefix"), max_length=24, help_text=gettext_lazy("Such as 3161, =112 or onnet.")
    )
    destination = forms.CharField(label=gettext_lazy("Destination"), max_length=120, required=False)
    category = forms.TypedChoiceField(
        label=gettext_lazy("Category"), coerce=int, choices=list(CATEGORIES.items()), initial=int(CallCategory.OTHER)
    )
    valid_from = DayField(label=gettext_lazy("Valid from"))
    minute = NumberField(label=gettext_lazy("Price per minute"), max_digits=12, decimal_places=6)
    offpeak = NumberField(
        label=gettext_lazy("Price per minute off-peak"), required=False, max_digits=12, decimal_places=6
    )
    setup = NumberField(label=gettext_lazy("Price per call"), required=False, max_digits=12, decimal_places=6)
    minimum = NumberField(label=gettext_lazy("At least per call"), required=False, max_digits=12, decimal_places=6)
    maximum = NumberField(label=gettext_lazy("At most per call"), required=False, max_digits=12, decimal_places=6)
    first_seconds = forms.IntegerField(label=gettext_lazy("Seconds counted at least"), min_value=1)
    next_seconds = forms.IntegerField(label=gettext_lazy("Seconds of each further step"), min_value=1)


@page(Permission.KEEP_CATALOGUE)
def set_rate_page(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """A rate from a day on; the one before it ends there. Asked for by a rating that lacks it, that is shown again."""
    deck = deck_of(request.acting, deck_id)
    usual = {
        "number": request.GET.get("prefix", ""),
        "valid_from": day_or_none(request.GET.get("from", "")) or request.today,
        "first_seconds": deck.first_seconds,
        "next_seconds": deck.next_seconds,
    }
    form = RateForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        typed["setup"] = typed["setup"] or 0
        prefix = typed.pop("number")
        try:
            set_rate(acting=request.acting, deck_id=deck_id, prefix=prefix, **typed, now=request.now)
        except Refused as refused:
            form.refuse(refused, field="number" if getattr(refused, "field", "") == "prefix" else None)
        else:
            toast(request, _("The rate of %(prefix)s is entered.") % {"prefix": prefix})
            rating_id = id_or_none(request.GET.get("rating", ""))
            if rating_id is not None:
                return redirect("office:calls-rating", request.seller.slug, rating_id)
            return redirect("office:deck", request.seller.slug, deck_id)
    return render(request, "office/decks/rate.html", {"form": form, "deck": deck}, status=422 if form.errors else 200)


class PlanForm(OfficeForm):
    """Which plan prices calls by the deck, from when on."""

    plan_id = forms.TypedChoiceField(label=gettext_lazy("Price plan"), coerce=int)
    valid_from = DayField(label=gettext_lazy("Valid from"))


@page(Permission.KEEP_CATALOGUE)
def plan_page(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """Has a plan price calls by the deck from a day on."""
    deck = deck_of(request.acting, deck_id)
    form = PlanForm(request.POST or None, initial={"valid_from": request.today})
    field = form.fields["plan_id"]
    assert isinstance(field, forms.TypedChoiceField)
    field.choices = [(plan.pk, plan.name) for plan in plans_of(request.acting)]
    if request.method == "POST" and form.is_valid():
        try:
            set_plan_deck(acting=request.acting, deck_id=deck_id, **form.cleaned_data, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("The plan prices calls by %(name)s.") % {"name": deck.name})
            return redirect("office:deck", request.seller.slug, deck_id)
    return render(request, "office/decks/plan.html", {"form": form, "deck": deck}, status=422 if form.errors else 200)
