"""Whose a tab is: linking and taking off holders, recording consent, and erasing a person."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm, id_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused
from rebill.sources.tabs.commands import (
    add_holder,
    erase_holder,
    link_holder,
    record_consent,
    unlink_holder,
    withdraw_consent,
)
from rebill.sources.tabs.models import HolderKind
from rebill.sources.tabs.queries.holders import holders_of, holding_of
from rebill.sources.tabs.queries.tabs import tab_of

FOUND_MAX = 8


class HolderForm(OfficeForm):
    """Somebody new: a person, or a company; and what they may."""

    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False, max_length=80)
    company = forms.CharField(label=gettext_lazy("Company"), required=False, max_length=120)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    may_buy = forms.BooleanField(label=gettext_lazy("May buy"), required=False, initial=True)
    may_see = forms.BooleanField(label=gettext_lazy("May see what is open"), required=False, initial=True)
    consent = forms.CharField(
        label=gettext_lazy("Agreed to be kept"), required=False, max_length=120,
        help_text=gettext_lazy("How: on paper, by mail, at the bar. Empty: not yet."),
    )  # fmt: skip


@page(Permission.KEEP_TABS)
def link_page(request: OfficeRequest, tab_id: int) -> HttpResponse:
    """A holder to be linked: one who is known, found by words, or somebody new."""
    tab = tab_of(request.acting, tab_id)
    form = HolderForm(request.POST if request.method == "POST" and "known" not in request.POST else None)
    known = id_or_none(request.POST.get("known", ""))
    if known is not None:
        holding = link_holder(acting=request.acting, tab_id=tab.pk, holder_id=known, now=request.now)
        toast(request, _("%(name)s is linked.") % {"name": holding.holder.name})
        return redirect("office:tab", request.seller.slug, tab.pk)
    if request.method == "POST" and form.is_valid():
        try:
            name = _add(request, tab.pk, form)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            toast(request, _("%(name)s is linked.") % {"name": name})
            return redirect("office:tab", request.seller.slug, tab.pk)
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "tab": tab,
        "form": form,
        "words": words,
        "found": holders_of(request.acting, search=words)[:FOUND_MAX] if words else [],
    }
    return render(request, "office/tabs/link.html", context, status=422 if form.errors else 200)


@require_POST
@page(Permission.KEEP_TABS)
def unlink(request: OfficeRequest, tab_id: int, holder_id: int) -> HttpResponse:
    """Takes a holder off the tab; the toast links them again."""
    holding = holding_of(request.acting, tab_id=tab_id, holder_id=holder_id)
    name = holding.holder.name
    unlink_holder(acting=request.acting, tab_id=tab_id, holder_id=holder_id, now=request.now)
    undo = reverse("office:tab-holders", args=[request.seller.slug, tab_id])
    toast(request, _("%(name)s is taken off.") % {"name": name}, undo=undo, known=str(holder_id))
    return redirect("office:tab", request.seller.slug, tab_id)


@require_POST
@page(Permission.KEEP_TABS)
def consent(request: OfficeRequest, tab_id: int, holder_id: int) -> HttpResponse:
    """Records that the holder agreed, or that this was taken back."""
    holding = holding_of(request.acting, tab_id=tab_id, holder_id=holder_id)
    if request.POST.get("withdraw"):
        withdraw_consent(acting=request.acting, holder_id=holder_id, now=request.now)
        words = _("%(name)s took the consent back and buys on no tab any more.")
    else:
        record_consent(acting=request.acting, holder_id=holder_id, how=_("In the office"), now=request.now)
        words = _("It is recorded that %(name)s agreed.")
    toast(request, words % {"name": holding.holder.name})
    return redirect("office:tab", request.seller.slug, tab_id)


@page(Permission.KEEP_TABS)
def erase(request: OfficeRequest, tab_id: int, holder_id: int) -> HttpResponse:
    """Says what erasing a person means; posted, does it."""
    holding = holding_of(request.acting, tab_id=tab_id, holder_id=holder_id)
    back = reverse("office:tab", args=[request.seller.slug, tab_id])
    if request.method == "POST":
        erase_holder(acting=request.acting, holder_id=holder_id, now=request.now)
        toast(request, _("Erased. Orders and documents stay as the law asks."))
        return redirect(back)
    dialog = Dialog(
        question=_("Erase %(name)s for good?") % {"name": holding.holder.name},
        effects=(
            Effect("x", _("Name, address and recorded consents are emptied, on every tab.")),
            Effect("check", _("Orders, and invoices that were issued, stay as the law asks.")),
            Effect("warn", _("This cannot be taken back.")),
        ),
        verb=_("Erase"),
        action=reverse("office:tab-holders-erase", args=[request.seller.slug, tab_id, holder_id]),
        back=back,
        hurts=True,
    )
    return show_dialog(request, dialog)


def _add(request: OfficeRequest, tab_id: int, form: HolderForm) -> str:
    said = form.cleaned_data
    is_person = bool(said["first_name"] or said["last_name"])
    holder = add_holder(
        acting=request.acting,
        kind=HolderKind.PERSON if is_person else HolderKind.COMPANY,
        first_name=said["first_name"],
        last_name=said["last_name"],
        company="" if is_person else said["company"],
        email=said["email"],
        now=request.now,
    )
    link_holder(
        acting=request.acting,
        tab_id=tab_id,
        holder_id=holder.pk,
        may_buy=said["may_buy"],
        may_see=said["may_see"],
        now=request.now,
    )
    if said["consent"].strip():
        record_consent(acting=request.acting, holder_id=holder.pk, how=said["consent"], now=request.now)
    return holder.name
