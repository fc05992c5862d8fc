"""Sending a document again: to whom, by which channel, and whether it is marked as a copy."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.delivery.commands import resend_invoice
from rebill.delivery.models import Dispatch
from rebill.interfaces.jobs import start_delivery
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.mails import no_server
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import invoice_of
from rebill.kit.errors import Refused
from rebill.parties.models import DeliveryChannel


class ResendForm(OfficeForm):
    """By which channel, to whom, and as what."""

    channel = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=[
            (DeliveryChannel.EMAIL.value, gettext_lazy("E-mail")),
            (DeliveryChannel.PRINT.value, gettext_lazy("Letter")),
        ],
        widget=forms.RadioSelect,
    )
    recipients = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Several are parted by commas. A letter goes to the customer’s address."),
    )
    as_copy = forms.BooleanField(label=gettext_lazy("Mark it as a copy"), required=False)


@page(Permission.DELIVER)
def resend(request: OfficeRequest, invoice_id: int) -> HttpResponse:
    """Asks how, and puts the document into the queue once more."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    form = ResendForm(request.POST or None, initial=_usual(invoice))
    if request.method == "POST" and form.is_valid():
        try:
            dispatch = resend_invoice(
                acting=request.acting,
                invoice=invoice,
                recipients=[form.cleaned_data["recipients"]] if form.cleaned_data["recipients"] else None,
                channel=form.cleaned_data["channel"],
                as_copy=form.cleaned_data["as_copy"],
                now=request.now,
            )
        except Refused as refusal:
            form.refuse(refusal, field="recipients")
        else:
            start_delivery(request.seller.pk)
            toast(request, _sent_words(invoice, dispatch))
            return redirect("office:invoice", request.seller.slug, invoice.pk)
    address = reverse("office:invoice-resend", args=[request.seller.slug, invoice.pk])
    dialog = Dialog(
        question=_("Send %(number)s again?") % {"number": invoice.number},
        effects=(Effect("right", _("The same document goes out once more. Nothing on it changes.")), *no_server()),
        verb=_("Send again"),
        action=address,
        back=reverse("office:invoice", args=[request.seller.slug, invoice.pk]),
        form="office/invoices/resend_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _usual(invoice: Invoice) -> dict[str, Any]:
    """As the customer gets invoices today."""
    customer = invoice.customer
    people = customer.invoice_emails or invoice.customer_frozen.get("emails") or []
    is_letter = customer.channel == DeliveryChannel.PRINT
    channel = DeliveryChannel.PRINT if is_letter else DeliveryChannel.EMAIL
    return {"channel": channel.value, "recipients": ", ".join(people)}


def _sent_words(invoice: Invoice, dispatch: Dispatch) -> str:
    if not dispatch.recipients:
        return _("%(number)s waits for the next print batch.") % {"number": invoice.number}
    return _("%(number)s goes to %(people)s.") % {"number": invoice.number, "people": ", ".join(dispatch.recipients)}
