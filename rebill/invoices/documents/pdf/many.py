"""Many documents at once, by several processes; a document that cannot be made becomes a Problem and the rest goes on.

The processes are started afresh, not forked: a fork hangs once Typst has run in the parent. They are not of
multiprocessing either, because a task of the queue, itself a daemon there, may not start such processes.
"""

import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

import rebill
from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.worker import DONE, PDF
from rebill.rules.errors import Problem, Said
from rebill.rules.errors import said as _

Key = TypeVar("Key")
Order = tuple[Key, DocumentContent]

SECONDS_MAX = 60.0
# Enough that a worker has work while the caller stores what is ready, few enough that the last ones are shared fairly.
_AT_ONCE = 4
# Nothing listens there: a template cannot fetch anything.
_NOWHERE = "http://127.0.0.1:9"


class _Worker(Generic[Key]):
    """One process, and the documents it has been given and has not answered yet."""

    def __init__(self, folder: str, form: str) -> None:
        self.connection, theirs = Pipe()
        self.orders: deque[Order[Key]] = deque()
        self._since = 0.0
        self._last_words = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `end`)
        self._running = subprocess.Popen(
            [sys.executable, "-m", "rebill.invoices.documents.pdf.worker", str(theirs.fileno()), form],
            env=_environment(folder),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stderr=self._last_words,
        )
        theirs.close()

    def give(self, orders: list[Order[Key]]) -> None:
        self.orders.extend(orders)
        self._since = monotonic()
        try:
            self.connection.send([content for _, content in orders])
        except (BrokenPipeError, ConnectionResetError):
            # It died while idle; the caller sees the end of the connection next and replaces it.
            return

    def receive(self) -> tuple[Key, bytes | Problem]:
        """The next answer. EOFError when the process is gone."""
        try:
            message = self.connection.recv_bytes()
        except ConnectionResetError as error:
            raise EOFError from error
        key, content = self.orders.popleft()
        self._since = monotonic()
        body = message[1:]
        return key, body if message[:1] == DONE else _problem(content, body.decode())

    def is_overdue(self, seconds_max: float) -> bool:
        return monotonic() - self._since > seconds_max

    def last_words(self) -> str:
        """The last line that the process wrote before it broke off, such as the memory it could not get."""
        self._last_words.seek(0)
        lines = self._last_words.read().decode(errors="replace").splitlines()
        # Rust ends with a note on how to learn more, Python with the error itself.
        said = [line.strip() for line in lines if line.strip() and not line.startswith("note:")]
        return said[-1] if said else "it said nothing"

    def end(self) -> None:
        self.connection.close()
        self._running.kill()
        self._running.wait()
        self._last_words.close()


def render_many(
    contents: Iterable[Order[Key]],
    *,
    workers: int | None = None,
    seconds_max: float = SECONDS_MAX,
    form: str = PDF,
) -> Iterator[tuple[Key, bytes | Problem]]:
    """Render (key, content) pairs and give each key back with its PDF or its Problem, in the order they are ready.

    As many processes as the machine has cores, unless told; `contents` is read as they need it, always by the caller's
    own thread, so memory stays flat. A document that takes longer than `seconds_max` is given up. `form` is pdf, or png
    for pictures of first pages.
    """
    source = iter(contents)
    left_over: deque[Order[Key]] = deque()
    with tempfile.TemporaryDirectory(prefix="rebill-pdf-") as folder:
        crew: list[_Worker[Key]] = []
        try:
            for _ in range(workers or os.cpu_count() or 1):
                crew.append(_Worker(folder, form))
            while _hand_out(crew, source, left_over):
                for position, worker in _that_answered(crew, seconds_max):
                    try:
                        yield worker.receive()
                    except EOFError:
                        yield _give_up(
                            worker, left_over, f"the process that rendered it broke off: {worker.last_words()}"
                        )
                        crew[position] = _Worker(folder, form)
                for position, worker in enumerate(crew):
                    if worker.orders and worker.is_overdue(seconds_max) and not worker.connection.poll():
                        yield _give_up(worker, left_over, f"it took longer than {seconds_max:g} seconds")
                        crew[position] = _Worker(folder, form)
        finally:
            for worker in crew:
                worker.end()


def _hand_out(crew: list[_Worker[Key]], source: Iterator[Order[Key]], left_over: deque[Order[Key]]) -> bool:
    """Give work to those who have none; False when there is nothing left to do."""
    for worker in crew:
        if worker.orders:
            continue
        # What a broken-off process left is tried one by one: it may hold the next one that breaks.
        orders = [left_over.popleft()] if left_over else list(islice(source, _AT_ONCE))
        if orders:
            worker.give(orders)
    return any(worker.orders for worker in crew)


def _that_answered(crew: list[_Worker[Key]], seconds_max: float) -> list[tuple[int, _Worker[Key]]]:
    busy = {worker.connection: (position, worker) for position, worker in enumerate(crew) if worker.orders}
    answered = wait(list(busy), timeout=min(1.0, seconds_max))
    return [busy[connection] for connection in answered if isinstance(connection, Connection)]


def _give_up(worker: _Worker[Key], left_over: deque[Order[Key]], why: str) -> tuple[Key, Problem]:
    """End the process; its first open document is the culprit, the others go to somebody else."""
    worker.end()
    key, content = worker.orders.popleft()
    left_over.extend(worker.orders)
    worker.orders.clear()
    return key, _problem(content, why)


def _problem(content: DocumentContent, why: str) -> Problem:
    own_template = content.look.template is not None
    return Problem(
        what="document.not_rendered",
        where=_document_words(content),
        why=why,
        remedy=_("Mend the template or take the built-in one.") if own_template else _("Mend the look or the texts."),
    )


def _document_words(content: DocumentContent) -> Said:
    if content.kind == "credit_note":
        return _("credit note %(number)s", number=content.number)
    return _("invoice %(number)s", number=content.number)


def _environment(folder: str) -> dict[str, str]:
    """What a worker needs: to find rebill, one thread, a folder that is cleared for it, and no way to the network."""
    paths = [str(Path(rebill.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    proxies = ("http_proxy", "https_proxy", "all_proxy")
    environment = dict(os.environ)
    environment |= {name: _NOWHERE for proxy in proxies for name in (proxy, proxy.upper())}
    environment |= {"no_proxy": "", "NO_PROXY": "", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    return environment | {"RAYON_NUM_THREADS": "1", "RUST_BACKTRACE": "0", "TMPDIR": folder}
