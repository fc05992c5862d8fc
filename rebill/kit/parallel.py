"""Doing independent pieces of work at once: while the database server works for one, this process works for another."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from math import ceil
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from rebill.kit.database import is_postgresql

Item = TypeVar("Item")
Result = TypeVar("Result")

# One thread's Python and another's wait for the server fill two cores; Python itself runs in one thread at a time.
THREADS = 2
PIECE_MIN = 100


def piece_size(total: int, *, at_most: int) -> int:
    """How many of `total` things make one piece, so that every thread has as much to do as the others.

    Never more than `at_most`. Few things make one piece, because a piece has a cost of its own.
    """
    if _is_alone() or total <= PIECE_MIN * THREADS:
        return at_most
    rounds = ceil(total / (at_most * THREADS))
    return ceil(total / (rounds * THREADS))


def do_each(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The results of `work` on each item, as they are ready; the order of items is not kept.

    Each piece runs on a connection of its thread on PostgreSQL, so it must be a transaction of its own. Inside a
    transaction, and on SQLite, which takes one writer at a time, the pieces are done one after the other. The first
    error ends it all, after the pieces under way are done.
    """
    if _is_alone():
        yield from map(work, items)
        return
    rest = iter(items)
    opened: list[BaseDatabaseWrapper] = []

    def open_lane() -> None:
        # Kept for all pieces of the thread: a new server process reads the catalogue anew before it does anything.
        lane = connections[DEFAULT_DB_ALIAS]
        lane.inc_thread_sharing()
        opened.append(lane)

    try:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="rebill", initializer=open_lane) as pool:
            under_way = {pool.submit(work, item) for item in islice(rest, THREADS)}
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                under_way |= {pool.submit(work, item) for item in islice(rest, len(done))}
                yield from _results(done)
    finally:
        for lane in opened:
            lane.close()


def _is_alone() -> bool:
    return not is_postgresql() or connection.in_atomic_block


def _results(done: Iterable[Future[Result]]) -> Iterator[Result]:
    for future in done:
        yield future.result()
