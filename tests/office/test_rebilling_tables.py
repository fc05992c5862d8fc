"""A supplier's table in the office: which column is which is asked when it is not known, and remembered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.access.acting import Role
from rebill.kit.models import Upload
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from tests.factories import make_customer

PAGE = "/s/waterkant/re-billing/"
TABLE = """Bon;Dag;Wie;Voor;Wat;Stuks;Euro
77001;01.11.2026;Netwerk Oost;Kompas Reizen B.V.;Werkplek;3;45,00
77001;01.11.2026;Netwerk Oost;Yritys Oy;Werkplek;2;30,00
"""
COLUMNS = {
    "Bon": "invoice_number", "Dag": "invoice_date", "Wie": "supplier_name", "Voor": "customer_name", "Wat": "name",
    "Stuks": "quantity", "Euro": "amount",
}  # fmt: skip


@pytest.fixture(autouse=True)
def customers(seller) -> None:
    make_customer(seller, name="Kompas Reizen B.V.", number="10388")
    make_customer(seller, name="Yritys Oy", number="10482")


def send(client, text: str = TABLE, name: str = "netwerk.csv"):
    return client.post(f"{PAGE}send/", {"file": SimpleUploadedFile(name, text.encode(), "text/csv")})


def chosen(fields=COLUMNS, **more: str) -> dict[str, str]:
    """The form as a person leaves it: a field for each column of the file, in their order."""
    return {f"column-{position}": field for position, field in enumerate(fields.values())} | {"do": "check", **more}


def test_a_table_with_unknown_headings_asks_for_its_columns_and_is_taken_in(office):
    asked = send(office)

    upload = Upload.objects.get()
    assert asked.headers["Location"] == f"{PAGE}send/{upload.id}/"
    shown = office.get(asked.headers["Location"]).content.decode()
    assert all(heading in shown for heading in COLUMNS)

    answer = office.post(asked.headers["Location"], chosen(remembers="on"))

    invoice = PurchaseInvoice.objects.get()
    assert answer.headers["Location"] == f"{PAGE}{invoice.pk}/"
    assert (invoice.number, invoice.net.decimal, invoice.supplier.name) == ("77001", 75, "Netwerk Oost")
    assert [row.net.decimal for row in invoice.rows.order_by("position")] == [45, 30]
    assert office.get(f"{PAGE}{invoice.pk}/original/").getvalue() == TABLE.encode()
    assert not Upload.objects.exists()


def test_the_next_file_with_these_headings_is_taken_in_at_once(office):
    office.post(send(office).headers["Location"], chosen(remembers="on"))

    answer = send(office, TABLE.replace("77001", "77002"))

    assert answer.headers["Location"] == f"{PAGE}{PurchaseInvoice.objects.get(number='77002').pk}/"


def test_what_nobody_wants_remembered_is_asked_again(office):
    office.post(send(office).headers["Location"], chosen())

    answer = send(office, TABLE.replace("77001", "77002"))

    assert answer.headers["Location"] == f"{PAGE}send/{Upload.objects.get().id}/"


def test_what_keeps_the_table_out_stands_above_its_columns_and_nothing_is_taken(office):
    here = send(office, TABLE.replace("30,00", "thirty")).headers["Location"]

    answer = office.post(here, chosen())

    assert answer.status_code == 422
    assert "thirty" in answer.content.decode()
    assert not PurchaseInvoice.objects.exists()
    assert Upload.objects.exists()


def test_a_needed_column_that_is_missing_is_said_beside_it(office):
    here = send(office).headers["Location"]

    answer = office.post(here, chosen({**COLUMNS, "Bon": ""}))

    assert answer.status_code == 422
    assert not PurchaseInvoice.objects.exists()


def test_the_same_table_twice_is_refused_with_its_first(office):
    office.post(send(office).headers["Location"], chosen())

    answer = office.post(send(office).headers["Location"], chosen())

    assert answer.status_code == 422
    assert "77001" in answer.content.decode()
    assert PurchaseInvoice.objects.count() == 1


def test_a_table_that_waits_can_be_found_and_thrown_away(office):
    here = send(office).headers["Location"]
    assert here in office.get(f"{PAGE}send/").content.decode()

    office.post(f"{here}throw-away/")

    assert not Upload.objects.exists()
    assert office.get(here).status_code == 404


def test_a_table_that_waits_is_no_import(office):
    upload = Upload.objects.get(id=send(office).headers["Location"].split("/")[-2])

    assert office.get(f"/s/waterkant/imports/{upload.id}/").headers["Location"] == f"{PAGE}send/{upload.id}/"
    office.post(f"/s/waterkant/imports/{upload.id}/import/")
    upload.refresh_from_db()
    assert (upload.trial, upload.work) == (None, None)
    assert office.get("/s/waterkant/imports/").status_code == 200


def test_whoever_may_not_keep_purchases_sees_none(office, member):
    here = send(office).headers["Location"]

    assert member(Role.VIEWER).get(here).status_code == 403


def test_another_import_is_no_table_of_purchases(office):
    file = SimpleUploadedFile("customers.csv", b"Number;Name\n1;Ada\n", "text/csv")
    upload_id = office.post("/s/waterkant/imports/customers/", {"file": file}).headers["Location"].split("/")[-2]

    assert office.get(f"{PAGE}send/{upload_id}/").status_code == 404
