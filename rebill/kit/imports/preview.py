"""Shows how a file will be read before anything is imported: each column with samples, and the first lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Cell, Row, cell_text, is_blank
from rebill.kit.imports.fields import EntitySpec, Value
from rebill.kit.imports.headers import column_letter
from rebill.kit.imports.mapping import ColumnMapping, MappedColumn, validate_mapping
from rebill.kit.imports.refusals import CellRefused
from rebill.kit.imports.rejects import Refusal, Rejected, refusal
from rebill.kit.imports.running import Accepted, FieldReading, field_readings, read_row
from rebill.kit.imports.tables import Table

_SAMPLED_ROWS = 200


@dataclass(frozen=True)
class ColumnPreview:
    """A column as the mapping screen shows it: its letter, heading, first different cells, and what they are read as.

    `read_as` has a value for each sample, None where `refusals` says why there is none.
    """

    letter: str
    mapped: MappedColumn
    samples: tuple[str, ...]
    read_as: tuple[Value, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Preview:
    """`rows` are the first lines as they will come in; `problems` are those of the mapping and notes on the table."""

    columns: tuple[ColumnPreview, ...]
    rows: tuple[Accepted | Rejected, ...]
    problems: tuple[Problem, ...]


def preview(table: Table, mapping: ColumnMapping, spec: EntitySpec, *, rows_count: int = 5) -> Preview:
    """Writes nothing and refuses nothing: what is wrong with the mapping stands in `problems`."""
    readings = field_readings(table, mapping, spec)
    by_column = {reading.column: reading for reading in readings}
    names = {reading.spec.name: reading.column for reading in readings}
    first_rows = list(islice(table.rows(), max(rows_count, _SAMPLED_ROWS)))
    mapped = {column.column: column for column in mapping.columns}
    columns = tuple(
        _column_preview(position, mapped.get(label, MappedColumn(label, None, True)), first_rows, by_column.get(label))
        for position, label in enumerate(table.columns)
    )
    return Preview(
        columns=columns,
        rows=tuple(read_row(row, readings, names) for row in first_rows[:rows_count]),
        problems=validate_mapping(mapping, table.header, spec) + table.notes,
    )


def sample_cells(table: Table, *, rows_count: int = _SAMPLED_ROWS) -> list[Sequence[Cell]]:
    """The cells of the first lines that can be read, for `guess_mapping`."""
    return [row.cells for row in islice(table.rows(), rows_count) if row.fault is None]


def _column_preview(
    position: int, mapped: MappedColumn, rows: Sequence[Row], reading: FieldReading | None, *, samples_max: int = 3
) -> ColumnPreview:
    cells: dict[str, Row] = {}
    for row in rows:
        if row.fault is None and not is_blank(row.cells[position]):
            cells.setdefault(cell_text(row.cells[position]), row)
        if len(cells) == samples_max:
            break
    read_as: list[Value] = []
    refusals: list[Refusal] = []
    for text, row in cells.items():
        if reading is None:
            continue
        try:
            read_as.append(reading.value(row))
        except CellRefused as refused:
            read_as.append(None)
            refusals.append(refusal(column=mapped.column, value=text, why=refused.why, remedy=refused.remedy))
    return ColumnPreview(column_letter(position), mapped, tuple(cells), tuple(read_as), tuple(refusals))
