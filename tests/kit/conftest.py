"""The tables of the samples, and databases that several processes can use at once."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from tests.kit.processes import finish
from tests.kit.samples import MODELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sample_tables(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)


@pytest.fixture
def samples(sample_tables, db) -> None:
    """A test that may write to the sample tables; its rows are rolled back."""


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """A fresh database, of the kind that the tests run on, that other processes can open."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'shared.sqlite3'}"
        return
    kept = connection.settings_dict
    server = {"host": kept["HOST"], "port": kept["PORT"], "user": kept["USER"], "password": kept["PASSWORD"]}
    name = f"kit_{uuid4().hex}"
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgres://{kept['USER']}:{kept['PASSWORD']}@{kept['HOST']}:{kept['PORT']}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Popen[str]]]:
    """Starts `tests.kit.worker` as a process of its own on the fresh database; the tables are there already."""
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "REBILL_DATA": str(tmp_path / "shared"),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    started: list[Popen[str]] = []

    def start(*words: object) -> Popen[str]:
        command = [sys.executable, "-m", "tests.kit.worker", *map(str, words)]
        worker = Popen(command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
        started.append(worker)
        return worker

    finish(start("create"))
    yield start
    for worker in started:
        worker.kill()
        worker.communicate()
