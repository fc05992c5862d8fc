"""A watched folder: only what has arrived whole is seen, and what was taken is put out of the way."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from rebill.kit.arrivals import Arrivals, files_in

pytestmark = pytest.mark.once


def names(paths):
    return [path.name for path in paths]


def test_a_file_is_whole_once_it_stands_from_one_look_to_the_next(tmp_path):
    arrivals, file = Arrivals(tmp_path), tmp_path / "calls.csv"
    file.write_text("half")
    assert names(arrivals.look()) == []
    file.write_text("half and more")
    assert names(arrivals.look()) == []
    assert names(arrivals.look()) == ["calls.csv"]


def test_what_is_hidden_or_still_being_written_is_left_alone(tmp_path):
    for name in (".hidden.csv", "a.csv.part", "b.csv.tmp", "c.csv.filepart", "d.csv.crdownload", "e.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "done").mkdir()
    assert names(files_in(tmp_path)) == ["e.csv"]


def test_a_file_by_itself_is_asked_for_as_it_is(tmp_path):
    file = tmp_path / "a.csv.part"
    file.write_text("x")
    assert files_in(file) == [file]


def test_what_nobody_wrote_to_for_a_minute_has_settled(tmp_path):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    for name, age in (("old.csv", timedelta(seconds=60)), ("new.csv", timedelta(seconds=59))):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, ((now - age).timestamp(),) * 2)
    assert names(Arrivals(tmp_path).settled(now)) == ["old.csv"]


def test_files_of_one_name_are_put_beside_each_other(tmp_path):
    for content in ("first", "second", "third"):
        (tmp_path / "calls.csv").write_text(content)
        Arrivals(tmp_path).put_away(tmp_path / "calls.csv", done=True)
    kept = {path.name: path.read_text() for path in (tmp_path / "done").iterdir()}
    assert kept == {"calls.csv": "first", "calls-2.csv": "second", "calls-3.csv": "third"}
    assert files_in(tmp_path) == []
