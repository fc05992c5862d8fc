"""`rebill serve`: the office and the API over HTTP, and the worker beside them, so that one command is enough."""

import os
import socket
import sys
import threading
import webbrowser
from contextlib import nullcontext
from time import sleep
from typing import Annotated, NoReturn

import typer
from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.serving import Companion, Office, worker_command
from rebill.kit.errors import Conflict

HOST, FIRST_PORT = "127.0.0.1", 8000
_EVERYWHERE = {"0.0.0.0", "::"}
_SECONDS_TO_START = 30


class PortTaken(Conflict):
    """Something else listens on the port."""


def serve_command(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = HOST,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = FIRST_PORT,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help="How many processes answer, four requests each.")
    ] = 2,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also keep the timetable running, as `rebill worker` does.")
    ] = True,
    browser: Annotated[bool, typer.Option("--open", help="Open the office in a browser, where there is one.")] = False,
) -> int:
    """Serve the office and the API until stopped with Ctrl+C.

    Pages lie at http://127.0.0.1:8000/ unless said otherwise. With --no-worker, long work waits until a `rebill worker`
    runs somewhere on the same database.
    """
    prepare_database()
    if not _is_free(host, port):
        raise PortTaken(
            _("Something listens on %(host)s:%(port)s already. Stop it, or choose another port with --port.")
            % {"host": host, "port": port}
        )
    place = f"http://{HOST if host in _EVERYWHERE else host}:{port}/"
    output.aside().print(
        _("The office is at %(place)s (data in %(rebill_data)s). Ctrl+C stops it.")
        % {"place": place, "rebill_data": settings.REBILL_DATA}
    )
    lead_links_to(place)
    # The processes that answer are forked; each makes connections of its own.
    connections.close_all()
    if browser:
        threading.Thread(target=_open_when_ready, args=(host, port, place), daemon=True).start()
    with Companion(worker_command()) if worker else nullcontext():
        try:
            Office(bind=f"{host}:{port}", processes=processes).run()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else DONE
    return DONE


def lead_links_to(place: str) -> None:
    """Have links in mails begin with where the office is, unless REBILL_URL says otherwise: in this process, in those
    that it forks, and in the worker beside it."""
    if not os.environ.get("REBILL_URL"):
        os.environ["REBILL_URL"] = settings.REBILL_URL = place.rstrip("/")


def become_server(*, port: int) -> NoReturn:
    """Goes on as `rebill serve --open` in a process that begins anew.

    Whoever has computed must not serve: the processes that answer are forked, and Polars would wait in them for threads
    that a fork leaves behind.
    """
    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    serve = ["-m", "rebill.interfaces.cli", "serve", "--port", str(port), "--open"]
    os.execv(sys.executable, [sys.executable, *serve])


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    return next(port for port in range(first, 65536) if _is_free(HOST, port))


def _open_browser(place: str) -> None:
    """Open the page where somebody sits in front of a screen; nothing happens elsewhere."""
    has_screen = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if has_screen and sys.stdout.isatty():
        webbrowser.open(place)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _open_when_ready(host: str, port: int, place: str) -> None:
    for _second in range(_SECONDS_TO_START * 5):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            sleep(0.2)
        else:
            _open_browser(place)
            return
