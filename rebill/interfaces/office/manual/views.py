"""An invoice for one customer at any moment: everything it owes up to a day is shown, and made a draft on request."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.choosing.views import chooser, chosen_customer
from rebill.interfaces.office.forms import DayField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.parties.models import Customer
from rebill.runs.commands import prepare_manual_run
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.runs.queries.preview import preview_draft


class UntilForm(OfficeForm):
    """Up to which day the customer is billed."""

    until = DayField(label=gettext_lazy("Everything up to"))


@page(Permission.PREPARE)
def new_invoice_page(request: OfficeRequest) -> HttpResponse:
    """Shows what the customer owes, and makes the draft of it when asked."""
    customer = chosen_customer(request)
    if customer is None:
        return render(request, "office/manual/new_invoice.html", chooser(request))
    asked = request.POST if request.method == "POST" else request.GET
    form = UntilForm({"until": asked.get("until") or request.today.isoformat()})
    until: date = form.cleaned_data["until"] if form.is_valid() else request.today
    if request.method == "POST" and form.is_valid():
        return _make(request, customer, until)
    context = {
        "customer": customer,
        "form": form,
        "until": until,
        "preview": preview_draft(acting=request.acting, customer_id=customer.pk, billed_on=until),
    }
    return render(request, "office/manual/new_invoice.html", context, status=422 if form.errors else 200)


def _make(request: OfficeRequest, customer: Customer, until: date) -> HttpResponse:
    prepared = prepare_manual_run(acting=request.acting, customer_id=customer.pk, billed_on=until, now=request.now)
    drafts = list(find_drafts(acting=request.acting, wanted=DraftFilter(run_id=prepared.run_id))[:2])
    slug = request.seller.slug
    if len(drafts) != 1:
        toast(request, _("Drafts for %(customer)s are made.") % {"customer": customer.name})
        return redirect("office:run", slug, prepared.run_id)
    toast(request, _("The draft for %(customer)s is made.") % {"customer": customer.name})
    return redirect("office:draft", slug, drafts[0].pk)
