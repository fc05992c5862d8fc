"""Imports: rows of JSON answered at once, or a file that is taken in by long work."""

import dataclasses
import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import BaseModel, Field

from rebill.access.scopes import Access, Area
from rebill.interfaces.api.caller import MULTIPART, ApiRequest, require_scope
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Line, Shown, Text, with_example
from rebill.interfaces.api.work import WorkShown, show_work
from rebill.interfaces.imports.entities import ENTITIES, importable
from rebill.interfaces.imports.importable import Importable
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.imports.rows import import_rows
from rebill.interfaces.imports.starting import start_import, start_trial
from rebill.interfaces.imports.uploads import decide, own_upload, take_upload
from rebill.kit.errors import Invalid, NotFound
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.outcomes import Outcome
from rebill.kit.imports.uploads import rejects_path

imports = Endpoints(None, "Imports")

ROWS_MAX = 1_000
Entity = Literal[
    "customers", "products", "prices", "rates", "subscriptions", "subscribers", "interim-lines", "endpoints", "tabs",
    "call-invoices",
]  # fmt: skip

# What an import may write; a token needs the scope of all of it.
AREAS: Mapping[str, tuple[Area, ...]] = {
    "customers": (Area.PARTIES,),
    "products": (Area.CATALOGUE,),
    "prices": (Area.CATALOGUE,),
    "rates": (Area.CATALOGUE,),
    "subscriptions": (Area.SUBSCRIPTIONS,),
    "subscribers": (Area.PARTIES, Area.CATALOGUE, Area.SUBSCRIPTIONS),
    "interim-lines": (Area.LINES,),
    "endpoints": (Area.SUBSCRIPTIONS,),
    "tabs": (Area.PARTIES, Area.TABS),
    "call-invoices": (Area.CALLS,),
}


class MappingUnreadable(Invalid):
    """The mapping is no JSON object of columns and fields."""

    field = "mapping"
    why = gettext_lazy("It is no JSON object of columns and fields.")
    remedy = gettext_lazy('Send one such as {"Klantnr": "number", "Kleur": null}.')


class NothingRejected(NotFound):
    """The import rejected no line, or is not done yet."""


class FieldShown(Shown):
    """A field of an import."""

    name: str
    label: str
    kind: str
    required: bool
    help: str
    choices: list[str]


class EntityShown(Shown):
    """Something that can be imported, and its fields."""

    name: Entity
    label: str
    help: str
    fields: list[FieldShown]


class EntitiesShown(Shown):
    """Everything that can be imported, in the order in which a seller begins."""

    items: list[EntityShown]


class RowsGiven(Body):
    """Rows to be imported: texts by field; numbers with a point, days as ISO has them, lists with semicolons."""

    model_config = with_example(
        {
            "rows": [
                {"number": "K-2001", "name": "Jansen Bouw", "city": "Sneek", "invoice_emails": "info@jansen.example"},
                {"number": "K-2002", "name": "Kok Catering", "country": "NL"},
            ],
            "dry_run": True,
        }
    )

    rows: Annotated[list[dict[Line, Text]], Field(min_length=1, max_length=ROWS_MAX)]
    dry_run: bool = Field(False, description="Say what would become of each row, and write nothing.")


class RowOutcome(Shown):
    """What became of a row. A rejected one says why; an accepted one may carry a warning."""

    row: int = Field(description="Counted from 1.")
    outcome: Literal["accepted", "unchanged", "rejected"]
    code: str = Field(description="Which problem it is; empty when there is none.")
    field: str
    value: str
    why: str
    remedy: str


class RowsShown(Shown):
    """What became of the rows: accepted, unchanged and rejected add up to them."""

    accepted: int
    unchanged: int
    rejected: int
    outcomes: list[RowOutcome]


def texts_by_name(field: str, written: str) -> dict[str, str | None]:
    """The texts of a JSON object in a field of a form, by name."""
    try:
        found = json.loads(written or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str | None) for each in found.values()):
        raise MappingUnreadable(f"{field}: {MappingUnreadable.why} {MappingUnreadable.remedy}")
    return found


class FileRead(BaseModel):
    """How a file is to be read, where its own content leaves a choice."""

    mapping: Text = Field("", description="A JSON object: the field of a column, or null to leave the column out.")
    encoding: Line = ""
    delimiter: Line = ""
    sheet: Line = ""
    decimal_mark: Literal["", ",", "."] = ""
    date_order: Literal["", "dmy", "mdy", "ymd"] = ""
    header_row: int = Field(LEFT_OUT, ge=0, le=1_000, description="Counted from 1; 0: there are no headings.")

    def options(self) -> ImportOptions:
        """What was said, as imports take it."""
        names = {each.name for each in dataclasses.fields(ImportOptions)}
        return ImportOptions(
            **{name: said for name, said in dict(self).items() if name in names and said not in ("", None)}
        )

    def columns(self) -> dict[str, str | None]:
        """The mapping by column."""
        return texts_by_name("mapping", self.mapping)


class FileSaid(FileRead):
    """How a file is to be read, and whether it is only tried."""

    dry_run: bool = Field(False, description="Try every line and write nothing.")


class FileTaken(WorkShown):
    """The long work of a file that was taken, and the file's own id."""

    upload_id: UUID


def _permitted(request: ApiRequest, entity: str) -> Importable:
    for area in AREAS[entity]:
        require_scope(request, area, Access.WRITE)
    return importable(entity)


@imports.read("/imports")
def list_entities(request: ApiRequest) -> EntitiesShown:
    """Show everything that can be imported, and its fields."""
    return EntitiesShown(items=[_show_entity(importable(name)) for name in ENTITIES])


@imports.write("POST", "/imports/{entity}/rows")
def import_json_rows(request: ApiRequest, entity: Entity, body: RowsGiven) -> RowsShown:
    """Import up to a thousand rows, with an outcome for each.

    What is there already stays unchanged, so the same rows may be sent again. A token needs the write scope of all that
    the import may write.
    """
    outcomes = import_rows(
        acting=request.acting,
        entity=_permitted(request, entity),
        rows=body.rows,
        now=request.now,
        is_dry_run=body.dry_run,
    )
    shown = [_show_outcome(each) for each in outcomes]
    counts = {kind: sum(each.outcome == kind for each in shown) for kind in ("accepted", "unchanged", "rejected")}
    return RowsShown(**counts, outcomes=shown)


@imports.write("POST", "/imports/{entity}/files", media_type=MULTIPART, status=HTTPStatus.ACCEPTED, at="/work/{id}")
def import_file(
    request: ApiRequest, entity: Entity, file: Annotated[UploadedFile, File()], said: Annotated[FileSaid, Form()]
) -> FileTaken:
    """Import a CSV or Excel file of up to 200 MB.

    Columns are recognised by their headings; `mapping` says what those are that are not. The result of the work counts
    the lines and shows the first that were rejected; all of them are a file of their own.
    """
    _permitted(request, entity)
    upload = take_upload(
        acting=request.acting,
        entity=entity,
        source=Path(file.temporary_file_path()),  # type: ignore[attr-defined]
        file_name=file.name or entity,
        options=said.options(),
        now=request.now,
    )
    wishes = Wishes(options=said.options(), mapping=said.columns())
    decide(acting=request.acting, upload=upload, wishes=wishes, remembers=False)
    start = start_trial if said.dry_run else start_import
    work = start(acting=request.acting, upload=upload, language=request.LANGUAGE_CODE, now=request.now)
    return FileTaken(**dict(show_work(work)), upload_id=upload.id)


@imports.read("/imports/files/{upload_id}/rejects", media_type="text/csv")
def get_rejects(request: ApiRequest, upload_id: UUID) -> HttpResponse:
    """Download the lines that were rejected, each with its reason, to be mended and imported again."""
    upload = own_upload(acting=request.acting, upload_id=upload_id)
    path = rejects_path(upload)
    if path is None:
        raise NothingRejected(_("No line of this file was rejected, or it is not read to its end yet."))
    headers = {"Content-Disposition": 'attachment; filename="rejected.csv"'}
    return HttpResponse(path.read_bytes(), content_type="text/csv", headers=headers)


def _show_entity(entity: Importable) -> EntityShown:
    fields = [
        FieldShown(
            name=each.name,
            label=str(each.label),
            kind=each.kind.value,
            required=each.required,
            help=str(each.help),
            choices=[choice.value for choice in each.choices],
        )
        for each in entity.fields
    ]
    said = {"name": entity.name, "label": str(entity.label), "help": str(entity.help), "fields": fields}
    return EntityShown.model_validate(said)


def _show_outcome(outcome: Outcome) -> RowOutcome:
    problem = outcome.problem
    return RowOutcome(
        row=outcome.line,
        outcome=outcome.kind,
        code=problem.what if problem else "",
        field=outcome.column,
        value=outcome.value,
        why=problem.why if problem else "",
        remedy=problem.remedy if problem else "",
    )
