"""The page of all commands, from the commands themselves: `python -m tests.interfaces.command_reference` writes it."""

import inspect
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from rebill.interfaces.cli.app import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command-line.md"

# Said once for all commands.
SHARED = {"seller", "user", "as_json", "help"}

OPENING = """\
# The command line

Every command of `rebill`, with all that can be said to it. `rebill COMMAND --help` shows the same on a terminal. This
page is written from the commands themselves, and a test fails when the two differ.

## What holds for every command

| | |
|---|---|
| `--seller SLUG` | The seller to act for; needed if there are several. `REBILL_SELLER` says it for all commands. |
| `--user NAME` | Who acts; the seller's owner if there is only one. `REBILL_USER` says it for all commands. |
| `--json` | Show the result as one JSON object, for other programs. |

Tables, questions, warnings and refusals are in the language of `REBILL_LANGUAGE`, of the terminal or of the user who
acts ([Settings](settings.md)); names of commands and options, and their help, are English.

Days are written `2026-09-01`, numbers with a decimal point and without thousands marks: `1250.50`. In JSON amounts,
prices and quantities are texts, exact to the last digit, and keys stay as they are. Results go to standard output;
progress, questions and refusals go to standard error. Questions are asked only where somebody sits at a terminal.

| exit code | means |
|---|---|
| 0 | done |
| 1 | done in part: something was left out or needs a look, and the command said what |
| 2 | refused: nothing was done, and the command said why |
| 3 | a fault of rebill itself; the trace stands in `errors.log` in the data folder |
| 75 | a purchase invoice that was piped in could not be kept now; a mail server brings it again |

`rebill --help` shows all commands, `rebill --version` says which rebill this is, and a group without one of its
commands, such as `rebill drafts`, says which there are.

The tables of the database are made and brought up to date by the first command that needs them.
"""


def written() -> str:
    """The page as it should be."""
    parts = [OPENING]
    for name, command in _commands(typer.main.get_command(app)):
        parts.append(f"## rebill {name}\n\n{_words(command.help)}\n")
        if hasattr(command, "commands"):
            parts += [_section(f"rebill {name} {each}", leaf) for each, leaf in _commands(command)]
        else:
            parts.append(_usage(f"rebill {name}", command))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _commands(group: Any) -> Iterator[tuple[str, Any]]:
    """The commands in the order in which the help shows them."""
    for name in group.list_commands(None):
        yield name, group.commands[name]


def _section(name: str, command: Any) -> str:
    return f"### {name}\n\n{_words(command.help)}\n\n{_usage(name, command)}"


def _usage(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name not in SHARED]
    words = [name, *(_argument(each) for each in arguments), *(["[OPTIONS]"] if options else [])]
    rows = [(_argument(each), _meaning(each)) for each in arguments] + [
        (_option(each), _meaning(each)) for each in options
    ]
    table = "\n".join(f"| `{shown}` | {meaning} |" for shown, meaning in rows)
    return f"```console\n$ {' '.join(words)}\n```\n" + (f"\n| | |\n|---|---|\n{table}\n" if rows else "")


def _argument(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    if shown.startswith("["):
        return shown
    return shown if argument.required else f"[{shown}]"


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return f"{option.opts[0]}{value}"


def _meaning(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    said = [_words(parameter.help)]
    if isinstance(kind, type) and issubclass(kind, Enum) and not parameter.metavar:
        said.append(f"One of {', '.join(f'`{each.value}`' for each in kind)}.")
    if parameter.param_type_name == "option" and parameter.required:
        said.append("Must be said.")
    default = parameter.default
    if isinstance(default, int | str | Decimal) and not isinstance(default, bool) and default != "":
        said.append(f"{default} if not said.")
    return " ".join(said).replace("|", "\\|")


def _words(text: str | None) -> str:
    """The text with each paragraph on one line."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(written(), "utf-8")
