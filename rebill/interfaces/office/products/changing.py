"""Making and changing a product, and selling it no longer."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.catalogue.commands import change_product, create_product
from rebill.catalogue.commands.products import ProductCodeTaken
from rebill.catalogue.models import Product, ProductKind
from rebill.catalogue.queries import product_of
from rebill.interfaces.office.catalogue_words import GROUPS, KINDS, RATE_CLASSES, SUPPLIES
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.parties.entries import EntryRefused
from rebill.rules.tax import RateClass, Supply


class ProductForm(OfficeForm):
    """A product's terms, with one name for each language; the seller's own language comes first."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("Short, as in files; it stays.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=list(KINDS.items()), initial=ProductKind.RECURRING.value
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False, initial="piece")
    supply = forms.ChoiceField(
        label=gettext_lazy("What is supplied"), choices=list(SUPPLIES.items()), initial=Supply.SERVICES.value
    )
    rate_class = forms.ChoiceField(
        label=gettext_lazy("VAT"), choices=list(RATE_CLASSES.items()), initial=RateClass.STANDARD.value
    )
    ledger_account = forms.CharField(label=gettext_lazy("Ledger account"), max_length=20, required=False)
    summary_group = forms.ChoiceField(label=gettext_lazy("Group on the invoice"), required=False)

    def __init__(self, language: str, *args: Any, is_kept: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        group = self.fields["summary_group"]
        assert isinstance(group, forms.ChoiceField)
        group.choices = [("", _("As its kind says")), *((str(each), words) for each, words in GROUPS.items())]
        for spoken in sorted(dict(settings.LANGUAGES), key=lambda each: each != language):
            self.fields[f"name_{spoken}"] = forms.CharField(
                label=_("Name, %(language)s") % {"language": get_language_info(spoken)["name_local"]},
                max_length=200,
                required=spoken == language,
            )
        if is_kept:
            del self.fields["code"]

    def terms(self) -> dict[str, Any]:
        """What the commands take besides code, name and kind."""
        typed = self.cleaned_data
        names = {spoken: typed[f"name_{spoken}"] for spoken in dict(settings.LANGUAGES)}
        terms = {name: typed[name] for name in ("unit", "supply", "rate_class", "ledger_account")}
        if typed["summary_group"]:
            terms["summary_group"] = int(typed["summary_group"])
        return {**terms, "names": names}

    def refuse_entry(self, refusal: EntryRefused) -> None:
        """Show what the command refused at the field that was typed."""
        self.refuse(refusal, field=f"name_{self.language}" if refusal.field == "name" else refusal.field)


@page(Permission.KEEP_CATALOGUE)
def new_product_page(request: OfficeRequest) -> HttpResponse:
    """A new product; its price is set on its own page next."""
    language = request.seller.language
    form = ProductForm(language, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            product = create_product(
                acting=request.acting,
                code=typed["code"],
                name=typed[f"name_{language}"],
                kind=typed["kind"],
                **form.terms(),
                now=request.now,
            )
        except ProductCodeTaken as taken:
            form.refuse(taken, field="code")
        except EntryRefused as refusal:
            form.refuse_entry(refusal)
        else:
            toast(request, _("%(code)s can be sold as soon as it has a price.") % {"code": product.code})
            return redirect("office:product-price", request.seller.slug, product.pk)
    return _show(request, form, None)


@page(Permission.KEEP_CATALOGUE)
def change_product_page(request: OfficeRequest, product_id: int) -> HttpResponse:
    """The product with other terms."""
    product = product_of(request.acting, product_id)
    form = ProductForm(request.seller.language, request.POST or None, initial=_shown_again(product), is_kept=True)
    if request.method == "POST" and form.is_valid():
        try:
            change_product(
                acting=request.acting,
                product_id=product_id,
                kind=form.cleaned_data["kind"],
                **form.terms(),
                now=request.now,
            )
        except EntryRefused as refusal:
            form.refuse_entry(refusal)
        else:
            toast(request, _("%(code)s is saved. What was billed keeps its words.") % {"code": product.code})
            return redirect("office:product", request.seller.slug, product_id)
    return _show(request, form, product)


@require_POST
@page(Permission.KEEP_CATALOGUE)
def sell_or_not(request: OfficeRequest, product_id: int) -> HttpResponse:
    """Sells the product no longer, or again: what customers have already goes on."""
    active = request.POST.get("sold") == "1"
    product = change_product(acting=request.acting, product_id=product_id, active=active, now=request.now)
    words = _("%(code)s is sold again.") if active else _("%(code)s is sold no longer. Who has it keeps it.")
    undo = reverse("office:product-sold", args=[request.seller.slug, product_id])
    toast(request, words % {"code": product.code}, undo=undo, sold="0" if active else "1")
    return redirect("office:product", request.seller.slug, product_id)


def _shown_again(product: Product) -> dict[str, Any]:
    names = {f"name_{spoken}": name for spoken, name in product.names.items()}
    kept = ("kind", "unit", "supply", "rate_class", "ledger_account")
    return {**{name: getattr(product, name) for name in kept}, **names, "summary_group": str(product.summary_group)}


def _show(request: OfficeRequest, form: ProductForm, product: Product | None) -> HttpResponse:
    context = {"form": form, "product": product, "names": [field for field in form if field.name.startswith("name_")]}
    return render(request, "office/products/edit.html", context, status=422 if form.errors else 200)
