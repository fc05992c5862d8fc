"""How documents are numbered, with the next numbers as they will be printed."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.settings.forms import SeriesForm
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Conflict, Invalid, Refused, reason_of
from rebill.kit.sequences import SequenceMovesBack
from rebill.parties.commands import set_number_series
from rebill.parties.commands.series import NumberGiven
from rebill.parties.models import NumberSeries, SeriesPurpose
from rebill.parties.queries import next_number, series_of
from rebill.rules.numbering import format_number, validate_pattern

TITLES = {
    SeriesPurpose.INVOICE: gettext_lazy("Invoices"),
    SeriesPurpose.CREDIT_NOTE: gettext_lazy("Credit notes"),
}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One series on the page; `given` is the last number that is taken, 0 for none, `examples` are the next ones."""

    purpose: SeriesPurpose
    title: str
    form: SeriesForm
    given: int
    examples: list[str]
    is_new: bool


@page(Permission.CONFIGURE)
def numbering_page(request: OfficeRequest) -> HttpResponse:
    """Both series; each is saved by itself."""
    asked = request.POST.get("purpose") if request.method == "POST" else None
    forms = {purpose: _form(request, purpose, is_posted=purpose.value == asked) for purpose in SeriesPurpose}
    for purpose, form in forms.items():
        if form.is_bound and _is_saved(request, purpose, form):
            return redirect("office:settings-numbering", request.seller.slug)
    kept = {series.purpose: series for series in series_of(request.acting)}
    shown = [_shown(request, purpose, form, kept.get(purpose.value)) for purpose, form in forms.items()]
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "office/settings/numbering.html", {"series": shown}, status=status)


@page(Permission.CONFIGURE)
def example_part(request: OfficeRequest) -> HttpResponse:
    """The next numbers for what is typed, before it is saved; or why there are none."""
    purpose = next((each for each in SeriesPurpose if each.value == request.POST.get("purpose")), SeriesPurpose.INVOICE)
    form = SeriesForm(request.POST, prefix=purpose.value)
    kept = {series.purpose: series for series in series_of(request.acting)}
    if not form.is_valid():
        said = [str(error) for errors in form.errors.values() for error in errors]
        return render(request, "office/settings/examples.html", {"why": " ".join(said)})
    try:
        examples = _examples(request, kept.get(purpose.value), **form.cleaned_data)
    except Refused as refused:
        return render(request, "office/settings/examples.html", {"why": reason_of(refused)})
    return render(request, "office/settings/examples.html", {"examples": examples})


def _form(request: OfficeRequest, purpose: SeriesPurpose, *, is_posted: bool) -> SeriesForm:
    series = series_of(request.acting).filter(purpose=purpose).first()
    usual = "C{year}-{number:05}" if purpose == SeriesPurpose.CREDIT_NOTE else "{year}-{number:05}"
    kept = {"pattern": series.pattern if series else usual, "per_year": series.per_year if series else True}
    return SeriesForm(request.POST if is_posted else None, initial=kept, prefix=purpose.value)


def _is_saved(request: OfficeRequest, purpose: SeriesPurpose, form: SeriesForm) -> bool:
    if not form.is_valid():
        return False
    try:
        set_number_series(
            acting=request.acting, purpose=purpose, today=request.today, now=request.now, **form.cleaned_data
        )
    except (NumberGiven, SequenceMovesBack):
        form.add_error("first_number", _("This number, or a later one, is given already. Enter a later one."))
        return False
    except (Invalid, Conflict) as refused:
        form.refuse(refused, field=getattr(refused, "field", "pattern"))
        return False
    toast(request, _("Numbers are given this way from now on."))
    return True


def _shown(request: OfficeRequest, purpose: SeriesPurpose, form: SeriesForm, series: NumberSeries | None) -> Shown:
    kept = {"pattern": form.initial["pattern"], "per_year": form.initial["per_year"], "first_number": None}
    return Shown(
        purpose=purpose,
        title=str(TITLES[purpose]),
        form=form,
        given=next_number(series, request.today) - 1 if series is not None else 0,
        examples=_examples(request, series, **kept),
        is_new=series is None,
    )


def _examples(
    request: OfficeRequest, series: NumberSeries | None, *, pattern: str, per_year: bool, first_number: int | None
) -> list[str]:
    validate_pattern(pattern, per_year=per_year)
    number = first_number or (next_number(series, request.today) if series is not None else 1)
    return [format_number(pattern, number=number + step, day=request.today) for step in range(_SHOWN)]
