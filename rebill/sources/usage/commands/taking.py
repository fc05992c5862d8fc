"""Taking call files: every line becomes a call, is rejected with its reason, or is a repetition."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from polars.exceptions import PolarsError

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Refused, reason_of
from rebill.kit.events import record_event
from rebill.kit.files import hash_of, store_path
from rebill.kit.imports.rejects import RejectedLines
from rebill.kit.states import Moves, move_rows
from rebill.parties.models import Seller
from rebill.sources.usage.intake.ahead import read_ahead
from rebill.sources.usage.intake.calls import calls_of, reading_of
from rebill.sources.usage.intake.opening import open_records
from rebill.sources.usage.intake.parts import Arriving, Written, base_folder, remove_parts
from rebill.sources.usage.intake.rejects import keep_rejected
from rebill.sources.usage.intake.streams import Progress, files_within
from rebill.sources.usage.models import CallFile, CallFileState, CallPart, Switch
from rebill.sources.usage.queries.records import SwitchUnknown, dialect_of, require_whole

FILE_MOVES: Moves[CallFileState] = {
    CallFileState.READING: frozenset({CallFileState.READ, CallFileState.FAILED}),
    CallFileState.READ: frozenset(),
    CallFileState.FAILED: frozenset(),
}
_NAME_LENGTH_MAX = 255

# Told after every chunk: how many bytes of the file are read, and how many it has.
OnProgress = Callable[[int, int], None]


class CallFileTaken(Conflict):
    """Somebody else began to read the same file, or gave this reading up; nothing of it counts."""


@dataclass(frozen=True, slots=True)
class _Delivered:
    """What is read as one file: the file at `path`, or the one named `within` it.

    `content_hash` is the SHA-256 of the file; of a file within an archive, that of the archive's and its name.
    """

    path: Path
    name: str
    content_hash: str
    within: str = ""


@dataclass(slots=True)
class _Counts:
    file_bytes: int
    lines: int = 0
    other_legs: int = 0


def take_calls(
    *,
    acting: Acting,
    switch: Switch,
    path: Path,
    name: str,
    now: datetime,
    on_progress: OnProgress = lambda done, total: None,
) -> list[CallFile]:
    """Read the file at `path` and return its row: read, or given up with words why when it cannot be read at all.

    A zip of several files gives one row for each of them, and one that cannot be read does not keep the others. Calls
    that are there already are repetitions, so the same file may be taken again, whole or in part. Repetitions are
    looked for among the calls of the switch that began in the time the file spans. A reading that is stopped leaves
    nothing that counts; the next reading of the same file takes its place.
    """
    require(acting, Permission.ADD_LINES)
    if switch.seller_id != acting.seller_id:
        raise SwitchUnknown(_("There is no switch %(code)s.") % {"code": switch.code})
    return [_take(acting, switch, each, now, on_progress) for each in _delivered(path, name)]


def _delivered(path: Path, name: str) -> list[_Delivered]:
    # An archive is large and may hold very many files: it is hashed once for all of them.
    content_hash, within = hash_of(path), files_within(path)
    if not within:
        return [_Delivered(path, name, content_hash)]
    return [
        _Delivered(path, f"{name}: {each}", sha256(f"{content_hash} {each}".encode()).hexdigest(), each)
        for each in within
    ]


def _take(acting: Acting, switch: Switch, delivered: _Delivered, now: datetime, on_progress: OnProgress) -> CallFile:
    file = _begin(acting, switch, delivered, now)
    try:
        _read(acting, file, switch, delivered, now, on_progress)
    except CallFileTaken:
        remove_parts(seller_id=file.seller_id, file_id=file.pk)
        raise
    except Refused as refusal:
        _give_up(file, reason_of(refusal))
        if isinstance(refusal, Conflict):
            raise
    except (OSError, PolarsError) as error:
        if not _give_up(file, str(error)):
            # Who gave it up meanwhile threw away what lay on the way.
            raise _taken() from error
        raise
    file.refresh_from_db()
    return file


def forget_unread_calls(*, acting: Acting, before: datetime) -> int:
    """Give up files whose reading began before a moment and never came to an end; return how many."""
    require(acting, Permission.ADD_LINES)
    stalled = CallFile.objects.filter(
        seller_id=acting.seller_id, state=CallFileState.READING, received_at__lt=before
    ).order_by("id")
    for file in stalled:
        _give_up(file, _("The reading was stopped. Deliver the file again."))
    return len(stalled)


def _begin(acting: Acting, switch: Switch, delivered: _Delivered, now: datetime) -> CallFile:
    # A disk may hold names that are no text.
    name = delivered.name.encode("utf-8", "replace").decode()
    with atomic_write():
        same = CallFile.objects.filter(
            seller_id=acting.seller_id, switch=switch, content_hash=delivered.content_hash, state=CallFileState.READING
        )
        stalled = list(same.order_by("id"))
        file = CallFile.objects.create(
            seller_id=acting.seller_id,
            switch=switch,
            name=name if len(name) <= _NAME_LENGTH_MAX else "…" + name[1 - _NAME_LENGTH_MAX :],
            content_hash=delivered.content_hash,
            received_at=now,
        )
    for earlier in stalled:
        _give_up(earlier, _("The reading was stopped; the file was read anew."))
    return file


def _give_up(file: CallFile, words: str) -> bool:
    rows = CallFile.objects.filter(pk=file.pk)
    is_given_up = bool(move_rows(rows, to=CallFileState.FAILED, moves=FILE_MOVES, words=words[:2_000]))
    if is_given_up:
        remove_parts(seller_id=file.seller_id, file_id=file.pk)
    return is_given_up


def _taken() -> CallFileTaken:
    return CallFileTaken(_("The file is being read by somebody else."))


def _read(
    acting: Acting, file: CallFile, switch: Switch, delivered: _Delivered, now: datetime, on_progress: OnProgress
) -> None:
    seller = Seller.objects.get(pk=acting.seller_id)
    dialect = dialect_of(switch)
    progress = Progress(delivered.path)
    counts = _Counts(progress.total)
    arriving = Arriving(seller_id=seller.pk, file_id=file.pk)
    try:
        with open_records(delivered.path, dialect, progress, delivered.within) as records:
            reading = reading_of(
                records.labels, dialect, time_zone=seller.time_zone, country=seller.country, file_id=file.pk
            )
            rejected = RejectedLines(columns=records.labels, decimal_mark=None)
            with closing(read_ahead(records.chunks(reading.wanted()))) as chunks:
                for chunk in chunks:
                    taken = calls_of(chunk.frame, reading)
                    keep_rejected(rejected, chunk, taken.rejected, reading)
                    arriving.add(taken.calls)
                    counts.other_legs += taken.other_legs
                    counts.lines += taken.calls.height + taken.rejected.height + taken.other_legs + len(chunk.broken)
                    on_progress(progress.done, progress.total)
        _settle(acting, file, arriving, rejected, counts, now)
    finally:
        arriving.forget()


def _settle(
    acting: Acting, file: CallFile, arriving: Arriving, rejected: RejectedLines, counts: _Counts, now: datetime
) -> None:
    """Decide what is a repetition and let the rest count, together; anew when another file was first meanwhile."""
    while True:
        stored = _stored(file, arriving)
        paths = [path for _id, path in stored]
        require_whole(paths)
        repeated = arriving.repeated(paths)
        written = arriving.write(repeated)
        if _let_count(acting, file, arriving, rejected, counts, (stored, written, len(repeated)), now):
            return


def _stored(file: CallFile, arriving: Arriving) -> list[tuple[int, str]]:
    """The parts of the same switch in which a call of this file may lie already."""
    if arriving.first_s is None:
        return []
    parts = CallPart.objects.filter(
        file__switch_id=file.switch_id,
        file__state=CallFileState.READ,
        first_s__lte=arriving.last_s,
        last_s__gte=arriving.first_s,
    )
    return list(parts.order_by("id").values_list("id", "path"))


def _let_count(
    acting: Acting,
    file: CallFile,
    arriving: Arriving,
    rejected: RejectedLines,
    counts: _Counts,
    decided: tuple[list[tuple[int, str]], list[Written], int],
    now: datetime,
) -> bool:
    """Whether the file counts now; not, when a part was added meanwhile in which its calls may lie."""
    stored, written, repeated = decided
    with atomic_write():
        # Two files of a switch wait here for each other: the second sees what the first has brought.
        Switch.objects.select_for_update().get(pk=file.switch_id)
        if _stored(file, arriving) != stored:
            return False
        kept = sum(part.rows for part in written)
        told: dict[str, Any] = {
            "lines": counts.lines,
            "accepted": kept,
            "rejected": rejected.count,
            "duplicates": repeated + counts.other_legs,
        }
        words = "" if counts.lines else _nothing_in(counts)
        rows = CallFile.objects.filter(pk=file.pk)
        if not move_rows(rows, to=CallFileState.READ, moves=FILE_MOVES, read_at=now, words=words, **told):
            raise _taken()
        if rejected.count:
            rows.update(rejects=_store_rejects(file, rejected, now))
        CallPart.objects.bulk_create(
            CallPart(
                file=file,
                seller_id=file.seller_id,
                month=part.month,
                path=part.path,
                content_hash=part.content_hash,
                rows=part.rows,
                first_s=part.first_s,
                last_s=part.last_s,
            )
            for part in written
        )
        record_event(
            seller_id=file.seller_id,
            subject=file,
            verb="calls_taken",
            actor_id=acting.user_id,
            now=now,
            details={"name": file.name, **told},
        )
    return True


def _nothing_in(counts: _Counts) -> str:
    """What is said of a file without a line: a quiet night's looks like one whose transfer failed."""
    if counts.file_bytes:
        return _("It holds no calls, at most its heading. Deliver it again if there were calls to write.")
    return _("It is empty: not a byte of it has come. Deliver it again if there were calls to write.")


def _store_rejects(file: CallFile, rejected: RejectedLines, now: datetime) -> str:
    path = base_folder() / "calls" / "arriving" / f"{file.pk}.rejected.csv"
    try:
        with path.open("wb") as target:
            rejected.copy_to(target)
        return store_path(path, media_type="text/csv", now=now).pk
    finally:
        path.unlink(missing_ok=True)
