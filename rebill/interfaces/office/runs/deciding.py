"""Deciding about what is selected: hold back, release, take approvals back, date, throw away and make again."""

from datetime import date

from django import forms
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.office.addresses import way_back
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.wanted import Selection, selection_of
from rebill.interfaces.office.toasts import note, toast
from rebill.interfaces.work.doing import ask
from rebill.kit.work import under_way
from rebill.runs.commands import change_invoice_date, hold_drafts, release_drafts, reopen_drafts
from rebill.runs.models import DraftState, RunKind
from rebill.runs.queries.drafts import APPROVED_ONCE, DraftFilter, find_drafts, run_of


class HoldForm(OfficeForm):
    """Why drafts are held back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class DateForm(OfficeForm):
    """The date on the invoices; empty for the day on which they are issued."""

    invoice_on = forms.DateField(
        label=gettext_lazy("Date on the invoices"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@page(Permission.REVIEW)
def hold(request: OfficeRequest, run_id: int) -> HttpResponse:
    """Asks for the reason, then holds the selection back."""
    selection, said, back = _selected(request, run_id)
    drafts = selection.drafts(request).filter(state__in=(DraftState.OPEN, DraftState.APPROVED))
    form = HoldForm(request.POST if request.method == "POST" else None, initial={"reason": said.get("because", "")})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        held = hold_drafts(acting=request.acting, drafts=drafts, reason=reason, now=request.now)
        words = ngettext("%(number)s draft is held back.", "%(number)s drafts are held back.", held)
        undo = reverse("office:runs-release", args=[request.seller.slug, run_id])
        toast(request, _counted(words, held), undo=undo, reason=reason)
        return redirect(way_back(request) or back)
    number = drafts.count()
    if not number:
        note(request, _("Nothing of what is selected can be held back."))
        return redirect(back)
    dialog = Dialog(
        question=_counted(ngettext("Hold back %(number)s draft?", "Hold back %(number)s drafts?", number), number),
        effects=(
            Effect("clock", _("It stays in this run, with its lines, until it is released; the rest can go.")),
            Effect("check", _("An approval that was given is taken back.")),
        ),
        verb=_counted(ngettext("Hold back %(number)s", "Hold back %(number)s", number), number),
        action=reverse("office:runs-hold", args=[request.seller.slug, run_id]),
        back=back,
        fields={**selection.fields, "back": way_back(request)},
        form="office/runs/reason.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@require_POST
@page(Permission.REVIEW)
def release(request: OfficeRequest, run_id: int) -> HttpResponse:
    """Releases what is selected, or what was held back for the reason that is named: the undo of holding back."""
    run_of(acting=request.acting, run_id=run_id)
    back = reverse("office:run", args=[request.seller.slug, run_id])
    if reason := request.POST.get("reason", ""):
        held = find_drafts(acting=request.acting, wanted=DraftFilter(run_id, tab="held")).filter(hold_reason=reason)
    else:
        held = selection_of(run_id, request.POST).drafts(request)
    released = release_drafts(acting=request.acting, drafts=held, now=request.now)
    words = ngettext("%(number)s draft is released.", "%(number)s drafts are released.", released)
    toast(request, _counted(words, released))
    return redirect(way_back(request) or back)


@page(Permission.APPROVE)
def reopen(request: OfficeRequest, run_id: int) -> HttpResponse:
    """Says what taking the approvals of the selection back means; posted, takes them back."""
    selection, _said, back = _selected(request, run_id)
    approved = selection.drafts(request).filter(Q(state=DraftState.APPROVED) | APPROVED_ONCE)
    number = approved.count()
    if not number:
        note(request, _("Nothing of what is selected is approved and waits to be issued."))
        return redirect(back)
    if request.method == "POST":
        taken = reopen_drafts(acting=request.acting, drafts=approved, now=request.now)
        words = ngettext("%(number)s approval is taken back.", "%(number)s approvals are taken back.", taken)
        toast(request, _counted(words, taken))
        return redirect(way_back(request) or back)
    dialog = Dialog(
        question=_counted(
            ngettext("Take %(number)s approval back?", "Take %(number)s approvals back?", number), number
        ),
        effects=(
            Effect("back", _("What is taken back is open again: it can be changed, held back and approved anew.")),
            Effect("check", _("It gets no number and is not sent until then.")),
        ),
        verb=_counted(ngettext("Take %(number)s back", "Take %(number)s back", number), number),
        action=reverse("office:runs-reopen", args=[request.seller.slug, run_id]),
        back=back,
        fields=selection.fields,
    )
    return show_dialog(request, dialog)


@page(Permission.APPROVE)
def change_date(request: OfficeRequest, run_id: int) -> HttpResponse:
    """The date that will stand on the run's invoices."""
    run = run_of(acting=request.acting, run_id=run_id)
    back = reverse("office:run", args=[request.seller.slug, run_id])
    form = DateForm(request.POST if request.method == "POST" else None, initial={"invoice_on": run.invoice_on})
    if request.method == "POST" and form.is_valid():
        before: date | None = run.invoice_on
        chosen = form.cleaned_data["invoice_on"]
        change_invoice_date(acting=request.acting, run_id=run_id, invoice_on=chosen, now=request.now)
        words = (
            _("The invoices will be dated %(day)s.") % {"day": formats.day(chosen, request.today)}
            if chosen
            else _("The invoices will be dated the day they are issued.")
        )
        address = reverse("office:runs-date", args=[request.seller.slug, run_id])
        toast(request, words, undo=address, invoice_on=before.isoformat() if before else "")
        return redirect(back)
    dialog = Dialog(
        question=_("Which date should stand on the invoices of this run?"),
        effects=(
            Effect("clock", _("They fall due counted from this date. Empty means the day they are issued.")),
            Effect("check", _("It holds for every draft of this run that is not issued yet.")),
        ),
        verb=_("Change the date"),
        action=reverse("office:runs-date", args=[request.seller.slug, run_id]),
        back=back,
        form="office/runs/date.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@page(Permission.PREPARE)
def make_again(request: OfficeRequest, run_id: int) -> HttpResponse:
    """Throws the open drafts away and makes them anew from prices and histories as they are now; or only adds."""
    run = run_of(acting=request.acting, run_id=run_id)
    back = reverse("office:run", args=[request.seller.slug, run_id])
    if run.kind != RunKind.PERIODIC:
        note(request, _("An invoice by hand is not made again; discard it and make another."))
        return redirect(back)
    if request.method == "POST":
        if not under_way(seller_id=request.acting.seller_id, kind="remake", run=run_id):
            asked = {"run": run_id, "anew": request.POST.get("how") == "anew"}
            ask(acting=request.acting, kind="remake", request=asked, now=request.now)
        return redirect(back)
    drafts = find_drafts(acting=request.acting, wanted=DraftFilter(run_id, tab="current")).filter(state=DraftState.OPEN)
    dialog = Dialog(
        question=_("Make the drafts of this run again?"),
        effects=(
            Effect("plus", _("What has come since is added: new subscriptions, changes, interim lines.")),
            Effect("check", _("What is approved, issued or held back stays as it is.")),
        ),
        verb=_("Make again"),
        action=reverse("office:runs-again", args=[request.seller.slug, run_id]),
        back=back,
        form="office/runs/again.html",
    )
    return show_dialog(request, dialog, drafts=drafts.count())


def _selected(request: OfficeRequest, run_id: int) -> tuple[Selection, QueryDict, str]:
    """What is selected of one of the seller's runs, what was said with it, and the way back to the run."""
    run_of(acting=request.acting, run_id=run_id)
    said = request.POST if request.method == "POST" else request.GET
    return selection_of(run_id, said), said, reverse("office:run", args=[request.seller.slug, run_id])


def _counted(words: str, number: int) -> str:
    return words % {"number": formats.number(number)}
