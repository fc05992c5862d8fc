"""Files kept by their content: written once, found by their SHA-256, and shown to be unchanged whenever they are read.

A file is complete under its name or not there at all: bytes go to a file of another name, reach the disk, and are then
renamed. The row in the database comes after that, so a row never promises bytes that are not there.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from rebill.kit.bulk import chunks, insert_rows
from rebill.kit.errors import Conflict, NotFound, Problem
from rebill.kit.models import StoredFile

_HASH = re.compile(r"[0-9a-f]{64}")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FILES_AT_ONCE = 200
_WRITERS = 8
_PIECE = 1 << 20


class NoRoom(Conflict):
    """The disk, or the share of it that rebill may use, is full; nothing was kept."""


class FileMissing(NotFound):
    """No file with this hash was kept, or its bytes are gone."""


class FileChanged(Conflict):
    """The bytes on disk are no longer those that were kept."""


def store_file(content: bytes, *, media_type: str, now: datetime) -> StoredFile:
    """Keep `content` and return its row; content kept before is not kept twice and keeps its first media type.

    NoRoom when it does not fit, with nothing left behind. When the transaction is rolled back the bytes stay, named by
    no row and harmless: storing the same content again finds them.
    """
    [stored] = store_files([(content, media_type)], now=now)
    return stored


def store_files(contents: Iterable[tuple[bytes, str]], *, now: datetime) -> list[StoredFile]:
    """Keep many contents, each with its media type, as `store_file` does; return their rows in the same order."""
    stored: list[StoredFile] = []
    for chunk in chunks(contents, _FILES_AT_ONCE):
        hashes = [hashlib.sha256(content).hexdigest() for content, _ in chunk]
        known = StoredFile.objects.in_bulk(hashes)
        _write_all({name: content for name, (content, _) in zip(hashes, chunk, strict=True)}, synced=known.keys())
        rows = ((name, len(content), kind, now) for name, (content, kind) in zip(hashes, chunk, strict=True))
        insert_rows(StoredFile, ("hash", "size", "media_type", "stored_at"), rows, ignore_conflicts=True)
        by_hash = StoredFile.objects.in_bulk(hashes)
        stored.extend(by_hash[name] for name in hashes)
    return stored


def store_path(path: Path, *, media_type: str, now: datetime) -> StoredFile:
    """Keep a copy of the file at `path`, as `store_file` does; however large it is, little of it is in memory."""
    content_hash = hash_of(path)
    kept = _path_of(content_hash)
    if not (kept.exists() and hash_of(kept) == content_hash):
        _bring(kept, lambda arriving: _copy(path, arriving), size=path.stat().st_size)
    for folder in _folders_above(kept):
        _sync_folder(folder)
    row = (content_hash, kept.stat().st_size, media_type, now)
    insert_rows(StoredFile, ("hash", "size", "media_type", "stored_at"), [row], ignore_conflicts=True)
    return StoredFile.objects.get(pk=content_hash)


def forget_file(content_hash: str) -> bool:
    """Delete a kept file, if no row names it any more; whether it went. The bytes go once that is committed."""
    try:
        with transaction.atomic():
            StoredFile.objects.filter(pk=content_hash).delete()
    except ProtectedError:
        return False
    transaction.on_commit(lambda: _unlink(content_hash))
    return True


def path_of(stored: StoredFile) -> Path:
    """Where the kept file lies, for those who read it by its path. It is never written to."""
    return _path_of(stored.hash)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return _digest(file)


def open_file(content_hash: str) -> BinaryIO:
    """The kept file, opened for reading. The bytes are not compared with the hash: `read_file` does that."""
    try:
        return _path_of(content_hash).open("rb")
    except FileNotFoundError:
        raise FileMissing(_("There is no stored file %(named)s.") % {"named": content_hash}) from None


def read_file(content_hash: str) -> bytes:
    """The bytes of the kept file; FileChanged when they are not what was kept."""
    with open_file(content_hash) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != content_hash:
        raise FileChanged(
            _("The stored file %(content_hash)s was changed on disk after it was kept.")
            % {"content_hash": content_hash}
        )
    return content


def check_files() -> list[Problem]:
    """Read every kept file and report those that are gone or changed, and what stopped writers left behind."""
    problems = []
    for stored in StoredFile.objects.order_by("hash").iterator():
        where = _("stored file %(hash)s") % {"hash": stored.hash}
        try:
            unchanged = _hash_of(stored.hash) == stored.hash
        except FileMissing:
            remedy = _("Put it back from a backup of the data folder.")
            problems.append(Problem("file.missing", where, _("The file is gone from the data folder."), remedy))
            continue
        if not unchanged:
            remedy = _("Put the file back from a backup of the data folder, and find out who changed it.")
            problems.append(Problem("file.changed", where, _("Its bytes are not those that were kept."), remedy))
    for path in sorted(_arrivals().glob("*")):
        why = _("It was never finished: its writer was stopped, or is still writing.")
        remedy = _("Delete it when no worker is running; no row names it.")
        problems.append(Problem("file.unfinished", str(path), why, remedy, blocking=False))
    return problems


def _unlink(content_hash: str) -> None:
    """The same content may have been kept anew since its row went."""
    if not StoredFile.objects.filter(pk=content_hash).exists():
        _path_of(content_hash).unlink(missing_ok=True)


def _hash_of(content_hash: str) -> str:
    """What the bytes on disk hash to now."""
    with open_file(content_hash) as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _write_all(contents: Mapping[str, bytes], *, synced: Collection[str] = ()) -> None:
    """Bring all contents to disk under their hashes; those `synced` before are only written when they are not whole.

    Waiting for the disk is most of the work, and a disk that is asked for many files at once writes them together.
    """
    with ThreadPoolExecutor(_WRITERS) as pool:
        paths = [_path_of(name) for name in contents]
        written = pool.map(_write, paths, contents.values())
        unsure = [path for path, new in zip(paths, written, strict=True) if new or path.name not in synced]
        folders = {folder for path in unsure for folder in _folders_above(path)}
        for _folder in pool.map(_sync_folder, folders):
            pass


def _write(path: Path, content: bytes) -> bool:
    """Write the file unless it stands there whole already; say whether it was written."""
    with suppress(FileNotFoundError):
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
    _bring(path, lambda arriving: arriving.write(content), size=len(content))
    return True


def _bring(path: Path, write: Callable[[BinaryIO], object], *, size: int) -> None:
    """Let `write` fill a file of another name, see it on the disk, and give it its name."""
    arriving = _arrivals() / f"{path.name}.{uuid4().hex}"
    try:
        arriving.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with arriving.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(arriving, path)
    except OSError as error:
        with suppress(OSError):
            arriving.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise NoRoom(
                _("%(size)s bytes do not fit into %(root)s: %(strerror)s. Make room and try again.")
                % {"size": size, "root": _root(), "strerror": error.strerror}
            ) from error
        raise


def _copy(source: Path, target: BinaryIO) -> None:
    with source.open("rb") as file:
        shutil.copyfileobj(file, target, _PIECE)


def _path_of(content_hash: str) -> Path:
    if not _HASH.fullmatch(content_hash):
        raise FileMissing(
            _("%(content_hash)s is not the hash of a stored file.") % {"content_hash": f"{content_hash!r:.80}"}
        )
    return _root() / content_hash[:2] / content_hash[2:4] / content_hash


def _root() -> Path:
    return Path(settings.REBILL_DATA) / "files"


def _arrivals() -> Path:
    """Where files are written before they get their name: on the same disk, so that renaming cannot be halved."""
    return _root() / "arriving"


def _folders_above(path: Path) -> list[Path]:
    """The folders of a file up to the data folder: a new folder, too, must reach the disk as an entry of its parent."""
    return [folder for folder in path.parents if folder.is_relative_to(_root().parent)]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
