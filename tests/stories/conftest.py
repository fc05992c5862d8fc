"""A month on a database of its own, for stories of processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.processes import own_database
from tests.stories.own_process import OwnMonth


@pytest.fixture
def own_month(tmp_path: Path) -> Iterator[OwnMonth]:
    with own_database(tmp_path) as url:
        month = OwnMonth(url, tmp_path / "own")
        yield month
        month.stop()
