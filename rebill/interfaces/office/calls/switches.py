"""Switches: where call files come from, and how they are written."""

import json
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid
from rebill.sources.usage.commands import keep_switch
from rebill.sources.usage.dialects import dialect_names
from rebill.sources.usage.queries.records import switch_of, switches_of

# How settings are written, shown where none are: those of a switch that writes semicolons and German times.
EXAMPLE = {
    "delimiter": ";",
    "columns": {"record_id": "Id", "account": "Account", "called": "To", "start": "Start", "seconds": "Duration"},
    "moments": ["%d.%m.%Y %H:%M:%S"],
}


class SwitchForm(OfficeForm):
    """A switch, with what of its dialect is otherwise as JSON."""

    code = forms.CharField(label=gettext_lazy("Switch"), max_length=40)
    dialect = forms.ChoiceField(label=gettext_lazy("Dialect"))
    settings = forms.CharField(
        label=gettext_lazy("Settings"),
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 15,
                "class": "mono",
                "spellcheck": "false",
                "placeholder": json.dumps(EXAMPLE, indent=2),
            }
        ),
        help_text=gettext_lazy(
            "As JSON, like the example: what of the dialect is otherwise here. Empty when nothing is."
        ),
    )
    compared = forms.BooleanField(
        label=gettext_lazy("A supplier writes its files"),
        required=False,
        help_text=gettext_lazy("They are compared with ours and never billed. Said once, when the switch is added."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dialect"].choices = [(name, name) for name in dialect_names()]  # type: ignore[attr-defined]

    def clean_settings(self) -> dict[str, Any]:
        """The settings as an object."""
        try:
            said = json.loads(self.cleaned_data["settings"] or "{}")
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise forms.ValidationError(_("It is no JSON object."))
        return said


@page()
def switches_page(request: OfficeRequest) -> HttpResponse:
    """The switches there are."""
    return render(request, "office/calls/switches.html", {"switches": switches_of(request.acting)})


@page(Permission.CONFIGURE)
def switch_page(request: OfficeRequest) -> HttpResponse:
    """A new switch, or one that is known: `?switch=` names it."""
    code = request.GET.get("switch", "")
    known = switch_of(request.acting, code) if code else None
    initial: dict[str, Any] = {"dialect": "csv"}
    if known is not None:
        settings = json.dumps(known.settings, indent=2, ensure_ascii=False) if known.settings else ""
        initial = {"code": known.code, "dialect": known.dialect, "settings": settings, "compared": known.compared}
    form = SwitchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            switch = keep_switch(acting=request.acting, now=request.now, **form.cleaned_data)
        except Invalid as refusal:
            form.refuse(refusal, field="settings" if hasattr(refusal, "setting") else "code")
        else:
            toast(request, _("%(code)s is read as %(dialect)s.") % {"code": switch.code, "dialect": switch.dialect})
            return redirect(reverse("office:calls-switches", args=[request.seller.slug]))
    context = {"form": form, "known": known}
    return render(request, "office/calls/switch.html", context, status=422 if form.errors else 200)
