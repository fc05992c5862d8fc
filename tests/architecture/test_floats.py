"""Money and quantities are integers and decimals: no float comes near them, in code or in the database."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, functions, refuse, snippet


def annotations(module: Module) -> Iterator[ast.expr]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            yield node.annotation
    yield from (function.returns for function in functions(module) if function.returns is not None)


def floats(module: Module) -> Iterator[str]:
    """Floats near money. `isinstance(value, float)` is let be: that is how a float is refused."""
    reckons = module.stands_in("rebill/rules", "rebill/pipeline.py")
    if not reckons and not any(module.is_part(name) for name in ("commands", "queries", "models")):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{module.at(node)} writes {node.value} as a float"
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"float", "FloatField"}:
                yield f"{module.at(node)} makes a float: {name}()"
    for annotation in annotations(module):
        if any(isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation)):
            yield f"{module.at(annotation)} names a float type"


def test_nothing_near_money_is_a_float():
    refuse(floats)


@pytest.mark.parametrize(
    "text",
    ["share = 0.5", "share = float(1)", "share: float = 1", "def f(share: float | None): ...", "def f() -> float: ...",
     "share = models.FloatField()", "share = 1e6"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["rebill/rules/money.py", "rebill/runs/commands.py", "rebill/runs/queries/totals.py"])
def test_a_float_is_seen(text, path):
    assert list(floats(snippet(path, text)))


def test_refusing_a_float_is_let_be():
    text = "if isinstance(value, float):\n    raise Invalid('0.5 is a float')\n"

    assert not list(floats(snippet("rebill/rules/money.py", text)))
