"""A process of its own that uses the kit at the same time as others: `python -m tests.kit.worker VERB WORDS`.

It says "ready", waits for a line, and then does what the verb says.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from rebill.kit.bulk import insert_rows, reserve_ids, write_lock  # noqa: E402
from rebill.kit.files import store_file  # noqa: E402
from rebill.kit.models import StoredFile  # noqa: E402
from rebill.kit.sequences import allot_numbers  # noqa: E402
from tests.kit.samples import MODELS, Folder, Numbered  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


class Abandoned(Exception):
    """Stands for whatever goes wrong between allotting a number and committing."""


def create() -> None:
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)


def allot(writer: str, key: str, rounds: str, most: str) -> None:
    """Use up to `most` numbers a time; every third transaction is rolled back after it took its numbers."""
    for turn in range(int(rounds)):
        try:
            with transaction.atomic():
                numbers = allot_numbers(key=key, count=1 + turn % int(most))
                insert_rows(Numbered, ("key", "number", "writer"), [(key, number, writer) for number in numbers])
                if turn % 3 == 2:
                    raise Abandoned
        except Abandoned:
            continue


def allot_and_die(key: str) -> None:
    with transaction.atomic():
        allot_numbers(key=key, count=10)
        os.kill(os.getpid(), signal.SIGKILL)


def numbers(key: str) -> None:
    say(json.dumps(list(Numbered.objects.filter(key=key).order_by("number").values_list("number", flat=True))))


def reserve(writer: str, rounds: str, count: str) -> None:
    for turn in range(int(rounds)):
        with transaction.atomic():
            ids = reserve_ids(Folder, int(count))
            assert len(set(ids)) == int(count)
            assert list(ids) == sorted(ids)
            insert_rows(Folder, ("id", "name"), [(id_, f"{writer} {turn} {id_}") for id_ in ids])


def insert_plainly(writer: str, rounds: str) -> None:
    for turn in range(int(rounds)):
        Folder.objects.create(name=f"{writer} {turn}")


def folders() -> None:
    say(Folder.objects.count())


def count_under_lock(rounds: str) -> None:
    """Read, think, write: only right when nobody else does the same in between."""
    for _ in range(int(rounds)):
        with transaction.atomic():
            write_lock("tests.counter")
            count = Numbered.objects.filter(key="counter").count()
            Numbered.objects.create(key="counter", number=count, writer="")


def store(rounds: str) -> None:
    for turn in range(int(rounds)):
        store_file(f"content {turn}".encode(), media_type="text/plain", now=NOW)


def store_and_die(call: str) -> None:
    """Be killed in the middle of storing: when the bytes lie there, or when they have their name but no row yet."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(os, call, die)
    store_file(b"never finished", media_type="text/plain", now=NOW)


def stored_files() -> None:
    say(json.dumps(list(StoredFile.objects.order_by("hash").values_list("hash", flat=True))))


VERBS: dict[str, Callable[..., None]] = {
    verb.__name__: verb
    for verb in (
        create,
        allot,
        allot_and_die,
        numbers,
        reserve,
        insert_plainly,
        folders,
        count_under_lock,
        store,
        store_and_die,
        stored_files,
    )
}

if __name__ == "__main__":
    say("ready")
    sys.stdin.readline()
    VERBS[sys.argv[1]](*sys.argv[2:])
