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
