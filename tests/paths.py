"""Where tests find files that are no part of this repository."""

import os
from pathlib import Path

CORPORA = Path(os.environ.get("REBILL_CORPORA") or Path(__file__).resolve().parents[2] / "shared" / "corpora")
