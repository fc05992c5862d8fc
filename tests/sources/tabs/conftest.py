"""A bar, and a tab of a hundred euros."""

import pytest

from rebill.sources.tabs.models import Tab
from tests.sources.tabs.bar import Bar


@pytest.fixture
def bar(db) -> Bar:
    return Bar()


@pytest.fixture
def tab(bar: Bar) -> Tab:
    return bar.tab("100")
