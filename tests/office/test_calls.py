"""Calls in the office: files with their counts, another one sent, switches, and whose the endpoints are."""

import html
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from rebill.interfaces.work.doing import do_work
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Work
from rebill.sources.usage.commands import import_call_invoices
from rebill.sources.usage.models import CallFile, CallInvoice, Endpoint, Switch
from tests.factories import NOW, acting_of, make_customer
from tests.sources.usage.intake import HEADING, SIMPLE, call, make_switch, take, write

BASE = "/s/waterkant/calls"


@pytest.fixture
def switch(seller) -> Switch:
    return make_switch(seller)


def test_files_are_listed_with_what_became_of_their_lines(office, seller, switch, tmp_path):
    take(seller, switch, write(tmp_path, call(1), "2,x,y,z,yesterday,1", name="mixed.csv"))
    take(seller, switch, write(tmp_path, call(3), heading="a,b", name="alien.csv"))

    shown = office.get(f"{BASE}/").content.decode()
    rejects = office.get(f"{BASE}/files/{CallFile.objects.get(rejected=1).pk}/rejects/")

    assert "mixed.csv" in shown
    assert "It has no column" in shown
    assert b"yesterday" in rejects.content
    assert "mixed.csv" in office.get(f"{BASE}/?tab=problems").content.decode()
    assert "mixed.csv" not in office.get(f"{BASE}/?tab=reading").content.decode()
    assert office.get(f"{BASE}/files/{CallFile.objects.get(state='failed').pk}/rejects/").status_code == 404


def test_a_file_is_sent_and_read(office, switch, tmp_path):
    assert "No switch yet" not in office.get(f"{BASE}/send/").content.decode()
    with write(tmp_path, call(1), call(1)).open("rb") as file:
        answer = office.post(f"{BASE}/send/", {"switch": "pbx", "file": file})
    do_work(str(Work.objects.get(kind="calls").pk))

    assert answer.status_code == 302
    file_taken = CallFile.objects.get()
    assert (file_taken.name, file_taken.accepted, file_taken.duplicates) == ("calls.csv", 1, 1)


def test_a_form_without_a_file_or_a_switch_says_so(office, seller):
    assert "No switch yet" in office.get(f"{BASE}/send/").content.decode()
    make_switch(seller)

    assert office.post(f"{BASE}/send/", {"switch": "pbx"}).status_code == 422


def test_the_example_of_settings_reads_a_file(office, seller, tmp_path):
    shown = office.get(f"{BASE}/switches/set/").content.decode()
    example = html.unescape(re.search(r'placeholder="([^"]*columns[^"]*)"', shown)[1])
    office.post(f"{BASE}/switches/set/", {"code": "pbx", "dialect": "csv", "settings": example})
    path = write(tmp_path, "1;acme;0612345678;01.09.2026 10:00:00;60", heading="Id;Account;To;Start;Duration")

    file = take(seller, Switch.objects.get(), path)

    assert (file.lines, file.accepted) == (1, 1)


def test_a_switch_is_added_and_changed(office):
    added = office.post(f"{BASE}/switches/set/", {"code": "pbx", "dialect": "csv", "settings": json.dumps(SIMPLE)})
    unfit = office.post(f"{BASE}/switches/set/", {"code": "pbx", "dialect": "csv", "settings": '{"colour": 1}'})
    broken = office.post(f"{BASE}/switches/set/", {"code": "pbx", "dialect": "csv", "settings": "{"})
    office.post(f"{BASE}/switches/set/?switch=pbx", {"code": "pbx", "dialect": "asterisk", "settings": ""})

    assert (added.status_code, unfit.status_code, broken.status_code) == (302, 422, 422)
    assert "colour" in unfit.content.decode()
    switch = Switch.objects.get()
    assert (switch.dialect, switch.settings) == ("asterisk", {})
    assert "asterisk" in office.get(f"{BASE}/switches/").content.decode()


def test_endpoints_are_added_found_and_ended(office, seller):
    customer = make_customer(seller, number="1001", name="Bakkerij Smit")
    said = {"customer": "1001", "kind": "number", "value": "050-1234567", "value_to": "", "valid_from": "2026-09-01"}

    added = office.post(f"{BASE}/endpoints/new/?customer={customer.pk}", said)
    taken = office.post(f"{BASE}/endpoints/new/", said)
    unknown = office.post(f"{BASE}/endpoints/new/", {**said, "customer": "9"})
    endpoint = Endpoint.objects.get()
    early = office.post(f"{BASE}/endpoints/{endpoint.pk}/end/", {"valid_before": "2026-08-01"})
    office.post(f"{BASE}/endpoints/{endpoint.pk}/end/", {"valid_before": "2026-10-01"})

    assert (added.status_code, taken.status_code, unknown.status_code, early.status_code) == (302, 422, 422, 422)
    endpoint.refresh_from_db()
    assert (endpoint.value, endpoint.valid_before.isoformat()) == ("31501234567", "2026-10-01")
    assert "31501234567" in office.get(f"{BASE}/endpoints/?customer={customer.pk}&search=501234").content.decode()
    assert HEADING not in office.get(f"{BASE}/endpoints/?search=nobody").content.decode()


def test_a_suppliers_invoice_is_compared_written_and_removed(office, seller):
    acting = acting_of(seller)
    values = {
        "invoice_number": "TX-1",
        "starts_on": date(2026, 10, 1),
        "destination": "Oman",
        "amount": Decimal("1.05"),
    }
    assert "No invoice yet" in office.get(f"{BASE}/invoices/").content.decode()
    import_call_invoices(acting=acting, records=[ImportRecord(2, values)], now=NOW)
    page = f"{BASE}/invoices/{CallInvoice.objects.get().pk}/"

    listed = office.get(f"{BASE}/invoices/").content.decode()
    shown = office.get(page).content.decode()
    written = office.get(f"{page}compared.csv").content.decode("utf-8-sig")
    asked = office.get(f"{page}remove/").content.decode()
    removed = office.post(f"{page}remove/")

    assert "TX-1" in listed
    assert "Only on the invoice" in shown
    assert "1.05" in shown
    assert written.splitlines()[1].startswith("only_theirs;Oman")
    assert "Remove TX-1?" in asked
    assert (removed.status_code, CallInvoice.objects.count()) == (302, 0)
