"""Withdrawing a wrong invoice: one question, and its charges are billed again."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.delivery.queries import was_sent
from rebill.interfaces import formats
from rebill.interfaces.jobs import start_delivery
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.invoices.commands import withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import invoice_of
from rebill.kit.errors import Refused


class ReasonForm(OfficeForm):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Kept with the credit note."),
    )


@page(Permission.CREDIT)
def withdraw(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """Says what will happen, and does it when it is posted."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note = withdraw_invoice(
                acting=request.acting,
                invoice_id=invoice.pk,
                reason=form.cleaned_data["reason"],
                today=request.today,
                now=request.now,
            )
        except Refused as refusal:
            form.refuse(refusal, field="reason")
        else:
            start_delivery(request.seller.pk)
            words = _("%(number)s is withdrawn by %(note)s. The next run bills it again.")
            toast(request, words % {"number": invoice.number, "note": note.number})
            return redirect("office:invoice", request.seller.slug, invoice.pk)
    here = reverse("office:invoice", args=[request.seller.slug, invoice.pk])
    dialog = Dialog(
        question=_("Withdraw %(number)s over %(amount)s?")
        % {"number": invoice.number, "amount": formats.money(invoice.gross_amount)},
        effects=_effects(request, invoice),
        verb=_("Withdraw %(number)s") % {"number": invoice.number},
        action=reverse("office:invoice-withdraw", args=[request.seller.slug, invoice.pk]),
        back=here,
        hurts=True,
        form="office/invoices/reason_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _effects(request: OfficeRequest, invoice: Invoice) -> tuple[Effect, ...]:
    note = _("A credit note of %(amount)s is made with its own number.")
    told = (
        Effect("right", _("%(customer)s gets the credit note, because the invoice was sent."))
        if was_sent(request.acting, invoice.pk)
        else Effect("right", _("%(customer)s hears nothing, because the invoice was never sent."))
    )
    return (
        Effect("back", note % {"amount": formats.money(invoice.gross_amount)}),
        Effect("check", _("What it billed is open again: the next run bills it as it is then.")),
        Effect(told.icon, told.text % {"customer": invoice.customer_name}),
        Effect("x", _("This cannot be undone.")),
    )
