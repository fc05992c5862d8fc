"""Files that were given to be imported: in a folder of their own until they are, then kept by their content.

What is never imported is somebody's list of customers that nobody needs: it is deleted when it is thrown away, and
otherwise when it has lain here for a month. A list of people that was imported is forgotten a month after that, with
the lines that were rejected: who asks to be forgotten shall stand in no old list.
"""

import shutil
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.files import NO_ROOM, NoRoom, forget_file, path_of, store_path
from rebill.kit.imports.rejects import RejectedLines
from rebill.kit.models import StoredFile, Upload, Work, WorkState
from rebill.kit.work import UNDER_WAY

KEPT_FOR = timedelta(days=30)
_NAME_LENGTH_MAX = 200
_CSV = "text/csv"


class UploadUnknown(NotFound):
    """The seller has no such file waiting to be imported, and imported none."""


class UploadTaken(Conflict):
    """The file was imported, or is being read: what was decided about it stands."""


def keep_upload(
    *,
    seller_id: int,
    actor_id: int | None,
    entity: str,
    source: Path,
    file_name: str,
    encoding: str,
    options: dict[str, Any],
    now: datetime,
) -> Upload:
    """Keep a copy of the file at `source` until it is imported or thrown away. NoRoom when the disk is full."""
    name = file_name if len(file_name) <= _NAME_LENGTH_MAX else "…" + file_name[1 - _NAME_LENGTH_MAX :]
    upload = Upload(seller_id=seller_id, actor_id=actor_id, entity=entity, file_name=name, uploaded_at=now)
    upload.size, upload.encoding, upload.options = source.stat().st_size, encoding, options
    path = _waiting(upload)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        path.chmod(0o600)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise NoRoom(_("The disk is full; the file was not kept. Make room and try again.")) from error
        raise
    upload.save(force_insert=True)
    long_ago = Upload.objects.filter(seller_id=seller_id, work__isnull=True, uploaded_at__lt=now - KEPT_FOR)
    for stale in long_ago.order_by("id"):
        with suppress(UploadTaken):
            throw_upload_away(seller_id=seller_id, upload_id=stale.id)
    return upload


def upload_of(*, seller_id: int, upload_id: UUID) -> Upload:
    """The seller's file with this id, with its trial and its import."""
    upload = _with_work(Upload.objects.filter(seller_id=seller_id, id=upload_id)).first()
    if upload is None:
        raise UploadUnknown(_("There is no file %(upload_id)s to import.") % {"upload_id": upload_id})
    return upload


def unfinished_uploads(*, seller_id: int) -> QuerySet[Upload]:
    """The seller's files that wait, whose import goes on, or whose import came to no good end; the latest first."""
    is_open = Q(work__isnull=True) | ~Q(work__state=WorkState.DONE)
    return _with_work(Upload.objects.filter(is_open, seller_id=seller_id)).order_by("-uploaded_at", "id")


def decide_upload(*, seller_id: int, upload_id: UUID, **decided: Any) -> None:
    """Keep what was decided: `options`, `mapping`, `constants`, `remembers`. An earlier trial counts no more."""
    with atomic_write():
        upload = _open_upload(seller_id, upload_id)
        for name, value in decided.items():
            setattr(upload, name, value)
        upload.trial = None
        upload.save(update_fields=[*decided, "trial"])


def begin_upload(*, seller_id: int, upload_id: UUID, part: str, work: Work) -> None:
    """Note which work tries the file (`part` is trial) or imports it (work)."""
    with atomic_write():
        upload = _open_upload(seller_id, upload_id)
        setattr(upload, part, work)
        upload.save(update_fields=[part])


def keep_imported(upload: Upload, *, now: datetime) -> None:
    """From now on the file is kept by its content, as what was imported; to be called before the first line is."""
    if upload.file_id is None:
        upload.file = store_path(_waiting(upload), media_type="application/octet-stream", now=now)
        upload.save(update_fields=["file"])
    _waiting(upload).unlink(missing_ok=True)
    _trial_rejects(upload).unlink(missing_ok=True)


def forget_imported(*, entities: Collection[str], now: datetime) -> int:
    """Forget files of these entities that were imported a month ago, and what was said of their lines; return how many.

    How many lines there were, and how they ended, stays.
    """
    old = Upload.objects.filter(
        entity__in=entities, file__isnull=False, work__state=WorkState.DONE, work__finished_at__lt=now - KEPT_FOR
    )
    forgotten = 0
    for upload in _with_work(old).order_by("id"):
        with atomic_write():
            hashes = [str(upload.file_id)]
            for work in filter(None, (upload.trial, upload.work)):
                if rejects := work.result.pop("rejects", ""):
                    hashes.append(rejects)
                work.result |= {"first_rejected": [], "first_warnings": []}
                work.save(update_fields=["result"])
            upload.file = None
            upload.save(update_fields=["file"])
            for each in hashes:
                forget_file(each)
        forgotten += 1
    return forgotten


def throw_upload_away(*, seller_id: int, upload_id: UUID) -> None:
    """Delete the file and what its trials told. UploadTaken when it was imported or is being read."""
    with atomic_write():
        upload = _open_upload(seller_id, upload_id)
        if upload.file_id is not None or upload.work_id is not None:
            raise _taken()
        # Named before the row is gone, and with it its id.
        paths = (_waiting(upload), _trial_rejects(upload))
        upload.delete()
        Work.objects.filter(seller_id=seller_id, request__upload=str(upload_id)).delete()
    for path in paths:
        path.unlink(missing_ok=True)


# --- where the bytes lie --------------------------------------------------------------------------------------------


def upload_path(upload: Upload) -> Path:
    """The file itself."""
    return path_of(upload.file) if upload.file is not None else _waiting(upload)


def keep_trial_rejects(upload: Upload, rejected: RejectedLines) -> None:
    """The lines a trial rejected, for as long as the file waits; in place of those of the trial before."""
    if not rejected.count:
        _trial_rejects(upload).unlink(missing_ok=True)
        return
    with _trial_rejects(upload).open("wb") as file:
        rejected.copy_to(file)


def keep_rejects(upload: Upload, rejected: RejectedLines, *, now: datetime) -> str:
    """The lines an import rejected, kept by their content; returns the hash."""
    keep_trial_rejects(upload, rejected)
    stored = store_path(_trial_rejects(upload), media_type=_CSV, now=now)
    _trial_rejects(upload).unlink(missing_ok=True)
    return stored.hash


def rejects_path(upload: Upload) -> Path | None:
    """The rejected lines of the import, else of the last trial, as a file to be mended; None when there are none."""
    if upload.work is not None:
        stored = StoredFile.objects.filter(pk=upload.work.result.get("rejects")).first()
        return path_of(stored) if stored is not None else None
    path = _trial_rejects(upload)
    return path if upload.trial is not None and path.exists() else None


def _folder() -> Path:
    return Path(settings.REBILL_DATA) / "uploads"


def _waiting(upload: Upload) -> Path:
    return _folder() / str(upload.id)


def _trial_rejects(upload: Upload) -> Path:
    return _folder() / f"{upload.id}.rejected.csv"


def _with_work(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    return uploads.select_related("trial", "work", "file")


def _open_upload(seller_id: int, upload_id: UUID) -> Upload:
    """The file, locked, and still to be decided about."""
    Upload.objects.select_for_update().filter(seller_id=seller_id, id=upload_id).first()
    upload = upload_of(seller_id=seller_id, upload_id=upload_id)
    is_under_way = any(work is not None and work.state in UNDER_WAY for work in (upload.trial, upload.work))
    if is_under_way or (upload.work is not None and upload.work.state == WorkState.DONE):
        raise _taken()
    return upload


def _taken() -> UploadTaken:
    return UploadTaken(_("This file was imported already, or is being read now. Upload it again to import it again."))
