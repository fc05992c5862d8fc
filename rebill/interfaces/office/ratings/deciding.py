"""Asking for a rating, and deciding about one that waits."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.ratings.listing import rating_under_way
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.work.doing import ask
from rebill.rules.periods import add_months
from rebill.sources.usage.commands import leave_rating, take_rating
from rebill.sources.usage.models import Rating
from rebill.sources.usage.queries.ratings import differences, rating_of


class RateForm(OfficeForm):
    """The month to rate, and whether only to see what it would change."""

    month = forms.CharField(label=gettext_lazy("Month"), widget=forms.TextInput(attrs={"type": "month"}))
    trial = forms.BooleanField(
        label=gettext_lazy("Only show what would change"),
        required=False,
        help_text=gettext_lazy("The rating waits until you take it over or leave it."),
    )

    def clean_month(self) -> date:
        """The first day of the month that was chosen."""
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(_("Enter a month, such as 2026-10.")) from None


@page(Permission.PREPARE)
def rate_calls_page(request: OfficeRequest) -> HttpResponse:
    """Asks for the month, then for the work that rates it."""
    last = add_months(request.today.replace(day=1), -1)
    month = request.GET.get("month", f"{last:%Y-%m}")
    form = RateForm(request.POST if request.method == "POST" else None, initial={"month": month})
    back = reverse("office:calls-ratings", args=[request.seller.slug])
    if request.method == "POST" and form.is_valid():
        if rating_under_way(request) is None:
            asked = {"months": [form.cleaned_data["month"].isoformat()], "trial": form.cleaned_data["trial"]}
            ask(acting=request.acting, kind="rate", request=asked, now=request.now)
        return redirect(back)
    dialog = Dialog(
        question=_("Rate the calls of a month?"),
        effects=(
            Effect("right", _("Every call gets its price anew, for you and for every dealer below you.")),
            Effect("ring", _("What is billed stays. A month that would come to something else waits for your word.")),
        ),
        verb=_("Rate the month"),
        action=reverse("office:calls-rate", args=[request.seller.slug]),
        back=back,
        form="office/ratings/month.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)


@page(Permission.PREPARE)
def take_rating_page(request: OfficeRequest, rating_id: int) -> HttpResponse:
    """Says what taking the rating over changes; posted, it counts."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    if request.method == "POST":
        take_rating(acting=request.acting, rating=rating, now=request.now)
        toast(request, _("The rating of %(month)s counts now.") % {"month": formats.month(rating.month)})
        return redirect("office:calls-ratings", request.seller.slug)
    number = len(differences(acting=request.acting, waiting=rating))
    words = ngettext(
        "The next run corrects the bill of %(number)s customer by the difference.",
        "The next run corrects the bills of %(number)s customers by the difference.",
        number,
    )
    effects = (
        Effect("right", words % {"number": formats.number(number)}),
        Effect("ring", _("Issued invoices stay as they are.")),
    )
    return show_dialog(request, _decision(request, rating, "take", _("Take it over"), effects))


@page(Permission.PREPARE)
def leave_rating_page(request: OfficeRequest, rating_id: int) -> HttpResponse:
    """Asks whether to leave the rating; posted, it is gone and what counts stays."""
    rating = rating_of(acting=request.acting, rating_id=rating_id)
    if request.method == "POST":
        leave_rating(acting=request.acting, rating=rating, now=request.now)
        toast(request, _("The rating of %(month)s was left.") % {"month": formats.month(rating.month)})
        return redirect("office:calls-ratings", request.seller.slug)
    effects = (Effect("back", _("What counts today goes on counting. The month can be rated again at any time.")),)
    return show_dialog(request, _decision(request, rating, "leave", _("Leave it"), effects))


def _decision(request: OfficeRequest, rating: Rating, what: str, verb: str, effects: tuple[Effect, ...]) -> Dialog:
    questions = {"take": _("Take over the rating of %(month)s?"), "leave": _("Leave the rating of %(month)s?")}
    return Dialog(
        question=questions[what] % {"month": formats.month(rating.month)},
        effects=effects,
        verb=verb,
        action=reverse(f"office:calls-rating-{what}", args=[request.seller.slug, rating.pk]),
        back=reverse("office:calls-rating", args=[request.seller.slug, rating.pk]),
    )
