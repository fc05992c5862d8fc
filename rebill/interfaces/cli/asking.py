"""The question before something that cannot be undone: what will happen, and whether it shall."""

import sys
from collections.abc import Sequence

import typer

from rebill.interfaces.cli import output


def confirm(question: str, effects: Sequence[str], *, yes: bool) -> None:
    """Lists the effects and asks, when somebody sits there to answer; a no stops the command. Scripts are not asked."""
    if yes or not sys.stdin.isatty():
        return
    for effect in effects:
        output.aside().print(output.plain(f"  {effect}"))
    typer.confirm(question, abort=True, err=True)
