"""A rating that is killed counts for nothing, and the next one is as if it had been the first."""

import json
import signal
from pathlib import Path

from tests.delivery.processes import Processes

ON_OWN = "tests.usage.on_own"


def test_a_rating_killed_twice_counts_once_in_the_end(own_database: str, tmp_path: Path):
    processes = Processes(own_database, tmp_path / "data")

    for killed in ("rating", "taken"):
        process = processes.start(ON_OWN, killed)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    found = json.loads(processes.run(ON_OWN, "never"))

    assert found == {"states": ["current", "rating", "rating"], "amounts": [20 * 60_000], "problems": []}
