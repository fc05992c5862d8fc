"""The databases of the tests: each a copy of one that was migrated once, for all workers of a run together."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


class MigratedDatabase:
    """A database of the kind that the tests run on, with all tables and without rows; only ever copied.

    The workers of a run share the folder. Who comes first makes the database, who leaves last drops it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "migrated.sqlite3"
        self._users = folder / "migrated.users"
        with self._alone() as (users, name):
            self._name = name if users else self._make(f"own_{uuid4().hex}")
            self._users.write_text(f"{users + 1} {self._name}")

    def drop(self) -> None:
        """Leaves nothing behind on the server, when nobody else uses it."""
        with self._alone() as (users, name):
            self._users.write_text(f"{users - 1} {name}")
            if users == 1 and connection.vendor == "postgresql":
                self._tell_server(f"DROP DATABASE {name} WITH (FORCE)")

    def fill(self, name: str) -> None:
        """Makes the named database a copy: the one in which the tests of this process run."""
        if connection.vendor == "postgresql":
            self.remove(name)
            self._copy_on_server(name)
        else:
            shutil.copy(self._file, name)

    def remove(self, name: str) -> None:
        """Drops the named database of the server; a file goes with its folder."""
        if connection.vendor == "postgresql":
            self._tell_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """The URL of a copy, which is gone afterwards."""
        name, file = f"own_{uuid4().hex}", folder / "own.sqlite3"
        if connection.vendor == "postgresql":
            self._copy_on_server(name)
        else:
            shutil.copy(self._file, file)
        try:
            yield self._url(name, file)
        finally:
            if connection.vendor == "postgresql":
                self._tell_server(f"DROP DATABASE {name} WITH (FORCE)")

    def _copy_on_server(self, name: str) -> None:
        """A copy whose commits are not waited for until they are on the disk.

        A process that is killed loses nothing by it, and the tests kill no server.
        """
        self._tell_server(f'CREATE DATABASE "{name}" TEMPLATE {self._name}')
        self._tell_server(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')

    @contextmanager
    def _alone(self) -> Iterator[tuple[int, str]]:
        """Keeps the other workers out, and tells how many use the database that is there, and its name."""
        with (self._folder / "migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            users, _, name = self._users.read_text().partition(" ") if self._users.exists() else ("0", "", "")
            yield int(users), name

    def _make(self, name: str) -> str:
        """Makes the database and all tables in it. A process of its own, which knows no database of tests."""
        if connection.vendor == "postgresql":
            self._tell_server(f"CREATE DATABASE {name}")
        self._file.unlink(missing_ok=True)
        environment = os.environ | {
            "DATABASE_URL": self._url(name, self._file),
            "REBILL_DATA": str(self._folder),
            "REBILL_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        return name

    @staticmethod
    def _url(name: str, file: Path) -> str:
        kept = connection.settings_dict
        if connection.vendor == "sqlite":
            return f"sqlite:///{file}"
        return f"postgres://{kept['USER']}:{kept['PASSWORD']}@{kept['HOST']}:{kept['PORT']}/{name}"

    @staticmethod
    def _tell_server(statement: str) -> None:
        kept = connection.settings_dict
        server = {"host": kept["HOST"], "port": kept["PORT"], "user": kept["USER"], "password": kept["PASSWORD"]}
        with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
            admin.execute(statement)
