"""Adding, changing and removing a line, with the way back; and what the form shows while one types."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.catalogue.models import Product
from rebill.catalogue.queries import ProductUnknown, find_products, product_by_code
from rebill.catalogue.queries.listed import listed_price
from rebill.interfaces.formats import money
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.forms import day_or_none, plain_number
from rebill.interfaces.office.lines.forms import CREDIT, LineAbout, LineForm, posted_again, shown_again
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid
from rebill.kit.fields import QuantityField, UnitPriceField
from rebill.parties.models import Customer
from rebill.rules.money import Money, amount_minor, digits_of
from rebill.rules.naming import name_in
from rebill.runs.queries.due import run_taking
from rebill.sources.oneoff.commands import (
    add_credit,
    add_interim_line,
    change_interim_line,
    remove_interim_line,
    restore_interim_line,
)
from rebill.sources.oneoff.commands.terms import LineRefused
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import line_amount, line_of

SUGGESTED_MAX = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line will be as it is typed now. `amount` is None as long as it cannot be said."""

    product: Product | None
    product_name: str
    listed: Decimal | None
    amount: Money | None
    run_on: date


@page(Permission.ADD_LINES)
def new_line_page(request: OfficeRequest) -> HttpResponse:
    """A new line for the customer that was chosen; before one is chosen, the search for one."""
    customer = chosen_customer(request)
    if customer is None:
        return render(request, "office/lines/new_line.html", chooser(request))
    about = LineAbout(request.acting, request.seller, customer)
    form = LineForm(about, request.POST or None, initial={"supplied_on": request.today})
    if request.method == "POST" and form.is_valid():
        enter = add_credit if form.cleaned_data["kind"] == CREDIT else add_interim_line
        try:
            line = enter(
                acting=request.acting,
                customer=customer,
                terms=form.terms(),
                product=form.found,
                uuid=form.cleaned_data["uuid"],
                now=request.now,
            )
        except LineRefused as refusal:
            form.refuse(refusal, field=refusal.term)
        else:
            return _added(request, line)
    context = {"customer": customer, "is_for_invoice": _is_for_invoice(request)}
    return _show(request, form, "office/lines/new_line.html", context)


def _is_for_invoice(request: OfficeRequest) -> bool:
    """Whether the line is asked for by an invoice in the making, to which it leads back."""
    return "invoice" in request.GET.getlist("then") and "prepare" in request.may


def _added(request: OfficeRequest, line: InterimLine) -> HttpResponse:
    slug = request.seller.slug
    words = _("%(amount)s for %(customer)s waits for the run.")
    if request.POST.get("then") == "invoice":
        words = _("%(amount)s for %(customer)s is added.")
    toast(
        request,
        words % {"amount": money(line_amount(line)), "customer": line.customer.name},
        undo=reverse("office:lines-remove", args=[slug, line.uuid]),
    )
    asked = request.GET.copy()
    asked["customer"] = str(line.customer_id)
    after = {
        "another": f"{reverse('office:lines-new', args=[slug])}?{asked.urlencode()}",
        "invoice": f"{reverse('office:invoices-new', args=[slug])}?customer={line.customer_id}",
    }
    return redirect(after.get(request.POST.get("then", ""), reverse("office:lines", args=[slug])))


@page(Permission.ADD_LINES)
def change_line_page(request: OfficeRequest, line_uuid: UUID) -> HttpResponse:
    """A waiting line, to be corrected."""
    line = line_of(acting=request.acting, uuid=line_uuid)
    about = LineAbout(request.acting, request.seller, line.customer)
    form = LineForm(about, request.POST or None, initial=shown_again(line), is_kept=True)
    if request.method == "POST" and form.is_valid():
        before = posted_again(line)
        try:
            changed = change_interim_line(
                acting=request.acting, line=line, terms=form.terms(), product=form.found, now=request.now
            )
        except LineRefused as refusal:
            form.refuse(refusal, field=refusal.term)
        else:
            words = _("The line of %(customer)s is %(amount)s now.")
            undo = reverse("office:lines-change", args=[request.seller.slug, line_uuid])
            said = words % {"customer": line.customer.name, "amount": money(line_amount(changed))}
            toast(request, said, undo=undo, **before)
            return redirect("office:lines", request.seller.slug)
    return _show(request, form, "office/lines/change_line.html", {"line": line, "customer": line.customer})


@require_POST
@page(Permission.ADD_LINES)
def remove_line(request: OfficeRequest, line_uuid: UUID) -> HttpResponse:
    """Takes the line away; the toast puts it back."""
    line = line_of(acting=request.acting, uuid=line_uuid)
    line_id, amount = line.pk, line_amount(line)
    remove_interim_line(acting=request.acting, line=line, now=request.now)
    words = _("%(amount)s for %(customer)s is removed.") % {"amount": money(amount), "customer": line.customer.name}
    toast(request, words, undo=reverse("office:lines-restore", args=[request.seller.slug, line_id]))
    return redirect("office:lines", request.seller.slug)


@require_POST
@page(Permission.ADD_LINES)
def restore_line(request: OfficeRequest, line_id: int) -> HttpResponse:
    """Puts a removed line back."""
    line = restore_interim_line(acting=request.acting, line_id=line_id, now=request.now)
    words = _("%(amount)s for %(customer)s waits again.")
    toast(request, words % {"amount": money(line_amount(line)), "customer": line.customer.name})
    return redirect("office:lines", request.seller.slug)


# --- while one types ------------------------------------------------------------------------------------------------


@page(Permission.ADD_LINES)
def proposal_part(request: OfficeRequest) -> HttpResponse:
    """What the line comes to, where its price comes from, and which run takes it."""
    customer = chosen_customer(request)
    if customer is None:
        return HttpResponse("")
    about = LineAbout(request.acting, request.seller, customer)
    asked = {name: request.GET.get(name, "") for name in ("product", "quantity", "unit_price", "supplied_on", "kind")}
    context = {"proposal": _proposal(about, asked, request.today), "is_for_invoice": _is_for_invoice(request)}
    return render(request, "office/lines/proposal.html", context)


@page(Permission.ADD_LINES)
def products_part(request: OfficeRequest) -> HttpResponse:
    """The products whose code or name matches what is typed, for the browser's own list below the field."""
    found = find_products(request.acting, request.GET.get("product", "")).filter(active=True)[:SUGGESTED_MAX]
    return render(request, "office/lines/products.html", {"suggested": [_named(request, each) for each in found]})


def _show(request: OfficeRequest, form: LineForm, template: str, context: dict[str, Any]) -> HttpResponse:
    asked = {name: str(form[name].value() or "") for name in form.fields}
    is_credit = context["line"].quantity < 0 if "line" in context else False
    suggested = find_products(request.acting, "").filter(active=True)[:SUGGESTED_MAX]
    context |= {
        "form": form,
        "proposal": _proposal(form.about, {"kind": CREDIT if is_credit else "", **asked}, request.today),
        "suggested": [_named(request, each) for each in suggested],
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _named(request: OfficeRequest, product: Product) -> tuple[str, str]:
    return product.code, name_of(product, request.seller.language)


def name_of(product: Product, language: str) -> str:
    """The product's name in the language, else in another one."""
    return name_in(product.names, language) or product.code


def _proposal(about: LineAbout, asked: dict[str, str], today: date) -> Proposal:
    """Everything that can be said already; what is typed wrongly is said by the form when it is sent."""
    customer: Customer = about.customer
    product = _product(about, asked["product"])
    on = day_or_none(asked["supplied_on"]) or today
    listed = None
    if product is not None:
        listed = listed_price(about.acting, customer=customer, product=product, currency=about.currency, on=on)
    quantity_e8 = _scaled(QuantityField(), asked["quantity"])
    price_e6 = _scaled(UnitPriceField(), asked["unit_price"] or str("" if listed is None else listed))
    amount = None
    if quantity_e8 is not None and price_e6 is not None:
        sign = -1 if asked.get("kind") == CREDIT else 1
        amount = Money(amount_minor(sign * quantity_e8, price_e6, digits_of(about.currency)), about.currency)
    return Proposal(
        product=product,
        product_name=name_of(product, customer.language or about.seller.language) if product else "",
        listed=listed,
        amount=amount,
        run_on=run_taking(customer=customer, supplied_on=on, today=today),
    )


def _product(about: LineAbout, code: str) -> Product | None:
    try:
        return product_by_code(about.acting, code.strip()) if code.strip() else None
    except ProductUnknown:
        return None


def _scaled(column: Any, written: str) -> int | None:
    try:
        scaled: int = column.scaled(plain_number(written))
    except Invalid:
        return None
    return scaled
