"""A month that processes of their own work on: started, watched from outside, killed and started again."""

import json
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests.delivery.processes import Processes

ON_OWN = "tests.stories.on_own"


class OwnMonth:
    """A database of its own with a month in it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.processes = Processes(url, folder)

    def run(self, orders: str) -> str:
        """What it printed; `prepare 50 then approve` is one process for both."""
        return self.processes.run(ON_OWN, *orders.split())

    def start(self, orders: str) -> Popen[str]:
        return self.processes.start(ON_OWN, *orders.split())

    def finish(self, *started: Popen[str]) -> None:
        for process in started:
            self.processes.finish(process)

    def look(self, after: str = "") -> dict[str, Any]:
        """How things stand, after these orders."""
        return json.loads(self.run(f"{after} then look" if after else "look"))

    def count(self, table: str) -> int:
        """How many rows there are now."""
        return self.processes.count(table)

    def kill_when(self, table: str, rows: int, process: Popen[str], *, seconds_later: float = 0) -> None:
        """Kills the process when the table has so many rows, or soon after; it must still be at work then."""
        deadline = time.monotonic() + 120
        while self.count(table) < rows:
            assert process.poll() is None, process.communicate()[1] or "It was done before it could be killed."
            assert time.monotonic() < deadline, "Nothing came in two minutes."
            time.sleep(0.003)
        time.sleep(seconds_later)
        process.kill()
        process.communicate()

    def stop(self) -> None:
        self.processes.stop()
