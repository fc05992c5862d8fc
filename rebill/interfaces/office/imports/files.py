"""What can be imported and what was, and the first step: the file."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.access.acting import Permission, require
from rebill.access.queries import actor_of, with_actors
from rebill.interfaces.imports.entities import ENTITIES, importable
from rebill.interfaces.imports.importable import Importable
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.imports.uploads import decide, own_upload, take_upload
from rebill.interfaces.office.imports.options import OptionsForm
from rebill.interfaces.office.imports.steps import steps
from rebill.interfaces.office.imports.throwing_away import ask_to_throw_away
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.refusals import status_of
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.receiving import BYTES_MAX, received_file
from rebill.kit.errors import Refused, reason_of
from rebill.kit.files import NoRoom
from rebill.kit.imports import uploads
from rebill.kit.imports.layouts import told_imports
from rebill.kit.imports.options import LIMITS, ImportOptions
from rebill.kit.imports.refusals import FileRefused
from rebill.kit.models import Event, Upload


@dataclass(frozen=True, slots=True)
class Told:
    """An import that came to its end, as the history shows it."""

    label: str
    event: Event
    by: str
    upload_id: str

    @property
    def details(self) -> dict[str, Any]:
        """What became of the lines."""
        return dict(self.event.details)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was uploaded and not imported, or not to its end."""

    label: str
    upload: Upload


@page()
def imports_page(request: OfficeRequest) -> HttpResponse:
    """Everything that can be imported, the files that wait, and the history."""
    first = (page_number(request) - 1) * ROWS
    told = told_imports(seller_id=request.acting.seller_id)
    entities = [importable(name) for name in ENTITIES]
    labels = {entity.name: entity.label for entity in entities}
    history = [
        Told(
            label=labels.get(event.details["entity"], event.details["entity"]),
            event=event,
            by=actor_of(event),
            upload_id=event.details.get("upload", ""),
        )
        for event in with_actors(told)[first : first + ROWS]
    ]
    mine = {entity.name for entity in entities if entity.permission.value in request.may}
    found = uploads.unfinished_uploads(seller_id=request.acting.seller_id)[:ROWS]
    unfinished = [Waiting(labels[upload.entity], upload) for upload in found if upload.entity in mine]
    context = {
        "entities": [entity for entity in entities if entity.name in mine],
        "waiting": [each for each in unfinished if each.upload.work is None],
        "begun": [each for each in unfinished if each.upload.work is not None],
        "history": history,
        "pager": pager(request, shown=len(history), total=told.count()),
    }
    return render(request, "office/imports/imports.html", context)


@page(Permission.KEEP_PARTIES)
def file_page(request: OfficeRequest, entity: str) -> HttpResponse:
    """The first step: a file, with what it may hold. A file that cannot be read is refused at its field.

    What the address says of a field, such as `?deck_code=`, is the same for every line until somebody changes it.
    """
    target = _may_import(request, entity)
    form = OptionsForm(request.POST if request.method == "POST" else None)
    problem, status = "", 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            upload = _take(request, target, form.options(ImportOptions()))
        except Refused as refused:
            problem, status = _words(refused), status_of(refused)
        else:
            return redirect("office:imports-columns", request.seller.slug, upload.id)
    context = {
        "entity": target,
        "form": form,
        "problem": problem,
        "steps": steps("file"),
        "megabytes": BYTES_MAX // 1_000_000,
        "bytes_max": BYTES_MAX,
        "lines_max": LIMITS.lines_max,
    }
    return render(request, "office/imports/file.html", context, status=status)


@page(Permission.KEEP_PARTIES)
def headings_file(request: OfficeRequest, entity: str) -> HttpResponse:
    """A file with nothing but the headings, in the reader's language, to be filled in."""
    target = _may_import(request, entity)
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([field.label for field in target.fields])
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{target.name}.csv"'
    return answer


@page(Permission.KEEP_PARTIES)
def throw_away_page(request: OfficeRequest, upload_id: UUID) -> HttpResponse:
    """Asks before a file that waits is deleted, and deletes it."""
    return ask_to_throw_away(
        request,
        own_upload(acting=request.acting, upload_id=upload_id),
        reassurance=_("Nothing of it was imported, so nothing else changes."),
        back=reverse("office:imports", args=[request.seller.slug]),
    )


def _may_import(request: OfficeRequest, entity: str) -> Importable:
    target = importable(entity)
    require(request.acting, target.permission)
    return target


class UploadRefused(FileRefused):
    """No file came, or one that cannot be kept."""


def _take(request: OfficeRequest, target: Importable, options: ImportOptions) -> Upload:
    file, problem = received_file(request, "file")
    if file is None:
        raise UploadRefused(what="import.not_received", where=target.name, why=problem, remedy="")
    upload = take_upload(
        acting=request.acting,
        entity=target.name,
        source=Path(file.temporary_file_path()),
        file_name=str(file.name),
        options=options,
        now=request.now,
    )
    said = {each.name: request.GET[each.name] for each in target.fields if each.name in request.GET}
    if said:
        wishes = Wishes(options, constants=said)
        decide(acting=request.acting, upload=upload, wishes=wishes, remembers=upload.remembers)
    return upload


def _words(refused: Refused) -> str:
    """What to show beside the field; what concerns nobody's file goes on."""
    if isinstance(refused, FileRefused):
        return f"{refused.problem.why} {refused.problem.remedy}".strip()
    if isinstance(refused, NoRoom):
        return reason_of(refused)
    raise refused
