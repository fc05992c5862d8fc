"""What is remembered of imports: how files with the same headings were read, and what became of each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.kit.database import atomic_write
from rebill.kit.errors import Problem
from rebill.kit.events import record_event
from rebill.kit.imports.headers import Header
from rebill.kit.imports.mapping import header_fingerprint
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.running import ImportResult
from rebill.kit.models import Event, ImportLayout

STARTED, ENDED = "file_import_started", "file_imported"


@dataclass(frozen=True)
class Layout:
    """The decisions for one make of file: the field of each column (None: left out), options, and fixed values.

    `remembered_at` is when they were last used, None for decisions that are not kept yet.
    """

    mapping: Mapping[str, str | None]
    options: ImportOptions
    constants: Mapping[str, str]
    remembered_at: datetime | None = field(default=None, compare=False)


def remembered_layout(*, seller_id: int, entity: str, header: Header) -> Layout | None:
    """How this seller read the last file with these headings as this entity; None when there was none."""
    kept = ImportLayout.objects.filter(
        seller_id=seller_id, entity=entity, fingerprint=header_fingerprint(header)
    ).first()
    if kept is None:
        return None
    return Layout(kept.mapping, ImportOptions.from_json(kept.options), kept.constants, kept.remembered_at)


def remember_layout(*, seller_id: int, entity: str, header: Header, layout: Layout, now: datetime) -> None:
    """Keeps the layout for the next file with these headings; the last one counts."""
    with atomic_write():
        ImportLayout.objects.update_or_create(
            seller_id=seller_id,
            entity=entity,
            fingerprint=header_fingerprint(header),
            defaults={
                "mapping": dict(layout.mapping),
                "options": layout.options.to_json(),
                "constants": dict(layout.constants),
                "remembered_at": now,
            },
        )


def record_import_started(
    *, seller_id: int, actor_id: int | None, entity: str, file_name: str, file_hash: str, now: datetime
) -> None:
    """Notes that an import begins, so that one that was killed is seen."""
    record_event(
        seller_id=seller_id,
        subject=("import", seller_id),
        verb=STARTED,
        actor_id=actor_id,
        now=now,
        details={"entity": entity, "file": file_name, "sha256": file_hash},
    )


def told_imports(*, seller_id: int) -> QuerySet[Event]:
    """The imports that came to their end, the latest first; the details say what became of the lines."""
    return _events(seller_id).filter(verb=ENDED).order_by("-id")


def check_imports(*, seller_id: int) -> list[Problem]:
    """The imports that began and never ended: part of their file may be in."""
    why, remedy = (
        _("Its import began and never ended."),
        _("Import the same file again: what is in already stays as it is."),
    )
    return [
        Problem(
            "import.unfinished",
            _("%(entity)s from %(name)s") % {"entity": entity, "name": name},
            why,
            remedy,
            blocking=False,
        )
        for (entity, _known), name in _unfinished(seller_id).items()
    ]


def is_unfinished(*, seller_id: int, entity: str, file_hash: str) -> bool:
    """Whether an import of this file began and never ended."""
    return (entity, file_hash) in _unfinished(seller_id)


def record_import(
    *,
    seller_id: int,
    actor_id: int | None,
    entity: str,
    result: ImportResult,
    now: datetime,
    upload_id: UUID | None = None,
) -> None:
    """Notes in the event log that a file was imported, by the hash of its bytes, and how its lines ended."""
    record_event(
        seller_id=seller_id,
        subject=("import", seller_id),
        verb=ENDED,
        actor_id=actor_id,
        now=now,
        details={
            "entity": entity,
            "file": result.file_name,
            "sha256": result.file_hash,
            "lines": result.lines,
            "accepted": result.accepted,
            "unchanged": result.unchanged,
            "rejected": result.rejected,
            **({"upload": str(upload_id)} if upload_id else {}),
        },
    )


def _unfinished(seller_id: int) -> dict[tuple[str, str], str]:
    """The names of files by entity and hash."""
    pending: dict[tuple[str, str], str] = {}
    for verb, details in _events(seller_id).order_by("id").values_list("verb", "details"):
        key = (details["entity"], details["sha256"])
        if verb == STARTED:
            pending[key] = details["file"]
        else:
            pending.pop(key, None)
    return pending


def _events(seller_id: int) -> QuerySet[Event]:
    return Event.objects.filter(seller_id=seller_id, subject_type="import", subject_id=seller_id)
