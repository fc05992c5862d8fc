"""Billing tabs now: drafts of what is booked on them, one for each customer, and of nothing else."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.access.acting import Permission
from rebill.interfaces.formats import money
from rebill.interfaces.formats import number as shown
from rebill.interfaces.office.addresses import way_back
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import DayField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.tabs.wanted import wanted_tabs
from rebill.interfaces.office.toasts import note, toast
from rebill.kit.errors import Refused
from rebill.rules.money import Money
from rebill.runs.commands import prepare_tabs
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.sources.tabs.models import TabLayout
from rebill.sources.tabs.queries.tabs import booked_sums
from rebill.sources.tabs.words import LAYOUT_WORDS


class BillForm(OfficeForm):
    """Up to which day, and how orders stand on the drafts."""

    until = DayField(label=gettext_lazy("Everything up to"))
    layout = forms.ChoiceField(
        label=gettext_lazy("On invoices"),
        required=False,
        choices=[("", gettext_lazy("As each tab says")), *((each.value, LAYOUT_WORDS[each]) for each in TabLayout)],
    )


@page(Permission.PREPARE)
def bill_selected(request: OfficeRequest) -> HttpResponse:
    """Says what would be billed of the selection; posted, makes the drafts."""
    wanted = wanted_tabs(request.POST if request.method == "POST" else request.GET)
    back = way_back(request) or reverse("office:tabs", args=[request.seller.slug])
    currencies = dict(wanted.chosen(request).order_by().values_list("pk", "currency"))
    booked = booked_sums(list(currencies))
    if not booked:
        note(request, _("Nothing is booked on these tabs that is not billed."))
        return redirect(back)
    form = BillForm(request.POST if request.method == "POST" else None, initial={"until": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            prepared = prepare_tabs(
                acting=request.acting,
                tab_ids=list(booked),
                billed_on=form.cleaned_data["until"],
                layout=form.cleaned_data["layout"],
                now=request.now,
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _made(request, prepared.run_id)
    sums: dict[str, int] = {}
    for tab_id, minor in booked.items():
        sums[currencies[tab_id]] = sums.get(currencies[tab_id], 0) + minor
    said = ", ".join(money(Money(minor, currency)) for currency, minor in sorted(sums.items()))
    booked_words = _("%(sums)s is booked, VAT included. Settled and cancelled orders are never billed.")
    dialog = Dialog(
        question=ngettext("Bill %(number)s tab now?", "Bill %(number)s tabs now?", len(booked))
        % {"number": shown(len(booked))},
        effects=(
            Effect("check", booked_words % {"sums": said}),
            Effect("file", _("Each customer gets one draft, which is reviewed and approved as any other.")),
            Effect("back", _("Throwing the draft away or withdrawing the invoice puts exactly these orders back.")),
        ),
        verb=_("Make drafts"),
        action=reverse("office:tabs-bill", args=[request.seller.slug]),
        back=back,
        fields={**wanted.fields, "back": back},
        form="office/tabs/bill_form.html",
    )  # fmt: skip
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


def _made(request: OfficeRequest, run_id: int) -> HttpResponse:
    drafts = list(find_drafts(acting=request.acting, wanted=DraftFilter(run_id=run_id))[:2])
    slug = request.seller.slug
    if len(drafts) == 1:
        toast(request, _("The draft is made."))
        return redirect("office:draft", slug, drafts[0].pk)
    toast(request, _("The drafts are made."))
    return redirect("office:run", slug, run_id)
