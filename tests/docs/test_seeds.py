"""The page of the five texts names tests that there are, and every test that acts out one of them."""

import ast
import re
from pathlib import Path

from tests.paths import DOCS

PAGE = DOCS / "seeds.md"
STORIES = Path(__file__).resolve().parents[1] / "stories"
SEEDS = ("voipgrid", "powerpanel", "twelve", "netvisor", "operator")


def acted_out(seed: str) -> set[str]:
    """The tests that act out one text."""
    name = f"test_{seed}.py"
    tree = ast.parse((STORIES / name).read_text("utf-8"))
    found = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return {f"{name}::{each}" for each in found if each.startswith("test_")}


def test_each_sentence_of_the_page_has_its_test_and_each_test_its_sentence():
    named = set(re.findall(r"`(test_\w+\.py::test_\w+)`", PAGE.read_text("utf-8")))

    assert named == set().union(*map(acted_out, SEEDS))
