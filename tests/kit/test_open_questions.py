"""How far a question is answered: nothing that is open is ever overlooked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q

from rebill.kit import open_questions
from rebill.kit.models import Event, OpenQuestion
from rebill.kit.open_questions import note_answered, open_rows

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 8, 1, 8, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=3), NOW - timedelta(hours=3)


def make(count: int, at: datetime, *, is_open: bool = False, seller_id: int = 1, **fields: int) -> list[int]:
    """Events, each waiting for an answer of some kind or not."""
    verb = "open" if is_open else "answered"
    given = {"seller_id": seller_id, "subject_type": "kit.sample", "subject_id": 1, "verb": verb, "occurred_at": at}
    return [Event.objects.create(**given, **fields).pk for _ in range(count)]


def note() -> None:
    note_answered(
        seller_id=1, question="events", rows=Event.objects.all(), is_open=Q(verb="open"), made_at="occurred_at", now=NOW
    )


def looked_at(seller_id: int = 1) -> list[int]:
    rows = open_rows(Event.objects.all(), seller_id=seller_id, question="events")
    return list(rows.order_by("id").values_list("id", flat=True))


def test_without_a_note_all_rows_are_looked_at():
    ids = make(3, OLD)

    assert looked_at() == ids


def test_old_rows_that_are_answered_are_not_looked_at_again():
    make(3, OLD)
    young = make(2, YOUNG)

    note()

    assert looked_at() == young


def test_an_old_row_that_is_open_is_looked_at_until_it_is_answered():
    [open_row] = make(1, OLD, is_open=True)
    make(3, OLD)
    note()
    assert looked_at() == [open_row]

    Event.objects.filter(pk=open_row).update(verb="answered")
    note()

    assert looked_at() == []


def test_a_row_that_becomes_visible_under_a_lower_id_is_looked_at():
    [early] = make(1, OLD)
    make(1, YOUNG, id=early + 20)
    note()

    [late] = make(1, YOUNG, is_open=True, id=early + 10)

    assert late in looked_at()


def test_the_note_of_one_seller_says_nothing_of_another():
    make(2, OLD)
    others = make(2, OLD, seller_id=2)

    note()

    assert looked_at(seller_id=2) == others


def test_the_note_stays_when_too_much_is_left_over(monkeypatch):
    monkeypatch.setattr(open_questions, "LEFT_OVER_MAX", 2)
    ids = make(3, OLD, is_open=True)

    note()

    assert looked_at() == ids
    assert not OpenQuestion.objects.exists()
