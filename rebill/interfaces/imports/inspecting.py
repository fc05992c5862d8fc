"""How a file will be read: which column is which field, by hand, as remembered, or as guessed from the headings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.imports.entities import importable
from rebill.interfaces.imports.importable import Importable
from rebill.kit.errors import Invalid
from rebill.kit.imports.fields import EntitySpec, Value
from rebill.kit.imports.layouts import Layout, remembered_layout
from rebill.kit.imports.mapping import ColumnMapping, MappedColumn, guess_mapping
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.preview import Preview, preview, sample_cells
from rebill.kit.imports.reading import open_table
from rebill.kit.imports.refusals import CellRefused
from rebill.kit.imports.tables import Table
from rebill.kit.imports.values import Reading, folded
from rebill.parties.queries import seller_of


class ConstantRefused(Invalid):
    """A value that is set for every line is none of its field, or a column of the file goes to the same field."""

    def __init__(self, field: str, words: str, *, shown: str = "") -> None:
        super().__init__(f"{shown}: {words}" if shown else words)
        self.field = field
        self.words = words


@dataclass(frozen=True)
class Wishes:
    """What a person decided about a file: options, the field of a column (None: left out), the value of a field.

    Columns and fields that are not named are decided by the remembered layout, else by guessing; an empty text for a
    field takes back the value that was remembered.
    """

    options: ImportOptions = field(default_factory=ImportOptions)
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedFile:
    """A file that can be previewed and imported.

    `mapping` has only what is sure: chosen by hand, remembered, or a heading that a field is known by. `proposals` are
    the likely fields of other columns, which a person has to confirm. `constants` are the values that every line has.
    `remembered_at` is when a file with these headings was imported last, None when there was none.
    """

    entity: Importable
    table: Table
    spec: EntitySpec
    mapping: ColumnMapping
    proposals: Mapping[str, MappedColumn]
    layout: Layout
    constants: Mapping[str, Value]
    remembered_at: datetime | None

    @property
    def is_remembered(self) -> bool:
        """Whether a file with these headings was imported before, and decides what nobody decided now."""
        return self.remembered_at is not None

    @property
    def left_out(self) -> tuple[str, ...]:
        """The columns of which nothing is imported."""
        return tuple(column.column for column in self.mapping.columns if column.field is None)


def open_file(
    *, acting: Acting, entity: str | Importable, source: Path | bytes, file_name: str, wishes: Wishes | None = None
) -> OpenedFile:
    """The file with a field for every column that has one. FileRefused when it cannot be read at all.

    Whether the mapping suffices is told by `inspect_file`, and refused by `import_file`.
    """
    wishes = wishes or Wishes()
    target = entity if isinstance(entity, Importable) else importable(entity)
    currency = seller_of(acting).currency
    table = open_table(source, file_name=file_name, options=_with_currency(wishes.options, currency))
    kept = remembered_layout(seller_id=acting.seller_id, entity=target.name, header=table.header)
    options, constants = wishes.options, dict(wishes.constants)
    if kept is not None:
        options = ImportOptions.from_json({**kept.options.to_json(), **wishes.options.to_json()})
        constants = {**_remembered_constants(target.spec, kept), **constants}
        if options != wishes.options:
            table = open_table(source, file_name=file_name, options=_with_currency(options, currency))
    by_hand = _matched(wishes.mapping, table)
    chosen = {name for name in by_hand.values() if name is not None}
    constants = {
        name: text for name, text in constants.items() if text and (name in wishes.constants or name not in chosen)
    }
    spec = _spec_without(target.spec, constants)
    parsed = _parse_constants(target.spec, constants, options)
    _require_apart(constants, by_hand, target.spec)
    mapping = _decide(table, spec, kept, by_hand, constants)
    unsure = {column.column: column for column in mapping.columns if not _is_sure(column, spec)}
    sure = ColumnMapping(
        tuple(_open(column.column) if column.column in unsure else column for column in mapping.columns)
    )
    return OpenedFile(
        entity=target,
        table=table,
        spec=spec,
        mapping=sure,
        proposals=unsure,
        layout=Layout(mapping=sure.to_json(), options=options, constants=constants),
        constants=parsed,
        remembered_at=kept.remembered_at if kept is not None else None,
    )


def inspect_file(opened: OpenedFile, *, rows_count: int = 5) -> Preview:
    """Every column with samples and what they are read as, the first lines, and what is wrong. Writes nothing."""
    return preview(opened.table, opened.mapping, opened.spec, rows_count=rows_count)


def _with_currency(options: ImportOptions, currency: str) -> ImportOptions:
    """A sign beside an amount may be the seller's own unless a person says otherwise."""
    return options if options.currency else replace(options, currency=currency)


def _matched(mapping: Mapping[str, str | None], table: Table) -> dict[str, str | None]:
    """The columns as the file writes them; one that the file lacks keeps its name, and is refused with it later."""
    known = {folded(label): label for label in reversed(table.columns)}
    return {
        column if column in table.columns else known.get(folded(column), column): name
        for column, name in mapping.items()
    }


def _remembered_constants(spec: EntitySpec, kept: Layout) -> dict[str, str]:
    """The values of all lines that the file before had, without those that were its own, such as its first day."""
    return {
        name: text for name, text in kept.constants.items() if spec.has_field(name) and spec.field(name).is_remembered
    }


def _spec_without(spec: EntitySpec, constants: Mapping[str, str]) -> EntitySpec:
    """The fields, where a field that has a value for every line needs no column."""
    fields = tuple(replace(each, required=each.required and each.name not in constants) for each in spec.fields)
    return replace(spec, fields=fields)


def _parse_constants(spec: EntitySpec, constants: Mapping[str, str], options: ImportOptions) -> dict[str, Value]:
    reading = Reading(decimal_mark=options.decimal_mark, date_order=options.date_order, currency=options.currency)
    parsed: dict[str, Value] = {}
    for name, text in constants.items():
        if not spec.has_field(name):
            fields = ", ".join(each.name for each in spec.fields)
            raise ConstantRefused(
                name,
                _("There is no field “%(name)s” to set. Use one of: %(fields)s.") % {"name": name, "fields": fields},
            )
        try:
            parsed[name] = spec.field(name).parse(text, reading)
        except CellRefused as refused:
            raise ConstantRefused(name, f"{refused.why} {refused.remedy}", shown=name) from None
    return parsed


def _require_apart(constants: Mapping[str, str], by_hand: Mapping[str, str | None], spec: EntitySpec) -> None:
    for column, name in by_hand.items():
        if name is not None and name in constants:
            words = _(
                "%(field)s is set for every line, and the column “%(column)s” goes to it too. Choose one of the two."
            )
            label = spec.field(name).label if spec.has_field(name) else name
            raise ConstantRefused(name, words % {"field": label, "column": column})


def _decide(
    table: Table,
    spec: EntitySpec,
    kept: Layout | None,
    by_hand: Mapping[str, str | None],
    constants: Mapping[str, str],
) -> ColumnMapping:
    """By hand first, then as remembered, else as guessed; no field twice and none that has a fixed value."""
    if kept is not None:
        proposed = ColumnMapping.from_json(kept.mapping, header=table.header, reason=_("As for the last such file"))
    else:
        proposed = guess_mapping(table.header, sample_cells(table), spec)
    taken = {name for name in by_hand.values() if name is not None} | set(constants)
    decided = []
    for column in proposed.columns:
        if column.column in by_hand:
            decided.append(MappedColumn(column.column, by_hand[column.column], reason=_("Chosen by hand")))
        elif column.field in taken:
            decided.append(_open(column.column))
        else:
            decided.append(column)
    named = {column.column for column in decided}
    strangers = [MappedColumn(column, name) for column, name in by_hand.items() if column not in named]
    return ColumnMapping((*decided, *strangers))


def _is_sure(column: MappedColumn, spec: EntitySpec) -> bool:
    """Whether nobody needs to confirm it: one letter makes a contact of a contract.

    A known heading is sure whatever its cells look like; those that are none of its field are rejected line by line.
    """
    if column.field is None or column.confidence >= 1.0 or not spec.has_field(column.field):
        return True
    return folded(column.column) in {folded(name) for name in spec.field(column.field).names()}


def _open(column: str) -> MappedColumn:
    return MappedColumn(column, None, is_open=True, confidence=0.0)
