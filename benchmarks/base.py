"""Where measurements run: a database and a folder of their own."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

POSTGRES = os.environ.get("REBILL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/rebill").rsplit("/", 1)[0]


@dataclass(frozen=True)
class Place:
    """Where a measurement runs: an empty database, and a folder for files."""

    database: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work there."""
        url = f"sqlite:///{self.folder / 'bench.sqlite3'}" if self.database == "SQLite" else f"{POSTGRES}/rebill_bench"
        return {
            **os.environ,
            "DATABASE_URL": url,
            "REBILL_DATA": str(self.folder),
            "REBILL_SECRET_KEY": "only-for-measuring",
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
        }


def empty_place(database: str) -> Place:
    """A fresh place for SQLite or PostgreSQL; on PostgreSQL the database `rebill_bench` is dropped and made anew."""
    folder = Path(tempfile.gettempdir()) / f"rebill-bench-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if database == "PostgreSQL":
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS rebill_bench WITH (FORCE)")
            connection.execute("CREATE DATABASE rebill_bench")
    return Place(database, folder)
