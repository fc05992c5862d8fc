"""Files that were uploaded: taken only when they can be read, opened for a page without reading them to their end."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from rebill.access.acting import Acting, require
from rebill.interfaces.imports.entities import uploadable
from rebill.interfaces.imports.inspecting import OpenedFile, Wishes, open_file
from rebill.kit.imports import uploads
from rebill.kit.imports.options import ENCODINGS, ImportOptions
from rebill.kit.models import Upload

# A page shows the first lines and guesses by them; reading a large text to its end is for the work behind it.
HEAD_BYTES = 1_000_000


def take_upload(
    *, acting: Acting, entity: str, source: Path, file_name: str, options: ImportOptions, now: datetime
) -> Upload:
    """Keep the file until it is imported or thrown away. FileRefused when it cannot be read to its end as a table."""
    require(acting, uploadable(entity).permission)
    wishes = Wishes(options=options)
    opened = open_file(acting=acting, entity=uploadable(entity), source=source, file_name=file_name, wishes=wishes)
    return uploads.keep_upload(
        seller_id=acting.seller_id,
        actor_id=acting.user_id,
        entity=entity,
        source=source,
        file_name=file_name,
        encoding=opened.table.encoding,
        options=options.to_json(),
        now=now,
    )


def own_upload(*, acting: Acting, upload_id: UUID) -> Upload:
    """The seller's uploaded file; Forbidden to those who may not import what it holds."""
    upload = uploads.upload_of(seller_id=acting.seller_id, upload_id=upload_id)
    require(acting, uploadable(upload.entity).permission)
    return upload


def wishes_of(upload: Upload) -> Wishes:
    """What a person decided about the file so far."""
    return Wishes(ImportOptions.from_json(upload.options), upload.mapping, upload.constants)


def open_upload(*, acting: Acting, upload: Upload, wishes: Wishes | None = None, whole: bool = False) -> OpenedFile:
    """The file as its `wishes`, or those that are kept, say; of a long text only the head unless the `whole` is asked.

    The head is read in the encoding that the whole was found to be in. `has_all_lines` tells which of the two it is.
    """
    wishes = wishes or wishes_of(upload)
    source: Path | bytes = uploads.upload_path(upload)
    if not whole and not has_all_lines(upload):
        source = _head(uploads.upload_path(upload), upload.encoding)
        if wishes.options.encoding is None and upload.encoding in ENCODINGS:
            wishes = replace(wishes, options=replace(wishes.options, encoding=upload.encoding))
    target = uploadable(upload.entity)
    return open_file(acting=acting, entity=target, source=source, file_name=upload.file_name, wishes=wishes)


def has_all_lines(upload: Upload) -> bool:
    """Whether a page that opens the file sees all of it: a workbook is read whole, a long text is not."""
    return upload.size <= HEAD_BYTES or not upload.encoding


def decide(*, acting: Acting, upload: Upload, wishes: Wishes, remembers: bool) -> None:
    """Keep what a person decided about the file."""
    require(acting, uploadable(upload.entity).permission)
    uploads.decide_upload(
        seller_id=acting.seller_id,
        upload_id=upload.id,
        options=wishes.options.to_json(),
        mapping=dict(wishes.mapping),
        constants=dict(wishes.constants),
        remembers=remembers,
    )


def throw_away(*, acting: Acting, upload: Upload) -> None:
    """Delete a file that was not imported."""
    require(acting, uploadable(upload.entity).permission)
    uploads.throw_upload_away(seller_id=acting.seller_id, upload_id=upload.id)


def _head(path: Path, encoding: str) -> bytes:
    """The first lines. Where a line end is more than one byte the last is cut off: one broken line harms no guess."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return head if encoding.startswith("utf-") and encoding != "utf-8" else head[: head.rfind(b"\n") + 1] or head
