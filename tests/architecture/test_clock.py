"""Doors read the clock; nothing else does: everywhere else `today` and `now` are arguments."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, imports, reaches, refuse, snippet

CLOCKS = {
    "timezone": {"now", "localdate", "localtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}
IMPORTED_CLOCKS = (
    "django.db.models.functions.Now",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    "time.time",
    "time.time_ns",
)


def clock_reads(module: Module) -> Iterator[str]:
    """Places that read the clock, or hand the reading on: `default=timezone.now` reads it too."""
    if module.stands_in("rebill/interfaces", "rebill/config"):
        return
    for node, name in imports(module):
        if reaches(name, *IMPORTED_CLOCKS):
            yield f"{module.at(node)} imports the clock: {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in CLOCKS.get(owner, ()):
                yield f"{module.at(node)} reads the clock: {owner}.{node.attr}"
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield f"{module.at(node.value)} lets a column read the clock: {node.arg}"
        elif isinstance(node, ast.Constant) and "CURRENT_TIMESTAMP" in str(node.value):
            yield f"{module.at(node)} lets the database read its clock"


def test_only_doors_read_the_clock():
    refuse(clock_reads)


@pytest.mark.parametrize(
    "text",
    [
        "now = timezone.now()",
        "now = django.utils.timezone.now()",
        "created_at = models.DateTimeField(default=timezone.now)",
        "created_at = models.DateTimeField(auto_now_add=True)",
        "from django.utils.timezone import now",
        "today = datetime.date.today()",
        "now = datetime.now(tz=UTC)",
        "started = time.time()",
        "from time import time",
        "cursor.execute('SELECT CURRENT_TIMESTAMP')",
    ],
)
def test_a_clock_read_is_seen(text):
    assert list(clock_reads(snippet("rebill/runs/commands.py", text)))
    assert not list(clock_reads(snippet("rebill/interfaces/jobs.py", text)))


def test_a_given_moment_is_let_be():
    text = "def f(*, now, today):\n    return datetime(2026, 1, 1), now.date(), timezone.utc, date.fromisoformat('')\n"

    assert not list(clock_reads(snippet("rebill/runs/commands.py", text)))
