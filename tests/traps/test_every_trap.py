"""Every trap of the list that this release concerns has a test under its id, somewhere in these tests."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.paths import CORPORA

TESTS = Path(__file__).resolve().parents[1]
LIST = CORPORA.parent / "cases" / "traps.md"
# Periods, changes, rounding and VAT, runs; and of the partners' own what needs neither usage nor payments.
GROUPS = {"C1", "C2", "C3", "C5"}
ALSO = {f"C{number}" for number in range(119, 126)}
# Of tabs.
ALSO |= {"C126", "C127", "C130"}
# Of usage what rules alone decide.
ALSO |= {f"C{number}" for number in (57, 59, 60, 62, 64, 65, 67, 69, 70, 77, 79, 80, 82, 83, 84, 86)}
LATER = {
    "C32": "applying credits to invoices: receivables",
    "C99": "reminders: dunning",
    "C99b": "credit notes of e-invoices: networks",
    "C99c": "usage billed at a change: usage",
}


def traps() -> dict[str, str]:
    """Every id of the list, with the group it stands in."""
    found, group = {}, ""
    for line in LIST.read_text("utf-8").splitlines():
        if heading := re.match(r"### (C\d+)\.", line):
            group = heading[1]
        elif row := re.match(r"\| (C\d+[a-z]?) \|", line):
            found[row[1]] = group
    return found


def named_by_trap() -> dict[str, list[str]]:
    """The test functions under each id: `test_c036_…` is one of C36."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = re.match(r"test_c(\d{3})([a-z]?)_", node.name) if isinstance(node, ast.FunctionDef) else None
            if name:
                found[f"C{int(name[1])}{name[2]}"].append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


@pytest.mark.skipif(not LIST.exists(), reason=f"the list of traps is not here ({LIST})")
def test_every_trap_of_this_release_has_a_test():
    ours = {trap for trap, group in traps().items() if group in GROUPS or trap in ALSO} - LATER.keys()

    assert len(ours) > 40
    assert sorted(ours - named_by_trap().keys()) == []


@pytest.mark.skipif(not LIST.exists(), reason=f"the list of traps is not here ({LIST})")
def test_what_is_put_off_is_in_the_list():
    assert LATER.keys() <= traps().keys()
