"""The database behind the command line: brought up to date before the first command needs it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rebill.kit.database import is_postgresql

# Any number that no other program on the server uses for its own locks.
_MIGRATION_LOCK = 7_209_114_310


def prepare_database() -> bool:
    """Brings the tables up to date if they are not, one process at a time; whether there was anything to do."""
    if not _is_behind():
        return False
    with _alone():
        # Whoever waited finds the work done.
        if _is_behind():
            call_command("migrate", verbosity=0, interactive=False)
    return True


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
        return
    folder = Path(settings.REBILL_DATA)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
