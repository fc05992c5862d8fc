"""Peak times: which times of the week are peak, and which of them a deck knows from a day on."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import change_peak_times, create_peak_times, set_deck_peak_times
from rebill.catalogue.commands.peak_times import PeakCodeTaken
from rebill.catalogue.models import PeakTimes
from rebill.catalogue.queries.decks import deck_of, peak_of, peak_times_of
from rebill.interfaces.office.forms import DayField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused

DAYS = {
    1: gettext_lazy("Monday"),
    2: gettext_lazy("Tuesday"),
    3: gettext_lazy("Wednesday"),
    4: gettext_lazy("Thursday"),
    5: gettext_lazy("Friday"),
    6: gettext_lazy("Saturday"),
    7: gettext_lazy("Sunday"),
}
# As many stretches as weeks have that people know of; more are kept, and the form then has a row more.
STRETCHES = 2


class PeakForm(OfficeForm):
    """Peak times, in stretches of days with the times between which they are peak."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short, as in files; it stays.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    holidays = forms.CharField(
        label=gettext_lazy("Public holidays are off-peak"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("A country such as NL, or a region such as DE-BY; nothing where they are like any day."),
    )

    def __init__(self, request: OfficeRequest, kept: PeakTimes | None = None) -> None:
        week = kept.week if kept else []
        initial: dict[str, Any] = {"name": kept.name, "holidays": kept.holidays} if kept else {}
        self.rows = range(max(STRETCHES, len(week) + 1))
        for number, (days, begins, ends) in enumerate(week):
            initial |= {f"days-{number}": days, f"begins-{number}": begins, f"ends-{number}": ends}
        super().__init__(request.POST or None, initial=initial)
        if kept is not None:
            del self.fields["code"]
        for number in self.rows:
            self.fields[f"days-{number}"] = forms.TypedMultipleChoiceField(
                label=_("Days"), coerce=int, choices=list(DAYS.items()), required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
            self.fields[f"begins-{number}"] = forms.CharField(label=_("From"), required=False, max_length=5)
            self.fields[f"ends-{number}"] = forms.CharField(
                label=_("Until"),
                required=False,
                max_length=5,
                help_text=_("Such as 08:00 and 18:00; 24:00 ends a day."),
            )

    def plain(self) -> list[forms.BoundField]:
        """What is said once."""
        return [self[name] for name in ("code", "name", "holidays") if name in self.fields]

    def stretches(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of each stretch."""
        return [(self[f"days-{each}"], self[f"begins-{each}"], self[f"ends-{each}"]) for each in self.rows]

    def terms(self) -> dict[str, Any]:
        """What the commands take besides the code; a row without days and times is none."""
        typed = self.cleaned_data
        rows = [(typed[f"days-{each}"], typed[f"begins-{each}"], typed[f"ends-{each}"]) for each in self.rows]
        return {"name": typed["name"], "holidays": typed["holidays"], "week": [row for row in rows if any(row)]}


@page(Permission.KEEP_CATALOGUE)
def new_peak_times_page(request: OfficeRequest) -> HttpResponse:
    """New peak times; a deck knows them once they are chosen there."""
    form = PeakForm(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_peak_times(
                acting=request.acting, code=form.cleaned_data["code"], **form.terms(), now=request.now
            )
        except PeakCodeTaken as taken:
            form.refuse(taken, field="code")
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is there. Choose it at the decks that know it.") % {"name": made.name})
            return redirect("office:decks", request.seller.slug)
    return render(request, "office/decks/peaks.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.KEEP_CATALOGUE)
def change_peak_times_page(request: OfficeRequest, peak_times_id: int) -> HttpResponse:
    """Peak times corrected, for all their days."""
    kept = peak_of(request.acting, peak_times_id)
    form = PeakForm(request, kept)
    if request.method == "POST" and form.is_valid():
        try:
            change_peak_times(acting=request.acting, peak_times_id=kept.pk, **form.terms(), now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
            return redirect("office:decks", request.seller.slug)
    context = {"form": form, "peak_times": kept}
    return render(request, "office/decks/peaks.html", context, status=422 if form.errors else 200)


class DeckPeakForm(OfficeForm):
    """Which peak times a deck knows, from when on."""

    peak_times_id = forms.TypedChoiceField(
        label=gettext_lazy("Peak times"), required=False, coerce=int, empty_value=None
    )
    valid_from = DayField(label=gettext_lazy("Valid from"))


@page(Permission.KEEP_CATALOGUE)
def deck_peak_times_page(request: OfficeRequest, deck_id: int) -> HttpResponse:
    """Has a deck know peak times from a day on, or none any more."""
    deck = deck_of(request.acting, deck_id)
    form = DeckPeakForm(request.POST or None, initial={"valid_from": request.today})
    field = form.fields["peak_times_id"]
    assert isinstance(field, forms.TypedChoiceField)
    field.choices = [("", _("none")), *((each.pk, each.name) for each in peak_times_of(request.acting))]
    if request.method == "POST" and form.is_valid():
        try:
            set_deck_peak_times(acting=request.acting, deck_id=deck_id, **form.cleaned_data, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            toast(request, _("The peak times of %(name)s are chosen.") % {"name": deck.name})
            return redirect("office:deck", request.seller.slug, deck_id)
    context = {"form": form, "deck": deck}
    return render(request, "office/decks/deck_peaks.html", context, status=422 if form.errors else 200)


def week_words(week: Sequence[Sequence[Any]]) -> str:
    """When it is peak: Monday–Friday 08:00–18:00."""
    return ", ".join(f"{_days(days)} {begins}–{ends}" for days, begins, ends in week)


def _days(days: Sequence[int]) -> str:
    in_a_row = len(days) > 1 and list(days) == list(range(days[0], days[-1] + 1))
    if len(days) == len(DAYS):
        return _("every day")
    return f"{DAYS[days[0]]}–{DAYS[days[-1]]}" if in_a_row else ", ".join(str(DAYS[each]) for each in days)
