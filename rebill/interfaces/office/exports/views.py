"""The exports that were made, with what each comes to and whether it was mailed; and their files."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpResponse
from django.shortcuts import render

from rebill.access.acting import Permission
from rebill.exports.files import file_name
from rebill.exports.models import Export
from rebill.exports.previewing import totals_written
from rebill.exports.queries import export_of, exports_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.kit.files import read_file
from rebill.rules.money import Money

MailState = Literal["mailed", "unclear", "not_mailed"]


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export, what it comes to in each currency, the ending of its file, and what became of its mail."""

    export: Export
    totals: tuple[Money, ...]
    ending: str
    mail: MailState


@page(Permission.EXPORT)
def exports_page(request: OfficeRequest) -> HttpResponse:
    """All of them, the latest first."""
    found = exports_of(request.acting)
    start = (page_number(request) - 1) * ROWS
    exports = list(found[start : start + ROWS])
    totals = totals_written(request.acting, exports)
    slug = request.seller.slug
    rows = [
        ExportRow(
            export=export,
            totals=tuple(Money(minor, currency) for currency, minor in totals.get(export.pk, {}).items()),
            ending=file_name(export, slug=slug).rpartition(".")[2].upper(),
            mail=mail_state(export),
        )
        for export in exports
    ]
    context = {"rows": rows, "pager": pager(request, shown=len(rows), total=found.count())}
    return render(request, "office/exports/exports.html", context)


def mail_state(export: Export) -> MailState:
    """Whether it was mailed; unclear when a mailing began and nobody wrote down what came of it."""
    if export.mailed_at is not None:
        return "mailed"
    return "not_mailed" if export.mail_started_at is None else "unclear"


@page(Permission.EXPORT)
def export_file(request: OfficeRequest, export_id: int) -> HttpResponse:
    """The file, byte for byte as it was made."""
    export = export_of(request.acting, export_id)
    response = HttpResponse(read_file(export.file_id), content_type=export.file.media_type)
    name = file_name(export, slug=request.seller.slug)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
