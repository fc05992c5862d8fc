"""What a customer pays: its price plan from a day on, and prices of its own that win over every plan."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Acting, Permission
from rebill.catalogue.commands import assign_price_plan, set_customer_price
from rebill.catalogue.models import PricePlan, Product
from rebill.catalogue.queries import (
    plan_of_customer,
    plans_assigned_to,
    plans_of,
    prices_of_customer,
    products_of,
)
from rebill.catalogue.queries.decks import count_rates, own_decks_of
from rebill.catalogue.queries.pages import prices_in
from rebill.interfaces import formats
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.words import ShownPrice, shown_price
from rebill.interfaces.office.subscriptions.changing import SUGGESTED
from rebill.interfaces.office.subscriptions.forms import ProductField, product_called
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Conflict, Invalid
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """An own price, and what the customer's plan asks in its place."""

    shown: ShownPrice
    instead_of: ShownPrice | None


class PlanField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A price plan by its name."""

    def label_from_instance(self, obj: PricePlan) -> str:
        """What the plan is called."""
        return obj.name


class PlanForm(OfficeForm):
    """A plan, and the day from which the customer has it."""

    plan = PlanField(label=gettext_lazy("Price plan"), queryset=PricePlan.objects.none(), empty_label=None)
    valid_from = DayField(label=gettext_lazy("From"))

    def __init__(self, *args: Any, acting: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = self.fields["plan"]
        assert isinstance(plan, PlanField)
        plan.queryset = plans_of(acting)


class PriceForm(OfficeForm):
    """What a product costs this customer, per so many months, from a day on."""

    product = ProductField()
    unit_price = NumberField(label=gettext_lazy("Price"))
    months = forms.IntegerField(
        label=gettext_lazy("For how many months"),
        required=False,
        initial=1,
        help_text=gettext_lazy("Empty for what is sold once."),
    )
    valid_from = DayField(label=gettext_lazy("From"))

    def __init__(self, *args: Any, acting: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting

    def clean_product(self) -> Product:
        """The product that is meant."""
        return product_called(self.acting, self.cleaned_data["product"])


@page()
def prices_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """The plan and the own prices; each has a form of its own on the page."""
    return _show(request, customer_of(request.acting, customer_id))


@page(Permission.KEEP_CATALOGUE)
def assign_plan_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Gives the customer a plan from a day on."""
    customer = customer_of(request.acting, customer_id)
    form = PlanForm(request.POST, acting=request.acting)
    if request.method == "POST" and form.is_valid():
        plan, day = form.cleaned_data["plan"], form.cleaned_data["valid_from"]
        assign_price_plan(
            acting=request.acting, customer_id=customer_id, plan_id=plan.pk, valid_from=day, now=request.now
        )
        words = {"plan": plan.name, "day": formats.day(day, request.today)}
        toast(request, _("The plan is %(plan)s from %(day)s on. What was billed since is looked at again.") % words)
        return redirect(_address(request, customer))
    return _show(request, customer, plan_form=form if request.method == "POST" else None)


@page(Permission.KEEP_CATALOGUE)
def set_price_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Gives a product a price of the customer's own from a day on; with `more` the page of all that a price can be."""
    customer = customer_of(request.acting, customer_id)
    form = PriceForm(request.POST, acting=request.acting)
    form.fields["unit_price"].required = "more" not in request.POST
    if request.method == "POST" and form.is_valid() and "more" in request.POST:
        asked = {"customer": customer_id, "back": _address(request, customer)}
        to = reverse("office:product-price", args=[request.seller.slug, form.cleaned_data["product"].pk])
        return redirect(f"{to}?{urlencode(asked)}")
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            set_customer_price(
                acting=request.acting,
                customer_id=customer_id,
                product_id=entered["product"].pk,
                valid_from=entered["valid_from"],
                unit_price=entered["unit_price"],
                months=entered["months"],
                now=request.now,
            )
            toast(request, _("The price of %(product)s is set.") % {"product": entered["product"].code})
            return redirect(_address(request, customer))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    return _show(request, customer, price_form=form if request.method == "POST" else None)


def _address(request: OfficeRequest, customer: Customer) -> str:
    return reverse("office:customer-prices", args=[request.seller.slug, customer.pk])


def _own_prices(request: OfficeRequest, customer: Customer, plan: PricePlan | None) -> list[OwnPrice]:
    """The customer's own prices; what the plan asks today stands beside those that hold today or later."""
    own = list(prices_of_customer(request.acting, customer.pk))
    currency = customer.currency or request.seller.currency
    products = {price.product_id for price in own}
    planned = prices_in(plan, products, currency=currency, on=request.today) if plan else {}
    found = []
    for price in own:
        shown, instead_of = shown_price(price, request.today), planned.get(price.product_id)
        is_beside = shown.standing != "past" and instead_of is not None and price.currency == currency
        found.append(OwnPrice(shown, shown_price(instead_of, request.today) if is_beside and instead_of else None))
    return found


def _show(
    request: OfficeRequest,
    customer: Customer,
    *,
    plan_form: PlanForm | None = None,
    price_form: PriceForm | None = None,
) -> HttpResponse:
    refused = plan_form or price_form
    plan = plan_of_customer(request.acting, customer.pk, request.today)
    own_decks = list(own_decks_of(request.acting).filter(customer=customer))
    rates = count_rates([deck.pk for deck in own_decks], request.today)
    context = {
        "own_decks": [(deck, rates.get(deck.pk, 0)) for deck in own_decks],
        "customer": customer,
        "currency": customer.currency or request.seller.currency,
        "plan": plan,
        "assignments": plans_assigned_to(request.acting, customer.pk),
        "prices": _own_prices(request, customer, plan),
        "back": _address(request, customer),
        "plan_form": plan_form
        or PlanForm(initial={"plan": plan, "valid_from": request.today}, acting=request.acting, auto_id="plan_%s"),
        "price_form": price_form
        or PriceForm(initial={"valid_from": request.today, "months": 1}, acting=request.acting, auto_id="price_%s"),
        "products": products_of(request.acting).filter(active=True)[:SUGGESTED],
    }
    return render(request, "office/customers/prices.html", context, status=422 if refused else 200)
