"""Which column of a file is which field: proposed from headings and samples, and checked before it is used."""

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebill.kit.errors import Problem
from rebill.kit.imports.cells import Cell, is_blank
from rebill.kit.imports.columns import ColumnSurvey
from rebill.kit.imports.fields import EntitySpec, FieldKind, FieldSpec
from rebill.kit.imports.headers import Header
from rebill.kit.imports.refusals import CellRefused, MappingRefused
from rebill.kit.imports.rejects import REJECT_HEADINGS
from rebill.kit.imports.values import Reading, folded

# Below this a proposal would be a guess that a person has to undo.
CONFIDENCE_MIN = 0.6
_ALIKE_MIN = 0.84


@dataclass(frozen=True)
class MappedColumn:
    """A column and the field it goes to. Without a field it is left out on purpose, or `is_open`: nobody decided yet.

    `confidence` is 0 to 1 and `reason` says for people where a proposal came from.
    """

    column: str
    field: str | None
    is_open: bool = False
    confidence: float = 1.0
    reason: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """Every column of a file, in its order."""

    columns: tuple[MappedColumn, ...]

    def to_json(self) -> dict[str, str | None]:
        """What was decided: the field of each column, None for those left out. Open columns are not told, nor the
        remarks that an earlier import wrote into the file."""
        return {
            column.column: column.field
            for column in self.columns
            if not column.is_open and column.column not in REJECT_HEADINGS
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, str | None], *, header: Header, reason: str = "") -> "ColumnMapping":
        """The stored decisions for this heading; its other columns are open, and stored columns it lacks stay named."""
        named = [
            MappedColumn(label, stored[label], reason=reason) if label in stored else _undecided(label, header)
            for label in header.labels
        ]
        missing = [MappedColumn(label, field) for label, field in stored.items() if label not in header.labels]
        return cls((*named, *missing))

    def fields(self) -> dict[str, str]:
        """The column of each field."""
        return {column.field: column.column for column in self.columns if column.field is not None}


def header_fingerprint(header: Header) -> str:
    """The same for files with the same headings in any order; with repeated headings the order counts too."""
    labels = [label for label in header.labels if label not in REJECT_HEADINGS]
    told = json.dumps([header.line > 0, labels if header.repeated else sorted(labels)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def guess_mapping(header: Header, samples: Sequence[Sequence[Cell]], spec: EntitySpec) -> ColumnMapping:
    """The surest pairs first, each column and each field once. What is not recognised stays open for a person.

    `samples` are the cells of the first rows; a heading whose cells do not look like the field loses confidence.
    """
    names = {field.name: {folded(name) for name in field.names()} - {""} for field in spec.fields}
    pairs = []
    for position, label in enumerate(header.labels):
        if label in REJECT_HEADINGS or label in header.repeated:
            continue
        cells = [row[position] for row in samples if position < len(row) and not is_blank(row[position])]
        for order, field in enumerate(spec.fields):
            confidence, reason = _likeness(label, names[field.name])
            if confidence >= CONFIDENCE_MIN and cells and not _looks_like(cells, field):
                confidence, reason = confidence * 0.7, _("The heading fits, the cells do not look like it")
            if confidence >= CONFIDENCE_MIN:
                pairs.append((-confidence, position, order, field.name, reason))
    by_position: dict[int, MappedColumn] = {}
    taken: set[str] = set()
    for negative, position, _order, name, reason in sorted(pairs):
        if position not in by_position and name not in taken:
            by_position[position] = MappedColumn(header.labels[position], name, confidence=-negative, reason=reason)
            taken.add(name)
    return ColumnMapping(
        tuple(by_position.get(position) or _undecided(label, header) for position, label in enumerate(header.labels))
    )


def validate_mapping(mapping: ColumnMapping, header: Header, spec: EntitySpec) -> tuple[Problem, ...]:
    """Everything that is wrong with the mapping, blocking; and, not blocking, the columns that nothing was said of."""
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    columns: set[str] = set()
    for mapped in mapping.columns:
        if mapped.column not in header.labels:
            problems.append(_unknown_column(mapped, header))
        elif mapped.column in columns:
            problems.append(_column_twice(mapped))
        elif mapped.is_open:
            problems.append(_open_column(mapped))
        elif mapped.field is not None and not spec.has_field(mapped.field):
            problems.append(_unknown_field(mapped, spec))
        elif mapped.field is not None and mapped.field in seen:
            problems.append(_used_twice(mapped, seen[mapped.field], spec))
        elif mapped.field is not None:
            seen[mapped.field] = mapped.column
        columns.add(mapped.column)
    for field in spec.fields:
        if field.required and field.name not in seen:
            problems.append(_missing(field))
    return tuple(problems)


def require_valid(mapping: ColumnMapping, header: Header, spec: EntitySpec) -> None:
    """MappingRefused with every blocking problem at once."""
    blocking = tuple(problem for problem in validate_mapping(mapping, header, spec) if problem.blocking)
    if blocking:
        raise MappingRefused(blocking)


def _likeness(label: str, names: set[str]) -> tuple[float, str]:
    word = folded(label)
    if not word:
        return 0.0, ""
    if word in names:
        return 1.0, _("Same heading")
    ratio = max(difflib.SequenceMatcher(None, word, name).ratio() for name in names)
    if ratio >= _ALIKE_MIN:
        return round(ratio * 0.9, 2), _("The heading is nearly the same")
    # "Prijs (excl. btw)" holds "prijs"; short names such as "id" are held by too many words to say anything.
    if any(len(name) >= 4 and (word.startswith(name) or word.endswith(name)) for name in names):
        return 0.65, _("The heading holds the name of the field")
    return 0.0, ""


def _looks_like(cells: Sequence[Cell], field: FieldSpec) -> bool:
    """At least half of the cells can be read as the field, by the habits that the cells themselves show."""
    if field.kind in {FieldKind.TEXT, FieldKind.LIST}:
        return True
    survey = ColumnSurvey()
    for cell in cells:
        survey.add(cell)
    mark = survey.decimal_mark or "."
    order = survey.date_order or next(iter(sorted(survey.orders)), "dmy")
    reading = Reading(decimal_mark=mark, date_order=order)
    readable = 0
    for cell in cells:
        try:
            field.parse(cell, reading)
        except CellRefused:
            continue
        readable += 1
    return readable * 2 >= len(cells)


def _undecided(label: str, header: Header) -> MappedColumn:
    if label in REJECT_HEADINGS:
        return MappedColumn(label, None, reason=_("Written by an earlier import"))
    if label in header.repeated:
        return MappedColumn(label, None, True, 0.0, _("The heading stands over several columns. Choose which one"))
    return MappedColumn(label, None, True, 0.0, _("Not recognised. Choose, or leave out"))


def _unknown_column(mapped: MappedColumn, header: Header) -> Problem:
    near = difflib.get_close_matches(mapped.column, header.labels, n=1)
    return Problem(
        what="import.column_unknown",
        where=mapped.column,
        why=_("The file has no column “%(column)s”.") % {"column": mapped.column},
        remedy=_("Perhaps “%(near)s” is meant. The file has: %(columns)s.")
        % {"near": near[0], "columns": ", ".join(header.labels)}
        if near
        else _("The file has: %(columns)s.") % {"columns": ", ".join(header.labels)},
        value=mapped.column,
        blocking=mapped.field is not None,
    )


def _open_column(mapped: MappedColumn) -> Problem:
    return Problem(
        what="import.column_open",
        where=mapped.column,
        why=_("The column “%(column)s” is not recognised and is left out.") % {"column": mapped.column},
        remedy=_("Say which field it is, or that it shall be left out."),
        value=mapped.column,
        blocking=False,
    )


def _unknown_field(mapped: MappedColumn, spec: EntitySpec) -> Problem:
    return Problem(
        what="import.field_unknown",
        where=mapped.column,
        why=_("There is no field “%(field)s” to which the column could go.") % {"field": mapped.field},
        remedy=_("Use one of: %(fields)s.") % {"fields": ", ".join(field.name for field in spec.fields)},
        value=mapped.field or "",
    )


def _used_twice(mapped: MappedColumn, first: str, spec: EntitySpec) -> Problem:
    return Problem(
        what="import.field_used_twice",
        where=mapped.column,
        why=_("The columns “%(first)s” and “%(second)s” both go to %(field)s.")
        % {"first": first, "second": mapped.column, "field": spec.field(mapped.field or "").label},
        remedy=_("Leave one of them out."),
        value=mapped.field or "",
    )


def _column_twice(mapped: MappedColumn) -> Problem:
    return Problem(
        what="import.column_used_twice",
        where=mapped.column,
        why=_("The column “%(column)s” is mapped twice.") % {"column": mapped.column},
        remedy=_("Let each column go to one field."),
        value=mapped.field or "",
    )


def _missing(field: FieldSpec) -> Problem:
    return Problem(
        what="import.field_missing",
        where=field.name,
        why=_("No column goes to %(field)s, which every line needs.") % {"field": field.label},
        remedy=_("Choose the column that holds it, or add one to the file."),
        value=field.name,
    )
