"""Lines that are added to a draft, taken off it, or put back to what they were."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.catalogue.models import Product
from rebill.catalogue.queries.listed import listed_price, price_for_quantity
from rebill.catalogue.queries.products import product_by_code, products_of
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.drafts.editing import DECIMAL_MARKS
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid, NotFound, Refused
from rebill.kit.imports.decimals import parse_decimal
from rebill.runs.commands import add_draft_line, drop_draft_line, reset_draft_line
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import draft_of
from rebill.sources.oneoff.commands import LineTerms


class PriceUnknown(Invalid):
    """Neither the line nor the catalogue says a price."""


class LineForm(OfficeForm):
    """A line that is sold or credited once; a product of the catalogue fills in what is left empty."""

    product = forms.CharField(
        label=gettext_lazy("Product"), required=False, widget=forms.TextInput(attrs={"list": "products"})
    )
    description = forms.CharField(label=gettext_lazy("Description"), required=False, max_length=300)
    quantity = forms.CharField(label=gettext_lazy("Quantity"), initial="1")
    unit_price = forms.CharField(label=gettext_lazy("Price excl. VAT"), required=False)
    supplied_on = forms.DateField(label=gettext_lazy("Supplied on"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(label=gettext_lazy("Note for the customer"), required=False, max_length=120)
    is_credit = forms.BooleanField(label=gettext_lazy("Give this back as a credit"), required=False)


class DropForm(OfficeForm):
    """Why a line is taken off, and what becomes of it."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    waive = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        choices=[("", gettext_lazy("Bill it with a later run")), ("1", gettext_lazy("Never bill it"))],
        required=False,
        widget=forms.RadioSelect,
    )


@page(Permission.REVIEW)
def add(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """Asks for a line, then puts it on the draft."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    back = reverse("office:draft", args=[request.seller.slug, draft_id])
    initial = {
        "supplied_on": first_supplied_on(request, draft),
        "product": request.GET.get("product", ""),
    }
    form = LineForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "GET" and (code := request.GET.get("product")):
        _offer(request, draft, form, code)
    if request.method == "POST" and form.is_valid():
        try:
            product, terms = _terms(request, draft, form.cleaned_data)
            add_draft_line(
                acting=request.acting,
                draft_id=draft_id,
                terms=terms,
                product=product,
                is_credit=form.cleaned_data["is_credit"],
                now=request.now,
            )
        except Refused as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", None) or _field_of(refusal))
        else:
            toast(request, _("The line is on the draft."))
            return redirect(back)
    dialog = Dialog(
        question=_("Which line is added?"),
        effects=(Effect("plus", _("It stands on this draft only, and once.")),),
        verb=_("Add the line"),
        action=reverse("office:draft-add", args=[request.seller.slug, draft_id]),
        back=back,
        form="office/drafts/line_form.html",
    )
    products = products_of(request.acting).filter(active=True)[:500]
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form, products=products)


def _offer(request: OfficeRequest, draft: Draft, form: LineForm, code: str) -> None:
    """Shows the catalogue's price where it would be typed over, and begins with the quantity."""
    form.fields["quantity"].widget.attrs["autofocus"] = True
    product = products_of(request.acting).filter(code=code).first()
    if product is None:
        return
    price = listed_price(
        request.acting,
        customer=draft.customer,
        product=product,
        currency=draft.currency,
        on=first_supplied_on(request, draft),
    )
    if price is not None:
        form.fields["unit_price"].widget.attrs["placeholder"] = formats.price(price)
        form.fields["unit_price"].help_text = _("Empty takes the price of the catalogue.")


@page(Permission.REVIEW)
def drop(request: OfficeRequest, draft_id: int, charge_id: int) -> HttpResponse:
    """Asks why, then takes the line off: to be billed later, or never."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    back = reverse("office:draft", args=[request.seller.slug, draft_id])
    form = DropForm(request.POST if request.method == "POST" else None, initial={"waive": ""})
    if request.method == "POST" and form.is_valid():
        waive = form.cleaned_data["waive"] == "1"
        drop_draft_line(
            acting=request.acting,
            draft_id=draft_id,
            charge_id=charge_id,
            reason=form.cleaned_data["reason"],
            waive=waive,
            now=request.now,
        )
        toast(request, _("The line is never billed.") if waive else _("The line waits for a later run."))
        return redirect(back)
    dialog = Dialog(
        question=_("Take this line off the draft for %(customer)s?") % {"customer": draft.customer.name},
        effects=(),
        verb=_("Take it off"),
        action=reverse("office:draft-drop", args=[request.seller.slug, draft_id, charge_id]),
        back=back,
        form="office/drafts/drop_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@require_POST
@page(Permission.REVIEW)
def reset(request: OfficeRequest, draft_id: int, charge_id: int) -> HttpResponse:
    """Takes every edit of a line back."""
    reset_draft_line(acting=request.acting, draft_id=draft_id, charge_id=charge_id, now=request.now)
    toast(request, _("The line is as it was."))
    return redirect("office:draft", request.seller.slug, draft_id)


def first_supplied_on(request: OfficeRequest, draft: Draft) -> date:
    """The day that a new line begins with: today, if the draft is not of an earlier one."""
    return min(request.today, draft.billed_on)


def _terms(request: OfficeRequest, draft: Draft, said: dict[str, Any]) -> tuple[Product | None, LineTerms]:
    """The line as it was typed, with the price of the catalogue where none was."""
    product = product_by_code(request.acting, said["product"].strip()) if said["product"].strip() else None
    mark = DECIMAL_MARKS[request.user.language]
    quantity = parse_decimal(said["quantity"], decimal_mark=mark)  # type: ignore[arg-type]
    if said["unit_price"].strip():
        price = parse_decimal(said["unit_price"], decimal_mark=mark)  # type: ignore[arg-type]
    else:
        price = _catalogue_price(request, draft, product, said, quantity)
    return product, LineTerms(
        quantity=quantity,
        unit_price=price,
        supplied_on=said["supplied_on"],
        description=said["description"],
        currency=draft.currency,
        cost_centre=draft.cost_centre,
        reference=said["reference"],
    )


def _catalogue_price(
    request: OfficeRequest, draft: Draft, product: Product | None, said: dict[str, Any], quantity: Decimal
) -> Decimal:
    if product is None:
        raise PriceUnknown(_("Enter a price, or choose a product that has one."))
    price = price_for_quantity(
        request.acting,
        customer=draft.customer,
        product=product,
        currency=draft.currency,
        on=said["supplied_on"],
        quantity=quantity,
    )
    if price is None:
        words = _("%(product)s has no single price for this customer, day and quantity: enter one.")
        raise PriceUnknown(words % {"product": product.code})
    return price


def _field_of(refusal: Refused) -> str | None:
    if isinstance(refusal, PriceUnknown):
        return "unit_price"
    return "product" if isinstance(refusal, NotFound) else None
