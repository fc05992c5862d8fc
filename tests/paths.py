"""Where tests find files that are no part of this repository."""

import os
from pathlib import Path

import pytest

CORPORA = Path(os.environ.get("REBILL_CORPORA") or Path(__file__).resolve().parents[2] / "shared" / "corpora")


def needs_corpora(*parts: str) -> pytest.MarkDecorator:
    """Skips a test, saying why, where the outside file or folder is absent."""
    path = CORPORA.joinpath(*parts)
    return pytest.mark.skipif(not path.exists(), reason=f"the outside file {'/'.join(parts)} is not here ({CORPORA})")


DOCS = Path(__file__).resolve().parents[1] / "docs"
