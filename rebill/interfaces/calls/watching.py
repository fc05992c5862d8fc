"""A folder into which switches put their files: whatever has arrived whole is taken, and moved to done or failed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from rebill.access.acting import Acting
from rebill.kit.errors import Refused, reason_of
from rebill.sources.usage.commands import take_calls
from rebill.sources.usage.commands.taking import OnProgress
from rebill.sources.usage.models import CallFile, CallFileState, Switch

DONE, FAILED = "done", "failed"
# A file that has such a name is still being written by whoever brings it.
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
INCOMING = "incoming"
SETTLED_AFTER = timedelta(minutes=1)


def incoming_folder(slug: str, code: str) -> Path:
    """The folder of a seller's switch that the worker watches, where somebody has made it."""
    return Path(settings.REBILL_DATA) / INCOMING / slug / code


def _files_in(folder: Path) -> list[Path]:
    """What lies there and is not known to be unfinished."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)
    ]


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a file of the folder: its row, or why there is none."""

    name: str
    file: CallFile | None
    words: str = ""


@dataclass(slots=True)
class WatchedFolder:
    """Takes a file once it has not grown from one look to the next, so that half a file is left alone."""

    folder: Path
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(
        self, *, acting: Acting, switch: Switch, now: datetime, on_progress: OnProgress = lambda done, total: None
    ) -> Iterator[Looked]:
        """Take what has arrived whole since the look before."""
        for path in _files_in(self.folder):
            stands = (path.stat().st_size, path.stat().st_mtime_ns)
            if self._seen.get(path.name) == stands:
                self._seen.pop(path.name)
                yield self._take(path, acting, switch, now, on_progress)
            else:
                self._seen[path.name] = stands

    def settled(self, now: datetime) -> list[Path]:
        """The files that nobody has written to for a minute."""
        since = (now - SETTLED_AFTER).timestamp()
        return [path for path in _files_in(self.folder) if path.stat().st_mtime <= since]

    def take_settled(self, *, acting: Acting, switch: Switch, now: datetime) -> Iterator[Looked]:
        """Take what has arrived whole, at a single look."""
        for path in self.settled(now):
            yield self._take(path, acting, switch, now, lambda done, total: None)

    def _take(self, path: Path, acting: Acting, switch: Switch, now: datetime, on_progress: OnProgress) -> Looked:
        try:
            file = take_calls(acting=acting, switch=switch, path=path, name=path.name, now=now, on_progress=on_progress)
        except Refused as refusal:
            self._move(path, FAILED)
            return Looked(path.name, None, reason_of(refusal))
        self._move(path, DONE if file.state == CallFileState.READ else FAILED)
        return Looked(path.name, file, file.words)

    def _move(self, path: Path, into: str) -> None:
        """Out of the way, beside a file of the same name that came before."""
        folder = self.folder / into
        folder.mkdir(exist_ok=True)
        target, number = folder / path.name, 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem}-{number}{path.suffix}"
        os.replace(path, target)
