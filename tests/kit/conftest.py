"""The tables of the samples, and processes that use the kit at once."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen

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
def start_worker(own_database: str, tmp_path: Path) -> Iterator[Callable[..., Popen[str]]]:
    """Starts `tests.kit.worker` as a process of its own on a database of its own; the tables are there already."""
    environment = os.environ | {
        "DATABASE_URL": own_database,
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
