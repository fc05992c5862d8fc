"""What a door needs to know of one kind of thing that can be imported."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rebill.access.acting import Acting, Permission
from rebill.kit.imports.fields import EntitySpec, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord, Outcome
from rebill.kit.imports.values import Choice

Prepare = Callable[[Mapping[str, object]], Mapping[str, object]]


class TakeRecords(Protocol):
    """A bulk command of a stage: one outcome for each record, in their order."""

    def __call__(self, *, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]: ...


def whole_numbers(*names: str) -> Prepare:
    """Turns the choices of these fields, which people write as words, into the numbers that the command takes."""

    def prepare(values: Mapping[str, object]) -> Mapping[str, object]:
        # Most files leave these fields out: a file that is taken whole is then not held in memory twice.
        if not any(name in values for name in names):
            return values
        return {
            name: int(value) if name in names and isinstance(value, str) and value else value
            for name, value in values.items()
        }

    return prepare


def _nothing_shared(_record: ImportRecord) -> Mapping[Hashable, Hashable]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Importable:
    """One kind of thing that can be imported.

    `prepare` turns the values of a line into those the command takes. `identity` is what no two lines of one file may
    share (None: the line is like no other). `shared` is what lines may say of a thing that several of them speak of,
    by that thing: those that say something must say the same. `chunk_lines` are taken in one transaction. `permission`
    is what its commands ask for, so that a door need not let people prepare what will be refused. With `names_file`
    each line says which file it is of.
    """

    name: str
    label: str
    help: str
    fields: tuple[FieldSpec, ...]
    take: TakeRecords
    permission: Permission
    prepare: Prepare = field(default=whole_numbers())
    identity: Callable[[ImportRecord], Hashable | None] = field(default=lambda _record: None)
    shared: Callable[[ImportRecord], Mapping[Hashable, Hashable]] = _nothing_shared
    chunk_lines: int = 1_000
    names_file: bool = False

    @property
    def spec(self) -> EntitySpec:
        """The fields as the kit reads them."""
        return EntitySpec(name=self.name, fields=self.fields)


def headings(**by_language: str) -> dict[str, tuple[str, ...]]:
    """Headings by which a field is known, per language, written with bars between them."""
    return {language: tuple(words.split("|")) for language, words in by_language.items()}


def choice(value: str, words: str = "") -> Choice:
    """A value with the words people write for it, with bars between them."""
    return Choice(value, tuple(words.split("|")) if words else ())
