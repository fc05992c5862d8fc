"""The page that says what is proven says what was counted."""

from pathlib import Path

import pytest

from tests.scenarios.proof_tables import counted_rows, reason_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "proof.md"


@pytest.mark.parametrize(
    "rows",
    [counted_rows, lambda: reason_rows("differs"), lambda: reason_rows("skipped")],
    ids=["counted", "differs", "skipped"],
)
def test_the_tables_of_the_page_are_those_that_were_counted(rows):
    written = PAGE.read_text("utf-8").splitlines()

    assert [row for row in rows() if row not in written] == []
