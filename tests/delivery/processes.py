"""Processes of their own on a database of their own: what tests start, kill and start again."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

from tests.delivery.mail_server import MailServer

ROOT = Path(__file__).resolve().parents[2]


class Processes:
    """Starts `python -m MODULE VERB WORDS` on one database, with one folder and one mail server."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REBILL_DATA": str(folder),
            "REBILL_SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.running: list[subprocess.Popen[str]] = []

    def start(self, module: str, *words: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def run(self, module: str, *words: object) -> str:
        """To its end; what it printed."""
        return self.finish(self.start(module, *words))

    @staticmethod
    def finish(process: subprocess.Popen[str]) -> str:
        shown, aside = process.communicate(timeout=300)
        assert process.returncode == 0, aside
        return shown.strip()

    def count(self, table: str) -> int:
        """Rows, asked of the database itself, because a process that knows Django takes seconds to start."""
        question, url = f"SELECT count(*) FROM {table}", self.environment["DATABASE_URL"]
        if url.startswith("sqlite:///"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
                return int(connection.execute(question).fetchone()[0])
        with psycopg.connect(url) as server:
            row = server.execute(question).fetchone()
        return int(row[0]) if row else 0

    def stop(self) -> None:
        for process in self.running:
            # With what it has started itself.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@contextmanager
def mailing_processes(
    database_url: str, folder: Path, mail_server: MailServer, **environment: str
) -> Iterator[Processes]:
    """Processes that mail over this server; all of them are gone afterwards."""
    processes = Processes(
        database_url,
        folder,
        REBILL_EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        REBILL_EMAIL_HOST="127.0.0.1",
        REBILL_EMAIL_PORT=str(mail_server.port),
        REBILL_EMAIL_TIMEOUT="5",
        **environment,
    )
    try:
        yield processes
    finally:
        processes.stop()
