"""Imports a file that was opened: in chunks, each one transaction, so that a second start goes on where one ended."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.imports.importable import Importable
from rebill.interfaces.imports.inspecting import OpenedFile
from rebill.kit.bulk import chunks, learn_sizes
from rebill.kit.errors import Conflict, Invalid, Problem
from rebill.kit.imports.layouts import record_import, record_import_started, remember_layout
from rebill.kit.imports.outcomes import ImportRecord, Outcome, rejected
from rebill.kit.imports.rejects import Rejected
from rebill.kit.imports.running import Accepted, ImportResult, ImportTally, read_records

_SHOWN_WARNINGS = 100

# Told after every chunk: how many lines are done.
OnProgress = Callable[[int], None]


class ImportStopped(Conflict):
    """The database or the machine gave up in the middle. What was imported before stays, the rest was not touched."""


@dataclass(frozen=True)
class FileImport:
    """What became of a file: `result.accepted + result.rejected + result.unchanged == result.lines`.

    `warnings` are the first hundred of the problems that lines were accepted with. A dry run has written nothing.
    """

    entity: str
    result: ImportResult
    warnings: tuple[Problem, ...]
    warnings_count: int
    is_dry_run: bool


def import_file(
    *,
    acting: Acting,
    opened: OpenedFile,
    now: datetime,
    is_dry_run: bool = False,
    remembers: bool = True,
    upload_id: UUID | None = None,
    on_progress: OnProgress = lambda lines: None,
    on_taken: Callable[[], None] = lambda: None,
) -> FileImport:
    """Every line accepted, rejected or unchanged. MappingRefused before the first line when the mapping does not fit.

    A dry run does the same work in one transaction that is taken back. After an import the layout is remembered, if
    it `remembers`. An import that was stopped or killed is finished by importing the file again: what is in already is
    left unchanged. `upload_id` is told with the events, for a file that was uploaded. `on_taken` is called when all
    lines are taken, before a dry run is taken back.
    """
    import_of = _Import(acting=acting, opened=opened, now=now)
    if is_dry_run:
        with transaction.atomic():
            import_of.take_all(on_progress)
            on_taken()
            transaction.set_rollback(True)
        return import_of.told(is_dry_run=True)
    try:
        import_of.take_all(on_progress)
    except (DatabaseError, OSError) as error:
        raise ImportStopped(
            _("The import stopped after line %(line)s: %(reason)s. Import the same file again when this is mended.")
            % {"line": import_of.line, "reason": str(error).strip() or type(error).__name__}
        ) from error
    on_taken()
    told = import_of.told(is_dry_run=False)
    learn_sizes(told.result.accepted)
    seller_id, entity = acting.seller_id, opened.entity.name
    with transaction.atomic():
        if remembers and told.result.lines > told.result.rejected:
            remember_layout(
                seller_id=seller_id, entity=entity, header=opened.table.header, layout=opened.layout, now=now
            )
        record_import(
            seller_id=seller_id,
            actor_id=acting.user_id,
            entity=entity,
            result=told.result,
            upload_id=upload_id,
            now=now,
        )
    return told


@dataclass(slots=True)
class _Import:
    acting: Acting
    opened: OpenedFile
    now: datetime
    tally: ImportTally = field(init=False)
    twins: "Twins" = field(init=False)
    warnings: list[Problem] = field(default_factory=list)
    warnings_count: int = 0
    line: int = 0

    def __post_init__(self) -> None:
        self.tally = ImportTally(self.opened.table)
        self.twins = Twins(self.opened.entity)

    def take_all(self, on_progress: OnProgress) -> None:
        opened = self.opened
        done = 0
        for lines in chunks(read_records(opened.table, opened.mapping, opened.spec), opened.entity.chunk_lines):
            self.take_chunk(lines)
            self.line = lines[-1].line
            done += len(lines)
            on_progress(done)

    def take_chunk(self, lines: Sequence[Accepted | Rejected]) -> None:
        """Writes what the lines say, and only then tells what became of each, in their order."""
        wanted: list[ImportRecord] = []
        outcomes: dict[int, Outcome] = {}
        for line in lines:
            if isinstance(line, Accepted):
                said = {**self.opened.constants, **line.values} if self.opened.constants else line.values
                if self.opened.entity.names_file:
                    said = {**said, "file_name": self.opened.table.file_name}
                record = ImportRecord(line.line, self.opened.entity.prepare(said))
                twin = self.twins.refuse(record)
                if twin is None:
                    wanted.append(record)
                else:
                    outcomes[line.line] = twin
        with transaction.atomic():
            if not self.line:
                self.note_start()
            taken = take_records(self.opened.entity, self.acting, wanted, self.now)
        outcomes |= {outcome.line: outcome for outcome in taken}
        for line in lines:
            if isinstance(line, Rejected):
                self.tally.reject(line)
            else:
                self.tell(line, outcomes[line.line])

    def note_start(self) -> None:
        """With the first lines and not before: an import that is refused as a whole has never begun."""
        record_import_started(
            seller_id=self.acting.seller_id,
            actor_id=self.acting.user_id,
            entity=self.opened.entity.name,
            file_name=self.opened.table.file_name,
            file_hash=self.opened.table.file_hash,
            now=self.now,
        )

    def tell(self, line: Accepted, outcome: Outcome) -> None:
        self.tally.tell([line], [outcome])
        if outcome.kind != "rejected" and outcome.problem is not None:
            self.warnings_count += 1
            if len(self.warnings) < _SHOWN_WARNINGS:
                self.warnings.append(outcome.problem)

    def told(self, *, is_dry_run: bool) -> FileImport:
        return FileImport(
            entity=self.opened.entity.name,
            result=self.tally.result(),
            warnings=tuple(self.warnings),
            warnings_count=self.warnings_count,
            is_dry_run=is_dry_run,
        )


def take_records(entity: Importable, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """One transaction for the records; one that the database cannot keep is found by halving, and rejected alone."""
    if not records:
        return []
    try:
        with transaction.atomic():
            return entity.take(acting=acting, records=records, now=now)
    except (DataError, IntegrityError, Invalid) as error:
        if len(records) == 1:
            return [_not_kept(records[0], error)]
    middle = len(records) // 2
    first = take_records(entity, acting, records[:middle], now)
    return [*first, *take_records(entity, acting, records[middle:], now)]


def _not_kept(record: ImportRecord, error: Exception) -> Outcome:
    return rejected(
        record,
        what="import.not_kept",
        why=_("The line cannot be kept: %(reason)s.") % {"reason": str(error).strip().splitlines()[0].rstrip(".")},
        remedy=_("Correct what the reason names, or report the line."),
    )


class Twins:
    """Lines of one file that speak of the same thing: which of them is meant would be a matter of their order.

    Only a digest of each is kept, so that a file of a million lines needs little memory.
    """

    def __init__(self, entity: Importable) -> None:
        self._entity = entity
        self._lines: dict[bytes, int] = {}
        self._said: dict[bytes, tuple[bytes, int]] = {}

    def refuse(self, record: ImportRecord) -> Outcome | None:
        """The rejection of a line that an earlier line of the file makes unclear."""
        identity = self._entity.identity(record)
        if identity is not None:
            first = self._lines.setdefault(_digest(identity), record.line)
            if first != record.line:
                return rejected(
                    record,
                    what="import.line_repeated",
                    why=_("Line %(line)s speaks of the same one.") % {"line": first},
                    remedy=_(
                        "Keep one of the two lines, or give each what tells them apart, such as a key of its own."
                    ),
                )
        for thing, said in self._entity.shared(record).items():
            kept, line = self._said.setdefault(_digest(thing), (_digest(said), record.line))
            if kept != _digest(said):
                return rejected(
                    record,
                    what="import.lines_differ",
                    why=_("Line %(line)s says something else of %(thing)s.") % {"line": line, "thing": _shown(thing)},
                    remedy=_("Let all lines say the same of it."),
                )
        return None


def _digest(value: Hashable) -> bytes:
    return blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _shown(thing: Hashable) -> str:
    return " ".join(map(str, _parts(thing)))


def _parts(thing: Hashable) -> Iterator[object]:
    yield from thing if isinstance(thing, tuple) else (thing,)
