"""Reads every line of a table as the fields of an entity: accepted with its values, or rejected with all its faults."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid
from rebill.kit.imports.cells import Cell, Row, cell_text, is_blank
from rebill.kit.imports.columns import survey_rows
from rebill.kit.imports.fields import NUMBER_KINDS, EntitySpec, FieldKind, FieldSpec, Value
from rebill.kit.imports.mapping import ColumnMapping, require_valid
from rebill.kit.imports.outcomes import ImportRecord, Outcome
from rebill.kit.imports.refusals import CellRefused
from rebill.kit.imports.rejects import Rejected, RejectedLines, refusal
from rebill.kit.imports.tables import Table
from rebill.kit.imports.values import Reading


class LinesDoNotAddUp(Invalid):
    """An import lost a line or told one twice: accepted, rejected and unchanged are not the lines of the file."""


@dataclass(frozen=True)
class Accepted:
    """A line whose mapped columns all have a value; a blank cell has the default of its field, mostly None.

    Fields without a column are absent from the record, so that a change of an existing record leaves them alone.
    """

    record: ImportRecord
    columns: Mapping[str, str]
    cells: tuple[Cell, ...] = ()

    @property
    def line(self) -> int:
        return self.record.line

    @property
    def values(self) -> Mapping[str, object]:
        return self.record.values

    def reject(self, *, field: str, why: str, remedy: str, value: str | None = None) -> Rejected:
        """The same line refused by whoever wanted it, at the column of `field` (or at none)."""
        if value is None:
            read = self.values.get(field)
            value = "" if read is None else ", ".join(read) if isinstance(read, tuple) else str(read)
        found = refusal(column=self.columns.get(field, field), value=value, why=why, remedy=remedy)
        return Rejected(self.line, (found,), self.cells)


@dataclass(frozen=True)
class FieldReading:
    """One mapped field: where its column stands and how its cells are written."""

    spec: FieldSpec
    column: str
    position: int
    reading: Reading

    def value(self, row: Row) -> Value:
        cell = row.cells[self.position]
        if not is_blank(cell):
            return self.spec.parse(cell, self.reading)
        if self.spec.required:
            raise CellRefused(
                why=_("%(field)s is missing.") % {"field": self.spec.label}, remedy=_("Fill in the cell."), value=""
            )
        return self.spec.default


@dataclass(frozen=True)
class ImportResult:
    """What became of a file: `accepted` + `rejected` + `unchanged` == `lines`. `first_rejected` are at most 100."""

    file_name: str
    file_hash: str
    lines: int
    accepted: int
    rejected: int
    unchanged: int
    rejected_lines: RejectedLines

    @property
    def first_rejected(self) -> tuple[Rejected, ...]:
        return tuple(self.rejected_lines.first)


def read_records(table: Table, mapping: ColumnMapping, spec: EntitySpec) -> Iterator[Accepted | Rejected]:
    """One record for each line of the table. MappingRefused at once when the mapping does not fit.

    The columns of numbers and days are read through first, so that one clear cell settles the unclear ones.
    """
    require_valid(mapping, table.header, spec)
    return _records(table, field_readings(table, mapping, spec), spec)


def field_readings(table: Table, mapping: ColumnMapping, spec: EntitySpec) -> tuple[FieldReading, ...]:
    """Every field that has a column, with the habits of that column where nobody stated them."""
    positions = {label: position for position, label in enumerate(table.columns)}
    options = table.options
    fields = [
        (spec.field(name), column, positions[column])
        for name, column in mapping.fields().items()
        if spec.has_field(name) and column in positions
    ]
    numbers = [] if options.decimal_mark else _positions(fields, NUMBER_KINDS)
    days = [] if options.date_order else _positions(fields, {FieldKind.DATE})
    survey = survey_rows(table.rows() if numbers or days else (), numbers=numbers, days=days)
    return tuple(
        FieldReading(
            spec=field,
            column=column,
            position=position,
            reading=Reading(
                decimal_mark=options.decimal_mark or survey.decimal_mark_of(position),
                date_order=options.date_order or survey.date_order_of(position),
                currency=options.currency,
                dates_from_1904=table.dates_from_1904,
            ),
        )
        for field, column, position in fields
    )


def _positions(fields: Sequence[tuple[FieldSpec, str, int]], kinds: Collection[FieldKind]) -> list[int]:
    return [position for field, _column, position in fields if field.kind in kinds]


def _records(table: Table, readings: tuple[FieldReading, ...], spec: EntitySpec) -> Iterator[Accepted | Rejected]:
    columns = {reading.spec.name: reading.column for reading in readings}
    lines_by_key: dict[tuple[object, ...], int] = {}
    for row in table.rows():
        record = read_row(row, readings, columns)
        if isinstance(record, Accepted) and spec.key:
            record = _once(record, spec, lines_by_key)
        yield record


def read_row(row: Row, readings: tuple[FieldReading, ...], columns: Mapping[str, str]) -> Accepted | Rejected:
    """The line with every value, or with every fault."""
    if row.fault is not None:
        fault = refusal(column="", value=row.fault.value, why=row.fault.why, remedy=row.fault.remedy)
        return Rejected(row.line, (fault,), row.cells)
    values: dict[str, object] = {}
    refusals = []
    for reading in readings:
        try:
            values[reading.spec.name] = reading.value(row)
        except CellRefused as refused:
            value = cell_text(row.cells[reading.position])
            refusals.append(refusal(column=reading.column, value=value, why=refused.why, remedy=refused.remedy))
    if refusals:
        return Rejected(row.line, tuple(refusals), row.cells)
    return Accepted(ImportRecord(line=row.line, values=values), columns, row.cells)


def _once(record: Accepted, spec: EntitySpec, lines_by_key: dict[tuple[object, ...], int]) -> Accepted | Rejected:
    """A key that stands in two lines of one file leaves open which of them is meant; a blank key is no key."""
    key = tuple(record.values.get(name) for name in spec.key)
    if any(part is None or part == "" for part in key):
        return record
    first = lines_by_key.setdefault(key, record.line)
    if first == record.line:
        return record
    return record.reject(
        field=spec.key[-1],
        why=_("%(value)s is also in line %(line)s.") % {"value": " ".join(str(part) for part in key), "line": first},
        remedy=_("Keep one of the two lines."),
    )


class ImportTally:
    """Counts what becomes of each line while an import runs, and keeps the rejected ones."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._accepted = 0
        self._unchanged = 0
        mark = table.options.decimal_mark or table.decimal_mark
        self._rejected = RejectedLines(columns=table.columns, decimal_mark=mark)

    def accept(self, _record: Accepted) -> None:
        """The line was written, or would be in a dry run."""
        self._accepted += 1

    def leave_unchanged(self, _record: Accepted) -> None:
        """What the line says was there already."""
        self._unchanged += 1

    def reject(self, rejected: Rejected) -> None:
        self._rejected.add(rejected)

    def tell(self, batch: Sequence[Accepted], outcomes: Iterable[Outcome]) -> None:
        """Count what a bulk command made of a batch. LinesDoNotAddUp unless it says one thing of each line."""
        waiting = {accepted.line: accepted for accepted in batch}
        for outcome in outcomes:
            accepted = waiting.pop(outcome.line, None)
            if accepted is None:
                raise LinesDoNotAddUp(f"Line {outcome.line} was not in the batch, or was told twice.")
            if outcome.kind == "accepted":
                self.accept(accepted)
            elif outcome.kind == "unchanged":
                self.leave_unchanged(accepted)
            else:
                self.reject(_rejected_by(outcome, accepted))
        if waiting:
            raise LinesDoNotAddUp(f"Nothing was said of the lines {', '.join(str(line) for line in waiting)}.")

    def result(self) -> ImportResult:
        """LinesDoNotAddUp unless every line of the file was told once; the file is counted anew for that."""
        lines = self._table.count_lines()
        told = self._accepted + self._unchanged + self._rejected.count
        if told != lines:
            raise LinesDoNotAddUp(f"{self._table.file_name} has {lines} lines, {told} of them were told.")
        return ImportResult(
            file_name=self._table.file_name,
            file_hash=self._table.file_hash,
            lines=lines,
            accepted=self._accepted,
            rejected=self._rejected.count,
            unchanged=self._unchanged,
            rejected_lines=self._rejected,
        )


def _rejected_by(outcome: Outcome, accepted: Accepted) -> Rejected:
    why, remedy = (outcome.problem.why, outcome.problem.remedy) if outcome.problem else ("", "")
    return accepted.reject(field=outcome.column, why=why, remedy=remedy, value=outcome.value or None)


def write_rejects_csv(result: ImportResult) -> bytes:
    """The rejected lines as a file to mend and import again: the original columns, then line, column, value, why and
    remedy. What a spreadsheet could run as a formula is neutralised."""
    return result.rejected_lines.content()
