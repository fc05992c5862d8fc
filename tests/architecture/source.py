"""The project's source as the architecture tests read it: parsed modules, and what they import."""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """A Python file: its path from the project's root, its text and its syntax tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    def stands_in(self, *places: str) -> bool:
        """Whether the file is one of the places, or lies in a folder of theirs."""
        return any(self.path == PurePosixPath(place) or PurePosixPath(place) in self.path.parents for place in places)

    def is_part(self, name: str) -> bool:
        """Whether the file is a stage's `<name>.py`, or lies in the folder `<name>/` that such a file became."""
        return self.path.name == f"{name}.py" or name in self.path.parent.parts

    def at(self, node: ast.AST) -> str:
        """The place of a node, as an editor opens it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def snippet(path: str, text: str) -> Module:
    """A module from a few lines, to prove that a check can fail."""
    return Module(PurePosixPath(path), text, ast.parse(text))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file of the folders (by default the package), without migrations, which Django writes."""
    paths = (path for folder in folders or ("rebill",) for path in (PROJECT / folder).rglob("*.py"))
    written = sorted(path for path in paths if "migrations" not in path.parts)
    return tuple(snippet(path.relative_to(PROJECT).as_posix(), path.read_text("utf-8")) for path in written)


@cache
def tracked_files() -> tuple[PurePosixPath, ...]:
    """Every file that git keeps, and every one that it would keep if it were added now."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(PurePosixPath(name) for name in listing.split("\0") if name and (PROJECT / name).is_file())


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every import as its statement and the full dotted name that it reaches for."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def reaches(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of the packages or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: Module) -> Iterator[Function]:
    """Every function and method, however deep."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def public_functions(module: Module) -> Iterator[Function]:
    """The functions that other files may call."""
    return (
        node
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    )


def refuse(check: Callable[[Module], Iterable[str]], *folders: str) -> None:
    """Fails with every offence that the check finds in the folders, one a line."""
    found = [offence for module in modules(*folders) for offence in check(module)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)
