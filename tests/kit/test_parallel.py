"""Independent pieces of work done at once: each once, on connections that are gone afterwards."""

import pytest
from django.db import connection

from rebill.kit.database import is_postgresql
from rebill.kit.parallel import PIECE_MIN, THREADS, do_each, piece_size

pytestmark = pytest.mark.django_db(transaction=True)


def server_process(_: int) -> int:
    """The process that serves this thread on PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()" if is_postgresql() else "SELECT 0")
        [(process,)] = cursor.fetchall()
    return process


def test_every_piece_is_done_once():
    assert sorted(do_each(lambda number: number * number, range(50))) == [number * number for number in range(50)]


def test_a_thread_keeps_its_connection_for_all_its_pieces():
    assert len(set(do_each(server_process, range(50)))) <= THREADS


def test_no_connection_is_left_when_the_work_is_done():
    processes = set(do_each(server_process, range(10))) - {server_process(0)}

    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute("SELECT pg_sleep(0.2)")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(processes)])
            assert cursor.fetchall() == [(0,)]


def test_the_first_error_ends_the_work():
    def refuse(number: int) -> int:
        if number == 3:
            raise ValueError("refused")
        return number

    with pytest.raises(ValueError, match="refused"):
        list(do_each(refuse, range(1_000_000_000)))


@pytest.mark.parametrize("total", [0, 1, PIECE_MIN * THREADS, 999, 1000, 1001, 2500, 10_000, 100_000])
def test_pieces_share_the_work_evenly(total: int):
    size = piece_size(total, at_most=1000)

    pieces = -(-total // size)
    assert 1 <= size <= 1000
    if is_postgresql() and total > PIECE_MIN * THREADS:
        assert pieces % THREADS == 0
        assert pieces * size - total < pieces
    else:
        assert size == 1000
