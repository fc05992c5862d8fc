"""Calls over the API: switches, endpoints, and call files that are sent in pieces and read by long work."""

import gzip
import io
import zipfile

import pytest

from rebill.interfaces.calls import uploads
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.work.doing import do_work
from rebill.rules.periods import add_months, local_day
from rebill.sources.usage.models import CallFile, Endpoint
from tests.factories import make_customer
from tests.sources.usage.intake import HEADING, SIMPLE, call
from tests.usage.world import Made, Partner

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


def test_of_an_archive_all_files_are_counted_and_the_one_given_up_is_told(program, switch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("first.csv", "\n".join([HEADING, call(1), call(2)]))
        archive.writestr("other.csv", "a,b\n")
        archive.writestr("third.csv", "\n".join([HEADING, call(3), "x"]))
    upload_id = program.post("/call-uploads", {"switch": switch, "name": "calls.zip"}).json()["id"]
    send(program, upload_id, packed.getvalue())

    taken = program.post(f"/call-uploads/{upload_id}/read")
    do_work(taken.json()["id"])

    told = program.get(taken.headers["Location"].removeprefix("/api/v1")).json()["result"]
    files = {file["id"]: file for file in program.get("/call-files").json()["items"]}
    assert (told["lines"], told["accepted"], told["rejected"]) == (4, 3, 1)
    assert [files[each]["name"] for each in told["files"]] == [
        "calls.zip: first.csv", "calls.zip: other.csv", "calls.zip: third.csv",
    ]  # fmt: skip
    assert (told["state"], files[told["file"]]["name"]) == ("failed", "calls.zip: other.csv")


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


def test_what_calls_come_to_is_told_by_month_and_category(program, seller):
    partner = Partner(seller=seller)
    partner.rate("316", "0.06", category=2)
    nauta = make_customer(seller, name="Rederij Nauta")
    partner.give_number(nauta, "31201234567")
    partner.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 90)])
    partner.rate_month()

    told = program.get(f"/customers/{nauta.pk}/usage").json()

    whole = {"calls": 1, "seconds": 90, "included_seconds": 0, "amount": "0.09"}
    assert told == {
        "customer_id": nauta.pk,
        "currency": "EUR",
        "months": [{**whole, "month": "2026-10-01", "categories": [{**whole, "category": 2}]}],
    }


def test_last_months_calls_stand_beside_rates(program, seller):
    month = add_months(local_day(read_clock(), seller.time_zone).replace(day=1), -1)
    partner = Partner(seller=seller)
    partner.rate("316", "0.06")
    partner.rate("49", "0.02")
    partner.give_number(make_customer(seller), "31201234567")
    path = f"/rate-decks/{partner.deck.pk}/rates"
    assert [each["calls"] for each in program.get(path).json()["items"]] == [None, None]
    partner.take([Made("31201234567", "31612345678", f"{month:%Y-%m}-05T09:00", 90)])
    partner.rate_month(month)

    told = {each["prefix"]: each for each in program.get(path).json()["items"]}

    assert [told["316"][name] for name in ("calls", "seconds", "amount")] == [1, 90, "0.09"]
    assert [told["49"][name] for name in ("calls", "seconds", "amount")] == [None, None, None]


def test_a_suppliers_records_are_compared(program, seller):
    program.post("/switches", {"code": "carrier", "dialect": "neutral", "compared": True})
    partner = Partner(seller=seller)
    one = {"caller": "31201234567", "called": "31612345678", "at": "2026-10-05T09:00"}
    partner.take([Made(**one, seconds=60)])
    partner.take([Made(**one, seconds=90, buy_e6=15_000)], name="carrier.csv", switch="carrier")
    [switch] = [each for each in program.get("/switches").json()["items"] if each["compared"]]

    told = program.get(f"/switches/{switch['id']}/comparison?month=2026-10-31").json()

    counted = {name: told[name] for name in ("same", "longer", "shorter", "only_theirs", "only_ours")}
    assert counted == {"same": 0, "longer": 1, "shorter": 0, "only_theirs": 0, "only_ours": 0}
    assert told["destinations"] == [
        {"destination": "31612", "ours_calls": 1, "ours_seconds": 60, "theirs_calls": 1, "theirs_seconds": 90,
         "theirs_amount": "0.015"}
    ]  # fmt: skip


def test_a_suppliers_invoice_is_compared_and_removed(program, seller):
    partner = Partner(seller=seller)
    partner.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 60)])
    row = {"invoice_number": "TX-1", "starts_on": "2026-10-01", "destination": "Oman", "amount": "1.05"}
    program.post("/imports/call-invoices/rows", {"rows": [row]})
    [invoice] = program.get("/call-invoices").json()["items"]

    told = program.get(f"/call-invoices/{invoice['id']}/comparison").json()

    assert (invoice["number"], invoice["amount"], invoice["deck_code"]) == ("TX-1", "1.05", None)
    assert told["destinations"] == [
        {"destination": "Oman", "finding": "only_theirs", "ours": None,
         "theirs": {"calls": None, "seconds": None, "amount": "1.05"}, "difference": "1.05"}
    ]  # fmt: skip
    assert told["difference"] == "1.05"
    assert program.delete(f"/call-invoices/{invoice['id']}").status_code == 204
    assert program.get("/call-invoices").json()["items"] == []
