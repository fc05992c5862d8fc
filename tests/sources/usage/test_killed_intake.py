"""An intake that is killed leaves nothing that counts, and the next reading of the file is as if it had been first."""

import json
import signal
from pathlib import Path

from tests.delivery.processes import Processes
from tests.sources.usage.intake import call, write

ON_OWN = "tests.sources.usage.on_own"


def test_an_intake_killed_twice_counts_once_in_the_end(own_database: str, tmp_path: Path):
    path = write(tmp_path, *(call(number) for number in range(50)))
    processes = Processes(own_database, tmp_path / "data")

    for killed in ("reading", "written"):
        process = processes.start(ON_OWN, killed, path)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
    left = list((tmp_path / "data" / "calls").rglob("*.parquet"))
    found = json.loads(processes.run(ON_OWN, "never", path))

    assert left
    assert found == {"counts": [50, 50, 0, 0], "calls": 50, "states": ["failed", "failed", "read"], "problems": []}
    assert len(list((tmp_path / "data" / "calls").rglob("*.parquet"))) == 1
