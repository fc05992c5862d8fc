"""Receives forms and uploaded files: on disk while they arrive, never larger than what can be read, and said when one
is."""

import hashlib
from collections.abc import Collection
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rebill.kit.files import NO_ROOM
from rebill.kit.imports.options import LIMITS

BYTES_MAX = LIMITS.bytes_max
_REFUSED = "rebill.upload_refused"
_TOO_LARGE, _NO_ROOM = "too large", "no room"


class BoundedUpload(TemporaryFileUploadHandler):
    """Keeps what arrives in a temporary file up to the limit. The rest is let go by, so that the answer arrives too."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, piece: bytes, start: int) -> bytes | None:
        self.received += len(piece)
        if self.received > BYTES_MAX:
            self._refuse(_TOO_LARGE)
        try:
            return super().receive_data_chunk(piece, start)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self._refuse(_NO_ROOM)
        return None

    def _refuse(self, why: str) -> None:
        if self.request is not None:
            self.request.META[_REFUSED] = why
        raise StopUpload(connection_reset=False)


def why_refused(request: HttpRequest) -> str:
    """Why a file that was sent was not kept; empty when none was refused."""
    match request.META.get(_REFUSED):
        case "too large":
            megabytes = BYTES_MAX // 1_000_000
            return _("The file is larger than %(limit)s MB. Split it into several files.") % {"limit": megabytes}
        case "no room":
            return _("The disk is full; the file was not kept. Make room and try again.")
    return ""


def received_file(request: HttpRequest, name: str) -> tuple[TemporaryUploadedFile | None, str]:
    """The file that was uploaded under this name; None with the reason when it did not come or could not be kept."""
    refused = why_refused(request)
    if refused:
        return None, refused
    file = request.FILES.get(name)
    if not isinstance(file, TemporaryUploadedFile) or not file.name:
        return None, _("Choose a file.")
    return file, ""


def hash_of_form(request: HttpRequest, *, without: Collection[str] = ()) -> str:
    """Tells the same form from another by what it holds, but for the fields `without`: its bytes differ each time."""
    digest = hashlib.sha256(request.META.get("QUERY_STRING", "").encode())
    for name in sorted(set(request.POST) - set(without)):
        digest.update(f"\0{name}\0".encode() + "\0".join(request.POST.getlist(name)).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(f"\0{name}\0{file.name}\0".encode())
            for piece in file.chunks():
                digest.update(piece)
            file.seek(0)
    return digest.hexdigest()
