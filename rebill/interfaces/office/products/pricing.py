"""Setting a price from a day on, in a plan or for one customer, with its effect named; and ending one."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.access.acting import Permission
from rebill.catalogue.commands import end_price, set_customer_price, set_price
from rebill.catalogue.commands.laying import PricesOverlap
from rebill.catalogue.commands.prices import EndUnfit
from rebill.catalogue.models import Price, PricePlan, Product, ProductKind
from rebill.catalogue.queries import plan_of, plans_of, price_of, product_of
from rebill.catalogue.queries.pages import customers_per_plan, price_spot
from rebill.interfaces import formats
from rebill.interfaces.office.addresses import way_back
from rebill.interfaces.office.catalogue_words import MODELS
from rebill.interfaces.office.choosing.views import chosen_customer
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm, day_or_none, id_or_none, plain_number
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.tiers import TIERS_MIN, read_tiers, tier_rows
from rebill.interfaces.office.products.words import per, shown_price
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import reason_of
from rebill.parties.entries import EntryRefused
from rebill.parties.models import Customer
from rebill.rules.naming import name_in
from rebill.rules.periods import add_months
from rebill.rules.pricing import PriceModel
from rebill.subscriptions.queries import subscriptions

MONTHS = (1, 2, 3, 6, 12, 24, 36)


class PriceForm(OfficeForm):
    """A price from a day on. The tiers stand beside it, in rows of their own."""

    valid_from = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("The first day on which it holds."))
    valid_before = DayField(
        label=gettext_lazy("Until before"),
        required=False,
        help_text=gettext_lazy("The first day on which it holds no longer. Until the next price if left empty."),
    )
    model = forms.ChoiceField(
        label=gettext_lazy("How it counts"), choices=list(MODELS.items()), initial=PriceModel.PER_UNIT.value
    )
    months = forms.ChoiceField(label=gettext_lazy("The price is for"))
    unit_price = NumberField(
        label=gettext_lazy("Price"), required=False, min_value=0, help_text=gettext_lazy("Without VAT; 0 is free.")
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3)
    package_size = NumberField(label=gettext_lazy("Units in a package"), required=False, min_value=0)
    setup_price = NumberField(
        label=gettext_lazy("Setup"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Asked once, when it is first taken."),
    )

    def __init__(self, product: Product, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = self.fields["months"]
        assert isinstance(months, forms.ChoiceField)
        choices = [(str(each), per(each)) for each in MONTHS]
        # A recurring product is always sold for months; another may be sold once.
        months.choices = choices if product.kind == ProductKind.RECURRING else [("", per(None)), *choices]
        months.required = product.kind == ProductKind.RECURRING

    def terms(self) -> dict[str, Any]:
        """What the commands take of one price; tiers apart."""
        typed = self.cleaned_data
        terms: dict[str, Any] = {
            "model": typed["model"],
            "months": int(typed["months"]) if typed["months"] else None,
            "setup_price": typed["setup_price"],
            "currency": typed["currency"],
            "package_size": typed["package_size"] if typed["model"] == PriceModel.PACKAGE else None,
        }
        if typed["unit_price"] is not None:
            terms["unit_price"] = typed["unit_price"]
        if typed["valid_before"] is not None:
            terms["valid_before"] = typed["valid_before"]
        return terms


@page(Permission.KEEP_CATALOGUE)
def set_price_page(request: OfficeRequest, product_id: int) -> HttpResponse:
    """A price of the product: a new one, or what corrects the one of that day."""
    product = product_of(request.acting, product_id)
    customer = chosen_customer(request)
    plans = [] if customer else list(plans_of(request.acting))
    plan = None if customer else _plan(request, plans)
    back = way_back(request) or reverse("office:product", args=[request.seller.slug, product.pk])
    form = PriceForm(product, request.POST or None, initial=_initial(request, product, plan, customer))
    rows = tier_rows(request.POST) if request.method == "POST" else _kept_rows(form.initial.get("tiers", []))
    if request.method == "POST" and form.is_valid() and (plan or customer):
        try:
            price = _set(request, form, product, plan, customer)
        except EntryRefused as refusal:
            form.refuse(refusal)
        except PricesOverlap as refusal:
            form.refuse(refusal, field="valid_before")
        else:
            words = _("%(code)s costs %(price)s from %(day)s.")
            shown = shown_price(price, request.today).first_words
            day = formats.day(price.valid_from, request.today)
            toast(request, words % {"code": product.code, "price": shown, "day": day})
            return redirect(back)
    context = {
        "product": product,
        "name": name_in(product.names, formats.language(), request.seller.language) or product.code,
        "plan": plan,
        "plans": plans,
        "customer": customer,
        "form": form,
        "tiers": rows,
        "to": request.get_full_path(),
        "back": back,
        "effect": _effect(request, product, plan, customer, day_or_none(str(form["valid_from"].value() or "")), ""),
    }
    return render(request, "office/products/price.html", context, status=422 if form.errors else 200)


@page(Permission.KEEP_CATALOGUE)
def effect_part(request: OfficeRequest, product_id: int) -> HttpResponse:
    """What the price that is being typed changes."""
    product = product_of(request.acting, product_id)
    customer = chosen_customer(request)
    plan = None if customer else _plan(request, plans_of(request.acting))
    typed = request.GET.get("unit_price", "")
    effect = _effect(request, product, plan, customer, day_or_none(request.GET.get("valid_from", "")), typed)
    return render(request, "office/products/effect.html", {"effect": effect})


@page(Permission.KEEP_CATALOGUE)
def end_price_page(request: OfficeRequest, price_id: int) -> HttpResponse:
    """The question from when a price holds no longer, and its answer."""
    price = price_of(request.acting, price_id)
    slug = request.seller.slug
    back = way_back(request) or reverse("office:product", args=[slug, price.product_id])
    asked = day_or_none(request.POST.get("valid_before", ""))
    error = ""
    if request.method == "POST" and asked is None:
        error = _("Enter the first day on which it holds no longer.")
    elif request.method == "POST" and asked is not None:
        try:
            end_price(acting=request.acting, price_id=price_id, valid_before=asked, now=request.now)
        except EndUnfit as refusal:
            error = reason_of(refusal)
        else:
            words = _("The price of %(code)s ends before %(day)s.")
            toast(request, words % {"code": price.product.code, "day": formats.day(asked, request.today)})
            return redirect(back)
    taking = subscriptions(acting=request.acting).filter(product_id=price.product_id).count()
    dialog = Dialog(
        question=_("End the price of %(code)s?") % {"code": price.product.code},
        effects=(
            Effect("clock", _after(price)),
            *(() if price.customer_id else (Effect("warn", _waiting(taking)),)),
            Effect("back", _("A day in the past is allowed: what was billed since is looked at again.")),
        ),
        verb=_("End the price"),
        action=reverse("office:product-price-end", args=[slug, price_id]),
        back=back,
        fields={"back": back},
        form="office/products/end_price.html",
    )
    day = request.POST.get("valid_before") or _next_month(request.today).isoformat()
    return show_dialog(request, dialog, status=422 if error else 200, day=day, error=error)


def _after(price: Price) -> str:
    if price.customer_id is None:
        return _("From that day on there is no price until the next one begins.")
    return _("From that day on the price of the customer’s plan holds, until its next own one begins.")


def _waiting(number: int) -> str:
    words = ngettext(
        "%(number)s subscription takes this product; its charges then wait for a price.",
        "%(number)s subscriptions take this product; their charges then wait for a price.",
        number,
    )
    return words % {"number": formats.number(number)}


# --- what is set -----------------------------------------------------------------------------------------------------


def _set(
    request: OfficeRequest, form: PriceForm, product: Product, plan: PricePlan | None, customer: Customer | None
) -> Price:
    typed = form.cleaned_data
    terms = form.terms()
    if typed["model"] in (PriceModel.VOLUME, PriceModel.GRADUATED):
        terms["tiers"] = read_tiers(tier_rows(request.POST))
    said = {"product_id": product.pk, "valid_from": typed["valid_from"], "now": request.now, **terms}
    if customer is not None:
        return set_customer_price(acting=request.acting, customer_id=customer.pk, **said)
    assert plan is not None
    return set_price(acting=request.acting, plan_id=plan.pk, **said)


def _plan(request: OfficeRequest, plans: Iterable[PricePlan]) -> PricePlan | None:
    """The plan that was asked for among the seller's plans, else the default one; none before there is any."""
    asked = id_or_none(request.POST.get("plan") or request.GET.get("plan", ""))
    if asked is not None:
        known = {plan.pk: plan for plan in plans}
        return known.get(asked) or plan_of(request.acting, asked)
    return next((plan for plan in plans if plan.is_default), None)


def _initial(
    request: OfficeRequest, product: Product, plan: PricePlan | None, customer: Customer | None
) -> dict[str, Any]:
    """From the first of next month, else as the price is today; with `from` as it is on that day."""
    on = day_or_none(request.GET.get("from", "")) or _next_month(request.today)
    months = "1" if product.kind == ProductKind.RECURRING else ""
    if plan is None and customer is None:
        return {"valid_from": on, "months": months}
    currency = _currency(request, customer)
    spot = price_spot(request.acting, product=product, plan=plan, customer=customer, currency=currency, on=on)
    price = spot.corrects or spot.before
    if price is None:
        return {"valid_from": on, "months": months, "currency": currency}
    return {
        "currency": currency,
        "valid_from": on,
        "valid_before": spot.corrects.valid_before if spot.corrects else None,
        "model": price.model,
        "months": str(price.months or ""),
        "unit_price": price.unit_price,
        "package_size": price.package_size,
        "setup_price": price.setup_price,
        "tiers": price.tiers,
    }


def _currency(request: OfficeRequest, customer: Customer | None) -> str:
    """The currency that the address names, else the customer's, else the seller's."""
    asked = (request.POST.get("currency") or request.GET.get("currency", "")).strip().upper()
    return asked or (customer.currency if customer else "") or request.seller.currency


def _kept_rows(tiers: list[list[str | None]]) -> list[tuple[str, str, str]]:
    rows = [(up_to or "", price or "", "" if Decimal(flat or 0) == 0 else str(flat)) for up_to, price, flat in tiers]
    return [*rows, *[("", "", "")] * max(2, TIERS_MIN - len(rows))]


# --- what it changes -------------------------------------------------------------------------------------------------


def _effect(
    request: OfficeRequest,
    product: Product,
    plan: PricePlan | None,
    customer: Customer | None,
    on: date | None,
    typed: str,
) -> dict[str, Any]:
    """The prices around the day, the difference, whom it is for, and whether billed days are looked at again."""
    if on is None or (plan is None and customer is None):
        return {}
    currency = _currency(request, customer)
    spot = price_spot(request.acting, product=product, plan=plan, customer=customer, currency=currency, on=on)
    standing = spot.corrects or spot.before
    return {
        "on": on,
        "corrects": shown_price(spot.corrects, request.today) if spot.corrects else None,
        "before": shown_price(spot.before, request.today) if spot.before else None,
        "following": shown_price(spot.following, request.today) if spot.following else None,
        "percent": _percent(standing, typed),
        "is_past": on < request.today,
        "customer": customer,
        "plan": plan,
        "customers": customers_per_plan(request.acting, [plan], on)[plan.pk] if plan else 0,
        "subscriptions": subscriptions(acting=request.acting).filter(product=product).count(),
    }


def _percent(standing: Price | None, typed: str) -> int | None:
    """By how much the price of one rises or falls, in whole percent."""
    if standing is None or standing.model != PriceModel.PER_UNIT or not standing.unit_price:
        return None
    try:
        wanted = NumberField(min_value=0).clean(plain_number(typed)) if typed else None
    except forms.ValidationError:
        return None
    if wanted is None:
        return None
    return int(((wanted - standing.unit_price) * 100 / standing.unit_price).to_integral_value())


def _next_month(today: date) -> date:
    return add_months(today.replace(day=1), 1)
