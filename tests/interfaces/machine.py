"""A database that processes of their own work on: what tests start, kill and compare."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]

# `getrusage` would count the process that started this one too.
_MEASURED = """
import sys
from rebill.interfaces.cli.app import run
code = run(sys.argv[1:])
sys.stderr.write(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(code)
"""


class Machine:
    """Starts processes that know only this database and this folder."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._url = database_url
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REBILL_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "rebill.config.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *words: object) -> subprocess.Popen[str]:
        """`rebill` with these words, running on its own."""
        starter = "from rebill.interfaces.cli import main; main()"
        return self._popen([sys.executable, "-c", starter, *map(str, words)])

    def rebill(self, *words: object) -> tuple[int, str]:
        """`rebill` to its end: the exit code, and what it showed and told aside."""
        process = self.start(*words)
        shown, aside = process.communicate(timeout=900)
        return process.returncode, shown + aside

    def rebill_measured(self, *words: object) -> tuple[int, str, int]:
        """As `rebill`, and the kilobytes of memory it had at its peak, by Linux's own account of the process."""
        process = self._popen([sys.executable, "-c", _MEASURED, *map(str, words)])
        shown, aside = process.communicate(timeout=900)
        *told, peak = aside.splitlines()
        return process.returncode, "\n".join([shown, *told]), int(peak.split()[1])

    def run(self, module: str, *words: object) -> str:
        """A Python module to its end; what it printed."""
        process = self.start_module(module, *words)
        shown, aside = process.communicate(timeout=900)
        assert process.returncode == 0, aside
        return shown

    def start_module(self, module: str, *words: object) -> subprocess.Popen[str]:
        """A Python module, running on its own."""
        return self._popen([sys.executable, "-m", module, *map(str, words)])

    def look(self) -> dict[str, Any]:
        """How many rows of each kind there are, and a digest of what they say."""
        found: dict[str, Any] = json.loads(self.run("tests.interfaces.on_machine", "look"))
        return found

    def wait_for_customers(self, *, of: subprocess.Popen[str]) -> None:
        """Until the process has imported the first customers; it must still be at work then."""
        deadline = time.monotonic() + 120
        while self._count_customers() == 0:
            assert of.poll() is None, "The import ended before it could be killed."
            assert time.monotonic() < deadline, "The import took no line in two minutes."
            time.sleep(0.005)

    def _count_customers(self) -> int:
        """Asked of the database itself, because a process that knows Django takes a second to start."""
        question = "SELECT count(*) FROM parties_customer"
        if self._url.startswith("sqlite:///"):
            with closing(sqlite3.connect(self._url.removeprefix("sqlite:///"))) as connection:
                return int(connection.execute(question).fetchone()[0])
        with psycopg.connect(self._url) as server:
            row = server.execute(question).fetchone()
        return int(row[0]) if row else 0

    def stop(self) -> None:
        """Ends what is still running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def _popen(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        return process
