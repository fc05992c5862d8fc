"""Crediting an invoice: what of it, the credit note before it goes, and then the consequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.jobs import start_delivery
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.form_keys import UNSAID
from rebill.interfaces.office.forms import NumberField, OfficeForm
from rebill.interfaces.office.invoices.showing import logo_address
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.specified import pdf_answer
from rebill.invoices.commands import credit_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.crediting import CreditableLine, CreditPreview, creditable_lines, preview_credit
from rebill.invoices.queries.invoices import invoice_of
from rebill.kit.errors import Refused, reason_of
from rebill.kit.fields import QuantityField
from rebill.rules.crediting import CreditTooLarge, LineRequest
from rebill.rules.money import Money

_QUANTITY = QuantityField()


class CreditForm(OfficeForm):
    """What is credited, and why. The quantity and amount of each line are fields `quantity-1`, `amount-1` and so on.

    Lines, or an amount off the whole; with neither of them it is all that is left.
    """

    net = NumberField(label=gettext_lazy("Amount, without VAT"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Kept with the credit note."),
    )

    def __init__(self, asked: QueryDict, lines: Sequence[CreditableLine]) -> None:
        super().__init__(asked)
        self.positions = [each.line.position for each in lines]
        for at in self.positions:
            self.fields[f"line-{at}"] = forms.BooleanField(required=False)
            self.fields[f"quantity-{at}"] = NumberField(required=False)
            self.fields[f"amount-{at}"] = NumberField(required=False)

    def clean(self) -> dict[str, Any]:
        """Lines or an amount, not both."""
        cleaned = super().clean() or {}
        if cleaned.get("net") is not None and self._lines(cleaned):
            raise forms.ValidationError(_("Choose lines or write an amount off the whole, not both."))
        return cleaned

    def request_of(self, invoice: Invoice) -> dict[str, Any]:
        """What `preview_credit` and `credit_invoice` are asked."""
        if self.cleaned_data["net"] is not None:
            return {"net_minor": Money.of(self.cleaned_data["net"], invoice.currency).minor}
        lines = self._lines(self.cleaned_data)
        return {"lines": [self._request(at, invoice) for at in lines]} if lines else {}

    def _lines(self, cleaned: dict[str, Any]) -> list[int]:
        """The positions of the lines that something is said of."""
        return [
            at
            for at in self.positions
            if cleaned.get(f"line-{at}")
            or any(cleaned.get(f"{kind}-{at}") is not None for kind in ("quantity", "amount"))
        ]

    def _request(self, at: int, invoice: Invoice) -> LineRequest:
        quantity, amount = self.cleaned_data[f"quantity-{at}"], self.cleaned_data[f"amount-{at}"]
        e8 = None if quantity is None else _QUANTITY.scaled(quantity)
        minor = None if amount is None else Money.of(amount, invoice.currency).minor
        return LineRequest(at, quantity_e8=e8, net_minor=minor)


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the invoice with its fields."""

    line: CreditableLine
    chosen: Any
    quantity: Any
    amount: Any

    @property
    def left_quantity(self) -> Decimal:
        """How much of it is left to take back."""
        return Decimal(self.line.left.quantity_e8).scaleb(-8)

    @property
    def left(self) -> Money:
        """What is left of its amount, without VAT."""
        return Money(self.line.left.net_minor, self.line.line.currency)


@dataclass(slots=True)
class Asked:
    """A credit as it is asked for in an address: the invoice, the form, and what would come of it or why nothing."""

    invoice: Invoice
    lines: list[CreditableLine]
    form: CreditForm
    preview: CreditPreview | None = None
    refusal: str = ""


@page(Permission.CREDIT)
def credit_page(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The form with the credit note beside it; only the note when the form itself asks."""
    asked = _asked(request, invoice_id, request.GET)
    context = {
        "invoice": asked.invoice,
        "form": asked.form,
        "lines": [
            FormLine(
                each,
                asked.form[f"line-{each.line.position}"],
                asked.form[f"quantity-{each.line.position}"],
                asked.form[f"amount-{each.line.position}"],
            )
            for each in asked.lines
            if each.left.is_open
        ],
        "preview": asked.preview,
        "refusal": asked.refusal,
        "paper": asked.preview.words if asked.preview else None,
        "query": request.GET.urlencode(),
        "logo": logo_address(request, asked.invoice),
    }
    template = "credit_preview.html" if request.htmx else "credit.html"
    return render(request, f"office/invoices/{template}", context)


@page(Permission.CREDIT)
def credit_pdf(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """The PDF of the credit note that would be issued; it is marked as a draft and not kept."""
    asked = _asked(request, invoice_id, request.GET)
    if asked.preview is None:
        return redirect(_credit_address(request, asked.invoice))
    return pdf_answer(asked.preview.file(), f"{asked.invoice.number}-credit")


@page(Permission.CREDIT)
def credit_confirm(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """Says what will happen, and does it when it is posted."""
    asked = _asked(request, invoice_id, request.POST or request.GET)
    if asked.preview is None:
        return redirect(_credit_address(request, asked.invoice))
    if request.method == "POST":
        try:
            return _credit(request, asked)
        except Refused as refusal:
            asked.form.refuse(refusal, field="reason")
    fields = {name: value for name, value in asked.form.data.items() if name not in (*UNSAID, "reason")}
    gross = formats.money(Money(asked.preview.credit.gross_minor, asked.invoice.currency))
    dialog = Dialog(
        question=_("Credit %(amount)s of %(number)s?") % {"amount": gross, "number": asked.invoice.number},
        effects=_effects(asked.invoice, asked.preview),
        verb=_("Credit %(amount)s") % {"amount": gross},
        action=reverse("office:invoice-credit-confirm", args=[request.seller.slug, asked.invoice.pk]),
        back=f"{_credit_address(request, asked.invoice)}?{request.GET.urlencode()}",
        fields=fields,
        form="office/invoices/reason_form.html",
    )
    return show_dialog(request, dialog, status=422 if asked.form.errors else 200, form=asked.form)


def _asked(request: OfficeRequest, invoice_id: int, said: QueryDict) -> Asked:
    """What is asked for, and what would come of it."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    lines = creditable_lines(acting=request.acting, invoice_id=invoice_id)
    asked = Asked(invoice, lines, CreditForm(said, lines))
    if not asked.form.is_valid():
        wrong = asked.form.non_field_errors()
        asked.refusal = str(wrong[0]) if wrong else _("One of the numbers is no number.")
        return asked
    try:
        wanted = asked.form.request_of(invoice)
        asked.preview = preview_credit(acting=request.acting, invoice_id=invoice_id, today=request.today, **wanted)
    except CreditTooLarge as refusal:
        asked.refusal = _too_much(refusal, invoice)
    except Refused as refusal:
        asked.refusal = reason_of(refusal)
    return asked


def _credit(request: OfficeRequest, asked: Asked) -> HttpResponse:
    note = credit_invoice(
        acting=request.acting,
        invoice_id=asked.invoice.pk,
        reason=asked.form.cleaned_data["reason"],
        today=request.today,
        now=request.now,
        **asked.form.request_of(asked.invoice),
    )
    start_delivery(request.seller.pk)
    words = _("Credit note %(number)s over %(amount)s is issued.")
    toast(request, words % {"number": note.number, "amount": formats.money(-note.gross_amount)})
    return redirect("office:invoice", request.seller.slug, asked.invoice.pk)


def _effects(invoice: Invoice, preview: CreditPreview) -> tuple[Effect, ...]:
    gross = formats.money(Money(preview.credit.gross_minor, invoice.currency))
    note = _("A credit note of %(amount)s is made with its own number and sent the way the customer gets invoices.")
    rest = (
        Effect("check", _("Nothing of the invoice is left."))
        if preview.takes_the_rest
        else Effect("check", _("The rest of the invoice stays."))
    )
    return (
        Effect("back", note % {"amount": gross}),
        rest,
        Effect("right", _("What is credited is not billed again.")),
        Effect("x", _("This cannot be undone.")),
    )


def _too_much(refusal: CreditTooLarge, invoice: Invoice) -> str:
    left = formats.money(Money(refusal.left_minor, invoice.currency))
    if refusal.left_e8:
        quantity = formats.number(Decimal(refusal.left_e8).scaleb(-8).normalize())
        words = _("At most %(amount)s without VAT, or a quantity of %(quantity)s, can be credited of it.")
        return words % {"amount": left, "quantity": quantity}
    return _("More than nothing and at most %(amount)s without VAT can be credited of it.") % {"amount": left}


def _credit_address(request: OfficeRequest, invoice: Invoice) -> str:
    return reverse("office:invoice-credit", args=[request.seller.slug, invoice.pk])
