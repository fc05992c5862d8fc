"""One Spark for all tests of a worker: it takes seconds to start."""

from collections.abc import Iterator

import pytest

from rebill.sources.usage.engine.contract import Engine
from rebill.sources.usage.engine.registry import engine_for


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    """Spark with two threads in this process."""
    engine = engine_for("local[2]")
    yield engine
    engine.session.stop()
