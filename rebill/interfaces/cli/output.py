"""What commands show: tables and progress for people on a terminal, JSON for machines on standard output."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Protocol, TextIO

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from rebill.kit.errors import Problem

_WIDE = 200

JsonOption = Annotated[bool, typer.Option("--json", help="Show the result as JSON, for other programs.")]


class Advance(Protocol):
    """Tells how much is done; `total` may become known on the way, and another step may begin under another title."""

    def __call__(self, done: int, total: int | None = None, *, title: str | None = None) -> None: ...


def screen() -> Console:
    """Standard output for people; made anew, because tests and pipes exchange it."""
    return _console(sys.stdout, stderr=False)


def aside() -> Console:
    """Standard error: progress and refusals, so that results can be piped."""
    return _console(sys.stderr, stderr=True)


def _console(stream: TextIO, *, stderr: bool) -> Console:
    """Where nobody watches there is no edge at which lines would have to break."""
    is_watched = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, highlight=False, soft_wrap=not is_watched, width=None if is_watched else _WIDE)


def plain(text: object) -> Text:
    """What a file or a person wrote, shown as it is: no markup, and nothing that steers the terminal."""
    return Text(
        "".join(mark if mark.isprintable() else "\ufffd" for mark in str(text).replace("\n", " ").replace("\t", " "))
    )


def print_json(result: Mapping[str, object]) -> None:
    """One JSON object on standard output."""
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def problem_facts(problem: Problem) -> dict[str, object]:
    """A problem as JSON has it."""
    return {
        "what": problem.what,
        "where": problem.where,
        "value": problem.value,
        "why": problem.why,
        "remedy": problem.remedy,
        "blocking": problem.blocking,
    }


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """A table with one line a row; numbers stand at the right."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    listed = [list(row) for row in rows]
    for position, heading in enumerate(headings):
        is_number = bool(listed) and all(isinstance(row[position], int) for row in listed)
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in listed:
        table.add_row(*(plain(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row))
    screen().print(table)


def print_problems(problems: Iterable[Problem], *, title: str) -> None:
    """Where, why and how to mend it, one problem a row."""
    rows = [(problem.where, problem.value, problem.why, problem.remedy) for problem in problems]
    if rows:
        print_table((_("Where"), _("Value"), _("Why"), _("How to mend it")), rows, title=title)


def refuse(message: str) -> None:
    """One line on standard error: what is not done, and why."""
    aside().print(Text(_("Refused: "), style="bold red") + plain(message))


@contextmanager
def progress(title: str, *, is_silent: bool = False) -> Iterator[Advance]:
    """A bar on standard error while something long goes on; nothing where nobody watches."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=aside(),
        disable=is_silent or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int | None = None, *, title: str | None = None) -> None:
            bar.update(task, completed=done, description=title)
            if total is not None:
                bar.update(task, total=total)

        yield advance
