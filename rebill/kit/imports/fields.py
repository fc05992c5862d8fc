"""The fields an import may fill, as the stage that wants them declares them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from rebill.kit.imports.cells import Cell
from rebill.kit.imports.values import (
    Choice,
    Reading,
    parse_bool,
    parse_choice,
    parse_date,
    parse_decimal,
    parse_email,
    parse_int,
    parse_list,
    parse_percent,
    parse_text,
    refuse_faulty,
)

Value: TypeAlias = str | Decimal | int | bool | date | tuple[str, ...] | None


class FieldKind(StrEnum):
    TEXT = "text"
    DECIMAL = "decimal"
    PERCENT = "percent"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    EMAIL = "email"
    LIST = "list"
    EMAIL_LIST = "email_list"


# The kinds whose writing depends on the habits of a whole column.
NUMBER_KINDS = frozenset({FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.INTEGER})


@dataclass(frozen=True)
class FieldSpec:
    """One field: its name in code, its label on screen, and how a cell becomes its value.

    `synonyms` are headings by which the field is known, per language. `default` is the value of a blank cell.
    `check` may refuse a value with CellRefused for reasons of its own. `as_it_stands` is the form of texts that begin
    with an equals sign and are no formulas here. `of_one_file`: what is said of all lines of a file is not remembered
    for the next one; so it is with every day.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    help: str = ""
    choices: tuple[Choice, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default: Value = None
    length_max: int | None = None
    check: Callable[[Value], None] | None = None
    as_it_stands: re.Pattern[str] | None = None
    of_one_file: bool = False

    @property
    def is_remembered(self) -> bool:
        """Whether a value for all lines of a file is one for the next file with these headings too."""
        return not self.of_one_file and self.kind is not FieldKind.DATE

    def parse(self, cell: Cell, reading: Reading) -> Value:
        """The value of a filled cell; CellRefused when it is none."""
        refuse_faulty([cell])
        value = self._parse(cell, reading)
        if self.check is not None:
            self.check(value)
        return value

    def _parse(self, cell: Cell, reading: Reading) -> Value:
        match self.kind:
            case FieldKind.TEXT:
                if self.as_it_stands and isinstance(cell, str):
                    # An apostrophe is how a table that we wrote protects it.
                    text = cell.strip().removeprefix("'")
                    if self.as_it_stands.fullmatch(text):
                        return text
                return parse_text(cell, length_max=self.length_max)
            case FieldKind.DECIMAL:
                return parse_decimal(cell, reading=reading)
            case FieldKind.PERCENT:
                return parse_percent(cell, reading=reading)
            case FieldKind.INTEGER:
                return parse_int(cell, reading=reading)
            case FieldKind.DATE:
                return parse_date(cell, reading=reading)
            case FieldKind.BOOLEAN:
                return parse_bool(cell)
            case FieldKind.CHOICE:
                return parse_choice(cell, choices=self.choices)
            case FieldKind.EMAIL:
                return parse_email(cell)
            case FieldKind.EMAIL_LIST:
                return parse_list(cell, parse_one=parse_email)
            case FieldKind.LIST:
                return parse_list(cell)

    def names(self) -> tuple[str, ...]:
        """Every heading by which the field is known, the label first."""
        return (str(self.label), self.name, *(word for words in self.synonyms.values() for word in words))


@dataclass(frozen=True)
class EntitySpec:
    """What one import brings in. `key` names the fields that tell one record from another within a file."""

    name: str
    fields: tuple[FieldSpec, ...]
    key: tuple[str, ...] = ()

    def field(self, name: str) -> FieldSpec:
        return self._by_name()[name]

    def has_field(self, name: str) -> bool:
        return name in self._by_name()

    def _by_name(self) -> dict[str, FieldSpec]:
        return {field.name: field for field in self.fields}
