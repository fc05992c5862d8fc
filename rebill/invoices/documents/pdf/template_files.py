"""Reads a seller's own template, from a folder, a single file or their bytes, and refuses what Typst must not get."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rebill.invoices.documents.contract import Template
from rebill.invoices.documents.pdf.press import MAIN_FILE
from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

FILES_MAX = 100
BYTES_MAX = 5_000_000
SUFFIXES = frozenset({".typ", ".svg", ".png", ".jpg", ".jpeg", ".ttf", ".otf", ".json", ".csv", ".txt"})
# Names that rebill puts into the folder itself: rebill.typ and the logo.
_OURS = "rebill"
_PACKAGE = re.compile(r"@(?:preview|local)\b")


class BadTemplate(Invalid):
    """The template cannot be used; the message says which file, and the line where there is one."""


def read_template(source: Path | bytes) -> Template:
    """A template from a folder with `invoice.typ`, from one .typ file, or from the bytes of such a file or of a ZIP.

    Refuses links, paths that lead out of the folder, files of other kinds, too many or too large ones, and packages
    from the network. Whether it makes a document is for `check_template` to see.
    """
    if isinstance(source, bytes):
        files = _from_zip(source) if source.startswith(b"PK") else iter([(MAIN_FILE, source)])
    elif source.is_dir():
        files = _from_folder(source)
    else:
        files = iter([(MAIN_FILE, source.read_bytes())])
    kept = tuple(sorted(_within_limits(files)))
    if MAIN_FILE not in (name for name, _ in kept):
        raise BadTemplate(_("The template has no %(main_file)s.", main_file=MAIN_FILE))
    for name, content in kept:
        if name.endswith(".typ"):
            _check_source(name, content)
    return Template(kept)


def _within_limits(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    size = 0
    for count, (name, content) in enumerate(files, start=1):
        size += len(content)
        if count > FILES_MAX or size > BYTES_MAX:
            raise BadTemplate(
                _(
                    "The template is too large: %(files_max)s files and %(bytes_max)s bytes are the most.",
                    files_max=FILES_MAX,
                    bytes_max=f"{BYTES_MAX:,}",
                )
            )
        path = PurePosixPath(name)
        if path.suffix.lower() not in SUFFIXES:
            raise BadTemplate(
                _(
                    "%(name)s is of no kind that a template needs; there are %(suffixes)s.",
                    name=name,
                    suffixes=", ".join(sorted(SUFFIXES)),
                )
            )
        if path.parts[0].startswith(_OURS):
            raise BadTemplate(
                _("%(name)s: names that begin with %(ours)r are kept for rebill's own files.", name=name, ours=_OURS)
            )
        yield name, content


def _from_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise BadTemplate(_("%(name)s is a link; put the file itself into the folder.", name=name))
        if path.is_file() and not _is_hidden(name):
            yield name, _read_limited(path)


def _read_limited(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTES_MAX + 1)


def _from_zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
        for entry in entries[: FILES_MAX + 1]:
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
                raise BadTemplate(_("%(filename)s leads out of the folder.", filename=entry.filename))
            # What a ZIP says about the size of an entry need not be true, so no more than the limit is unpacked.
            with archive.open(entry) as file:
                yield _without_folder(entry.filename, entries), file.read(BYTES_MAX + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadTemplate(_("The ZIP with the template cannot be read: %(error)s.", error=error)) from error


def _without_folder(name: str, entries: list[zipfile.ZipInfo]) -> str:
    """The name inside the one folder that everything is in, as people zip a folder with its name."""
    tops = {PurePosixPath(entry.filename).parts[0] for entry in entries}
    path = PurePosixPath(name)
    return name if len(tops) > 1 or len(path.parts) == 1 else PurePosixPath(*path.parts[1:]).as_posix()


def _is_hidden(name: str) -> bool:
    """Left there by the system, such as .DS_Store; not a way up."""
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _check_source(name: str, content: bytes) -> None:
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise BadTemplate(_("%(name)s is not written in UTF-8: %(reason)s.", name=name, reason=error.reason)) from error
    for number, line in enumerate(lines, start=1):
        if _PACKAGE.search(line):
            raise BadTemplate(
                _(
                    "%(name)s line %(number)s: packages are not available; put their files into the folder.",
                    name=name,
                    number=number,
                )
            )
