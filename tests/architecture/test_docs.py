"""Every page is found from the navigation, every link leads somewhere, and every command in the docs exists."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml

from tests.architecture.source import PROJECT

DOCS = PROJECT / "docs"
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]

FENCE = re.compile(r"^( *)(```+|~~~+)(?P<language>[a-z]*)[^\n]*\n(?P<block>.*?)^\1\2", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
# Fences in which commands stand.
CONSOLES = {"", "sh", "console", "bash", "text"}
COMMAND = re.compile(r"(?:^|[\s/])rebill +((?:[a-z][a-z-]*(?: +|$))+)", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)")


def pages() -> list[Path]:
    """Everything that people read: the documentation and the Markdown files beside the code."""
    return sorted([*DOCS.rglob("*.md"), *PROJECT.glob("*.md"), PROJECT / "changes" / "README.md"])


def navigation() -> Iterator[str]:
    """Every page that mkdocs.yml names."""

    def walk(entry: object) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        for inner in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
            yield from walk(inner)

    return walk(yaml.safe_load((PROJECT / "mkdocs.yml").read_text("utf-8"))["nav"])


def broken_links(page: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(FENCE.sub("", text)):
        path = target.partition("#")[0]
        if path and not re.match(r"[a-z]+:", target) and not (page.parent / path).exists():
            yield f"{page.relative_to(PROJECT)} links to {target}, which is not there"


def code_in(text: str) -> Iterator[str]:
    """What stands in code on a page: blocks of commands, and what is marked within a sentence."""
    for fence in FENCE.finditer(text):
        if fence["language"] in CONSOLES:
            yield fence["block"]
    yield from INLINE.findall(FENCE.sub("", text))


def named_commands(text: str) -> Iterator[list[str]]:
    """Every `rebill …` in code, as the words after it up to the first option or value."""
    for code in code_in(text):
        for words in COMMAND.findall(code):
            yield words.split()


def unknown_commands(text: str, root: Any) -> Iterator[str]:
    for words in named_commands(text):
        command, path = root, []
        # typer's groups are not click's own.
        while hasattr(command, "commands") and words:
            path.append(words.pop(0))
            command = command.commands.get(path[-1])
        if command is None:
            yield " ".join(["rebill", *path])


def command_line() -> Any:
    """The commands of `rebill`."""
    door = importlib.import_module("rebill.interfaces.cli")
    return typer.main.get_command(next(value for value in vars(door).values() if isinstance(value, typer.Typer)))


def test_every_page_is_in_the_navigation():
    named = set(navigation())

    assert {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} == named


def test_every_link_leads_somewhere():
    found = [offence for page in pages() for offence in broken_links(page, page.read_text("utf-8"))]

    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_every_command_in_the_docs_exists():
    root = command_line()

    unknown = {
        f"{page.relative_to(PROJECT)}: {command}"
        for page in pages()
        if page.name != "CHANGELOG.md"
        for command in unknown_commands(page.read_text("utf-8"), root)
    }

    assert not unknown


def test_every_make_target_in_the_docs_exists():
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    code = "\n".join(piece for page in pages() for piece in code_in(page.read_text("utf-8")))

    assert targets == {"setup", "demo", "serve", "test", "check", "fix", "messages", "bench", "docs", "shots"}
    assert set(re.findall(r"(?:^|\s)make ([a-z]+)", code, re.MULTILINE)) <= targets
    assert set(re.findall(r"^#   make ([a-z]+)", makefile, re.MULTILINE)) == targets


@pytest.mark.parametrize("record", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=lambda path: path.stem)
def test_a_decision_record_has_its_four_headings(record):
    assert re.findall(r"^## (.*)$", record.read_text("utf-8"), re.MULTILINE) == HEADINGS


def test_a_broken_link_is_seen():
    page = PROJECT / "README.md"

    assert list(broken_links(page, "[gone](docs/gone.md) and ![gone](gone.png)"))
    assert not list(broken_links(page, "[here](Makefile#x), [there](https://example.org), [below](#below)"))
    assert not list(broken_links(page, "```\n[gone](gone.md)\n```\n"))


def test_an_unknown_command_is_seen():
    root = click.Group(commands={"issue": click.Command("issue"), "import": click.Group(commands={})})

    assert list(unknown_commands("```console\n$ rebill isue --json\n```", root)) == ["rebill isue"]
    assert list(unknown_commands("Run `rebill import customers a.csv`.", root)) == ["rebill import customers"]
    assert not list(unknown_commands("Run `rebill issue` or `.venv/bin/rebill issue --json`; rebill bills.", root))
    assert list(unknown_commands("Run `.venv/bin/rebill isue`.", root))
    assert not list(unknown_commands("```python\nrun()\n```\n\nHere rebill keeps `it`.\n", root))
