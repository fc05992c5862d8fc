"""`rebill serve`: the office and the API over HTTP, and the worker beside them, so that one command is enough."""

from contextlib import nullcontext
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections

from rebill.interfaces.cli import output
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.serving import Companion, Office, worker_command


def serve_command(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help="How many processes answer, four requests each.")
    ] = 2,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also keep the timetable running, as `rebill worker` does.")
    ] = True,
) -> int:
    """Serve the office and the API until stopped with Ctrl+C.

    Pages lie at http://127.0.0.1:8000/ unless said otherwise. With --no-worker, long work waits until a `rebill worker`
    runs somewhere on the same database.
    """
    prepare_database()
    place = f"http://{_shown(host)}:{port}/"
    output.aside().print(f"The office is at {place} (data in {settings.REBILL_DATA}). Ctrl+C stops it.")
    # The processes that answer are forked; each makes connections of its own.
    connections.close_all()
    with Companion(worker_command()) if worker else nullcontext():
        try:
            Office(bind=f"{host}:{port}", processes=processes).run()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else DONE
    return DONE


def _shown(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host
