"""Making the combined export of a month by hand: its layout, its first rows while one chooses, and a sample."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.exports.commands import SumsDiffer, make_combined_export
from rebill.exports.contract import Basis, FileKind
from rebill.exports.files import MEDIA_TYPES, sample_export
from rebill.exports.layouts import LayoutInvalid
from rebill.exports.previewing import preview_export
from rebill.interfaces import formats
from rebill.interfaces.office.exports.forms import ExportForm, usual_layout
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.rules.money import Money


@page(Permission.EXPORT)
def new_export_page(request: OfficeRequest) -> HttpResponse:
    """Shows what the export will be, and makes it when asked."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            export = make_combined_export(
                acting=request.acting, month=form.cleaned_data["month"], layout=form.layout(), now=request.now
            )
        except (SumsDiffer, LayoutInvalid) as refusal:
            form.refuse(refusal)
        else:
            words = _("The export of %(month)s has %(rows)s rows.")
            told = {"month": formats.month(export.month), "rows": formats.number(export.rows)}
            toast(request, words % told)
            return redirect("office:exports", request.seller.slug)
    context = {"form": form, **_preview(request, form)}
    return render(request, "office/exports/new_export.html", context, status=422 if form.errors else 200)


@page(Permission.EXPORT)
def preview_part(request: OfficeRequest) -> HttpResponse:
    """The first rows and the sums, for the page that asks while one chooses."""
    return render(request, "office/exports/preview.html", _preview(request, _form(request)))


@page(Permission.EXPORT)
def sample_file(request: OfficeRequest) -> HttpResponse:
    """A file of invented customers in the chosen layout, to try an import with."""
    form = _form(request)
    if not form.is_valid():
        return redirect(f"{reverse('office:exports-new', args=[request.seller.slug])}?{urlencode(request.GET, True)}")
    layout, month = form.layout(), form.cleaned_data["month"]
    content = sample_export(layout=layout, month=month, currency=request.seller.currency, now=request.now)
    response = HttpResponse(content, content_type=MEDIA_TYPES[FileKind(layout.kind)])
    response.headers["Content-Disposition"] = f'attachment; filename="sample.{layout.kind}"'
    return response


def _form(request: OfficeRequest) -> ExportForm:
    """What was chosen; for what the address does not say, the seller's own layout and this month."""
    if request.method == "POST":
        return ExportForm(request.seller, request.POST)
    chosen: dict[str, Any] = {
        **usual_layout(request.seller, basis=Basis.ISSUED),
        "month": f"{request.today:%Y-%m}",
    }
    for name in request.GET:
        if name in chosen:
            chosen[name] = request.GET.getlist(name) if name == "columns" else request.GET[name]
    return ExportForm(request.seller, chosen)


def _preview(request: OfficeRequest, form: ExportForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"preview": None}
    month: date = form.cleaned_data["month"]
    try:
        layout = form.layout()
        preview = preview_export(acting=request.acting, month=month, layout=layout, now=request.now)
    except LayoutInvalid:
        return {"preview": None}
    return {
        "preview": preview,
        "month": month,
        "totals": [Money(minor, currency) for currency, minor in preview.totals.items()],
        "billed": [Money(minor, currency) for currency, minor in preview.billed.items()],
        "numeric": {position for position, key in enumerate(layout.columns) if key in ("amount", "documents")},
    }
