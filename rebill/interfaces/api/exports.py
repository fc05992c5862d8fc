"""Exports: making the combined export of a month, downloading and mailing it, and how the file is written."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field, StringConstraints

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.exports.files import file_name, sample_export
from rebill.exports.layouts import layout_as_json, read_layout
from rebill.exports.models import Export
from rebill.exports.queries import export_of, exports_of
from rebill.exports.registry import FORMATS
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Id, Line, Shown, with_example
from rebill.interfaces.api.work import WorkShown, accept
from rebill.kit.files import read_file
from rebill.parties.commands import change_seller
from rebill.parties.models import Seller

exports = Endpoints(Area.EXPORTS, "Exports")

Column = Literal[
    "customer_number", "customer_name", "group", "description", "amount", "period", "currency", "documents"
]


class ExportShown(Shown):
    """A file that was made. `mailed_at` is null until it was mailed."""

    id: int
    format: str
    month: date
    rows: int
    made_at: datetime
    mailed_at: datetime | None
    mailed_to: list[str]


class LayoutShown(Shown):
    """How the file is written."""

    columns: list[Column]
    language: Literal["nl", "de", "fi", "en"]
    basis: Literal["issued", "run"] = Field(description="Issued documents, or with them the drafts of the month.")
    kind: Literal["csv", "xlsx"]
    delimiter: str
    decimal_mark: Literal[",", "."]
    encoding: str
    byte_order_mark: bool


class LayoutGiven(Body):
    """How the file is to be written; what is left out is as usual."""

    model_config = with_example({"kind": "csv", "delimiter": ";", "decimal_mark": ",", "encoding": "cp1252"})

    columns: list[Column] = LEFT_OUT
    language: Literal["nl", "de", "fi", "en"] = LEFT_OUT
    basis: Literal["issued", "run"] = LEFT_OUT
    kind: Literal["csv", "xlsx"] = LEFT_OUT
    delimiter: Annotated[str, StringConstraints(max_length=1)] = LEFT_OUT
    decimal_mark: Literal[",", "."] = LEFT_OUT
    encoding: Line = LEFT_OUT
    byte_order_mark: bool = LEFT_OUT


class NewExport(Body):
    """The month, by any of its days, and the layout if it is another than the seller's."""

    model_config = with_example({"month": "2026-09-01"})

    month: Day
    layout: LayoutGiven | None = None


class Mailing(Body):
    """Whether an export is mailed again that was, or may have been, mailed before."""

    model_config = with_example({"again": False})

    again: bool = False


class ExportSettings(Shown):
    """The seller's own layout, and where its exports are mailed."""

    layout: LayoutShown
    emails: list[str]


class ExportSettingsGiven(Body):
    """What is to be changed of the settings; what is left out stays."""

    model_config = with_example({"emails": ["boekhouding@waterkant.example"], "layout": {"kind": "xlsx"}})

    layout: LayoutGiven = LEFT_OUT
    emails: list[Line] = LEFT_OUT


def show_export(export: Export) -> ExportShown:
    """The export as an answer says it."""
    return ExportShown.model_validate(export, from_attributes=True)


def _layout(seller: Seller, given: LayoutGiven | None) -> dict[str, object]:
    """The layout that was given, else the seller's, checked and in full."""
    stored: dict[str, Any] = seller.export_layout if given is None else given.given()
    return layout_as_json(read_layout(stored, FORMATS.get("combined"), language=seller.language))


def _settings(seller: Seller) -> ExportSettings:
    return ExportSettings(layout=LayoutShown.model_validate(_layout(seller, None)), emails=seller.export_emails)


@exports.read("/exports")
def list_exports(request: ApiRequest, paging: Paged) -> Page[ExportShown]:
    """List the exports made, the newest first."""
    return page_of(exports_of(request.acting), paging, each(show_export), by=("-id",))


@exports.write("POST", "/exports", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def make_export(request: ApiRequest, body: NewExport) -> WorkShown:
    """Make the combined export of a month.

    The sum of its rows is proven to be that of the documents. The result of the work names the export; the same content
    is the same export.
    """
    asked = {"month": body.month.replace(day=1).isoformat(), "layout": _layout(request.seller, body.layout)}
    return accept(request, "export", Permission.EXPORT, asked)


@exports.read("/exports/sample", media_type="application/octet-stream")
def get_export_sample(request: ApiRequest) -> HttpResponse:
    """Download a file of invented customers in the seller's layout, to try an import with."""
    seller = request.seller
    layout = read_layout(seller.export_layout, FORMATS.get("combined"), language=seller.language)
    content = sample_export(layout=layout, month=request.today, currency=seller.currency, now=request.now)
    headers = {"Content-Disposition": f'attachment; filename="sample.{layout.kind}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@exports.read("/exports/settings")
def get_export_settings(request: ApiRequest) -> ExportSettings:
    """Show the seller's layout, and where exports are mailed."""
    return _settings(request.seller)


@exports.write("PATCH", "/exports/settings", area=Area.SETTINGS)
def change_export_settings(request: ApiRequest, body: ExportSettingsGiven) -> ExportSettings:
    """Change the seller's layout, or where exports are mailed."""
    changes: dict[str, Any] = {}
    if body.layout is not LEFT_OUT:
        changes["export_layout"] = _layout(request.seller, body.layout)
    if body.emails is not LEFT_OUT:
        changes["export_emails"] = body.emails
    return _settings(change_seller(acting=request.acting, now=request.now, **changes))


@exports.read("/exports/{export_id}")
def get_export(request: ApiRequest, export_id: Id) -> ExportShown:
    """Show an export."""
    return show_export(export_of(request.acting, export_id))


@exports.read("/exports/{export_id}/file", media_type="application/octet-stream")
def get_export_file(request: ApiRequest, export_id: Id) -> HttpResponse:
    """Download an export, CSV or Excel as it was made."""
    export = export_of(request.acting, export_id)
    name = file_name(export, slug=request.seller.slug)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(read_file(export.file_id), content_type="application/octet-stream", headers=headers)


@exports.write("POST", "/exports/{export_id}/mail", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def mail_export(request: ApiRequest, export_id: Id, body: Mailing) -> WorkShown:
    """Mail an export to the seller's addresses for exports, once."""
    export = export_of(request.acting, export_id)
    asked = {"export": export.pk, "again": body.again, "asked_at": request.now.isoformat()}
    return accept(request, "mail_export", Permission.EXPORT, asked)
