"""Ending what prices calls: a rate, a bundle, and that a plan prices calls by a deck."""

from collections.abc import Callable
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import end_bundle, end_plan_deck, end_rate
from rebill.catalogue.queries.decks import bundle_of, plan_deck_of, rate_of
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import DayField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Refused


class EndForm(OfficeForm):
    """From when on something holds no longer."""

    valid_before = DayField(label=gettext_lazy("First day on which it holds no longer"))


@page(Permission.KEEP_CATALOGUE)
def end_bundle_page(request: OfficeRequest, bundle_id: int) -> HttpResponse:
    """Asks from when on a bundle includes nothing any more, and ends it."""
    bundle = bundle_of(request.acting, bundle_id)
    return _ask(
        request,
        question=_("End %(name)s?") % {"name": bundle.name},
        effects=(Effect("clock", _("The month it ends in has its share; calls after that day are paid for.")),),
        back=reverse("office:decks", args=[request.seller.slug]),
        end=lambda day: end_bundle(
            acting=request.acting, bundle_id=bundle.pk, valid_before=day, now=request.now
        ),
        ended=bundle.name,
    )  # fmt: skip


@page(Permission.KEEP_CATALOGUE)
def end_plan_page(request: OfficeRequest, link_id: int) -> HttpResponse:
    """Asks from when on a plan prices calls by a deck no longer, and ends it."""
    link = plan_deck_of(request.acting, link_id)
    names = {"plan": link.plan.name, "deck": link.deck.name}
    return _ask(
        request,
        question=_("End pricing calls of %(plan)s by %(deck)s?") % names,
        effects=(
            Effect("clock", _("Calls before that day keep their price.")),
            Effect("warn", _("Later calls of its customers have no price until the plan has another deck.")),
        ),
        back=reverse("office:deck", args=[request.seller.slug, link.deck_id]),
        end=lambda day: end_plan_deck(acting=request.acting, link_id=link.pk, valid_before=day, now=request.now),
        ended=link.plan.name,
    )


@page(Permission.KEEP_CATALOGUE)
def end_rate_page(request: OfficeRequest, rate_id: int) -> HttpResponse:
    """Asks from when on a rate holds no longer, and ends it."""
    rate = rate_of(request.acting, rate_id)
    name = f"{rate.prefix} {rate.destination}".strip()
    return _ask(
        request,
        question=_("End the rate of %(name)s?") % {"name": name},
        effects=(Effect("clock", _("Later calls go by a shorter prefix, or have no price.")),),
        back=reverse("office:deck", args=[request.seller.slug, rate.deck_id]),
        end=lambda day: end_rate(acting=request.acting, rate_id=rate.pk, valid_before=day, now=request.now),
        ended=name,
    )


def _ask(
    request: OfficeRequest,
    *,
    question: str,
    effects: tuple[Effect, ...],
    back: str,
    end: Callable[[date], object],
    ended: str,
) -> HttpResponse:
    form = EndForm(request.POST or None, initial={"valid_before": request.today})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["valid_before"]
        try:
            end(day)
        except Refused as refused:
            form.refuse(refused, field="valid_before")
        else:
            words = {"name": ended, "day": formats.day(day, request.today)}
            toast(request, _("%(name)s ends before %(day)s.") % words)
            return redirect(back)
    dialog = Dialog(
        question=question,
        effects=(*effects, Effect("back", _("A day in the past is allowed: its calls are rated again."))),
        verb=_("End"),
        action=request.path,
        back=back,
        form="office/calls/end_form.html",
    )
    return show_dialog(request, dialog, status=422 if form.errors else 200, form=form)
