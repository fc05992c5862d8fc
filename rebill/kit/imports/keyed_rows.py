"""Rows of one table that a file creates or changes by a key of their own, such as a code or a number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from rebill.kit.bulk import insert_rows, reserve_ids, update_rows
from rebill.kit.events import EventRow, record_events, subject_type_of, told

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row that stands, or will when the file is written: its values, and since which line if from this file."""

    id: int
    values: Values
    line: int | None = None


class KeyedRows:
    """What is known of the rows while lines are read, and what is to be written for those lines.

    `known` are the rows that stand, as (id, key, values in the order of `fields`). `derived` says how columns that
    follow from key and values are filled.
    """

    def __init__(
        self,
        model: type[models.Model],
        *,
        key: str,
        fields: Sequence[str],
        known: Iterable[Sequence[Any]],
        derived: Mapping[str, Callable[[str, Values], Any]] | None = None,
    ) -> None:
        self._model = model
        self._key = key
        self._fields = fields
        self._derived = derived or {}
        self._rows = {each[1]: KeyedRow(each[0], dict(zip(fields, each[2:], strict=True))) for each in known}
        self._new: dict[str, Values] = {}
        self._changed: dict[int, tuple[str, Values, Mapping[str, list[Any]]]] = {}

    def find(self, key: str) -> KeyedRow | None:
        """The row with this key, as it stands or as an earlier line left it."""
        return self._rows.get(key)

    def keep(self, key: str, wanted: Values, *, line: int) -> None:
        """Notes that a line makes the row what is wanted. A row that a line of this file made is not changed again."""
        row = self._rows.get(key)
        if row is None:
            self._new[key] = wanted
        else:
            self._changed[row.id] = (key, wanted, self._differences(row.values, wanted))
        self._rows[key] = KeyedRow(row.id if row else 0, wanted, line)

    def write(self, *, seller_id: int, actor_id: int | None, now: datetime, besides: Mapping[str, Any]) -> None:
        """Writes all that was kept, with an event for each row. `besides` are what every new row has beyond its
        fields."""
        ids = reserve_ids(self._model, len(self._new))
        insert_rows(
            self._model,
            ("id", "seller_id", self._key, *besides, *self._fields, *self._derived),
            (
                (row_id, seller_id, key, *besides.values(), *self._in_order(key, values))
                for row_id, (key, values) in zip(ids, self._new.items(), strict=True)
            ),
        )
        update_rows(
            self._model,
            "id",
            (*self._fields, *self._derived),
            ((row_id, *self._in_order(key, values)) for row_id, (key, values, _) in self._changed.items()),
        )
        subject = subject_type_of(self._model)
        record_events(
            EventRow(seller_id, subject, row_id, "created", actor_id, now, {self._key: key})
            for row_id, key in zip(ids, self._new, strict=True)
        )
        record_events(
            EventRow(seller_id, subject, row_id, "changed", actor_id, now, dict(differences))
            for row_id, (_, _, differences) in self._changed.items()
        )

    def _in_order(self, key: str, values: Values) -> Iterable[Any]:
        own = (values[name] for name in self._fields)
        return (*own, *(derive(key, values) for derive in self._derived.values()))

    def _differences(self, kept: Values, wanted: Values) -> dict[str, list[Any]]:
        return {name: [told(kept[name]), told(wanted[name])] for name in self._fields if kept[name] != wanted[name]}
