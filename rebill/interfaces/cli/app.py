"""The commands of `rebill`, and how each of them ends."""

import gc
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from typer.exceptions import TyperException

from rebill.interfaces.cli import output
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.exit_codes import DONE, FAULT, PARTLY, REFUSED
from rebill.interfaces.cli.language import chosen_language
from rebill.interfaces.cli.on_demand import OnDemand, know_tables
from rebill.kit.errors import Refused, reason_of

# What is answered without a look at the settings, the tables and the language.
AT_ONCE = (["-h"], ["--help"], ["--version"])


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(version("rebill"))
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show which rebill this is, and end.")
]
app = typer.Typer(
    name="rebill",
    cls=OnDemand,
    help="Billing for partners: from subscriptions and hand-added lines to invoices that are sent and exported.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _rebill(version_asked: VersionOption = False) -> None:
    """The options of `rebill` itself."""


def main() -> None:
    """Runs the command that was typed and leaves with its exit code."""
    # What is imported stays. To look through it for what can be dropped took a fifth of the time to start.
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of the command; what went wrong is told in one line, never as a stack trace."""
    if arguments in AT_ONCE:
        return _run(arguments)
    know_tables()
    try:
        with chosen_language():
            return _run(arguments)
    except Refused as refusal:
        output.refuse(reason_of(refusal))
        return REFUSED


def _run(arguments: list[str]) -> int:
    """The same, in the language that was chosen."""
    try:
        code = app(args=arguments, prog_name="rebill", standalone_mode=False)
    except Refused as refusal:
        output.refuse(reason_of(refusal))
        return REFUSED
    except TyperException as error:
        words = error.format_message().replace("Value error, ", "").rstrip(".")
        if words.startswith("Usage: "):
            # A group without one of its commands: its help says which there are.
            sys.stderr.write(f"{words}.\n")
            return REFUSED
        output.refuse(f"{words}. {_('`rebill --help` shows what can be said.')}")
        return REFUSED
    except (typer.Abort, KeyboardInterrupt):
        output.aside().print(_("Stopped. What was done before stays; the same command goes on from there."))
        return PARTLY
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001 - the last one to catch it keeps the trace for whoever mends it
        return _tell_fault(error)
    return code if isinstance(code, int) else DONE


def _tell_fault(error: Exception) -> int:
    if settings.DEBUG:
        raise error
    if isinstance(error, OperationalError):
        reason = str(error).strip() or _("no reason given")
        output.refuse(_("The database cannot be used: %(reason)s.") % {"reason": reason})
        return REFUSED
    kind = _("Something went wrong that should not")
    if isinstance(error, DatabaseError):
        kind = _("The database failed")
    kept = _keep_trace(error)
    output.aside().print(output.plain(f"{kind}: {type(error).__name__}: {error}"))
    output.aside().print(output.plain(f"{kept} {_('Set REBILL_DEBUG=1 to see it here.')}"))
    return FAULT


def _keep_trace(error: Exception) -> str:
    path = Path(settings.REBILL_DATA) / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{read_clock().isoformat()}\n{''.join(traceback.format_exception(error))}")
    except OSError:
        return _("The trace could not be written.")
    return _("The trace stands in %(path)s.") % {"path": path}
