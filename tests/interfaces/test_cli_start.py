"""How `rebill` starts: it imports what is asked for, and says which commands there are without any of them."""

import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from rebill.interfaces.cli.app import app, run
from rebill.interfaces.cli.on_demand import COMMANDS

# Runs the words, then says on the last line which of these are imported.
STARTED = """
import sys
from rebill.interfaces.cli.app import run
run(sys.argv[2:])
print(*(name for name in sys.argv[1].split(",") if name in sys.modules))
"""


def imported(watched: list[str], *words: str) -> list[str]:
    """Which of the watched modules a process of its own imported for these words."""
    command = [sys.executable, "-c", STARTED, ",".join(watched), *words]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    return told.splitlines()[-1].split()


@pytest.mark.once
@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--version"]])
def test_help_comes_without_tables_and_engines(words):
    assert imported(["django.db.models", "rebill.parties.models", "polars", "typer"], *words) == ["typer"]


@pytest.mark.once
def test_a_command_imports_no_other_one():
    watched = [f"rebill.interfaces.cli.{name}" for name in ("switches", "sellers", "demo", "check", "worker")]

    assert imported(watched, "switches", "--help") == ["rebill.interfaces.cli.switches"]


@pytest.mark.once
def test_customers_are_read_without_an_engine_for_calls():
    assert imported(["polars", "narwhals", "rebill.parties.queries"], "look", "--help") == ["rebill.parties.queries"]


def test_help_says_what_each_command_is_for(capsys):
    assert run(["--help"]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} {place.brief}" in told for name, place in COMMANDS.items())


def test_help_and_the_groups_say_the_same():
    root = typer.main.get_command(app)

    groups = {name: root.commands[name] for name in COMMANDS if hasattr(root.commands[name], "commands")}

    assert "drafts" in groups
    assert {name: group.help for name, group in groups.items()} == {name: COMMANDS[name].brief for name in groups}


def test_the_version_is_said(capsys):
    assert run(["--version"]) == 0

    assert capsys.readouterr().out == f"{version('rebill')}\n"


def test_a_group_without_a_command_says_which_there_are(capsys):
    assert run(["switches"]) == 2

    told = capsys.readouterr().err
    assert told.startswith("Usage: rebill switches ")
    assert "\n  list " in told
