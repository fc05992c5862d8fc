"""A month on a database of its own, for stories of processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.own_process import OwnMonth


@pytest.fixture
def own_month(own_database: str, tmp_path: Path) -> Iterator[OwnMonth]:
    month = OwnMonth(own_database, tmp_path / "own")
    yield month
    month.stop()
