"""All runs, the latest first, and making one."""

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.words import Pill, pill_of, run_title
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import page_number, pager
from rebill.interfaces.work.doing import ask
from rebill.kit.models import Work
from rebill.kit.work import under_way
from rebill.rules.money import Money
from rebill.runs.models import Run
from rebill.runs.queries.drafts import runs_of
from rebill.runs.queries.standing import Standing, standings_of

# A year at a glance.
ROWS = 12


class MakeForm(OfficeForm):
    """The day of the run."""

    billed_on = forms.DateField(
        label=gettext_lazy("Day of the run"),
        help_text=gettext_lazy("Periods that are over by this day are billed in arrears, the next ones in advance."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A run of the list."""

    run: Run
    title: str
    standing: Standing
    pill: Pill
    net: Money
    others: tuple[Money, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {name: self.standing.count(name) for name in ("all", "ready", "to_check", "held", "approved", "issued")}


@page()
def runs_page(request: OfficeRequest) -> HttpResponse:
    """The runs, a year to a page."""
    found = runs_of(acting=request.acting).select_related("customer")
    start = (page_number(request) - 1) * ROWS
    runs = list(found[start : start + ROWS])
    standings = standings_of(*[run.pk for run in runs])
    context = {
        "rows": [_row(run, standings[run.pk], request.seller.currency) for run in runs],
        "pager": pager(request, shown=len(runs), total=found.count(), rows=ROWS),
        "making": making(request),
        "currency": request.seller.currency,
    }
    return render(request, "office/runs/runs.html", context)


@page(Permission.PREPARE)
def make_run(request: OfficeRequest) -> HttpResponse:
    """Asks for the day, then for the work that makes the drafts; the page shows how far it is."""
    form = MakeForm(
        request.POST if request.method == "POST" else None, initial={"billed_on": request.today.replace(day=1)}
    )
    back = reverse("office:runs", args=[request.seller.slug])
    if request.method == "POST" and form.is_valid():
        billed_on = form.cleaned_data["billed_on"].isoformat()
        if not under_way(seller_id=request.acting.seller_id, kind="prepare", billed_on=billed_on):
            ask(acting=request.acting, kind="prepare", request={"billed_on": billed_on}, now=request.now)
        return redirect(back)
    dialog = Dialog(
        question=_("Make a billing run?"),
        effects=(
            Effect("plus", _("Every customer whose turn it is gets a draft of what it owes up to that day.")),
            Effect("ring", _("Drafts can be changed, held back or thrown away; nothing is sent.")),
            Effect("clock", _("A run of that day that is there already is added to.")),
        ),
        verb=_("Make the drafts"),
        action=reverse("office:runs-make", args=[request.seller.slug]),
        back=back,
        form="office/runs/day.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@page()
def making_page(request: OfficeRequest) -> HttpResponse:
    """How far the run is that is being made; at its end the page is loaded anew."""
    work = making(request)
    response = render(request, "office/runs/making.html", {"making": work})
    if work is None:
        toast(request, _("The drafts are made."))
        response.headers["HX-Refresh"] = "true"
    return response


def making(request: OfficeRequest) -> Work | None:
    """The preparation of a run that is under way, if any."""
    return under_way(seller_id=request.acting.seller_id, kind="prepare")


def _row(run: Run, standing: Standing, currency: str) -> Row:
    own, *others = standing.currencies(currency)
    return Row(
        run=run,
        title=run_title(run),
        standing=standing,
        pill=pill_of(standing),
        net=Money(standing.net("all", own), own),
        others=tuple(Money(standing.net("all", each), each) for each in others),
    )
