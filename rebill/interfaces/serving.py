"""The office and the API as one command serves them: gunicorn for the pages, and a worker beside it for the queue."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

THREADS = 4
# A worker that dies at once is not started again faster than this.
SECONDS_BETWEEN_STARTS = 5.0


class Office(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings; it ends when the process is told to."""

    def __init__(self, *, bind: str, processes: int) -> None:
        self.chosen: dict[str, Any] = {
            "bind": bind,
            "workers": processes,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 120,
            "graceful_timeout": 20,
            "loglevel": "warning",
            "proc_name": "rebill",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_wsgi_application()


class Companion:
    """A process that is kept alive beside this one, and ends with it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._ended = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._keep_alive, daemon=True)

    def __enter__(self) -> "Companion":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._child is not None:
            self._child.terminate()
        self._watcher.join(timeout=30)

    def _keep_alive(self) -> None:
        while not self._ended.is_set():
            self._child = subprocess.Popen(self._command)
            self._child.wait()
            self._ended.wait(SECONDS_BETWEEN_STARTS)


def worker_command() -> list[str]:
    """The command that starts a worker, with the same Python and the same environment."""
    return [sys.executable, "-m", "rebill.interfaces.cli", "worker"]
