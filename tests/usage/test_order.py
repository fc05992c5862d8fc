"""In which order the calls of a piece stand, however far their numbers lie apart."""

from datetime import UTC, datetime

import polars as pl
import pytest

from rebill.sources.usage.engine.contract import Piece, Window
from rebill.sources.usage.engine.embedded import Embedded

START_S = int(datetime(2026, 8, 1, tzinfo=UTC).timestamp())
ALWAYS = Window(0, 2**40)


def pieces_of(rows: list[tuple[int | None, int, int, int]]) -> list[tuple[int | None, int, int, int]]:
    """The rows (owner, moment, file, line) as the engine puts them in order."""
    names = ("owner_id", "start_s", "file_id", "line")
    calls = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")
    split = Embedded().split(Embedded().frame(calls), [], ALWAYS)
    return [row for piece in split for row in _rows(piece, names)]


def _rows(piece: Piece, names: tuple[str, ...]) -> list[tuple[int | None, int, int, int]]:
    return Embedded().collect(piece.calls).select(names).rows()


@pytest.mark.parametrize("far", [1, 2**56], ids=["one number holds all", "owners lie too far apart for that"])
def test_calls_stand_by_owner_and_moment_and_those_of_a_moment_as_they_came(far: int):
    owners = (None, far, 2 * far, 3 * far)
    rows = [(owners[line % 4], START_S + line * 7 % 5, 1, line) for line in range(60)]

    ordered = pieces_of(rows)

    assert ordered == sorted(rows, key=lambda row: (row[0] or -1, *row[1:]))


def test_calls_of_a_moment_are_put_in_the_order_of_their_lines():
    rows = [(7, START_S, 2, 1), (7, START_S, 1, 9), (7, START_S, 1, 3)]

    assert pieces_of(rows) == [(7, START_S, 1, 3), (7, START_S, 1, 9), (7, START_S, 2, 1)]


def test_no_calls_are_no_pieces():
    assert pieces_of([]) == []
