"""Databases that several processes share in one test: each a copy of one that was migrated once."""

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
    """A database of the kind that the tests run on, with all tables and without rows; only ever copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"own_{uuid4().hex}"
        self._file = folder / "migrated.sqlite3"
        if connection.vendor == "postgresql":
            self._tell_server(f"CREATE DATABASE {self._name}")
        environment = os.environ | {
            "DATABASE_URL": self._url(self._name, self._file),
            "REBILL_DATA": str(folder),
            "REBILL_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """The URL of a copy, which is gone afterwards."""
        name, file = f"own_{uuid4().hex}", folder / "own.sqlite3"
        if connection.vendor == "postgresql":
            self._tell_server(f"CREATE DATABASE {name} TEMPLATE {self._name}")
        else:
            shutil.copy(self._file, file)
        try:
            yield self._url(name, file)
        finally:
            if connection.vendor == "postgresql":
                self._tell_server(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        """Leaves nothing behind on the server."""
        if connection.vendor == "postgresql":
            self._tell_server(f"DROP DATABASE {self._name} WITH (FORCE)")

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
