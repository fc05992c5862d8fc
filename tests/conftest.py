"""Fixtures every test may use, and the promise that nothing is skipped unseen where everything should run."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("REBILL_SECRET_KEY", "only-for-tests")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings) -> Path:
    """Each test keeps its files and mails in a folder of its own."""
    settings.REBILL_DATA = tmp_path / "data"
    settings.DATA_DIR = tmp_path / "data"
    settings.EMAIL_FILE_PATH = str(tmp_path / "data" / "mail")
    return settings.REBILL_DATA


# What may be skipped even where everything should run: nothing yet. A reason listed here must name why.
MAY_BE_SKIPPED: frozenset[str] = frozenset()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Where everything should run (REBILL_CI=1) a skipped test is a failed test, with its reason."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("REBILL_CI") and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if reason not in MAY_BE_SKIPPED:
            report.outcome = "failed"
            report.longrepr = f"Skipped where nothing may be skipped: {reason}"
