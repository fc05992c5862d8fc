"""States that move by table: a move that the table does not list is refused, never skipped."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext as _

from rebill.kit.errors import Conflict, Invalid

State = TypeVar("State", bound=StrEnum | TextChoices)
Row = TypeVar("Row", bound=Model)
Moves: TypeAlias = Mapping[State, frozenset[State]]


class MoveRefused(Conflict):
    """The row stands in a state from which the wanted state cannot be reached in one move."""


class MovesIncomplete(Invalid):
    """A table of moves leaves a state out, or names a state of another kind."""


def check_moves(states: type[State], moves: Moves[State]) -> None:
    """Refuse a table of moves that does not say for every state, and for nothing else, where it may go."""
    unsaid = [state.value for state in states if state not in moves]
    if unsaid:
        raise MovesIncomplete(f"The moves of {states.__name__} do not say where {', '.join(unsaid)} may go.")
    named = set(moves).union(*moves.values())
    foreign = sorted(str(state) for state in named if not isinstance(state, states))
    if foreign:
        raise MovesIncomplete(f"The moves of {states.__name__} name what is no such state: {', '.join(foreign)}.")


def move(row: Row, *, to: State, moves: Moves[State], field: str = "state") -> Row:
    """Set the state of `row` and return it. Does not save. MoveRefused when the table does not allow the move."""
    current = getattr(row, field)
    allowed = moves.get(current, frozenset())
    if to not in allowed:
        reachable = ", ".join(sorted(state.value for state in allowed)) or _("nothing: it is final")
        kind = row._meta.verbose_name
        name = f"{kind} {row.pk}" if row.pk is not None else _("a new %(kind)s") % {"kind": kind}
        raise MoveRefused(
            _("%(name)s cannot move from %(current)s to %(to)s; from %(current)s it may move to %(reachable)s.")
            % {"name": name, "current": current, "to": to, "reachable": reachable}
        )
    setattr(row, field, to)
    return row


def move_rows(rows: QuerySet[Row], *, to: State, moves: Moves[State], field: str = "state", **also: Any) -> int:
    """Move all of `rows` that may move to `to` in one UPDATE, setting the columns `also` with it; return how many did.

    Rows in any other state stay as they are: compare the number with the number you meant to move.
    """
    origins = sorted(state.value for state, targets in moves.items() if to in targets)
    if not origins:
        raise MoveRefused(
            _("No state of %(verbose_name)s may move to %(to)s.")
            % {"verbose_name": rows.model._meta.verbose_name, "to": to}
        )
    return rows.filter(**{f"{field}__in": origins}).update(**{field: to}, **also)
