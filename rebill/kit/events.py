"""The event log: what happened to which subject, added in the transaction of the write itself and never changed.

Only what it says of a person is emptied, when that person asks to be forgotten.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import QuerySet

from rebill.kit.bulk import insert_rows
from rebill.kit.errors import Invalid
from rebill.kit.models import Event

Subject = models.Model | tuple[str, int]


class SubjectUnsaved(Invalid):
    """An event about a row that is not in the database has nothing to point at."""


class EventRow(NamedTuple):
    """One event to be recorded, in the order of the columns."""

    seller_id: int | None
    subject_type: str
    subject_id: int
    verb: str
    actor_id: int | None
    occurred_at: datetime
    details: dict[str, Any]


def subject_type_of(model: type[models.Model] | models.Model) -> str:
    """The name under which events speak of rows of this model, such as `runs.draft`."""
    return model._meta.label_lower


def record_event(
    *,
    seller_id: int | None,
    subject: Subject,
    verb: str,
    actor_id: int | None,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Add one event. `subject` is a saved row, or its type and id; `details` must be fit for JSON."""
    if isinstance(subject, models.Model):
        if subject.pk is None:
            raise SubjectUnsaved(f"{subject_type_of(subject)} must be saved before the event {verb!r} is recorded.")
        subject = (subject_type_of(subject), subject.pk)
    record_events([EventRow(seller_id, *subject, verb, actor_id, now, details or {})])


def events_about(*, seller_id: int, subject_types: Collection[str], subject_id: int | None = None) -> QuerySet[Event]:
    """The seller's events about subjects of these types, or one of them."""
    rows = Event.objects.filter(seller_id=seller_id, subject_type__in=subject_types)
    return rows if subject_id is None else rows.filter(subject_id=subject_id)


def record_events(rows: Iterable[EventRow]) -> int:
    """Add many events with few statements; return how many. The rows may be a generator."""
    return insert_rows(Event, EventRow._fields, rows)


def told(value: object) -> Any:
    """The value as an event keeps it: JSON's own kinds as they are, all else as text."""
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


def forget_details(*, seller_id: int, subject: models.Model) -> int:
    """Empties what the events of a subject say of it, where a person asks to be forgotten; returns of how many.

    That something happened, when and by whom stays.
    """
    rows = Event.objects.filter(seller_id=seller_id, subject_type=subject_type_of(subject), subject_id=subject.pk)
    return rows.update(details={})
