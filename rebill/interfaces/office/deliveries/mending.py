"""Answering for a sending: another address, it arrived or not, let it be, it came back."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.delivery.commands import cancel_dispatch, resolve_dispatch, retry_dispatch, return_dispatch
from rebill.delivery.models import Dispatch
from rebill.delivery.queries import dispatch_of
from rebill.interfaces.jobs import start_delivery
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.commands import change_customer
from rebill.parties.models import DeliveryChannel


class MendForm(OfficeForm):
    """Where a mail goes now, and whether the customer's next ones go there too."""

    recipients = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        error_messages={"required": gettext_lazy("Enter an e-mail address.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    keep = forms.BooleanField(label=gettext_lazy("Also for this customer’s next invoices"), required=False)


class ReturnForm(OfficeForm):
    """What stands on what came back."""

    words = forms.CharField(label=gettext_lazy("What it says"), max_length=300)


@page(Permission.DELIVER)
@require_POST
def retry(request: OfficeRequest, dispatch_id: int) -> HttpResponse:
    """Sends it once more, to the address that was typed."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    form = MendForm(request.POST, prefix=str(dispatch.pk))
    if dispatch.channel == DeliveryChannel.PRINT:
        retry_dispatch(acting=request.acting, dispatch=dispatch, now=request.now)
    elif not form.is_valid() or not _retry_mail(request, dispatch, form):
        return _shown_again(request, dispatch, form)
    start_delivery(request.seller.pk)
    toast(request, _("%(number)s is sent again.") % {"number": dispatch.invoice.number})
    return redirect("office:deliveries", request.seller.slug)


@page(Permission.DELIVER)
@require_POST
def answer(request: OfficeRequest, dispatch_id: int) -> HttpResponse:
    """Says whether an unclear one arrived; where it did not, it is sent again."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    arrived = request.POST.get("arrived") == "1"
    resolve_dispatch(acting=request.acting, dispatch=dispatch, arrived=arrived, now=request.now)
    start_delivery(request.seller.pk)
    words = _("%(number)s arrived.") if arrived else _("%(number)s is sent again.")
    toast(request, words % {"number": dispatch.invoice.number})
    return redirect("office:deliveries", request.seller.slug)


@page(Permission.DELIVER)
@require_POST
def cancel(request: OfficeRequest, dispatch_id: int) -> HttpResponse:
    """Lets it be: it needs no look any more and is not sent. The invoice can be sent again at any time."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    reason = dispatch.last_words or "Somebody decided that it is not sent."
    cancel_dispatch(acting=request.acting, dispatch=dispatch, reason=reason, now=request.now)
    words = _("%(number)s is not sent. The invoice’s page sends it again whenever you like.")
    toast(request, words % {"number": dispatch.invoice.number})
    then = "office:deliveries-waiting" if request.POST.get("then") == "waiting" else "office:deliveries"
    return redirect(then, request.seller.slug)


@page(Permission.DELIVER)
def returned(request: OfficeRequest, dispatch_id: int) -> HttpResponse:
    """Notes that a mail or letter came back, which somebody has in hand."""
    dispatch = dispatch_of(request.acting, dispatch_id)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        return_dispatch(acting=request.acting, dispatch=dispatch, words=words, now=request.now)
        toast(request, _("%(number)s came back.") % {"number": dispatch.invoice.number})
        return redirect("office:invoice", request.seller.slug, dispatch.invoice_id)
    dialog = Dialog(
        question=_("Did %(number)s come back?") % {"number": dispatch.invoice.number},
        effects=(Effect("back", _("It waits under Deliveries until an address is mended or somebody lets it be.")),),
        verb=_("It came back"),
        action=reverse("office:deliveries-returned", args=[request.seller.slug, dispatch.pk]),
        back=reverse("office:invoice", args=[request.seller.slug, dispatch.invoice_id]),
        form="office/deliveries/returned_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _retry_mail(request: OfficeRequest, dispatch: Dispatch, form: MendForm) -> bool:
    people = [form.cleaned_data["recipients"]]
    try:
        again = retry_dispatch(acting=request.acting, dispatch=dispatch, recipients=people, now=request.now)
        if form.cleaned_data["keep"]:
            change_customer(
                acting=request.acting,
                customer_id=dispatch.invoice.customer_id,
                invoice_emails=again.recipients,
                now=request.now,
            )
    except Refused as refusal:
        form.refuse(refusal, field="recipients")
        return False
    return True


def _shown_again(request: OfficeRequest, dispatch: Dispatch, form: MendForm) -> HttpResponse:
    """The one that could not be sent, with what is wrong beside its field."""
    context = {"dispatch": dispatch, "form": form}
    return render(request, "office/deliveries/mend.html", context, status=422)
