"""Changing limit, status and flags of many tabs at once, with one way back."""

from typing import Any

from django import forms
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces.formats import money
from rebill.interfaces.formats import number as shown
from rebill.interfaces.office.addresses import way_back
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.tabs.wanted import WantedTabs, wanted_tabs
from rebill.interfaces.office.toasts import note, toast
from rebill.kit.errors import Refused
from rebill.rules.money import Money
from rebill.sources.tabs.commands import TabChanges, change_tabs, undo_tab_change
from rebill.sources.tabs.models import TabLayout, TabStatus
from rebill.sources.tabs.words import LAYOUT_WORDS, STATUS_WORDS

KEEP = ("", gettext_lazy("Leave as it is"))


class TabsForm(OfficeForm):
    """What changes; what is left empty stays as it is."""

    limit = NumberField(label=gettext_lazy("New limit"), required=False, min_value=0)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[KEEP, *((each.value, STATUS_WORDS[each]) for each in TabStatus)],
    )
    may_buy = forms.ChoiceField(
        label=gettext_lazy("Buy on name"),
        required=False,
        choices=[KEEP, ("yes", gettext_lazy("Allow")), ("no", gettext_lazy("Stop"))],
    )
    is_shown = forms.ChoiceField(
        label=gettext_lazy("On till"),
        required=False,
        choices=[KEEP, ("yes", gettext_lazy("Show")), ("no", gettext_lazy("Search only"))],
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("On invoices"),
        required=False,
        choices=[KEEP, *((each.value, LAYOUT_WORDS[each]) for each in TabLayout)],
    )

    def changes(self, currency: str) -> TabChanges:
        """What was filled in."""
        said: dict[str, Any] = self.cleaned_data
        return TabChanges(
            limit=None if said["limit"] is None else Money.of(said["limit"], currency),
            status=TabStatus(said["status"]) if said["status"] else None,
            may_buy=_flag(said["may_buy"]),
            is_shown=_flag(said["is_shown"]),
            layout=said["layout"] or None,
        )


@page(Permission.KEEP_TABS)
def change_selected(request: OfficeRequest) -> HttpResponse:
    """Asks what to change of the selection, then changes it; the toast takes all of it back."""
    wanted = wanted_tabs(request.POST if request.method == "POST" else request.GET)
    back = way_back(request) or _list(request, wanted)
    found = wanted.chosen(request)
    number = found.count()
    if not number:
        note(request, _("Select tabs first."))
        return redirect(back)
    currencies = sorted(set(found.order_by().values_list("currency", flat=True)))
    form = TabsForm(request.POST if request.method == "POST" else None)
    if len(currencies) > 1:
        form.fields["limit"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            change = change_tabs(
                acting=request.acting, tabs=found, changes=form.changes(currencies[0]), now=request.now
            )
        except Refused as refusal:
            form.refuse(refusal, field=getattr(refusal, "term", None))
        else:
            count = 0 if change is None else len(change.after)
            words = ngettext("%(number)s tab is changed.", "%(number)s tabs are changed.", count)
            undo = reverse("office:tabs-undo", args=[request.seller.slug, change.pk]) if change else ""
            toast(request, words % {"number": shown(count)}, undo=undo)
            return redirect(back)
    limits = [
        money(Money(minor, currency))
        for currency, minor in found.order_by("currency").values_list("currency").annotate(limits=Sum("limit"))
    ]
    dialog = Dialog(
        question=ngettext("Change %(number)s tab?", "Change %(number)s tabs?", number) % {"number": shown(number)},
        effects=(
            Effect("dot", _("Their limits together are %(limits)s now.") % {"limits": ", ".join(limits)}),
            Effect("right", _("Tills see the change the next time they ask.")),
            Effect("back", _("One click takes all of it back.")),
        ),
        verb=ngettext("Change %(number)s tab", "Change %(number)s tabs", number) % {"number": shown(number)},
        action=reverse("office:tabs-change", args=[request.seller.slug]),
        back=back,
        fields={**wanted.fields, "back": back},
        form="office/tabs/change_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@require_POST
@page(Permission.KEEP_TABS)
def undo_change(request: OfficeRequest, change_id: int) -> HttpResponse:
    """Takes a change of many tabs back at once."""
    count = undo_tab_change(acting=request.acting, change_id=change_id, now=request.now)
    words = ngettext("%(number)s tab is as before.", "%(number)s tabs are as before.", count)
    toast(request, words % {"number": shown(count)})
    return redirect(way_back(request) or reverse("office:tabs", args=[request.seller.slug]))


def _flag(said: str) -> bool | None:
    return {"yes": True, "no": False}.get(said)


def _list(request: OfficeRequest, wanted: WantedTabs) -> str:
    address = reverse("office:tabs", args=[request.seller.slug])
    return f"{address}?{wanted.query}" if wanted.query else address
