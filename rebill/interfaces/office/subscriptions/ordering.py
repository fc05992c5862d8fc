"""Placing an order: number and reference once, several products, and what the next run will bill of it shown first."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.catalogue.models import Product, ProductKind
from rebill.catalogue.queries import products_of
from rebill.interfaces import formats
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.subscriptions.changing import SUGGESTED
from rebill.interfaces.office.subscriptions.forms import refusals_of
from rebill.interfaces.office.subscriptions.order_forms import OrderForm, OrderLineForm, OrderLineSet
from rebill.interfaces.office.toasts import toast
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Invalid
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of
from rebill.runs.queries.effects import Effect, effect_of_start
from rebill.subscriptions.commands import StartTerms, place_order, start_subscription
from rebill.subscriptions.commands.starting import TermsRefused

Starts = Sequence[tuple[Product, StartTerms]]

# Where the page calls a term otherwise than the command does.
_FIELDS = {"ends_before": "last_on", "trial_before": "trial_until"}


@page(Permission.KEEP_SUBSCRIPTIONS)
def choose_customer_page(request: OfficeRequest) -> HttpResponse:
    """Whose order it is, when no customer's page led here."""
    customer = chosen_customer(request)
    if customer is not None:
        return redirect("office:customer-order", request.seller.slug, customer.pk)
    return render(request, "office/subscriptions/order_customer.html", chooser(request))


@page(Permission.KEEP_SUBSCRIPTIONS)
def order_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """An order: its form, what it will bill, and then it is placed. The part that asks as one types places nothing."""
    customer = customer_of(request.acting, customer_id)
    form = OrderForm(request.POST or None, initial={"ordered_on": request.today})
    lines = _lines(request)
    effect, seen = None, ""
    if request.method == "POST" and "add" not in request.POST and form.is_valid() and lines.is_valid():
        starts = [(line.cleaned_data["product"], line.terms()) for line in lines]
        effect = _effect(request, customer, starts, lines)
        seen = "" if effect is None else _fingerprint(form, starts)
        is_asked = not request.htmx and request.POST.get("seen") == seen
        if effect is not None and is_asked and _place(request, customer, form, starts):
            return redirect(customer_address(request, customer.pk))
    context = {
        "form": form,
        "lines": lines,
        "customer": customer,
        "effect": effect if form.is_valid() else None,
        "seen": seen,
        "refusals": refusals_of(form, *lines) if request.htmx else [],
        "currency": customer.currency or request.seller.currency,
        "products": products_of(request.acting).filter(active=True, kind=ProductKind.RECURRING)[:SUGGESTED],
    }
    has_errors = request.method == "POST" and not request.htmx and (form.errors or any(lines.errors))
    return render(request, "office/subscriptions/order.html", context, status=422 if has_errors else 200)


def _lines(request: OfficeRequest) -> "forms.BaseFormSet[OrderLineForm]":
    """The lines as they were entered, and one more when it was asked for."""
    options: dict[str, Any] = {"form_kwargs": {"acting": request.acting}, "prefix": "line"}
    if request.method != "POST":
        return OrderLineSet(**options, initial=[{"start_on": request.today}])
    if "add" not in request.POST:
        return OrderLineSet(request.POST, **options)
    entered = request.POST.copy()
    number = int(entered.get("line-TOTAL_FORMS") or 1) if entered.get("line-TOTAL_FORMS", "").isdigit() else 1
    entered["line-TOTAL_FORMS"] = str(number + 1)
    for name, field in OrderLineForm.base_fields.items():
        before = entered.get(f"line-{number - 1}-{name}", "")
        initial = "" if field.initial is None else str(field.initial)
        # The day is mostly the same for all that is ordered at once.
        entered[f"line-{number}-{name}"] = before if name == "start_on" else initial
    return OrderLineSet(entered, **options)


def _effect(
    request: OfficeRequest, customer: Customer, starts: Starts, lines: "forms.BaseFormSet[OrderLineForm]"
) -> Effect | None:
    for line, (product, terms) in zip(lines, starts, strict=True):
        try:
            effect_of_start(acting=request.acting, customer=customer, starts=[(product, terms)], today=request.today)
        except TermsRefused as refusal:
            line.refuse(refusal, field=_FIELDS.get(refusal.term, refusal.term))
    if any(lines.errors):
        return None
    return effect_of_start(acting=request.acting, customer=customer, starts=starts, today=request.today)


def _place(request: OfficeRequest, customer: Customer, form: OrderForm, starts: Starts) -> bool:
    """Whether all of it could be saved; nothing is saved otherwise."""
    entered = form.cleaned_data
    try:
        with atomic_write():
            order = place_order(
                acting=request.acting,
                customer=customer,
                number=entered["order_number"],
                general_reference=entered["general_reference"],
                ordered_on=entered["ordered_on"],
                now=request.now,
            )
            for product, terms in starts:
                start_subscription(
                    acting=request.acting, customer=customer, product=product, terms=terms, order=order, now=request.now
                )
    except (Invalid, Conflict) as refusal:
        form.refuse(refusal, field=getattr(refusal, "term", None) or "order_number")
        return False
    words = ngettext(
        "Order %(order)s is placed with %(number)s subscription.",
        "Order %(order)s is placed with %(number)s subscriptions.",
        len(starts),
    )
    toast(request, words % {"order": order.number, "number": formats.number(len(starts))})
    return True


def _fingerprint(form: OrderForm, starts: Starts) -> str:
    said = (sorted(form.cleaned_data.items(), key=str), [(product.pk, terms) for product, terms in starts])
    return sha256(repr(said).encode()).hexdigest()[:24]
