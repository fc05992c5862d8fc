"""`rebill import calls`: the files of a switch, one after the other, or those of a folder as they arrive."""

import time
from pathlib import Path

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.calls.watching import WatchedFolder
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.exit_codes import DONE, PARTLY, REFUSED
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.kit.arrivals import Arrivals
from rebill.kit.files import path_of
from rebill.kit.imports.rejects import read_rejects
from rebill.sources.usage.commands import keep_switch, take_calls
from rebill.sources.usage.models import CallFile, CallFileState, Switch
from rebill.sources.usage.queries.records import switch_of, switches_of

SECONDS_BETWEEN_LOOKS = 5
REJECTS_SHOWN = 5


def import_calls(
    files: list[Path],
    *,
    seller: str | None,
    user: str | None,
    switch_code: str | None,
    dialect: str | None,
    watch: Path | None,
    as_json: bool,
) -> int:
    """Leaves with 0 when every line is in, 1 when some were rejected or a file has none, 2 when one was not read."""
    session = open_session(seller=seller, user=user)
    switch = _switch(session, switch_code, dialect)
    if watch is not None:
        return _watch(session, switch, watch)
    if not files:
        raise typer.BadParameter("Name the files to import.", param_hint="FILE")
    taken = []
    for path in files:
        if path.is_dir():
            raise typer.BadParameter(
                _("%(path)s is a folder. Name its files, or take what arrives there with --watch.") % {"path": path},
                param_hint="FILE",
            )
        if not path.is_file():
            raise typer.BadParameter(_("There is no file %(path)s.") % {"path": path}, param_hint="FILE")
        with output.progress(path.name, is_silent=as_json) as advance:
            taken.extend(
                take_calls(
                    acting=session.acting,
                    switch=switch,
                    path=path,
                    name=path.name,
                    now=session.now,
                    on_progress=advance,
                )
            )
    _show(taken, as_json=as_json)
    if any(file.state == CallFileState.FAILED for file in taken):
        return REFUSED
    return PARTLY if any(file.rejected or not file.lines for file in taken) else DONE


def _switch(session: Session, code: str | None, dialect: str | None) -> Switch:
    """The named switch, or the only one; a new one when it is named together with its dialect."""
    known = switches_of(session.acting)
    if code is None:
        found = list(known[:2])
        if len(found) != 1:
            raise typer.BadParameter(_("Name the switch that wrote the files."), param_hint="--switch")
        return found[0]
    if dialect is not None:
        settings = known.filter(code=code).values_list("settings", flat=True).first() or {}
        return keep_switch(acting=session.acting, code=code, dialect=dialect, settings=settings, now=session.now)
    return switch_of(session.acting, code)


def _watch(session: Session, switch: Switch, folder: Path) -> int:
    if not folder.is_dir():
        raise typer.BadParameter(_("There is no folder %(path)s.") % {"path": folder}, param_hint="--watch")
    watched = WatchedFolder(Arrivals(folder))
    print_note(_("Watching %(folder)s. Ctrl+C stops it.") % {"folder": folder})
    while True:
        for looked in watched.look(acting=session.acting, switch=switch, now=read_clock()):
            print_line(f"{looked.name}: {_told(looked.file) if looked.file is not None else looked.words}")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _told(file: CallFile) -> str:
    if file.state != CallFileState.READ or not file.lines:
        return file.words
    return _("%(lines)s lines: %(accepted)s accepted, %(rejected)s rejected, %(duplicates)s repeated.") % {
        "lines": f"{file.lines:,}",
        "accepted": f"{file.accepted:,}",
        "rejected": f"{file.rejected:,}",
        "duplicates": f"{file.duplicates:,}",
    }


def _show(taken: list[CallFile], *, as_json: bool) -> None:
    if as_json:
        output.print_json({"files": [_facts(file) for file in taken]})
        return
    print_columns(
        [
            short(_("File")), Column(_("Switch")), figure(_("Lines")), figure(_("Accepted")), figure(_("Rejected")),
            figure(_("Repeated")),
        ],
        [
            (file.name, file.switch.code, *(f"{count:,}" for count in _counts(file)))
            for file in taken
            if file.state == CallFileState.READ
        ],
    )  # fmt: skip
    for file in taken:
        if file.state == CallFileState.FAILED:
            output.refuse(f"{file.name}: {file.words}")
        elif not file.lines:
            print_line(f"{file.name}: {file.words}")
        elif file.rejects is not None:
            _show_rejects(file, path_of(file.rejects))


def _show_rejects(file: CallFile, kept: Path) -> None:
    first = read_rejects(kept, file_name=file.name, most=REJECTS_SHOWN)
    output.print_problems(first, title=_("The first rejected lines of %(name)s") % {"name": file.name})
    print_note(_("All of them: %(path)s") % {"path": kept})
    if not file.accepted and not file.duplicates:
        print_note(
            _("Not one line was a call. Is the switch's dialect “%(dialect)s”? `rebill switches set` sets another.")
            % {"dialect": file.switch.dialect}
        )


def _counts(file: CallFile) -> tuple[int, int, int, int]:
    return file.lines, file.accepted, file.rejected, file.duplicates


def _facts(file: CallFile) -> dict[str, object]:
    names = ("lines", "accepted", "rejected", "duplicates")
    return {
        "id": file.pk,
        "file": file.name,
        "switch": file.switch.code,
        "state": file.state,
        "words": file.words,
        **dict(zip(names, _counts(file), strict=True)),
        "rejects_file": str(path_of(file.rejects)) if file.rejects is not None else None,
    }
