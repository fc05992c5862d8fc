"""Rounding happens at named places only (DESIGN, law 5): those that docs/rules/rounding.md lists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules" / "rounding.md"
ROUNDS = {"divide_half_up", "round_half_up", "quantize", "rounded"}
# Shares, line amounts and calls, and what files of calls say, are worked out without calling one of those.
BY_HAND = {"money.amount_minor", "money.split_minor", "rates.round_to", "values.seconds_of", "values.amount_e6"}
# Where nothing is lost: an amount with too many decimals is refused.
EXACT = {"money.Money.of"}


def calls(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def functions(tree: ast.Module, module: str) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield f"{module}.{node.name}", node
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    yield f"{module}.{node.name}.{each.name}", each


def rounding_places() -> set[str]:
    """Every function of rebill that calls one that rounds."""
    places = set(BY_HAND)
    for path in sorted((ROOT / "rebill").rglob("*.py")):
        for name, function in functions(ast.parse(path.read_text(encoding="utf-8")), path.stem):
            if ROUNDS & set(calls(function)):
                places.add(name)
    return places - EXACT


def listed_places() -> set[str]:
    page = PAGE.read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([\w.]+)` \|", page, flags=re.MULTILINE))


def test_every_place_that_rounds_is_listed_and_every_listed_place_rounds() -> None:
    # round_half_up is the one that quantizes; it and divide_half_up are named below the table.
    assert rounding_places() - {"money.round_half_up"} == listed_places()


def test_nothing_rounds_by_another_rule() -> None:
    """`round()` rounds halves to even and knows no cents; only money names a rounding mode."""
    for path in sorted((ROOT / "rebill").rglob("*.py")):
        if re.search(r"\bROUND_[A-Z_]+", path.read_text(encoding="utf-8")):
            assert path == ROOT / "rebill" / "rules" / "money.py"
