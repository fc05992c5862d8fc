"""Brings files in as `rebill import` does: read, mapped by their headings, and every line accepted."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.demo.files import DemoFile
from rebill.interfaces.imports.inspecting import open_file
from rebill.interfaces.imports.running import import_file
from rebill.kit.errors import Conflict
from rebill.pipeline import Progress


class Advance(Protocol):
    """Tells how much is done; `total` may become known on the way."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


# Opens a progress bar with this title.
Bar = Callable[[str], AbstractContextManager[Advance]]


@contextmanager
def bars_by_step(bar: Bar, titles: Mapping[str, str]) -> Iterator[Progress]:
    """Progress of several steps, with a bar for each, one after the other: two at once would write over each other."""
    with ExitStack() as stack:
        opened: dict[str, Advance] = {}

        def progress(step: str, done: int, total: int | None) -> None:
            if step not in opened:
                stack.close()
                opened[step] = stack.enter_context(bar(titles[step]))
            opened[step](done, total)

        yield progress


class FileNotWhole(Conflict):
    """A line of the demo's own files was rejected: the demo and rebill no longer fit each other."""


def take_file(acting: Acting, file: DemoFile, now: datetime, advance: Advance) -> int:
    """Imports one file; returns how many lines were new. FileNotWhole names the first line that was rejected."""
    opened = open_file(acting=acting, entity=file.entity, source=file.path, file_name=file.path.name)
    advance(0, file.lines)
    told = import_file(acting=acting, opened=opened, now=now, on_progress=advance)
    if told.result.rejected:
        first = told.result.first_rejected[0].problem(file.path.name)
        raise FileNotWhole(
            _("%(rejected)s lines of %(path)s were rejected, first %(where)s: %(why)s")
            % {"rejected": told.result.rejected, "path": file.path, "where": first.where, "why": first.why}
        )
    return told.result.accepted
