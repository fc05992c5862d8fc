"""Two at work on the same rows, each in a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import connection, connections

from rebill.kit.database import is_postgresql

# Long enough for the other to be done, where nothing holds it back.
PATIENCE_SECONDS = 1.5


def with_another(work: Callable[[], object], meanwhile: Callable[[], object], *, after: str) -> None:
    """Does `work`, and `meanwhile` in another connection as soon as `work` has asked the database for `after`.

    SQLite takes one writer at a time, so there the other simply comes first.
    """
    if not is_postgresql():
        meanwhile()
        work()
        return
    asked, done = Event(), Event()

    def in_another_connection() -> None:
        try:
            assert asked.wait(30)
            meanwhile()
        finally:
            done.set()
            connections.close_all()

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if after in sql and not asked.is_set():
            asked.set()
            done.wait(PATIENCE_SECONDS)
        return answer

    with ThreadPoolExecutor(max_workers=1) as pool:
        other = pool.submit(in_another_connection)
        with connection.execute_wrapper(watch):
            work()
        asked.set()
        other.result(60)
