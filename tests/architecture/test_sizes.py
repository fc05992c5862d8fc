"""A function fits on a screen, a file in a sitting."""

from collections.abc import Iterator

from tests.architecture.source import Module, functions, refuse, snippet

FILE_LINES = 400
FUNCTION_LINES = 60


def too_long(module: Module) -> Iterator[str]:
    lines = len(module.text.splitlines())
    if lines > FILE_LINES:
        yield f"{module.path} has {lines} lines, {FILE_LINES} at most"
    for function in functions(module):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{module.at(function)} {function.name} has {length} lines, {FUNCTION_LINES} at most"


def test_files_and_functions_stay_small():
    refuse(too_long, "rebill", "tests", "benchmarks")


def test_what_is_too_long_is_seen():
    body = "    pass\n"

    assert not list(too_long(snippet("rebill/a.py", "def f():\n" + body * 59)))
    assert list(too_long(snippet("rebill/a.py", "def f():\n" + body * 60)))
    assert list(too_long(snippet("rebill/a.py", "class A:\n    async def f():\n    " + "    pass\n    " * 60)))
    assert list(too_long(snippet("rebill/a.py", "a = 1\n" * 401)))
