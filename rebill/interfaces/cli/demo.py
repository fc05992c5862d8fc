"""`rebill demo`: an invented partner with 1,268 customers, and its month from drafts to sent invoices."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.asking import confirm
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.demo_chapters import CHAPTERS, tell_end, tell_office
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import YesOption
from rebill.interfaces.cli.serve import FIRST_PORT, HOST, become_server, free_port
from rebill.interfaces.cli.tables import print_note, print_title
from rebill.interfaces.demo.diary import clear_folder
from rebill.interfaces.demo.outcome import outcome_of
from rebill.interfaces.demo.partner import find_partner
from rebill.interfaces.demo.stage import Stage, set_stage
from rebill.interfaces.demo.taking import Advance
from rebill.kit.errors import Conflict
from rebill.parties.queries import seller_of

ServeOption = Annotated[bool, typer.Option("--serve", help="Then serve the office, and open it in a browser.")]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Delete what the demo made in its data folder, and begin anew.")
]


class DatabaseElsewhere(Conflict):
    """The demo's database is not in its data folder, so the demo cannot delete it."""


class DemoRunning(Conflict):
    """Another demo is under way in the same folder."""


def demo_command(
    fresh: FreshOption = False,
    serve: ServeOption = False,
    yes: YesOption = False,
    as_json: output.JsonOption = False,
) -> int:
    """Load an invented partner with 1,268 customers and run its month: drafts, approval, invoices, mails, export.

    Everything lands in the data folder (./rebill-data, or where REBILL_DATA says), the mails too: nobody is mailed.
    Stopped or killed, the same command goes on from there.
    """
    folder = Path(settings.REBILL_DATA)
    began_at = monotonic()
    with _alone(folder):
        if fresh:
            _clear(folder, yes=yes)
        prepare_database()
        stage = set_stage(home=folder, today=read_clock().date(), bar=_bars(is_silent=as_json))
        was_told = stage.diary.is_finished
        if not as_json:
            _greet(stage, was_told=was_told)
        if not was_told:
            session = Session(stage.acting, seller_of(stage.acting), stage.days.prepared_at)
            for chapter in CHAPTERS:
                chapter(session, stage, not as_json)
    if as_json:
        output.print_json({**outcome_of(stage), "data_folder": str(folder)})
    else:
        tell_end(stage, home=folder, command=_command())
        if not was_told:
            print_note(f"All of this took {monotonic() - began_at:.0f} seconds.")
    if not serve:
        return DONE
    port = free_port(FIRST_PORT)
    tell_office(stage, place=f"http://{HOST}:{port}/")
    become_server(port=port)


def _greet(stage: Stage, *, was_told: bool) -> None:
    print_title("Waterkant Groep, a partner in Groningen with 1,268 customers")
    print_note("Every name, address and number is invented, and nobody is mailed: mails become files.")
    if was_told:
        print_note(f"Its {stage.days.month:%B %Y} is told already. `{_command()} demo --fresh` tells it anew.")
    elif stage.diary.has_begun:
        print_note("It goes on where it was stopped.")


def _clear(folder: Path, *, yes: bool) -> None:
    """Deletes what the demo made; refused where its database is elsewhere."""
    place = settings.DATABASES["default"]
    if not place["ENGINE"].endswith("sqlite3") or Path(place["NAME"]).parent != folder:
        raise DatabaseElsewhere(
            _(
                "The database is not in %(folder)s, because DATABASE_URL names another one. Drop it "
                "yourself, delete %(file)s, and start the demo again."
            )
            % {"folder": folder, "file": folder / "demo.json"}
        )
    if Path(place["NAME"]).exists():
        # A seller that somebody made beside the demo partner is not the demo's to delete.
        prepare_database()
        find_partner()
    confirm(
        "Delete them and begin anew?",
        [f"The demo's database, documents and mails in {folder} will be deleted."],
        yes=yes,
    )
    connection.close()
    clear_folder(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo at a time in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRunning(
                _("Another demo is under way in %(folder)s. Wait until it is done, or stop it.") % {"folder": folder}
            ) from None
        yield


def _bars(*, is_silent: bool) -> Callable[[str], AbstractContextManager[Advance]]:
    return lambda title: output.progress(title, is_silent=is_silent)


def _command() -> str:
    """How the reader can call rebill from here: as it was called, without the way to this folder."""
    called = Path(sys.argv[0])
    if called.name != "rebill":
        return "rebill"
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return "rebill"
