"""Files that an export is written to, where somebody said."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid


class FileUnwritable(Invalid):
    """The file cannot be written where it was asked for."""


@contextmanager
def file_at(path: Path) -> Iterator[BinaryIO]:
    """The file to write to. FileUnwritable when there is no such folder, no right to write there, or no room."""
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise FileUnwritable(
            _("%(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror or error}
        ) from error


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Writes the chunks one after the other, so that a file may be larger than the memory."""
    with file_at(path) as file:
        for chunk in chunks:
            file.write(chunk)
