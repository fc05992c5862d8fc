"""States move by table: what the table does not list is refused, in one row and in many."""

from enum import StrEnum

import pytest
from django.db.models import TextChoices

from rebill.kit.errors import Conflict, Invalid
from rebill.kit.states import check_moves, move, move_rows
from tests.kit.samples import Sample


class Light(TextChoices):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


class Other(StrEnum):
    RED = "red"
    BLUE = "blue"


MOVES = {
    Light.RED: frozenset({Light.GREEN, Light.BROKEN}),
    Light.GREEN: frozenset({Light.RED}),
    Light.BROKEN: frozenset[Light](),
}


def test_an_allowed_move_sets_the_state_and_returns_the_row():
    light = Sample(note=Light.RED)

    moved = move(light, to=Light.GREEN, moves=MOVES, field="note")

    assert moved is light
    assert light.note == Light.GREEN


def test_the_state_may_come_from_the_database_as_text():
    light = Sample(note="red")
    assert move(light, to=Light.BROKEN, moves=MOVES, field="note").note == "broken"


@pytest.mark.parametrize(
    ("state", "reachable"), [("green", "red"), ("broken", "nothing: it is final"), ("purple", "nothing: it is final")]
)
def test_a_move_that_the_table_does_not_list_is_refused(state: str, reachable: str):
    light = Sample(id=7, note=state)

    with pytest.raises(Conflict) as refused:
        move(light, to=Light.GREEN, moves=MOVES, field="note")

    assert str(refused.value) == (
        f"sample 7 cannot move from {state} to green; from {state} it may move to {reachable}."
    )
    assert light.note == state


def test_a_row_does_not_move_to_where_it_stands():
    with pytest.raises(Conflict, match="a new sample cannot move from red to red"):
        move(Sample(note="red"), to=Light.RED, moves=MOVES, field="note")


@pytest.mark.usefixtures("samples")
def test_many_rows_move_in_one_statement_if_they_may(django_assert_num_queries):
    for state in ("red", "green", "broken", "red"):
        Sample.objects.create(note=state, number=0)

    with django_assert_num_queries(1):
        moved = move_rows(Sample.objects.all(), to=Light.GREEN, moves=MOVES, field="note", number=1)

    assert moved == 2
    rows = list(Sample.objects.order_by("id").values_list("note", "number"))
    assert rows == [("green", 1), ("green", 0), ("broken", 0), ("green", 1)]


@pytest.mark.usefixtures("samples")
def test_a_state_that_nothing_leads_to_is_refused_for_many_rows():
    moves = {Light.RED: frozenset({Light.BROKEN}), Light.GREEN: frozenset[Light](), Light.BROKEN: frozenset[Light]()}
    with pytest.raises(Conflict, match="No state of sample may move to green"):
        move_rows(Sample.objects.all(), to=Light.GREEN, moves=moves, field="note")


def test_a_whole_table_passes():
    check_moves(Light, MOVES)


def test_a_table_that_leaves_a_state_out_is_refused():
    with pytest.raises(Invalid, match="do not say where broken may go"):
        check_moves(Light, {Light.RED: frozenset(), Light.GREEN: frozenset()})


def test_a_table_that_names_a_state_of_another_kind_is_refused():
    with pytest.raises(Invalid, match="name what is no such state: blue"):
        check_moves(Light, {**MOVES, Light.RED: frozenset({Other.BLUE})})
