"""Stored files: kept once by content, never half, and shown to be unchanged."""

import errno
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from rebill.kit.errors import Conflict, NotFound
from rebill.kit.files import check_files, open_file, read_file, store_file, store_files
from rebill.kit.models import StoredFile

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LATER = datetime(2026, 2, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def store(content: bytes) -> StoredFile:
    return store_file(content, media_type="application/pdf", now=NOW)


def path_of(stored: StoredFile, data_folder: Path) -> Path:
    return data_folder / "files" / stored.hash[:2] / stored.hash[2:4] / stored.hash


def all_files(data_folder: Path) -> list[Path]:
    return [path for path in data_folder.rglob("*") if path.is_file()]


def test_a_file_is_found_by_the_hash_of_its_content(data_folder: Path):
    stored = store(b"invoice")

    assert stored.hash == hashlib.sha256(b"invoice").hexdigest()
    assert (stored.size, stored.media_type, stored.stored_at) == (7, "application/pdf", NOW)
    assert read_file(stored.hash) == path_of(stored, data_folder).read_bytes() == b"invoice"
    with open_file(stored.hash) as file:
        assert file.read() == b"invoice"


def test_the_same_content_is_kept_once_as_it_was_first(data_folder: Path):
    first = store(b"invoice")
    second = store_file(b"invoice", media_type="text/plain", now=LATER)

    assert second == first
    assert (second.media_type, second.stored_at) == ("application/pdf", NOW)
    assert len(all_files(data_folder)) == 1


@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 10_000])
def test_contents_of_any_size(content: bytes):
    assert read_file(store(content).hash) == content


def test_many_files_come_back_in_order_whatever_stood_there():
    store(b"content 3")
    contents = [(f"content {each % 250}".encode(), "text/plain") for each in range(500)]

    stored = store_files(iter(contents), now=LATER)

    assert [read_file(each.hash) for each in stored] == [content for content, _ in contents]
    assert StoredFile.objects.count() == 250
    assert stored[3].media_type == "application/pdf"


def test_bytes_that_were_changed_are_noticed(data_folder: Path):
    stored = store(b"1000.00 EUR")
    path_of(stored, data_folder).write_bytes(b"9000.00 EUR")

    with pytest.raises(Conflict, match="changed on disk"):
        read_file(stored.hash)
    assert [(problem.what, problem.blocking) for problem in check_files()] == [("file.changed", True)]


def test_storing_the_content_again_mends_a_changed_file(data_folder: Path):
    stored = store(b"1000.00 EUR")
    path_of(stored, data_folder).write_bytes(b"9000.00 EUR")

    store(b"1000.00 EUR")

    assert read_file(stored.hash) == b"1000.00 EUR"


def test_bytes_that_are_gone_are_noticed(data_folder: Path):
    stored = store(b"invoice")
    path_of(stored, data_folder).unlink()

    with pytest.raises(NotFound):
        read_file(stored.hash)
    [problem] = check_files()
    assert problem.what == "file.missing"
    assert stored.hash in problem.where


def test_files_in_order_give_no_problems():
    store_files([(b"a", "text/plain"), (b"b", "text/plain")], now=NOW)
    assert check_files() == []


@pytest.mark.parametrize("name", ["", "0" * 64, "../../../../etc/passwd", "A" * 64, "0" * 63 + "\n", "../" + "0" * 61])
def test_what_is_no_hash_of_a_file_is_not_found(name: str):
    with pytest.raises(NotFound):
        read_file(name)


def test_a_rolled_back_file_is_stored_again_without_trouble():
    with transaction.atomic():
        store(b"invoice")
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()

    assert read_file(store(b"invoice").hash) == b"invoice"


def test_what_a_stopped_writer_left_is_told_but_blocks_nothing(data_folder: Path):
    store(b"invoice")
    (data_folder / "files" / "arriving" / "left over").write_bytes(b"half")

    [problem] = check_files()

    assert (problem.what, problem.blocking) == ("file.unfinished", False)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_leaves_nothing(monkeypatch, data_folder: Path, number: int):
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    store(b"before")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(Conflict, match=r"7 bytes do not fit into .*: .*\. Make room and try again\."):
            store(b"invoice")

    assert len(all_files(data_folder)) == StoredFile.objects.count() == 1
    assert read_file(store(b"invoice").hash) == b"invoice"


# The system itself refuses to let the file grow, as a full disk does.
LIMITED = """
import resource, sys
from pathlib import Path
from django.conf import settings
settings.configure(REBILL_DATA=sys.argv[1], INSTALLED_APPS=["rebill.kit"])
import django
django.setup()
from rebill.kit import files
from rebill.kit.errors import Conflict
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    files._write_all({"ab" * 32: b"x" * 300_000})
except Conflict as refused:
    sys.stdout.write(f"{type(refused).__name__}: {refused}")
"""


def test_a_limit_of_the_system_is_told_and_leaves_no_half_file(tmp_path: Path):
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "limited")]

    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])

    assert told.stdout.startswith("NoRoom: 300000 bytes do not fit into ")
    assert all_files(tmp_path / "limited") == []
