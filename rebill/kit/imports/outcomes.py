"""What becomes of one record of an imported file: given to a bulk command, answered with an outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid, Problem

OutcomeKind = Literal["accepted", "unchanged", "rejected"]
Kind = TypeVar("Kind")


class ValueKindDiffers(Invalid):
    """A record carries a value of another kind than its field: the field was declared wrongly, not the file."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of a file as typed values by field name. `line` is counted as people count: the heading is line 1.

    A field that the file does not have is absent; an empty cell is present as None or as an empty text.
    """

    line: int
    values: Mapping[str, object] = field(default_factory=dict)

    def states(self, name: str) -> bool:
        """Whether the record says anything of the field: absent fields and empty cells do not."""
        return self.values.get(name) not in (None, "", (), [])

    def text(self, name: str) -> str:
        """The text of the field, empty when the record says nothing of it."""
        value = self.values.get(name)
        return "" if value is None else self._of_kind(name, value, str)

    def day(self, name: str) -> date | None:
        value = self.values.get(name)
        return None if value in (None, "") else self._of_kind(name, value, date)

    def number(self, name: str) -> Decimal | None:
        """The exact number of the field; None when the record says nothing of it."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        return None if value in (None, "") else self._of_kind(name, value, Decimal)

    def whole(self, name: str) -> int | None:
        """The whole number of the field; None when the record says nothing of it."""
        value = self.values.get(name)
        return None if value in (None, "") else self._of_kind(name, value, int)

    def flag(self, name: str) -> bool | None:
        """Whether the field says yes; None when the record says nothing of it."""
        value = self.values.get(name)
        return None if value in (None, "") else self._of_kind(name, value, bool)

    def _of_kind(self, name: str, value: object, kind: type[Kind]) -> Kind:
        if isinstance(value, kind):
            return value
        raise ValueKindDiffers(f"The field {name} of line {self.line} is no {kind.__name__}: {value!r}.")


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
    place = _("line %(line)s column %(column)s") if column else _("line %(line)s")
    where = place % {"line": record.line, "column": column}
    problem = Problem(what=what, where=where, why=why, remedy=remedy, value=shown)
    return Outcome(line=record.line, kind="rejected", problem=problem, column=column, value=shown)
