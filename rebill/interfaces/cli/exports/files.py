"""Files that an export is written to, where somebody said."""

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid


class FileUnwritable(Invalid):
    """The file cannot be written where it was asked for."""


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Writes the chunks one after the other, so that a file may be larger than the memory."""
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
    except OSError as error:
        raise FileUnwritable(
            _("%(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror or error}
        ) from error
