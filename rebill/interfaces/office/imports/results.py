"""The last two steps: what every line would become, and what it became; while it goes on, how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRefresh

from rebill.access.acting import Permission
from rebill.interfaces.formats import number
from rebill.interfaces.imports.entities import importable
from rebill.interfaces.imports.starting import start_import
from rebill.interfaces.imports.uploads import own_upload
from rebill.interfaces.office.imports.steps import Step, steps
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.errors import NotFound
from rebill.kit.imports import uploads
from rebill.kit.models import Upload, Work, WorkState
from rebill.kit.work import UNDER_WAY

# Where what was imported is seen, by what it is.
PLACES = {
    "customers": "office:customers",
    "products": "office:products",
    "prices": "office:products",
    "rates": "office:decks",
    "subscriptions": "office:subscriptions",
    "subscribers": "office:customers",
    "interim-lines": "office:lines",
    "tabs": "office:tabs",
}


class NoRejects(NotFound):
    """No line was rejected, or the file was thrown away since."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far work is. `total` is None while nobody knows; `minutes_left` too."""

    done: int
    total: int | None
    minutes_left: int | None


@page(Permission.KEEP_PARTIES)
def check_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """What every line would become; the button imports them."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if upload.work is not None:
        return redirect("office:imports-result", request.seller.slug, upload.id)
    if upload.trial is None:
        return redirect("office:imports-columns", request.seller.slug, upload.id)
    return _show(request, upload, upload.trial, "check")


@page(Permission.KEEP_PARTIES)
def import_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Has a file that was checked imported; without a check or the button it only shows how far it is."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if request.method == "POST" and upload.trial is not None and upload.trial.state == WorkState.DONE:
        start_import(acting=request.acting, upload=upload, language=request.LANGUAGE_CODE, now=request.now)
    return redirect("office:imports-result", request.seller.slug, upload.id)


@page(Permission.KEEP_PARTIES)
def result_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """What became of every line, or how far it is."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    if upload.work is None:
        return redirect("office:imports-check", request.seller.slug, upload.id)
    return _show(request, upload, upload.work, "import")


@page(Permission.KEEP_PARTIES)
def rejects_file(request: OfficeRequest, upload_id: UUID) -> HttpResponseBase:
    """The rejected lines as a file to be mended and imported again."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    path = uploads.rejects_path(upload)
    if path is None:
        raise NoRejects(_("There are no rejected lines of this file."))
    name = f"{upload.file_name.rpartition('.')[0] or upload.file_name}-rejected.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _show(request: OfficeRequest, upload: Upload, work: Work, at: str) -> HttpResponse:
    is_under_way = work.state in UNDER_WAY
    if request.htmx and not is_under_way:
        return HttpResponseClientRefresh()
    result: dict[str, Any] = dict(work.result)
    entity = importable(upload.entity)
    context = {
        "upload": upload,
        "entity": entity,
        "work": work,
        "result": result,
        "is_under_way": is_under_way,
        "progress": _progress(work, request.now),
        "steps": _steps(upload, work, at),
        "place": PLACES[upload.entity],
        "has_rejects": uploads.rejects_path(upload) is not None,
        "more_rejected": result.get("rejected", 0) - len(result.get("first_rejected", ())),
        "more_warnings": result.get("warnings", 0) - len(result.get("first_warnings", ())),
    }
    if request.htmx:
        return render(request, "office/imports/progress.html", context)
    return render(request, f"office/imports/{'check' if at == 'check' else 'result'}.html", context)


def _progress(work: Work, now: datetime) -> Progress:
    minutes = None
    if work.total and work.done and work.started_at is not None:
        seconds = (now - work.started_at).total_seconds() * (work.total - work.done) / work.done
        minutes = round(seconds / 60)
    return Progress(work.done, work.total if work.done else None, minutes)


def _steps(upload: Upload, work: Work, at: str) -> list[Step]:
    lines = work.result.get("lines") or work.total
    counted = ngettext("%(count)s line", "%(count)s lines", lines) % {"count": number(lines)} if lines else ""
    taken = work.result.get("accepted") if at == "import" else None
    said = ngettext("%(count)s line taken", "%(count)s lines taken", taken or 0) % {"count": number(taken or 0)}
    return steps(at, file=upload.file_name, check=counted, done=said if taken is not None else "")
