"""What of the story is done, kept beside the database: a demo that was stopped or killed goes on from there.

The file also says that the folder is the demo's own, which is what allows `rebill demo --fresh` to clear it.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from rebill.kit.errors import Conflict

NAME = "demo.json"
# All that the demo and the commands after it make in the folder. The key that signs links stays.
_OURS = (
    "rebill.sqlite3", "rebill.sqlite3-wal", "rebill.sqlite3-shm", "files", "mail", "demo", "migrate.lock",
    "worker.lock", "errors.log", NAME,
)  # fmt: skip


class NotOurFolder(Conflict):
    """The data folder was not made by the demo, so the demo clears nothing in it."""


class Diary:
    """The month that is told and the steps that are done, written down after each."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._kept: dict[str, Any] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}

    @property
    def month(self) -> date | None:
        """The month of the story; None before it began."""
        return date.fromisoformat(self._kept["month"]) if "month" in self._kept else None

    @property
    def has_begun(self) -> bool:
        """Whether any step was begun."""
        return bool(self._kept.get("begun"))

    @property
    def is_finished(self) -> bool:
        """Whether the whole story was told."""
        return self.is_done("tabs")

    @property
    def figures(self) -> dict[str, Any]:
        """What the steps came to, for those who ask later."""
        return dict(self._kept.get("figures", {}))

    def begin(self, month: date) -> None:
        """Notes which month is told, before anything else is done."""
        self._kept = {"month": month.isoformat(), "done": [], "begun": [], "figures": {}}
        self._write()

    def note(self, **figures: Any) -> None:
        """Keeps what a step came to."""
        self._kept["figures"].update(figures)
        self._write()

    def is_done(self, step: str) -> bool:
        """Whether the step was finished."""
        return step in self._kept.get("done", [])

    @contextmanager
    def step(self, name: str) -> Iterator[bool]:
        """Gives whether an earlier start of the step was cut off, and notes the step when it ends well."""
        was_cut_off = name in self._kept["begun"]
        if not was_cut_off:
            self._kept["begun"].append(name)
            self._write()
        yield was_cut_off
        self._kept["done"].append(name)
        self._write()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        waiting = self._path.with_suffix(".part")
        waiting.write_text(json.dumps(self._kept, indent=2) + "\n", "utf-8")
        os.replace(waiting, self._path)


def clear_folder(folder: Path) -> None:
    """Takes away what the demo made in its folder, and nothing else; NotOurFolder where the demo never was."""
    if not (folder / NAME).exists():
        raise NotOurFolder(
            _(
                "%(folder)s was not made by the demo, so nothing in it is deleted. Choose another folder "
                "with REBILL_DATA."
            )
            % {"folder": folder}
        )
    for name in _OURS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
