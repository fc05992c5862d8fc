"""The columns of a file as the second step shows them, and what a person decided there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from rebill.interfaces import formats
from rebill.interfaces.imports.inspecting import OpenedFile, Wishes
from rebill.interfaces.office.forms import day_or_none
from rebill.kit.errors import Problem
from rebill.kit.imports.cells import cell_text
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.preview import ColumnPreview, Preview
from rebill.kit.imports.rejects import REJECT_HEADINGS, Rejected

# How a select says that nobody decided yet; the empty value leaves the column out.
OPEN = "?"
_SHOWN_FIELDS = 5
_READ_KINDS = {FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.INTEGER, FieldKind.DATE, FieldKind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Column:
    """A column with the field that is chosen for it and what we see there; `mark` is good, warn, bad or nothing."""

    position: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    chosen: str
    remark: str
    mark: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that every line has; the field is given when it is needed and no column of the file goes to it."""

    position: int
    field: str
    value: str
    given: FieldSpec | None = None
    error: str = ""

    @property
    def input_type(self) -> str:
        """How it is typed: a needed day is picked, unless it stands there as the file before wrote it."""
        is_day = self.given is not None and self.given.kind is FieldKind.DATE
        return "date" if is_day and (not self.value or day_or_none(self.value) is not None) else "text"


@dataclass(frozen=True, slots=True)
class Line:
    """One of the first lines as it will come in."""

    line: int
    cells: tuple[str, ...]
    is_rejected: bool
    remark: str


# --- what is shown --------------------------------------------------------------------------------------------------


def shown_columns(opened: OpenedFile, shown: Preview) -> list[Column]:
    """Every column that is not a remark of an earlier import."""
    problems: dict[str, Problem] = {}
    for problem in shown.problems:
        if problem.blocking:
            problems.setdefault(problem.where, problem)
    return [
        _column(position, column, opened, problems.get(column.mapped.column))
        for position, column in enumerate(shown.columns)
        if column.mapped.column not in REJECT_HEADINGS
    ]


def _column(position: int, column: ColumnPreview, opened: OpenedFile, problem: Problem | None) -> Column:
    mapped = column.mapped
    proposal = opened.proposals.get(mapped.column)
    chosen = OPEN if mapped.is_open else mapped.field or ""
    mark, remark = "good", mapped.reason
    if problem is not None:
        mark, remark = "bad", f"{problem.why} {problem.remedy}"
    elif proposal is not None:
        chosen = proposal.field or OPEN
        mark, remark = "warn", _("%(reason)s. Check that it is right.") % {"reason": proposal.reason}
    elif mapped.is_open:
        mark = "warn"
    elif mapped.field is None:
        mark = ""
    elif column.refusals:
        # One odd cell costs its line; a column of nothing else was chosen wrongly.
        refusal = column.refusals[0]
        mark = "bad" if len(column.refusals) == len(column.samples) else "warn"
        remark = f"{refusal.why} {refusal.remedy}"
    elif opened.spec.has_field(mapped.field) and opened.spec.field(mapped.field).kind in _READ_KINDS:
        read = [written(value) for value in column.read_as[:1] if value is not None]
        if read:
            remark = _("Read as %(value)s") % {"value": read[0]}
    return Column(position, column.letter, mapped.column, column.samples, chosen, remark, mark)


def shown_constants(opened: OpenedFile, errors: Mapping[str, str], posted: Mapping[str, str]) -> list[Constant]:
    """The needed fields without a column first, then what is set for every line, then an empty row for one more."""
    values = {**opened.layout.constants, **posted}
    with_column = set(opened.mapping.fields()) | {column.field for column in opened.proposals.values()}
    needed = [field for field in opened.entity.fields if field.required and field.name not in with_column]
    rows: list[tuple[str, str, FieldSpec | None]]
    rows = [(field.name, values.pop(field.name, ""), field) for field in needed]
    rows += [(name, value, None) for name, value in values.items()]
    rows.append(("", "", None))
    missing = _("No column goes to it, and every line needs it.")
    return [
        Constant(position, name, value, given, errors.get(name, missing if given is not None and not value else ""))
        for position, (name, value, given) in enumerate(rows)
    ]


def shown_fields(opened: OpenedFile, shown: Preview) -> list[FieldSpec]:
    """The fields that the first lines are shown with: those that every line needs, then as the file has them."""
    fields = [opened.spec.field(name) for name in opened.mapping.fields() if opened.spec.has_field(name)]
    return sorted(fields, key=lambda field: not field.required)[:_SHOWN_FIELDS]


def shown_lines(opened: OpenedFile, shown: Preview, fields: Sequence[FieldSpec]) -> list[Line]:
    """The first lines, each with its values as they are understood, or with what is wrong with it."""
    columns = opened.mapping.fields()
    positions = {label: position for position, label in enumerate(opened.table.columns)}
    lines = []
    for row in shown.rows:
        if isinstance(row, Rejected):
            at = [positions[columns[field.name]] for field in fields]
            cells = tuple(cell_text(row.cells[each]) if each < len(row.cells) else "" for each in at)
            remark = f"{row.column}: {row.why}" if row.column else row.why
            lines.append(Line(row.line, cells, True, remark))
        else:
            lines.append(Line(row.line, tuple(written(row.values.get(field.name)) for field in fields), False, ""))
    return lines


def written(value: object) -> str:
    """A value that was read, as the page writes it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return formats.price(value)
    if isinstance(value, int):
        return formats.number(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


# --- what was decided -----------------------------------------------------------------------------------------------


def read_wishes(post: QueryDict, *, opened: OpenedFile, shown: Preview, kept: Wishes, confirms: bool) -> Wishes:
    """What the form says beyond what was shown; `confirms` takes the proposals for decided as well.

    A constant that was remembered and is empty now is taken back.
    """
    mapping = dict(kept.mapping)
    columns = shown_columns(opened, shown)
    said = {column.heading: post.get(f"column-{column.position}", column.chosen) for column in columns}
    times = Counter(said.values())
    for column in columns:
        field = said[column.heading]
        # A field that two columns are to go to was chosen for both: which of them is meant is not ours to say.
        is_decided = field != column.chosen or column.heading in mapping or (field and times[field] > 1)
        if field == OPEN:
            mapping.pop(column.heading, None)
        elif is_decided or (confirms and column.heading in opened.proposals):
            mapping[column.heading] = field or None
    constants = posted_constants(post)
    gone = {name: "" for name in opened.layout.constants if name not in constants}
    return replace(kept, mapping=mapping, constants={**constants, **gone})


def posted_constants(post: QueryDict) -> dict[str, str]:
    """The values for every line that the form has, by field; fields without a value are left out."""
    pairs = {}
    for key in post:
        name, _dash, position = key.partition("-")
        if name == "constant" and post.get(key):
            pairs[str(post[key])] = post.get(f"value-{position}", "").strip()
    return {field: value for field, value in pairs.items() if value}


def without_strangers(wishes: Wishes, columns: Sequence[str]) -> Wishes:
    """The wishes without columns that the file no longer has, now that it is read in another way."""
    return replace(wishes, mapping={name: field for name, field in wishes.mapping.items() if name in columns})
