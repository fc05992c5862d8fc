"""Re-billing for programs: whatever the office does with a purchase invoice."""

from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseLink
from tests.factories import NOW, acting_of, make_customer, make_product
from tests.sources.supplier_invoices.written import Finvoice, Row

pytestmark = pytest.mark.django_db


def taken(seller, *rows: Row, **said: str) -> PurchaseInvoice:
    content = Finvoice(rows, **said).written()
    return take_purchase_invoice(acting=acting_of(seller), content=content, file_name="finvoice.xml", now=NOW)


def test_a_credit_note_is_settled_listed_and_taken_off_again(seller, program):
    invoice = taken(seller, Row(price="100.00"))
    credit = taken(seller, Row(price="20.00"), number="900124", kind="INV02")
    at = f"/purchase-invoices/{invoice.pk}/settlements"

    settled = program.post(at, {"credit_id": credit.pk}).json()
    [listed] = program.get(at).json()["items"]
    used_up = program.get(f"/purchase-invoices/{credit.pk}").json()
    undone = program.delete(f"{at}/{credit.pk}")
    again = program.delete(f"{at}/{credit.pk}")

    assert (settled["open"], listed["amount"], listed["credit_number"], used_up["open"]) == (
        "100.4", "25.1", "900124", "0",
    )  # fmt: skip
    assert (undone.status_code, undone.json()["open"], program.get(at).json()["items"]) == (200, "125.5", [])
    assert program.get(f"/purchase-invoices/{credit.pk}").json()["open"] == "-25.1"
    assert (again.status_code, again.json()["code"]) == (409, "not_settled")


def test_a_row_says_what_it_is_sold_for_and_whither_it_goes(seller, program):
    make_customer(seller, name="Yritys Oy", chamber_id="1478523-2", country="FI", dimensions={"Dept": "Sales"})
    make_product(seller, "NV-1")
    invoice = taken(seller, Row(party=("1478523-2", "Yritys Oy"), quantity="2"), Row(code="OWN", price="5.00"))
    own = invoice.rows.get(code="OWN")
    at = f"/purchase-invoices/{invoice.pk}"
    first = invoice.rows.get(code="NV-1")
    program.post(f"{at}/prices", {"row_ids": [first.pk], "unit_price": "60"})
    program.post(f"{at}/left-out", {"row_ids": [own.pk], "reason": "Ours"})
    terms = {"invoice_on": "2026-11-03", "target": "orders", "dimensions": ["Dept"], "writes_dimensions": True}
    program.post(f"{at}/rebill", terms)

    row, left_out, *_difference = program.get(f"{at}/rows").json()["items"]

    names = ("net", "gross", "sell_unit_price", "sell", "margin", "price_origin", "waits_as", "dimensions")
    assert [row[name] for name in names] == [
        "100", "125.5", "60", "120", "20", "set by hand", "orders", {"Dept": "Sales"},
    ]  # fmt: skip
    assert (left_out["left_out_reason"], left_out["waits_as"]) == ("Ours", "")
    assert program.get(f"{at}/outcome").json() == {"drafts": [], "orders": 1}


def test_drafts_of_a_purchase_invoice_are_counted_by_state(seller, program):
    make_customer(seller, name="Yritys Oy", chamber_id="1478523-2", country="FI")
    make_product(seller, "NV-1")
    invoice = taken(seller, Row(party=("1478523-2", "Yritys Oy")))

    program.post(f"/purchase-invoices/{invoice.pk}/rebill", {"invoice_on": "2026-11-03"})

    outcome = program.get(f"/purchase-invoices/{invoice.pk}/outcome").json()
    assert outcome == {
        "drafts": [{"state": "open", "drafts": 1, "net": {"amount": "50.00", "currency": "EUR"}}],
        "orders": 0,
    }


def test_what_nobody_knows_is_shown_with_the_nearest_names_and_mended(seller, program):
    near = make_customer(seller, name="Yritys Oy Helsinki", number="K-1")
    make_customer(seller, name="Bakkerij Jansen", number="K-2")
    product = make_product(seller, "SEAT")
    invoice = taken(seller, Row(party=("", "Yritys Oy")), Row(party=("", "Yritys Oy"), price="10.00"))
    at = f"/purchase-invoices/{invoice.pk}"

    found = program.get(f"{at}/unmatched").json()

    [unknown], [article] = found["customers"], found["products"]
    assert (unknown["name"], unknown["rows"], unknown["buy"]) == ("Yritys Oy", 2, "60")
    assert unknown["nearest"][0] == {"customer_id": near.pk, "number": "K-1", "name": "Yritys Oy Helsinki"}
    assert (article["code"], article["rows"]) == ("NV-1", 2)
    assert program.post(f"{at}/links", {"row_id": unknown["row_id"], "customer_id": near.pk}).json() == {"rows": 2}
    assert program.post(f"{at}/links", {"row_id": article["row_id"], "product_id": product.pk}).json() == {"rows": 2}
    assert program.get(f"{at}/unmatched").json() == {"customers": [], "products": []}


def test_a_link_made_by_mistake_is_forgotten(seller, program):
    customer = make_customer(seller, name="Bakkerij Jansen")
    invoice = taken(seller, Row(party=("", "Somebody")))
    at = f"/purchase-invoices/{invoice.pk}/links"
    row = invoice.rows.first()
    program.post(at, {"row_id": row.pk, "customer_id": customer.pk})

    told = program.post(at, {"row_id": row.pk, "forgets": "customer"})
    both = program.post(at, {"row_id": row.pk, "customer_id": customer.pk, "forgets": "customer"})

    row.refresh_from_db()
    assert (told.json(), row.customer_id, PurchaseLink.objects.count()) == ({"rows": 1}, None, 0)
    assert (both.status_code, both.json()["code"]) == (422, "link_unclear")


def test_rows_that_name_nobody_are_given_to_a_customer(seller, program):
    customer = make_customer(seller)
    invoice = taken(seller, Row(), Row(price="3.00"))
    at = f"/purchase-invoices/{invoice.pk}"
    ids = list(invoice.rows.values_list("pk", flat=True))

    told = program.post(f"{at}/assignments", {"row_ids": ids, "customer_id": customer.pk})

    assert told.json() == {"rows": 2}
    assert {row["customer_id"] for row in program.get(f"{at}/rows").json()["items"]} == {customer.pk}


TABLE = (
    b"Factuur;Datum;Van;Wat;Bedrag\nT-1;01-09-2026;Tulip Cloud;Hosting;12,00\nT-1;01-09-2026;Tulip Cloud;Mail;3,50\n"
)
MAPPING = (
    '{"Factuur": "invoice_number", "Datum": "invoice_date", "Van": "supplier_name", "Wat": "name", "Bedrag": "amount"}'
)


def test_a_table_comes_in_by_its_columns_and_the_same_again_is_known(program):
    def send():
        file = SimpleUploadedFile("tulip.csv", TABLE, "text/csv")
        return program.upload("/purchase-files", file=file, mapping=MAPPING, date_order="dmy")

    [first], [again] = send().json()["files"], send().json()["files"]

    [purchase_id] = first["purchase_ids"]
    assert (first["outcome"], program.get(f"/purchase-invoices/{purchase_id}").json()["net"]) == ("taken", "15.5")
    assert (again["outcome"], again["purchase_ids"]) == ("known", [purchase_id])


def test_a_table_whose_columns_lack_something_is_refused_and_a_value_for_all_lines_mends_it(program):
    table = b"invoice_number;invoice_date;name;amount\nT-1;2026-09-01;Hosting;12,00\n"

    def send(**said: str):
        return program.upload("/purchase-files", file=SimpleUploadedFile("t.csv", table, "text/csv"), **said)

    [refused] = send().json()["files"]
    [taken_in] = send(values='{"supplier_name": "Tulip Cloud"}').json()["files"]
    unreadable = send(values="[]")

    assert (refused["outcome"], refused["purchase_ids"], bool(refused["why"])) == ("refused", [], True)
    assert taken_in["outcome"] == "taken"
    assert (unreadable.status_code, unreadable.json()["code"]) == (422, "mapping_unreadable")


def test_a_message_answers_for_each_thing_attached(program):
    message = EmailMessage()
    message["Subject"] = "Invoice"
    message.set_content("Attached.")
    message.add_attachment(Finvoice([Row()]).written(), maintype="application", subtype="xml", filename="a.xml")
    message.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="logo.gif")

    file = SimpleUploadedFile("message.eml", message.as_bytes(), "message/rfc822")
    told = program.upload("/purchase-files", file=file).json()["files"]

    assert [(each["name"], each["outcome"]) for each in told] == [("a.xml", "taken"), ("logo.gif", "left")]
