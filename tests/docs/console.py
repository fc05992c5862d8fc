"""Runs what a page types on a command line, in the order of the page, as a reader would in a fresh clone."""

import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What a page may leave out of a long output.
LEFT_OUT = "…"

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """A command as the page shows it, with the output that it shows."""

    command: str
    shown: Lines


def typed_on(page: str) -> list[Typed]:
    """Every command of the page; what stands behind `$ `, and behind `> ` where it goes on in the next line."""
    found: list[Typed] = []
    for block in BLOCK.findall(page):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *rest = piece.splitlines()
            while first.endswith("\\") and rest:
                first = f"{first}\n{rest.pop(0).removeprefix('> ')}"
            found.append(Typed(first, tidied(rest)))
    return found


class Terminal:
    """A shell that stands in a folder. `rebill` is called in this process, everything else by bash."""

    def __init__(self, folder: Path, rebill: Callable[[list[str]], str]) -> None:
        self.folder = folder
        self._rebill = rebill

    def type(self, command: str) -> Lines:
        """What the command shows."""
        if command.startswith("rebill "):
            return tidied(self._rebill(shlex.split(command.replace("\\\n", " "))[1:]).splitlines())
        ended = subprocess.run(
            ["bash", "-c", f"{command}\nprintf '\\0%s' \"$PWD\""],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        shown, _, folder = ended.stdout.rpartition("\0")
        self.folder = Path(folder)
        return tidied(shown.splitlines())


def fits(shown: Lines, printed: Lines) -> bool:
    """Whether the page shows what was printed; a line of … stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == LEFT_OUT:
        return any(fits(shown[1:], printed[skipped:]) for skipped in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and fits(shown[1:], printed[1:])


def rewritten(page: str, printed: list[Lines]) -> str:
    """The page with what was printed in place of every output that no longer fits."""
    outputs = iter(printed)

    def block(found: re.Match[str]) -> str:
        lines = []
        for typed in typed_on(found[0]):
            output = next(outputs)
            first, *more = typed.command.split("\n")
            lines += [f"$ {first}", *(f"> {line}" for line in more)]
            lines += typed.shown if fits(typed.shown, output) else output
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, page)


def tidied(lines: list[str]) -> Lines:
    """Lines without the blanks at their ends, and without empty lines before and after."""
    bare = [line.rstrip() for line in lines]
    while bare and not bare[0]:
        bare.pop(0)
    while bare and not bare[-1]:
        bare.pop()
    return tuple(bare)
