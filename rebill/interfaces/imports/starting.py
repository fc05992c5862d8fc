"""Asks for the long work of an uploaded file: its trial, or its import. Asked for twice, it is done once."""

from datetime import datetime

from rebill.access.acting import Acting, require
from rebill.interfaces.imports.entities import importable
from rebill.interfaces.work.doing import ask
from rebill.kit.database import atomic_write
from rebill.kit.imports import uploads
from rebill.kit.models import Upload, Work

TRY, IMPORT = "import-trial", "import"


def start_trial(*, acting: Acting, upload: Upload, language: str, now: datetime) -> Work:
    """Try every line and write nothing. UploadTaken when the file is being read already."""
    return _start(acting, upload, TRY, "trial", language, now)


def start_import(*, acting: Acting, upload: Upload, language: str, now: datetime) -> Work:
    """Import the file. UploadTaken when it is being read already, or was imported."""
    return _start(acting, upload, IMPORT, "work", language, now)


def _start(acting: Acting, upload: Upload, kind: str, part: str, language: str, now: datetime) -> Work:
    require(acting, importable(upload.entity).permission)
    with atomic_write():
        request = {"upload": str(upload.id), "language": language}
        work = ask(acting=acting, kind=kind, request=request, now=now)
        uploads.begin_upload(seller_id=acting.seller_id, upload_id=upload.id, part=part, work=work)
    return work
