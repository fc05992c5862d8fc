"""Approving what is selected: what it will do, then the long work that does it."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.mails import no_server
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.wanted import Selection, fit_for_approval, selection_of
from rebill.interfaces.office.toasts import note
from rebill.interfaces.work.doing import ask
from rebill.invoices.queries.expected import ExpectedNumbers, expected_numbers
from rebill.kit.work import under_way
from rebill.parties.models import DeliveryChannel, SeriesPurpose
from rebill.rules.money import Money
from rebill.runs.models import Run
from rebill.runs.queries.approvals import Foreseen, foreseen
from rebill.runs.queries.drafts import draft_of, run_of
from rebill.runs.queries.standing import standings_of


@page(Permission.APPROVE)
def approve(request: OfficeRequest, run_id: int) -> HttpResponse:
    """Says what approving the selection will do; posted, asks for the work and shows the run with its progress."""
    run = run_of(acting=request.acting, run_id=run_id)
    back = reverse("office:run", args=[request.seller.slug, run_id])
    selection = selection_of(run_id, request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        if under_way(seller_id=request.acting.seller_id, kind="approve", run=run_id):
            note(request, _("This run is being approved already; what was selected now can be approved after it."))
        else:
            ask(acting=request.acting, kind="approve", request=_asked(selection), now=request.now)
        return redirect(back)
    fit = fit_for_approval(selection.drafts(request, approving=True))
    found = foreseen(acting=request.acting, drafts=fit, are_most=selection.is_most)
    if not found.drafts:
        note(request, _("Nothing of what is selected can be approved; mend it or release it first."))
        return redirect(back)
    return show_dialog(request, _dialog(request, run, selection, found, back))


@page(Permission.APPROVE)
def approve_one(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The same for one draft, from its own page."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    address = reverse("office:runs-approve", args=[request.seller.slug, draft.run_id])
    return redirect(f"{address}?id={draft_id}")


def _asked(selection: Selection) -> dict[str, object]:
    """The selection as the work takes it."""
    if not selection.everything:
        return {"run": selection.wanted.run_id, "drafts": list(selection.ids)}
    wanted = selection.wanted.approvable
    return {"run": wanted.run_id, "tab": wanted.tab, "search": wanted.search, "warning": wanted.warning,
            "channel": wanted.channel}  # fmt: skip


def _dialog(request: OfficeRequest, run: Run, selection: Selection, found: Foreseen, back: str) -> Dialog:
    drafts, needs_two = found.drafts, request.seller.approval_needs_two
    issued = found.second if needs_two else drafts
    numbered = expected_numbers(
        acting=request.acting,
        invoices=issued if needs_two else drafts - found.below_zero,
        credit_notes=0 if needs_two else found.below_zero,
        day=run.invoice_on or request.today,
    )
    effects = [
        *_first_approvals(drafts - issued),
        *(_numbers(each, run.invoice_on, request.today) for each in numbered),
    ]
    if issued:
        effects += [*_deliveries(found.ways), _total(found)]
    effects += _staying(run, drafts)
    question = ngettext("Approve %(number)s invoice and send it?", "Approve %(number)s invoices and send them?", drafts)
    verb = ngettext("Approve %(number)s and send", "Approve %(number)s and send", drafts)
    number = {"number": formats.number(drafts)}
    return Dialog(
        question=question % number,
        effects=tuple(effects),
        verb=verb % number,
        action=reverse("office:runs-approve", args=[request.seller.slug, run.pk]),
        back=back,
        fields=selection.fields,
    )


def _first_approvals(drafts: int) -> list[Effect]:
    if not drafts:
        return []
    words = ngettext(
        "%(number)s gets your approval as the first of two; it goes out when somebody else has approved it.",
        "%(number)s get your approval as the first of two; they go out when somebody else has approved them.",
        drafts,
    )
    return [Effect("clock", words % {"number": formats.number(drafts)})]


def _numbers(numbers: ExpectedNumbers, invoice_on: date | None, today: date) -> Effect:
    values = {"first": numbers.first, "last": numbers.last, "day": formats.day(invoice_on or today, today)}
    if numbers.documents == 1:
        words = _("It gets number %(first)s, dated %(day)s. After that it can be credited, not changed.")
    elif numbers.purpose is SeriesPurpose.CREDIT_NOTE:
        words = _("Those below zero become credit notes, %(first)s to %(last)s.")
    else:
        words = _(
            "They get numbers %(first)s to %(last)s, dated %(day)s. After that they can be credited, not changed."
        )
    return Effect("check", words % values)


def _deliveries(ways: Mapping[str, int]) -> list[Effect]:
    effects = []
    if mails := ways.get(DeliveryChannel.EMAIL, 0):
        words = ngettext(
            "%(number)s e-mail goes out as soon as its PDF is made.",
            "%(number)s e-mails go out as soon as their PDFs are made.",
            mails,
        )
        effects += [Effect("right", words % {"number": formats.number(mails)}), *no_server()]
    if letters := ways.get(DeliveryChannel.PRINT, 0):
        words = ngettext(
            "%(number)s letter waits for you to print it.",
            "%(number)s letters wait for you in one PDF to print.",
            letters,
        )
        effects.append(Effect("file", words % {"number": formats.number(letters)}))
    if silent := ways.get(DeliveryChannel.NONE, 0):
        words = ngettext(
            "%(number)s is not sent: its customer wants none.",
            "%(number)s are not sent: their customers want none.",
            silent,
        )
        effects.append(Effect("minus", words % {"number": formats.number(silent)}))
    return effects


def _total(found: Foreseen) -> Effect:
    sums = [formats.money(Money(gross_minor, currency)) for currency, gross_minor in found.gross]
    return Effect("dot", _("Together they come to %(total)s including VAT.") % {"total": " + ".join(sums)})


def _staying(run: Run, approved_now: int) -> list[Effect]:
    """What stays behind, and what was approved before and goes out with it."""
    effects = []
    standing = standings_of(run.pk)[run.pk]
    if approved := standing.count("approved"):
        words = ngettext(
            "%(number)s that was approved before goes out with them.",
            "%(number)s that were approved before go out with them.",
            approved,
        )
        effects.append(Effect("right", words % {"number": formats.number(approved)}))
    if staying := standing.count("all") - standing.count("issued") - approved - approved_now:
        words = ngettext("%(number)s draft stays in this run.", "%(number)s drafts stay in this run.", staying)
        effects.append(Effect("ring", words % {"number": formats.number(staying)}))
    return effects
