"""One word per thing, and no words that say nothing."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, refuse, snippet

EMPTY_WORDS = {"data", "info", "manager", "handle", "process", "utils", "helpers"}
# Names that Django, expat or the installation gives; everything else is ours to name.
GIVEN_NAMES = {"CharacterDataHandler", "DATA_DIR", "REBILL_DATA", "cleaned_data", "receive_data_chunk"}


def words(name: str) -> set[str]:
    """The words of a name, whichever way it is written: `read_file`, `ReadFile` and `READ_FILE` alike."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return set(parted.lower().split("_"))


def named(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every name that the module gives: to itself, functions, classes, arguments, variables and fields."""
    yield module.tree, module.path.parent.name if module.path.stem == "__init__" else module.path.stem
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node, node.name
        elif isinstance(node, ast.arg):
            yield node, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node, node.attr


def empty_names(module: Module) -> Iterator[str]:
    for node, name in named(module):
        if name not in GIVEN_NAMES and words(name) & EMPTY_WORDS:
            yield f"{module.at(node)} {name} says nothing: {', '.join(words(name) & EMPTY_WORDS)}"


def test_names_say_something():
    refuse(empty_names)


@pytest.mark.parametrize(
    "text",
    ["invoice_data = 1", "def process(): ...", "class InvoiceManager: ...", "def f(*, info): ...", "INVOICE_INFO = 1",
     "for data in rows: ...", "self.data = 1", "with open(path) as handle: ..."],
)  # fmt: skip
def test_an_empty_word_is_seen(text):
    assert list(empty_names(snippet("rebill/runs/queries.py", text)))


def test_an_empty_file_name_is_seen():
    assert list(empty_names(snippet("rebill/runs/utils.py", "")))
    assert list(empty_names(snippet("rebill/runs/helpers/__init__.py", "")))


def test_words_that_hold_an_empty_word_are_let_be():
    text = "database = 1\nHANDLERS = 1\nmetadata = 1\nvalue = form.cleaned_data\n"

    assert not list(empty_names(snippet("rebill/runs/queries.py", text)))
