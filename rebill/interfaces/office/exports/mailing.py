"""Mailing an export, now or once more, and where and how the monthly one goes."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.delivery.contract import Accepted
from rebill.exports.commands import NobodyToMailTo, mail_export
from rebill.exports.contract import Basis
from rebill.exports.layouts import LayoutInvalid, layout_as_json
from rebill.exports.models import Export
from rebill.exports.queries import export_of
from rebill.interfaces import formats
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.exports.forms import LayoutForm, usual_layout
from rebill.interfaces.office.exports.views import mail_state
from rebill.interfaces.office.mails import no_server
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import note, toast
from rebill.kit.errors import reason_of
from rebill.parties.commands import change_seller
from rebill.parties.entries import EntryRefused


class MailForm(LayoutForm):
    """Where the monthly export goes, and in which layout."""

    export_emails = forms.CharField(
        label=gettext_lazy("Mail it to"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One or more addresses. Empty: nothing is mailed."),
    )


@page(Permission.EXPORT, sent_once=False)
def mail_export_page(request: OfficeRequest, export_id: int) -> HttpResponse:
    """Asks before an export is mailed, the more so when it may have arrived already; then mails it."""
    export = export_of(request.acting, export_id)
    slug = request.seller.slug
    if not request.seller.export_emails:
        note(request, _("There is no address for exports yet. Enter one under “Monthly mail”."))
        return redirect("office:exports", slug)
    if request.method != "POST":
        return show_dialog(request, _question(request, export))
    again = request.POST.get("again") == "1"
    try:
        outcome = mail_export(acting=request.acting, export=export, now=request.now, again=again)
    except NobodyToMailTo as refusal:
        note(request, reason_of(refusal))
        return redirect("office:exports", slug)
    if isinstance(outcome, Accepted):
        words = _("The export of %(month)s is mailed to %(addresses)s.")
        told = {"month": formats.month(export.month), "addresses": ", ".join(request.seller.export_emails)}
        toast(request, words % told)
    else:
        note(request, _("The export was not mailed: %(words)s") % {"words": outcome.words})
    return redirect("office:exports", slug)


def _question(request: OfficeRequest, export: Export) -> Dialog:
    slug, state = request.seller.slug, mail_state(export)
    addresses = {"addresses": ", ".join(request.seller.export_emails)}
    effects = [Effect("right", _("It goes to %(addresses)s.") % addresses), *no_server()]
    if state == "mailed":
        when = formats.moment(export.mailed_at, request.seller.time_zone, request.today)
        told = {"when": when, "addresses": ", ".join(export.mailed_to)}
        effects.append(Effect("warn", _("It was mailed on %(when)s to %(addresses)s; now it goes once more.") % told))
    elif state == "unclear":
        effects.append(
            Effect("warn", _("It was being mailed and nobody knows whether it arrived. Ask whoever receives it first."))
        )
    month = {"month": formats.month(export.month)}
    is_first = state == "not_mailed"
    return Dialog(
        question=_("Mail the export of %(month)s?") % month
        if is_first
        else _("Mail the export of %(month)s once more?") % month,
        effects=tuple(effects),
        verb=_("Mail it") if is_first else _("Mail it once more"),
        action=reverse("office:export-mail", args=[slug, export.pk]),
        back=reverse("office:exports", args=[slug]),
        fields={} if is_first else {"again": "1"},
    )


@page(Permission.CONFIGURE)
def mail_settings_page(request: OfficeRequest) -> HttpResponse:
    """The addresses and the layout of the export that is mailed on the first of every month."""
    seller = request.seller
    initial = {**usual_layout(seller, basis=Basis.RUN), "export_emails": "\n".join(seller.export_emails)}
    form = MailForm(seller, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_seller(
                acting=request.acting,
                export_emails=form.cleaned_data["export_emails"].split(),
                export_layout=layout_as_json(form.layout()),
                now=request.now,
            )
        except EntryRefused as refusal:
            form.refuse(refusal)
        except LayoutInvalid as refusal:
            form.refuse(refusal, field="columns")
        else:
            toast(request, _("The monthly mail is saved."))
            return redirect("office:exports", seller.slug)
    return render(request, "office/exports/mail.html", {"form": form}, status=422 if form.errors else 200)
