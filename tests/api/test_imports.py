"""Imports over the API: rows with an outcome for each, and files that are taken in by long work."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.interfaces.work.doing import do_work
from rebill.parties.models import Customer

ROWS = [
    {"number": "K-1", "name": "Jansen Bouw", "invoice_emails": "a@jansen.example; b@jansen.example"},
    {"number": "K-2", "name": "Kok Catering", "payment_term_days": "30"},
]


def csv(content: str, name: str = "klanten.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(), "text/csv")


def test_every_row_ends_as_one_of_three(program, seller):
    rows = [*ROWS, {"number": "K-3", "name": "Los", "country": "Atlantis"}, {"name": "Nameless"}]

    told = program.post("/imports/customers/rows", {"rows": rows}).json()

    assert (told["accepted"], told["unchanged"], told["rejected"]) == (2, 0, 2)
    assert [(each["row"], each["outcome"], each["field"]) for each in told["outcomes"]] == [
        (1, "accepted", ""),
        (2, "accepted", ""),
        (3, "rejected", "country"),
        (4, "rejected", "number"),
    ]
    assert Customer.objects.get(number="K-1").invoice_emails == ["a@jansen.example", "b@jansen.example"]


def test_the_same_rows_again_change_nothing(program):
    program.post("/imports/customers/rows", {"rows": ROWS})

    told = program.post("/imports/customers/rows", {"rows": ROWS}).json()

    assert (told["accepted"], told["unchanged"], told["rejected"]) == (0, 2, 0)


def test_a_dry_run_writes_nothing(program):
    told = program.post("/imports/customers/rows", {"rows": ROWS, "dry_run": True}).json()

    assert told["accepted"] == 2
    assert not Customer.objects.exists()


def test_a_field_that_is_none_is_named(program):
    told = program.post("/imports/customers/rows", {"rows": [{"number": "K-1", "colour": "red"}]}).json()

    assert told["outcomes"][0]["code"] == "import.field_unknown"
    assert told["outcomes"][0]["field"] == "colour"


def test_two_rows_of_one_customer_are_unclear(program):
    told = program.post("/imports/customers/rows", {"rows": [ROWS[0], {**ROWS[0], "name": "Other"}]}).json()

    assert (told["accepted"], told["rejected"]) == (1, 1)


def test_more_than_a_thousand_rows_are_a_file(program):
    answer = program.post("/imports/customers/rows", {"rows": [ROWS[0]] * 1001})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rows")


@pytest.mark.parametrize(
    ("entity", "scopes"),
    [("products", ("parties:write",)), ("subscribers", ("parties:write", "subscriptions:write"))],
)
def test_an_import_wants_the_scopes_of_what_it_writes(program_of, entity, scopes):
    answer = program_of(scopes=scopes).post(f"/imports/{entity}/rows", {"rows": [{"code": "A"}]})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "catalogue:write" in answer.json()["detail"]


def test_a_file_is_imported_by_long_work(program):
    mapping = json.dumps({"Kleur": None, "Plaats": "city"})
    taken = program.upload(
        "/imports/customers/files",
        file=csv("Klantnummer;Klantnaam;Kleur;Plaats\nK-1;Jansen;rood;Sneek\n;Zonder;x;y\n"),
        mapping=mapping,
    )
    assert taken.status_code == 202
    assert program.get(f"/work/{taken.json()['id']}").json()["state"] == "queued"

    do_work(taken.json()["id"])

    done = program.get(taken.headers["Location"].removeprefix("/api/v1")).json()
    assert (done["state"], done["result"]["accepted"], done["result"]["rejected"]) == ("done", 1, 1)
    assert Customer.objects.get().city == "Sneek"
    rejects = program.get(f"/imports/files/{taken.json()['upload_id']}/rejects")
    assert b"Zonder" in rejects.content


def test_a_file_is_tried_without_being_imported(program):
    taken = program.upload("/imports/customers/files", file=csv("number;name\nK-1;Jansen\n"), dry_run="true")
    do_work(taken.json()["id"])

    assert program.get(f"/work/{taken.json()['id']}").json()["result"]["accepted"] == 1
    assert not Customer.objects.exists()


def test_the_same_file_under_the_same_key_is_taken_once(program):
    first = program.upload("/imports/customers/files", file=csv("number;name\nK-1;Jansen\n"), key="f-1")
    second = program.upload("/imports/customers/files", file=csv("number;name\nK-1;Jansen\n"), key="f-1")
    other = program.upload("/imports/customers/files", file=csv("number;name\nK-2;Jansen\n"), key="f-1")

    assert second.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_taken")


@pytest.mark.parametrize("mapping", ["[]", "{", '{"Naam": 1}', "[" * 5000])
def test_a_mapping_that_is_none_is_refused(program, mapping):
    answer = program.upload("/imports/customers/files", file=csv("Naam\nx\n"), mapping=mapping)

    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_unreadable")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken"])
def test_a_file_that_cannot_be_read_is_refused(program, content):
    answer = program.upload("/imports/customers/files", file=SimpleUploadedFile("klanten.xlsx", content))

    assert answer.status_code == 422


def test_a_form_without_a_file_is_refused(program):
    answer = program.upload("/imports/customers/files", dry_run="true")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")
