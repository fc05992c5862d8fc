"""Reselling: what the wholesaler offers, taking it over under an own name and price, and what is asked for it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import ResaleTerms, adopt_product, set_resale_price
from rebill.catalogue.commands.products import ProductCodeTaken
from rebill.catalogue.commands.resale import ProductResold
from rebill.catalogue.models import Product, ProductKind, ResalePrice
from rebill.catalogue.queries import product_of
from rebill.catalogue.queries.price_book import read_price_book
from rebill.catalogue.queries.resale import (
    NoDealer,
    Offered,
    offered_product,
    products_offered,
    resale_prices,
    wholesaler_of,
)
from rebill.interfaces import formats
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.pricing import MONTHS
from rebill.interfaces.office.products.words import per
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.rules.naming import name_in
from rebill.rules.pricing import PriceModel
from rebill.rules.resale import ResaleKind

KINDS = {
    ResaleKind.PERCENT.value: gettext_lazy("Percentage on the buy price"),
    ResaleKind.AMOUNT.value: gettext_lazy("Amount on the buy price"),
    ResaleKind.FIXED.value: gettext_lazy("Fixed price"),
}


class PriceForm(OfficeForm):
    """What is asked for something that is resold."""

    kind = forms.ChoiceField(label=gettext_lazy("How it is priced"))
    value = NumberField(label=gettext_lazy("Percentage or amount"), max_digits=18, decimal_places=6, required=False)
    months = forms.ChoiceField(
        label=gettext_lazy("The price is for"),
        required=False,
        help_text=gettext_lazy("Holds for a fixed price and an amount; a percentage goes by the buy price."),
    )
    setup_price = NumberField(
        label=gettext_lazy("Setup"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("In place of the one you pay; if left empty, that one, with the percentage."),
    )
    valid_from = DayField(label=gettext_lazy("From"))
    valid_before = DayField(label=gettext_lazy("Until before"), required=False)

    def __init__(
        self, *args: Any, fixed: bool = True, common: bool = False, recurring: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        months = self.fields["months"]
        assert isinstance(months, forms.ChoiceField)
        choices = [(str(each), per(each)) for each in MONTHS]
        # A recurring product is always sold for months; another may be sold once.
        months.choices = choices if recurring else [("", per(None)), *choices]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kinds = [(value, words) for value, words in KINDS.items() if fixed or value != ResaleKind.FIXED]
        kind.choices = [("", _("As all that is resold")), *kinds] if common else kinds

    def clean(self) -> dict[str, Any]:
        """A kind needs a value."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("kind") and said.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Enter a number."))
        return said

    def terms(self) -> ResaleTerms | None:
        """The terms as the commands take them; None where the price is that of all."""
        said = self.cleaned_data
        if not said["kind"]:
            return None
        return ResaleTerms(
            kind=ResaleKind(said["kind"]),
            value=said["value"],
            months=int(said["months"]) if said["months"] else None,
            setup_price=said["setup_price"],
        )


class AdoptForm(PriceForm):
    """A product that is taken over: its code, name and account here, and its price."""

    code = forms.CharField(label=gettext_lazy("Your code"), max_length=60)
    name = forms.CharField(label=gettext_lazy("Your name for it"), max_length=200, required=False)
    ledger_account = forms.CharField(label=gettext_lazy("Ledger account"), max_length=20, required=False)
    field_order = ("code", "name", "ledger_account", "kind", "value", "months", "setup_price", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, common=True, **kwargs)
        # It holds until the next one is set.
        del self.fields["valid_before"]


class Asked(NamedTuple):
    """What is asked for something that is resold, and for how long."""

    words: str
    per: str


def prices_asked(request: OfficeRequest, product_ids: Collection[int]) -> dict[int, Asked]:
    """What a customer without prices of its own is asked today for each of these that are resold; one without a price
    is left out."""
    if not product_ids:
        return {}
    book = read_price_book(request.seller.pk, product_ids=product_ids)
    currency, today = request.seller.currency, request.today
    found = {each: book.find(customer_id=0, currency=currency, product_id=each, on=today) for each in product_ids}
    return {
        product_id: Asked(_price(each.price.model, each.price.price_e6), per(each.price.months))
        for product_id, each in found.items()
        if each is not None
    }


@page()
def resell_page(request: OfficeRequest) -> HttpResponse:
    """What the wholesaler offers, at what is paid and asked today."""
    search = request.GET.get("q", "").strip()
    try:
        above = wholesaler_of(request.acting)
    except NoDealer:
        return render(request, "office/products/resell.html", {"above": None})
    offers = products_offered(request.acting, on=request.today, search=search, language=formats.language())
    asked = prices_asked(request, [each.resold_as.pk for each in offers if each.resold_as])
    rows = []
    for each in offers:
        sell = asked.get(each.resold_as.pk) if each.resold_as is not None else None
        rows.append({"offer": each, "buy": _buy(each), "sell": None if sell is None else sell.words})
    context = {"above": above, "rows": rows, "words": search, "common": _said(resale_prices(request.acting))}
    return render(request, "office/products/resell.html", context)


@page(Permission.KEEP_CATALOGUE)
def adopt_page(request: OfficeRequest, offered_id: int) -> HttpResponse:
    """Takes a product of the wholesaler over."""
    offered = offered_product(request.acting, product_id=offered_id)
    initial = {"valid_from": request.today.replace(day=1), "kind": ResaleKind.PERCENT.value, "code": offered.code}
    form = AdoptForm(request.POST or None, initial=initial, recurring=_recurs(offered))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            product = adopt_product(
                acting=request.acting,
                resells_id=offered_id,
                code=said["code"],
                name=said["name"],
                ledger_account=said["ledger_account"],
                terms=form.terms(),
                valid_from=said["valid_from"],
                now=request.now,
            )
        except (ProductCodeTaken, ProductResold) as taken:
            form.refuse(taken, field="code")
        except Refused as refusal:
            form.refuse(refusal)
        else:
            toast(request, _("%(code)s is yours to sell.") % {"code": product.code})
            return redirect("office:products-resell", request.seller.slug)
    name = name_in(offered.names, formats.language()) or offered.code
    context = {"form": form, "title": _("Resell %(name)s") % {"name": name}, "prices": []}
    return render(request, "office/products/resell_form.html", context, status=422 if form.errors else 200)


@page(Permission.KEEP_CATALOGUE)
def resale_price_page(request: OfficeRequest, product_id: int) -> HttpResponse:
    """What is asked for one product that is resold."""
    product = product_of(request.acting, product_id)
    name = name_in(product.names, formats.language()) or product.code
    return _price_page(request, product, _("What is asked for %(name)s") % {"name": name})


@page(Permission.KEEP_CATALOGUE)
def common_price_page(request: OfficeRequest) -> HttpResponse:
    """What is asked for all that is resold and has no price of its own."""
    return _price_page(request, None, _("What is asked for all that is resold"))


def _price_page(request: OfficeRequest, product: Product | None, title: str) -> HttpResponse:
    form = PriceForm(
        request.POST or None,
        initial={"valid_from": request.today.replace(day=1)},
        fixed=product is not None,
        recurring=product is None or _recurs(product),
    )
    if request.method == "POST" and form.is_valid():
        terms = form.terms()
        assert terms is not None
        try:
            set_resale_price(
                acting=request.acting,
                product_id=None if product is None else product.pk,
                terms=terms,
                valid_from=form.cleaned_data["valid_from"],
                valid_before=form.cleaned_data["valid_before"],
                now=request.now,
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            toast(request, _("The price is set; what was billed since its first day is looked at again."))
            return redirect("office:products-resell", request.seller.slug)
    prices = _said(resale_prices(request.acting, product_id=None if product is None else product.pk))
    context = {"form": form, "title": title, "prices": prices}
    return render(request, "office/products/resell_form.html", context, status=422 if form.errors else 200)


def _recurs(product: Product) -> bool:
    return product.kind == ProductKind.RECURRING


def _said(prices: Any) -> list[dict[str, Any]]:
    return [{"price": each, "words": _words(each)} for each in prices]


def _words(each: ResalePrice) -> str:
    words = _price_words(each)
    if each.setup_price is None:
        return words
    return _("%(price)s, set-up %(setup)s") % {"price": words, "setup": formats.price(each.setup_price)}


def _price_words(each: ResalePrice) -> str:
    if each.unit_price is None:
        percent = formats.number((each.percent or Decimal(0)).normalize())
        return _("buy price and %(percent)s %%") % {"percent": percent}
    amount = f"{formats.price(each.unit_price)} {per(each.months)}"
    if each.kind == ResaleKind.AMOUNT:
        return _("buy price and %(amount)s") % {"amount": amount}
    return amount


def _buy(each: Offered) -> str:
    return "" if each.buy is None else _price(each.buy.price.model, each.buy.price.price_e6)


def _price(model: PriceModel, price_e6: int) -> str:
    return formats.price(Decimal(price_e6).scaleb(-6)) if model is PriceModel.PER_UNIT else _("by quantity")
