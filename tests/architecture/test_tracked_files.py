"""Nothing in the repository belongs to one machine, and nothing in it is left open."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.architecture.source import PROJECT, tracked_files

# Written in pieces, so that this file does not hold what it looks for.
LEFT_BEHIND = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.~$}/-])/(?:work|farm|tmp|root|opt|(?:home|Users)/[\w-]+)/[A-Za-z]", re.ASCII
    ),
    "work left open": re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b"),
    "the address of a package index": re.compile(
        r"https?:/" r"/[^\s\"]*/simple\b|index[-_]u" r"rl|find-li" r"nks|\"resolved\": \"http|registry ?= ?\"http"
    ),
}


def left_behind(path: PurePosixPath, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in LEFT_BEHIND.items():
            if pattern.search(line):
                yield f"{path}:{number} holds {what}: {line.strip()[:100]}"


def readable(path: PurePosixPath) -> str:
    """The text of a file, empty for pictures, PDFs and other files that are not UTF-8."""
    try:
        return (PROJECT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_nothing_is_left_behind():
    found = [offence for path in tracked_files() for offence in left_behind(path, readable(path))]

    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize(
    "text",
    ["see /wo" "rk/main", "open('/tm" "p/x.pdf')", "cd /ho" "me/anna/rebill", "# TO" "DO: later", "# FIX" "ME",
     "--index" "-url=x", "--find-l" "inks=x", "https:/" "/example.org/simple/"],
)  # fmt: skip
def test_what_is_left_behind_is_seen(text):
    assert list(left_behind(PurePosixPath("a.md"), text))


@pytest.mark.parametrize("text", ["frame/work/a", "https://example.org/work/a", "{root}/tmp/x", "/usr/bin/env bash"])
def test_other_paths_are_let_be(text):
    assert not list(left_behind(PurePosixPath("a.md"), text))
