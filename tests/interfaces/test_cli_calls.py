"""Calls on the command line: switches, endpoints, call files, and a folder that is watched."""

import json
import os
import zipfile

import pytest

from rebill.interfaces.calls.watching import WatchedFolder
from rebill.kit.arrivals import Arrivals
from rebill.sources.usage.models import CallFile, Endpoint, Switch
from tests.factories import NOW, acting_of, make_customer
from tests.sources.usage.intake import HEADING, SIMPLE, call, make_switch


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "inbox"
    path.mkdir()
    return path


def test_a_switch_is_made_with_its_first_file(rebill, write):
    row = '"acme","31501","31612345678","x","","a","b","Dial","","2026-09-01 10:00:00","","",70,60,"ANSWERED","D","1"'
    ended = rebill("import", "calls", write(row, row), "--switch", "pbx", "--dialect", "asterisk")

    assert (ended.code, "pbx" in ended.shown) == (0, True)
    assert (Switch.objects.get().dialect, CallFile.objects.get().duplicates) == ("asterisk", 1)


def test_settings_are_set_and_every_line_is_counted(rebill, write):
    rebill("switches", "set", "pbx", "--dialect", "csv", "--settings", json.dumps(SIMPLE))

    ended = rebill("import", "calls", write(HEADING, call(1), "2,x"), write(HEADING, call(1), name="b"), "--json")

    told = json.loads(ended.shown)["files"]
    assert ended.code == 1
    assert [(each["lines"], each["accepted"], each["rejected"], each["duplicates"]) for each in told] == [
        (2, 1, 1, 0),
        (1, 0, 0, 1),
    ]
    assert json.loads(rebill("switches", "list", "--json").shown)["switches"][0]["settings"] == SIMPLE


def test_rejected_lines_are_shown_with_what_mends_them(rebill, write):
    rebill("switches", "set", "pbx", "--dialect", "csv", "--settings", json.dumps(SIMPLE))

    ended = rebill("import", "calls", write(HEADING, call(1), "2,x", *(f"{n},y" for n in range(3, 12))))
    shown = " ".join(ended.shown.split())

    assert ended.code == 1
    assert "line 3 column" in shown
    assert "How to mend it" in shown
    assert "line 7 column" in shown
    assert "line 8 column" not in shown
    assert "dialect" not in ended.shown


def test_a_file_without_a_single_call_asks_for_the_dialect(rebill, write):
    ended = rebill("import", "calls", write("a;b", "c;d"), "--switch", "pbx", "--dialect", "asterisk")

    assert ended.code == 1
    assert "Is the switch's dialect “asterisk”?" in ended.shown


def test_a_folder_is_told_from_a_file(rebill, folder):
    ended = rebill("import", "calls", str(folder), "--switch", "pbx", "--dialect", "asterisk")

    assert (ended.code, "is a folder" in " ".join(ended.aside.split())) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("import", "calls", "nowhere.csv", "--switch", "pbx", "--dialect", "asterisk"),
        ("import", "calls", "--switch", "pbx", "--dialect", "asterisk"),
        ("import", "calls", "x", "--switch", "unknown"),
        ("import", "calls", "x"),
        ("import", "calls", "x", "--switch", "pbx", "--dialect", "pigeon"),
        ("import", "calls", "--watch", "nowhere", "--switch", "pbx", "--dialect", "asterisk"),
        ("import", "customers", "a.csv", "b.csv"),
        ("switches", "set", "pbx", "--dialect", "csv", "--settings", "[]"),
        ("switches", "set", "a/b", "--dialect", "asterisk"),
    ],
)
def test_what_cannot_be_meant_is_refused(rebill, words):
    assert rebill(*words).code == 2


def test_a_file_that_cannot_be_read_says_why(rebill, write):
    ended = rebill("import", "calls", write("a,b"), "--switch", "p", "--dialect", "outbox")

    assert (ended.code, "“Account”" in ended.aside) == (2, True)


def test_endpoints_are_added_listed_and_ended(rebill, seller, write):
    make_customer(seller, number="1001", name="Bakkerij Smit")

    assert rebill("endpoints", "add", "1001", "number", "050-1234567", "--from", "2026-09-01").code == 0
    listed = json.loads(rebill("endpoints", "list", "--search", "501234", "--json").shown)["endpoints"]
    ended = rebill("endpoints", "end", listed[0]["id"], "--before", "2026-10-01")

    assert listed[0]["value"] == "31501234567"
    assert (ended.code, Endpoint.objects.get().valid_before.isoformat()) == (0, "2026-10-01")
    file = write("Klantnummer;Soort;Nummer;Vanaf", "1001;reeks;0501234500;1-9-2026", "1001;account;acme;1-9-2026")
    assert rebill("import", "endpoints", file, "--dates", "dmy").code == 1
    assert Endpoint.objects.filter(value="acme").exists()
    assert "Bakkerij Smit" in rebill("endpoints", "list").shown


def test_a_watched_folder_takes_what_has_arrived_whole(seller, folder):
    switch = make_switch(seller)
    watched = WatchedFolder(Arrivals(folder))

    def look():
        return [
            (each.name, each.words == "") for each in watched.look(acting=acting_of(seller), switch=switch, now=NOW)
        ]

    (folder / "half.csv").write_text(HEADING, "utf-8")
    (folder / "coming.csv.part").write_text(HEADING, "utf-8")
    assert look() == []
    (folder / "half.csv").write_text(f"{HEADING}\n{call(1)}\n", "utf-8")
    (folder / "bad.csv").write_text("a,b\n", "utf-8")
    assert look() == []
    assert look() == [("bad.csv", False), ("half.csv", True)]
    (folder / "half.csv").write_text(f"{HEADING}\n{call(2)}\n", "utf-8")
    look()
    look()

    assert sorted(os.listdir(folder)) == ["coming.csv.part", "done", "failed"]
    assert sorted(os.listdir(folder / "done")) == ["half-2.csv", "half.csv"]
    assert os.listdir(folder / "failed") == ["bad.csv"]
    assert sorted(CallFile.objects.values_list("accepted", flat=True)) == [0, 1, 1]


def test_an_archive_in_a_watched_folder_is_done_when_all_its_files_are(seller, folder):
    switch = make_switch(seller)
    watched = WatchedFolder(Arrivals(folder))
    good, bad = f"{HEADING}\n{call(1)}\n", "a,b\n"
    for name, second in (("whole.zip", good), ("half.zip", bad)):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("first.csv", good)
            archive.writestr("second.csv", second)

    list(watched.look(acting=acting_of(seller), switch=switch, now=NOW))
    looked = list(watched.look(acting=acting_of(seller), switch=switch, now=NOW))

    assert [(each.name, each.words == "") for each in looked] == [
        ("half.zip: first.csv", True),
        ("half.zip: second.csv", False),
        ("whole.zip: first.csv", True),
        ("whole.zip: second.csv", True),
    ]
    assert (os.listdir(folder / "done"), os.listdir(folder / "failed")) == (["whole.zip"], ["half.zip"])


@pytest.mark.parametrize(("lines", "told"), [((), "It is empty"), ((HEADING,), "It holds no calls")])
def test_a_file_without_a_line_says_so(rebill, tmp_path, lines, told):
    rebill("switches", "set", "pbx", "--dialect", "csv", "--settings", json.dumps(SIMPLE))
    path = tmp_path / "night.csv"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    ended = rebill("import", "calls", str(path), "--switch", "pbx")
    shown = " ".join(ended.shown.split())

    assert (ended.code, CallFile.objects.get().lines) == (1, 0)
    assert f"night.csv: {told}" in shown
    assert "Deliver it again" in shown
