"""Calls over the API: switches, endpoints, and call files that are sent in pieces and read by long work."""

import gzip

import pytest

from rebill.interfaces.calls import uploads
from rebill.interfaces.work.doing import do_work
from rebill.sources.usage.models import CallFile, Endpoint
from tests.factories import make_customer
from tests.sources.usage.intake import HEADING, SIMPLE, call

BYTES = "application/octet-stream"


@pytest.fixture
def switch(program) -> str:
    program.post("/switches", {"code": "pbx-1", "dialect": "csv", "settings": SIMPLE})
    return "pbx-1"


def send(program, upload_id: str, content: bytes, offset: int = 0):
    path = f"/api/v1/call-uploads/{upload_id}/bytes?offset={offset}"
    return program.client.put(path, content, content_type=BYTES, headers={"Authorization": f"Bearer {program.secret}"})


def test_a_file_is_sent_in_pieces_and_read(program, switch):
    content = gzip.compress("\n".join([HEADING, call(1), call(1), "x"]).encode())
    begun = program.post("/call-uploads", {"switch": switch, "name": "calls.csv.gz"})
    upload_id = begun.json()["id"]

    assert begun.status_code == 201
    assert send(program, upload_id, content[:50]).json()["received"] == 50
    again = send(program, upload_id, content[:50])
    assert (again.status_code, again.json()["code"]) == (409, "offset_differs")
    received = program.get(f"/call-uploads/{upload_id}").json()["received"]
    assert send(program, upload_id, content[received:], received).status_code == 200
    taken = program.post(f"/call-uploads/{upload_id}/read")
    do_work(taken.json()["id"])

    done = program.get(taken.headers["Location"].removeprefix("/api/v1")).json()
    assert (taken.status_code, done["state"], done["result"]["accepted"]) == (202, "done", 1)
    [file] = program.get("/call-files").json()["items"]
    assert {name: file[name] for name in ("name", "lines", "accepted", "rejected", "duplicates")} == {
        "name": "calls.csv.gz", "lines": 3, "accepted": 1, "rejected": 1, "duplicates": 1,
    }  # fmt: skip
    assert b"rejected: why" in program.get(f"/call-files/{file['id']}/rejects").content
    assert program.get("/call-files?tab=problems&switch=other").json()["items"] == []
    assert program.get(f"/call-uploads/{upload_id}").status_code == 404


def test_work_that_is_done_twice_reads_once(program, switch):
    upload_id = program.post("/call-uploads", {"switch": switch}).json()["id"]
    send(program, upload_id, "\n".join([HEADING, call(1)]).encode())
    works = [program.post(f"/call-uploads/{upload_id}/read").json()["id"] for _ in range(2)]

    for work in works:
        do_work(work)

    states = [program.get(f"/work/{work}").json()["state"] for work in works]
    assert (states, CallFile.objects.count()) == (["done", "refused"], 1)


def test_a_file_larger_than_can_be_read_is_refused(program, switch, monkeypatch):
    monkeypatch.setattr(uploads, "BYTES_MAX", 10)
    upload_id = program.post("/call-uploads", {"switch": switch}).json()["id"]

    answer = send(program, upload_id, b"x" * 11)

    assert (answer.status_code, answer.json()["code"]) == (422, "call_upload_too_large")


def test_what_was_never_read_is_forgotten(program, switch, monkeypatch):
    first = program.post("/call-uploads", {"switch": switch}).json()["id"]
    monkeypatch.setattr(uploads, "KEPT_FOR", -uploads.KEPT_FOR)

    program.post("/call-uploads", {"switch": switch})

    assert program.get(f"/call-uploads/{first}").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "a", "dialect": "pigeon"}, "dialect_unknown"),
        ({"code": "a", "dialect": "csv", "settings": {"colour": 1}}, "settings_unfit"),
        ({"code": "a/b", "dialect": "asterisk"}, "switch_unfit"),
    ],
)
def test_a_switch_that_could_read_nothing_is_refused(program, body, code):
    answer = program.post("/switches", body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_endpoints_are_added_and_ended(program, seller):
    customer = make_customer(seller)
    body = {"customer_id": customer.pk, "kind": "number", "value": "050-1234567", "valid_from": "2026-09-01"}

    added = program.post("/endpoints", body)
    taken = program.post("/endpoints", body)
    ended = program.post(f"/endpoints/{added.json()['id']}/end", {"valid_before": "2026-10-01"})

    assert (added.status_code, added.json()["value"]) == (201, "31501234567")
    assert (taken.status_code, taken.json()["code"]) == (409, "endpoint_taken")
    assert ended.json()["valid_before"] == "2026-10-01"
    assert Endpoint.objects.count() == 1
    assert len(program.get(f"/endpoints?customer_id={customer.pk}&search=5012").json()["items"]) == 1
