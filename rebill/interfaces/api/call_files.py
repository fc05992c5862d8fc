"""Call files: sent in pieces, read by long work, listed with what became of their lines."""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Id, Line, Shown, with_example
from rebill.interfaces.api.work import WorkShown, show_work
from rebill.interfaces.calls import uploads
from rebill.interfaces.calls.starting import start_reading
from rebill.kit.errors import NotFound
from rebill.kit.files import path_of
from rebill.sources.usage.models import CallFile
from rebill.sources.usage.queries.records import FileTab, call_file_of, call_files

files = Endpoints(Area.LINES, "Call files")

BYTES = "application/octet-stream"
_PIECE = 1 << 20


class NoLineRejected(NotFound):
    """No line of the call file was rejected, or it is not read yet."""


class CallFileShown(Shown):
    """A call file: `accepted`, `rejected` and `duplicates` add up to `lines`."""

    id: int
    switch: str
    name: str
    state: Literal["reading", "read", "failed"]
    words: str = Field(description="Why it was given up, or that it holds no line.")
    lines: int
    accepted: int
    rejected: int
    duplicates: int
    received_at: datetime
    read_at: datetime | None


class CallUploadShown(Shown):
    """A file on its way."""

    id: UUID
    switch: str
    name: str
    received: int = Field(description="How many bytes have come: the next piece begins there.")


class NewCallUpload(Body):
    """A file of a switch that will be sent."""

    model_config = with_example({"switch": "pbx-1", "name": "Master.csv.1.gz"})

    switch: Line = Field(description="The code of the switch.")
    name: Line = Field("calls", description="What the file is called.")


class WantedFiles(Paging):
    """Which files."""

    switch: Line = ""
    tab: Literal["all", "problems", "reading"] = Field("all", description="Problems: rejected lines, none, given up.")


def show_file(file: CallFile) -> CallFileShown:
    """The file as an answer says it."""
    names = ("name", "state", "words", "lines", "accepted", "rejected", "duplicates", "received_at", "read_at")
    said = {"id": file.pk, "switch": file.switch.code, **{name: getattr(file, name) for name in names}}
    return CallFileShown.model_validate(said)


@files.read("/call-files")
def list_call_files(request: ApiRequest, wanted: Annotated[WantedFiles, Query()]) -> Page[CallFileShown]:
    """List the call files, the latest first."""
    found = call_files(request.acting, switch=wanted.switch, tab=FileTab(wanted.tab))
    return page_of(found, wanted, each(show_file), by=("-id",))


@files.read("/call-files/{call_file_id}")
def get_call_file(request: ApiRequest, call_file_id: Id) -> CallFileShown:
    """Show one call file."""
    return show_file(call_file_of(request.acting, call_file_id))


@files.read("/call-files/{call_file_id}/rejects", media_type="text/csv")
def get_call_rejects(request: ApiRequest, call_file_id: Id) -> HttpResponse:
    """Download the lines that were rejected, each with its reason."""
    file = call_file_of(request.acting, call_file_id)
    if file.rejects is None:
        raise NoLineRejected(_("No line of this file was rejected, or it is not read to its end yet."))
    headers = {"Content-Disposition": 'attachment; filename="rejected.csv"'}
    return HttpResponse(path_of(file.rejects).read_bytes(), content_type="text/csv", headers=headers)


@files.write("POST", "/call-uploads", status=HTTPStatus.CREATED, at="/call-uploads/{id}")
def begin_call_upload(request: ApiRequest, body: NewCallUpload) -> CallUploadShown:
    """Begin to send a call file, packed with gzip or as it is; then send its bytes, and have it read."""
    return _show(uploads.begin_upload(acting=request.acting, switch=body.switch, name=body.name, now=request.now))


@files.read("/call-uploads/{call_upload_id}")
def get_call_upload(request: ApiRequest, call_upload_id: UUID) -> CallUploadShown:
    """Show how much of a file has come, so that a transfer that broke off goes on there."""
    return _show(uploads.upload_of(acting=request.acting, upload_id=call_upload_id))


@files.write("PUT", "/call-uploads/{call_upload_id}/bytes", media_type=BYTES)
def send_call_bytes(
    request: ApiRequest, call_upload_id: UUID, offset: Annotated[int, Query(ge=0)] = 0
) -> CallUploadShown:
    """Send the bytes of a file from an offset on, all at once or piece by piece, up to 2 GB.

    The offset is what keeps a piece from being added twice: no Idempotency-Key is needed.
    """
    upload = uploads.add_piece(acting=request.acting, upload_id=call_upload_id, offset=offset, pieces=_pieces(request))
    return _show(upload)


@files.write("POST", "/call-uploads/{call_upload_id}/read", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def read_call_upload(request: ApiRequest, call_upload_id: UUID) -> WorkShown:
    """Read the file that was sent, or every file of a zip. The result of the work counts all lines; `files` names them.

    `file`, `state` and `words` are those of the first that was given up, or else of the first.
    """
    work = start_reading(
        acting=request.acting, upload_id=call_upload_id, language=request.LANGUAGE_CODE, now=request.now
    )
    return show_work(work)


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_PIECE):
        yield piece


def _show(upload: uploads.CallUpload) -> CallUploadShown:
    return CallUploadShown(id=upload.id, switch=upload.switch, name=upload.name, received=upload.received)
