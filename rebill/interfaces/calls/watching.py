"""A folder into which switches put their files: whatever has arrived whole is taken, and moved to done or failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from rebill.access.acting import Acting
from rebill.kit.arrivals import Arrivals
from rebill.kit.errors import Refused, reason_of
from rebill.sources.usage.commands import take_calls
from rebill.sources.usage.commands.taking import OnProgress
from rebill.sources.usage.models import CallFile, CallFileState, Switch

INCOMING = "incoming"


def incoming_folder(slug: str, code: str) -> Path:
    """The folder of a seller's switch that the worker watches, where somebody has made it."""
    return Path(settings.REBILL_DATA) / INCOMING / slug / code


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a file of the folder: its row, or why there is none."""

    name: str
    file: CallFile | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """Takes the files of a folder, each once it has arrived whole."""

    arrivals: Arrivals

    def look(
        self, *, acting: Acting, switch: Switch, now: datetime, on_progress: OnProgress = lambda done, total: None
    ) -> Iterator[Looked]:
        """Take what has arrived whole since the look before."""
        for path in self.arrivals.look():
            yield from self._take(path, acting, switch, now, on_progress)

    def take_settled(self, *, acting: Acting, switch: Switch, now: datetime) -> Iterator[Looked]:
        """Take what has arrived whole, at a single look."""
        for path in self.arrivals.settled(now):
            yield from self._take(path, acting, switch, now, lambda done, total: None)

    def _take(self, path: Path, acting: Acting, switch: Switch, now: datetime, on_progress: OnProgress) -> list[Looked]:
        try:
            files = take_calls(
                acting=acting, switch=switch, path=path, name=path.name, now=now, on_progress=on_progress
            )
        except Refused as refusal:
            self.arrivals.put_away(path, done=False)
            return [Looked(path.name, None, reason_of(refusal))]
        self.arrivals.put_away(path, done=all(file.state == CallFileState.READ for file in files))
        return [Looked(file.name, file, file.words) for file in files]
