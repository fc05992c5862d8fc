"""Call files that come in pieces: each piece is added where the one before ended, until the file is read.

What has come lies in a folder of its own, so that a transfer that broke off goes on where it was. What is never read is
deleted after a week.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.kit.files import NO_ROOM, NoRoom
from rebill.sources.usage.queries.records import switch_of

BYTES_MAX = 2_000_000_000
KEPT_FOR = timedelta(days=7)


class CallUploadUnknown(NotFound):
    """The seller has no such file on its way; what was read is there no more."""


class OffsetDiffers(Conflict):
    """The piece begins elsewhere than where the file ends so far; `received` of the file says where that is."""

    field = "offset"


class CallUploadTooLarge(Invalid):
    """A call file has at most 2 GB. Pack it, or split it."""


@dataclass(frozen=True, slots=True)
class CallUpload:
    """A file on its way: of which switch, its name, and how many bytes of it have come."""

    id: UUID
    switch: str
    name: str
    received: int


def begin_upload(*, acting: Acting, switch: str, name: str, now: datetime) -> CallUpload:
    """Make room for a file of a switch; nothing of it has come yet."""
    require(acting, Permission.ADD_LINES)
    code = switch_of(acting, switch).code
    folder = _folder(acting)
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder, now)
    upload = CallUpload(uuid4(), code, name.strip()[:255] or "calls", 0)
    _path(acting, upload.id).touch(mode=0o600)
    _said(acting, upload.id).write_text(json.dumps({"switch": code, "name": upload.name}), "utf-8")
    return upload


def upload_of(*, acting: Acting, upload_id: UUID) -> CallUpload:
    """The seller's file that is on its way."""
    require(acting, Permission.ADD_LINES)
    try:
        said = json.loads(_said(acting, upload_id).read_text("utf-8"))
        received = _path(acting, upload_id).stat().st_size
    except FileNotFoundError:
        raise CallUploadUnknown(_("There is no file %(upload_id)s on its way.") % {"upload_id": upload_id}) from None
    return CallUpload(upload_id, said["switch"], said["name"], received)


def add_piece(*, acting: Acting, upload_id: UUID, offset: int, pieces: Iterable[bytes]) -> CallUpload:
    """Add bytes at `offset`, which is where the file ends so far. What came before it broke off stays.

    While one piece is coming in no other is taken: a sender that gave up and begins anew would mix with itself.
    """
    upload = upload_of(acting=acting, upload_id=upload_id)
    try:
        with _path(acting, upload_id).open("ab") as file:
            _lock(file)
            received = os.fstat(file.fileno()).st_size
            if offset != received:
                raise OffsetDiffers(_("%(received)s bytes have come: go on there.") % {"received": received})
            for piece in pieces:
                received += len(piece)
                if received > BYTES_MAX:
                    raise CallUploadTooLarge(_("A call file has at most 2 GB. Pack it, or split it."))
                file.write(piece)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise NoRoom(_("The disk is full; the file was not kept. Make room and try again.")) from error
        raise
    return replace(upload, received=received)


def keep_whole(*, acting: Acting, switch: str, name: str, source: Path, now: datetime) -> CallUpload:
    """The same for a file that has come in one piece already."""
    upload = begin_upload(acting=acting, switch=switch, name=name, now=now)
    shutil.copyfile(source, _path(acting, upload.id))
    return upload_of(acting=acting, upload_id=upload.id)


def bytes_path(*, acting: Acting, upload_id: UUID) -> Path:
    """Where the bytes lie."""
    return _path(acting, upload_of(acting=acting, upload_id=upload_id).id)


def forget_upload(*, acting: Acting, upload_id: UUID) -> None:
    """Delete what was read, or is not wanted."""
    require(acting, Permission.ADD_LINES)
    _said(acting, upload_id).unlink(missing_ok=True)
    _path(acting, upload_id).unlink(missing_ok=True)


def _lock(file: BinaryIO) -> None:
    """Keeps others from adding to the file until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OffsetDiffers(_("A piece of it is coming in. Ask how much has come, and go on there.")) from None


def _folder(acting: Acting) -> Path:
    return Path(settings.REBILL_DATA) / "calls" / "uploads" / str(acting.seller_id)


def _path(acting: Acting, upload_id: UUID) -> Path:
    return _folder(acting) / str(upload_id)


def _said(acting: Acting, upload_id: UUID) -> Path:
    return _folder(acting) / f"{upload_id}.json"


def _forget_old(folder: Path, now: datetime) -> None:
    for path in folder.iterdir():
        if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
            os.unlink(path)
