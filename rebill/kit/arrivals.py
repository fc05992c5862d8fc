"""A folder into which others put files: which have arrived whole, and where they go once they were taken."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

DONE, FAILED = "done", "failed"
# A file that has such a name is still being written by whoever brings it.
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
SETTLED_AFTER = timedelta(minutes=1)


def is_whole(path: Path) -> bool:
    """Whether its name says nothing of being on its way still, or hidden."""
    return not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)


def files_in(path: Path) -> list[Path]:
    """The files of a folder that are whole by their names, in the order of these; a file is itself."""
    if not path.is_dir():
        return [path]
    return [each for each in sorted(path.iterdir()) if each.is_file() and is_whole(each)]


@dataclass(slots=True)
class Arrivals:
    """The files of a folder. One is taken once it has not grown from one look to the next, so that half a file is left
    alone."""

    folder: Path
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self) -> Iterator[Path]:
        """What has arrived whole since the look before."""
        for path in files_in(self.folder):
            stands = (path.stat().st_size, path.stat().st_mtime_ns)
            if self._seen.get(path.name) != stands:
                self._seen[path.name] = stands
                continue
            self._seen.pop(path.name)
            yield path

    def settled(self, now: datetime) -> list[Path]:
        """The files that nobody has written to for a minute."""
        since = (now - SETTLED_AFTER).timestamp()
        return [path for path in files_in(self.folder) if path.stat().st_mtime <= since]

    def put_away(self, path: Path, *, done: bool) -> None:
        """Out of the way, to done or failed, beside a file of the same name that came before."""
        folder = self.folder / (DONE if done else FAILED)
        folder.mkdir(exist_ok=True)
        target, number = folder / path.name, 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem}-{number}{path.suffix}"
        os.replace(path, target)
