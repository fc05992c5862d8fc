"""Mending a draft in the list: entering what its customer lacks, or accepting that it goes without."""

from dataclasses import replace

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.refusals import status_of
from rebill.interfaces.office.runs.fixing import entered
from rebill.interfaces.office.runs.review import review_of
from rebill.interfaces.office.runs.wanted import wanted_of
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.parties.commands import change_customer
from rebill.runs.commands import accept_warning, review_drafts
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import draft_of, look_for_drafts


class AcceptForm(OfficeForm):
    """Why it is right that it goes out as it is."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


@page(Permission.KEEP_PARTIES)
def fix_draft(request: OfficeRequest, run_id: int, draft_id: int) -> HttpResponse:
    """Takes what was entered, changes the customer, and judges its drafts again.

    With scripts the draft is answered alone, gone when it no longer belongs to what is looked at, and the totals with
    it; without, the page is shown again.
    """
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    if request.method != "POST":
        return redirect(_page_of(request, run_id))
    try:
        customer = change_customer(
            acting=request.acting, customer_id=draft.customer_id, now=request.now, **entered(request.POST)
        )
    except Refused as refusal:
        if not request.htmx:
            raise
        return _answer(request, run_id, draft_id, refusal=refusal)
    review_drafts(acting=request.acting, drafts=Draft.objects.filter(customer_id=customer.pk))
    toast(request, _("Saved with %(customer)s.") % {"customer": customer.name})
    return _answer(request, run_id, draft_id) if request.htmx else redirect(_page_of(request, run_id))


@page(Permission.APPROVE)
def accept(request: OfficeRequest, run_id: int, draft_id: int) -> HttpResponse:
    """Asks for a reason, then takes responsibility for a missing VAT id: the invoice goes out with VAT."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    form = AcceptForm(request.POST or None)
    back = reverse("office:run", args=[request.seller.slug, run_id])
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        accept_warning(acting=request.acting, draft=draft, code="missing_vat_id", reason=reason, now=request.now)
        toast(request, _("%(customer)s is invoiced with VAT.") % {"customer": draft.customer.name})
        return redirect(f"{back}?tab=to_check")
    dialog = Dialog(
        question=_("Invoice %(customer)s with VAT?") % {"customer": draft.customer.name},
        effects=(
            Effect("check", _("The draft can be approved; VAT is charged as to a consumer.")),
            Effect("warn", _("The warning stays on the draft, with your reason in its history.")),
        ),
        verb=_("Invoice with VAT"),
        action=reverse("office:runs-accept", args=[request.seller.slug, run_id, draft_id]),
        back=back,
        form="office/runs/reason.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _answer(request: OfficeRequest, run_id: int, draft_id: int, *, refusal: Refused | None = None) -> HttpResponse:
    """The draft as it is now, if it still belongs to what is looked at, and what changes around it."""
    query = QueryDict(request.POST.get("query", ""))
    wanted = wanted_of(run_id, query)
    found = look_for_drafts(acting=request.acting, wanted=wanted.drafts)
    context = {
        **review_of(request, wanted, replace(found, shown=found.every.filter(id=draft_id)), 1),
        "refusal": refusal,
        "entered": request.POST,
    }
    return render(request, "office/runs/mended.html", context, status=status_of(refusal) if refusal else 200)


def _page_of(request: OfficeRequest, run_id: int) -> str:
    """Where it was asked from: the draft's own page, or the run as it was looked at."""
    own, query = request.POST.get("back", ""), request.POST.get("query", "")
    if own.startswith(f"/s/{request.seller.slug}/"):
        return own
    return reverse("office:run", args=[request.seller.slug, run_id]) + (f"?{query}" if query else "")
