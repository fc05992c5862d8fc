"""What becomes of one record of an imported file: given to a bulk command, answered with an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rebill.kit.errors import Problem

OutcomeKind = Literal["accepted", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of a file as typed values by field name. `line` is counted as people count: the heading is line 1.

    A field that the file does not have is absent; an empty cell is present as None or as an empty text.
    """

    line: int
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one record ended. A rejected one carries its problem, and the field and value that caused it if one did.

    `column` is a field name of the record: whoever knows the mapping shows the heading of the file in its place.
    """

    line: int
    kind: OutcomeKind
    problem: Problem | None = None
    column: str = ""
    value: str = ""


def accepted(record: ImportRecord) -> Outcome:
    """The record was written: something is new or different now."""
    return Outcome(line=record.line, kind="accepted")


def unchanged(record: ImportRecord) -> Outcome:
    """Everything the record says was already so."""
    return Outcome(line=record.line, kind="unchanged")


def rejected(
    record: ImportRecord, *, what: str, why: str, remedy: str, column: str = "", value: object = ""
) -> Outcome:
    """The record was left out: `what` is a stable code, `why` and `remedy` are sentences for people."""
    shown = "" if value is None else str(value)
    where = f"line {record.line}" + (f" column {column}" if column else "")
    problem = Problem(what=what, where=where, why=why, remedy=remedy, value=shown)
    return Outcome(line=record.line, kind="rejected", problem=problem, column=column, value=shown)
