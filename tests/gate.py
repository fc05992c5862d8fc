"""A gate at which processes wait for each other: they begin at the same moment, however long each took to start."""

import os
import time
from collections.abc import Callable
from pathlib import Path

SECONDS_MAX = 120


class Gate:
    """A file that is there once the gate is open, and beside it one for everybody who stands before it."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def wait(self) -> None:
        """Until the gate is open."""
        self._path.with_name(f"{self._path.name}.{os.getpid()}").touch()
        self._until(self._path.exists)

    def open_for(self, waiting: int) -> None:
        """Opens as soon as so many processes stand before it."""
        self._until(lambda: len(list(self._path.parent.glob(f"{self._path.name}.*"))) >= waiting)
        self._path.touch()

    def _until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        while not is_so():
            assert time.monotonic() < deadline, f"{self._path} did not open in two minutes."
            time.sleep(0.002)
