"""The bytes of a call file: as they are, or out of gzip or zip, as UTF-8; in blocks that end where a line ends."""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid

BLOCK_BYTES = 32 << 20
LINE_BYTES_MAX = 8 << 20
# More than any table of text is compressed to: beyond it a file was made to fill the disk.
_RATIO_MAX = 300
_SMALL_BYTES = 64 << 20
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_WORKBOOK = "xl/workbook.xml"
MEMBERS_MAX = 1_000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileUnreadable(Invalid):
    """The file as a whole cannot be read; nothing of it was taken."""


class Progress:
    """How many bytes of the file, as it lies on disk, have been read of how many."""

    def __init__(self, path: Path) -> None:
        self.total = path.stat().st_size
        self.done = 0


def files_within(path: Path) -> tuple[str, ...]:
    """The names of the files of calls in a zip that holds several, in its order; none for anything else.

    None too for an archive that cannot be read, or holds no calls: opened, it says why.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return ()
    names = tuple(dict.fromkeys(member.filename for member in members))
    is_read_apart = 1 < len(names) <= MEMBERS_MAX and _WORKBOOK not in names
    return names if is_read_apart else ()


@contextmanager
def open_bytes(path: Path, progress: Progress, within: str = "") -> Iterator[Iterator[bytes]]:
    """The content piece by piece, unpacked. FileUnreadable when an archive is damaged, or made to fill the disk.

    `within` names the file of a zip that holds several.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4)
            file.seek(0)
            if first.startswith(_GZIP):
                with gzip.open(file) as unpacked:
                    yield _unpacked(unpacked, file, progress)
            elif first in _ZIP:
                with zipfile.ZipFile(file) as archive, archive.open(_member(archive, within)) as unpacked:
                    yield _unpacked(unpacked, file, progress)
            else:
                yield _pieces(file, file, progress)
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise FileUnreadable(
            _("The archive is damaged or was cut off: %(reason)s. Deliver the file again.") % {"reason": error}
        ) from error


def text_blocks(pieces: Iterator[bytes], encoding: str, *, line_bytes_max: int = LINE_BYTES_MAX) -> Iterator[bytes]:
    """Blocks of whole lines in UTF-8. What is no character of the encoding becomes U+FFFD."""
    rest = b""
    for piece in _in_lines(_as_utf8(pieces, encoding)):
        block = rest + piece
        end = block.rfind(b"\n") + 1
        if end == 0:
            if len(block) > line_bytes_max:
                raise FileUnreadable(_("It has no lines: it is no table of text."))
            rest = block
            continue
        yield block[:end]
        rest = block[end:]
    if rest:
        yield rest


def _in_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same with a line feed behind every line, and blanks for NUL: no database keeps a text that holds one."""
    first = next(pieces, b"")
    has_returns_only = b"\r" in first and b"\n" not in first
    for piece in chain([first], pieces):
        text = piece.replace(b"\0", b" ") if b"\0" in piece else piece
        yield text.replace(b"\r", b"\n") if has_returns_only else text


def _as_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    first = next(pieces, b"")
    for mark, named in _MARKS:
        if first.startswith(mark):
            encoding = named
            first = first.removeprefix(codecs.BOM_UTF8)
    if codecs.lookup(encoding).name == "utf-8":
        encoding = _utf_16_without_mark(first) or encoding
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    if codecs.lookup(encoding).name == "utf-8":
        yield first
        yield from pieces
        return
    yield decoder.decode(first).encode("utf-8", errors="replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", errors="replace")
    yield decoder.decode(b"", final=True).encode("utf-8", errors="replace")


def _utf_16_without_mark(first: bytes) -> str | None:
    """The encoding of a text whose first two characters take two bytes each, one of them being NUL."""
    if len(first) < 4:
        return None
    match [byte > 0 for byte in first[:4]]:
        case [True, False, True, False]:
            return "utf-16-le"
        case [False, True, False, True]:
            return "utf-16-be"
    return None


def _pieces(file: IO[bytes] | gzip.GzipFile, raw: BinaryIO, progress: Progress) -> Iterator[bytes]:
    while piece := file.read(BLOCK_BYTES):
        progress.done = raw.tell()
        yield piece


def _unpacked(file: IO[bytes] | gzip.GzipFile, raw: BinaryIO, progress: Progress) -> Iterator[bytes]:
    unpacked = 0
    for piece in _pieces(file, raw, progress):
        unpacked += len(piece)
        if unpacked > max(_SMALL_BYTES, _RATIO_MAX * progress.total):
            raise FileUnreadable(_("It unpacks to more than any list of calls would. It was not read."))
        yield piece


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [member for member in archive.infolist() if not member.is_dir() and not _is_hidden(member)]


def _member(archive: zipfile.ZipFile, within: str) -> zipfile.ZipInfo:
    members = [member for member in _members(archive) if within in ("", member.filename)]
    if not members:
        raise FileUnreadable(_("The archive holds no file. Pack the calls again and deliver it."))
    if any(member.filename == _WORKBOOK for member in members):
        raise FileUnreadable(_("It is a workbook. Save it as CSV, and deliver that."))
    if len(members) > MEMBERS_MAX:
        raise FileUnreadable(
            _("The archive holds %(count)s files; at most %(most)s are read. Pack them into several archives.")
            % {"count": len(members), "most": MEMBERS_MAX}
        )
    if len(members) > 1:
        raise FileUnreadable(_("The archive holds two files of one name. Pack the calls again and deliver it."))
    if members[0].flag_bits & 0x1:
        raise FileUnreadable(_("The archive is protected with a password."))
    return members[0]


def _is_hidden(member: zipfile.ZipInfo) -> bool:
    """Whether a file system put it there beside the file that was packed."""
    path = PurePosixPath(member.filename)
    return path.name.startswith(".") or path.parts[0] == "__MACOSX"
