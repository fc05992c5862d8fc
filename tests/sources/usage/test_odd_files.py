"""Call files that are odd: packed, empty, cut off, of another encoding, or no call file at all."""

import gzip
import zipfile
from pathlib import Path

import pytest

from rebill.sources.usage.intake.streams import MEMBERS_MAX
from rebill.sources.usage.models import CallFileState
from rebill.sources.usage.queries.records import FileTab, call_files
from tests.factories import acting_of, make_seller
from tests.sources.usage.intake import HEADING, SIMPLE, call, counts, make_switch, stored, take, take_all, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def switch(seller):
    return make_switch(seller)


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_packed_files_are_read(seller, switch, tmp_path, pack):
    content = write(tmp_path, call(1), call(2)).read_bytes()
    path = tmp_path / f"calls.{pack}"
    if pack == "gzip":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("calls.csv", content)

    assert counts(take(seller, switch, path)) == (2, 2, 0, 0)


def test_what_a_mac_packs_along_is_no_file_of_calls(seller, switch, tmp_path):
    path = tmp_path / "mac.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("calls.csv", write(tmp_path, call(1)).read_bytes())
        archive.writestr("__MACOSX/._calls.csv", b"\0\5")
        archive.writestr(".DS_Store", b"x")

    assert counts(take(seller, switch, path)) == (1, 1, 0, 0)


def zipped(path: Path, **members: bytes) -> Path:
    """An archive of these files, their names without the ending."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return path


def test_a_zip_of_several_files_is_read_file_by_file(seller, switch, tmp_path):
    first, second = (write(tmp_path, *rows).read_bytes() for rows in ([call(1), call(2)], [call(2), call(3), "x"]))
    path = zipped(tmp_path / "month.zip", first=first, second=second)

    taken = take_all(seller, switch, path)
    again = take_all(seller, switch, path)

    assert [(file.name, counts(file)) for file in taken] == [
        ("month.zip: first.csv", (2, 2, 0, 0)),
        ("month.zip: second.csv", (3, 1, 1, 1)),
    ]
    assert [file.duplicates for file in again] == [2, 2]
    assert len(stored(seller)) == 3


def test_one_file_of_a_zip_that_cannot_be_read_does_not_keep_the_others(seller, switch, tmp_path):
    path = zipped(tmp_path / "month.zip", bad=b"a,b,c\n1,2,3\n", good=write(tmp_path, call(1)).read_bytes())

    bad, good = take_all(seller, switch, path)

    assert (bad.state, "Correct the columns" in bad.words) == (CallFileState.FAILED, True)
    assert (good.state, counts(good)) == (CallFileState.READ, (1, 1, 0, 0))


def test_two_files_of_one_name_in_a_zip_are_told(seller, switch, tmp_path):
    path, content = tmp_path / "twice.zip", write(tmp_path, call(1)).read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("calls.csv", content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("calls.csv", content)

    [file] = take_all(seller, switch, path)

    assert (file.state, "two files of one name" in file.words) == (CallFileState.FAILED, True)


def test_a_zip_of_more_files_than_are_read_is_told(seller, switch, tmp_path):
    path = zipped(tmp_path / "years.zip", **{f"day{number}": b"" for number in range(MEMBERS_MAX + 1)})

    [file] = take_all(seller, switch, path)

    assert (file.state, "1001 files; at most 1000" in file.words) == (CallFileState.FAILED, True)


def broken(folder: Path, kind: str) -> Path:
    path = folder / kind
    content = write(folder, *(call(number) for number in range(200))).read_bytes()
    match kind:
        case "cut-off.gz":
            path.write_bytes(gzip.compress(content)[:-40])
        case "none.zip" | "workbook.zip" | "packed.zip":
            members = {
                "workbook.zip": {"xl/workbook.xml": b"<w/>", "xl/styles.xml": b"<w/>"},
                "packed.zip": {"a.csv.gz": gzip.compress(content)},
            }
            with zipfile.ZipFile(path, "w") as archive:
                for name, held in members.get(kind, {}).items():
                    archive.writestr(name, held)
        case "bomb.gz":
            path.write_bytes(
                gzip.compress(HEADING.encode() + b"\n1,acme,x,0612345678,2026-09-01 10:00:00,1" * 2_000_000, 9)
            )
        case "no-lines":
            path.write_bytes(b"x" * (9 << 20))
        case "other-columns.csv":
            path.write_text("a,b,c\n1,2,3\n", "utf-8")
        case "not.parquet":
            path.write_bytes(b"PAR1 but not really PAR1")
    return path


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("cut-off.gz", "Deliver the file again"),
        ("none.zip", "holds no file"),
        ("workbook.zip", "Save it as CSV"),
        ("packed.zip", "Deliver it unpacked"),
        ("bomb.gz", "unpacks to more"),
        ("no-lines", "no lines"),
        ("other-columns.csv", "Correct the columns"),
        ("not.parquet", "no Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_given_up_whole(seller, tmp_path, kind, told, data_folder):
    columns = make_switch(seller).settings["columns"]
    switch = make_switch(seller, kind[:30], "parquet" if kind == "not.parquet" else "csv", columns=columns)

    file = take(seller, switch, broken(tmp_path, kind))

    assert (file.state, told in file.words, file.parts.count()) == (CallFileState.FAILED, True, 0)
    assert not list(data_folder.rglob("*.parquet"))


@pytest.mark.parametrize("content", [b"", HEADING.encode(), HEADING.encode() + b"\r\n\r\n\r\n"])
def test_an_empty_file_is_read_and_holds_nothing(seller, switch, tmp_path, content):
    path = tmp_path / "empty.csv"
    path.write_bytes(content)

    file = take(seller, switch, path)

    assert (file.state, counts(file)) == (CallFileState.READ, (0, 0, 0, 0))
    assert "Deliver it again" in file.words
    assert list(call_files(acting_of(seller), tab=FileTab.PROBLEMS)) == [file]


def test_a_last_line_that_was_cut_off_is_rejected(seller, switch, tmp_path):
    path = tmp_path / "half.csv"
    path.write_text(f"{HEADING}\n{call(1)}\n2,acme,3150123", "utf-8")

    assert counts(take(seller, switch, path)) == (2, 1, 1, 0)


def test_bytes_of_another_encoding_reject_only_their_line(seller, switch, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEADING}\n{call(1)}\n".encode() + call(2, account="caf\xe9").encode("latin-1") + b"\n")

    assert counts(take(seller, switch, path)) == (2, 1, 1, 0)
    settings = {**switch.settings, "encoding": "latin-1"}
    file = take(seller, make_switch(seller, "latin", **settings), path)
    assert counts(file) == (2, 2, 0, 0)
    assert "café" in stored(seller)["account"].to_list()


def test_utf_16_is_known_by_its_mark(seller, switch, tmp_path):
    path = tmp_path / "utf16.csv"
    path.write_bytes(f"{HEADING}\n{call(1, account='müller')}\n".encode("utf-16"))

    assert counts(take(seller, switch, path)) == (1, 1, 0, 0)
    assert stored(seller)["account"].to_list() == ["müller"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_first_two_characters(seller, switch, tmp_path, encoding):
    path = tmp_path / "utf16.csv"
    path.write_bytes(f"{HEADING}\n{call(1, account='müller')}\n".encode(encoding))

    assert counts(take(seller, switch, path)) == (1, 1, 0, 0)
    assert stored(seller)["account"].to_list() == ["müller"]


def test_lines_may_end_with_a_carriage_return_only(seller, switch, tmp_path):
    path = tmp_path / "old-mac.csv"
    path.write_bytes(f"{HEADING}\r{call(1)}\r{call(2)}\r".encode())

    assert counts(take(seller, switch, path)) == (2, 2, 0, 0)


def test_a_nul_is_a_blank_for_no_database_keeps_it(seller, switch, tmp_path):
    take(seller, switch, write(tmp_path, call(1, account="a\0b"), call(2, account="acme\0\0")))
    json_switch = make_switch(seller, "json", "json", **SIMPLE)
    lines = [
        '{"id": "3", "account": "c\\u0000d", "to": "0612345678", "start": "2026-09-01 10:00:00", "seconds": 1}',
        '{"id": "4", "account": "e\\ud800", "to": "0612345678", "start": "2026-09-01 10:00:00", "seconds": 1}',
    ]
    path = tmp_path / "calls.json"
    path.write_text("\n".join(lines), "utf-8")

    assert counts(take(seller, json_switch, path)) == (2, 1, 1, 0)
    assert sorted(stored(seller)["account"].to_list()) == ["a b", "acme", "c d"]


def test_a_name_that_is_no_text_is_kept_as_far_as_it_is(seller, switch, tmp_path):
    assert take(seller, switch, write(tmp_path, call(1)), name="caf\udce9.csv").name == "caf?.csv"
