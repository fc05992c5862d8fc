"""Tells which files were imported: begun before the first line is written, ended when every line is told."""

from datetime import datetime

from rebill.kit.errors import NotFound
from rebill.kit.files import store_file
from rebill.kit.imports.models import IMPORT_MOVES, ImportRun, ImportState
from rebill.kit.imports.running import ImportResult, write_rejects_csv
from rebill.kit.imports.tables import Table
from rebill.kit.states import move

_REASON_LENGTH_MAX = 500
_FILE_NAME_LENGTH_MAX = 255


class ImportRunUnknown(NotFound):
    """This seller has no import with this id."""


def start_import(*, seller_id: int, entity: str, table: Table, actor_id: int | None, now: datetime) -> ImportRun:
    """The row of an import that begins now. Write it outside of the transaction of the lines, so that an import that
    is killed stays visible as one that never ended."""
    return ImportRun.objects.create(
        seller_id=seller_id,
        entity=entity,
        file_hash=table.file_hash,
        file_name=table.file_name[-_FILE_NAME_LENGTH_MAX:],
        actor_id=actor_id,
        started_at=now,
    )


def finish_import(*, run: ImportRun, result: ImportResult, now: datetime) -> ImportRun:
    """Keep what became of every line, and the rejected lines as a stored file to download."""
    move(run, to=ImportState.FINISHED, moves=IMPORT_MOVES)
    run.lines, run.accepted = result.lines, result.accepted
    run.rejected, run.unchanged = result.rejected, result.unchanged
    if result.rejected:
        run.rejects_hash = store_file(write_rejects_csv(result), media_type="text/csv", now=now).hash
    run.finished_at = now
    run.save()
    return run


def stop_import(*, run: ImportRun, reason: str, now: datetime) -> ImportRun:
    """The import ended before its file did, and says why; what it had written is for the stage to take back."""
    move(run, to=ImportState.STOPPED, moves=IMPORT_MOVES)
    run.stop_reason = reason[:_REASON_LENGTH_MAX]
    run.finished_at = now
    run.save()
    return run


def find_import(*, seller_id: int, run_id: int) -> ImportRun:
    """One import of the seller; ImportRunUnknown for another seller's."""
    run = ImportRun.objects.filter(seller_id=seller_id, pk=run_id).first()
    if run is None:
        raise ImportRunUnknown(f"There is no import {run_id}.")
    return run


def imports_of_file(*, seller_id: int, entity: str, file_hash: str) -> list[ImportRun]:
    """Earlier imports of the very same bytes, the latest first."""
    runs = ImportRun.objects.filter(seller_id=seller_id, entity=entity, file_hash=file_hash)
    return list(runs.order_by("-started_at", "-id"))


def unended_imports(*, seller_id: int, started_before: datetime) -> list[ImportRun]:
    """Imports that nobody ended: still at work, or interrupted. Nothing is known of their lines."""
    runs = ImportRun.objects.filter(seller_id=seller_id, state=ImportState.RUNNING, started_at__lt=started_before)
    return list(runs.order_by("started_at", "id"))
