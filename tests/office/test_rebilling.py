"""Re-billing in the office: taking an invoice in, mending what is red, looking at margins, and billing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.access.acting import Role
from rebill.charges.models import Charge
from rebill.parties.commands import change_customer, change_seller
from rebill.runs.models import Draft
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState
from tests.factories import NOW, acting_of, make_customer, make_product
from tests.interfaces.test_purchase_mails import mail
from tests.sources.supplier_invoices.written import Finvoice, Row

PAGE = "/s/waterkant/re-billing/"
YRITYS = ("1478523-2", "Yritys Oy")


@pytest.fixture
def purchase(office, seller) -> PurchaseInvoice:
    """An invoice with a customer that is known and one that is not, and a product that is not."""
    change_seller(acting=acting_of(seller), vat_id="", chamber_id="", now=NOW)
    make_customer(seller, name="Yritys Oy", number="10482", chamber_id="1478523-2", country="FI")
    make_customer(seller, name="Kompas Reizen B.V.", number="10388")
    make_product(seller, "NV-1")
    rows = [
        Row(party=YRITYS),
        Row(party=("0201256-6", "Het Kompas Reizen")),
        Row(code="NEW", name="Medical archive", price="7.00", party=YRITYS),
        Row(price="3.00", name="Postage"),
    ]
    return take(office, Finvoice(rows))


def take(client, finvoice: Finvoice) -> PurchaseInvoice:
    file = SimpleUploadedFile("netvisor.xml", finvoice.written(), "application/xml")
    answer = client.post(f"{PAGE}send/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return PurchaseInvoice.objects.get(number=finvoice.number)


def page(client, purchase: PurchaseInvoice, query: str = "") -> str:
    return client.get(f"{PAGE}{purchase.pk}/{query}").content.decode()


def row_of(purchase: PurchaseInvoice, position: int) -> PurchaseRow:
    return purchase.rows.get(position=position)


def test_an_invoice_is_taken_in_and_its_twin_leads_to_it(office, purchase):
    file = SimpleUploadedFile("again.xml", Finvoice(number="900123").written(), "application/xml")

    answer = office.post(f"{PAGE}send/", {"file": file})

    assert answer.status_code == 422
    assert f"{PAGE}{purchase.pk}/" in answer.content.decode()
    assert "900123" in office.get(PAGE).content.decode()


def test_what_is_no_invoice_is_refused_where_it_was_sent(office):
    answer = office.post(f"{PAGE}send/", {"file": SimpleUploadedFile("x.xml", b"hello", "text/xml")})

    assert (answer.status_code, "no Finvoice, UBL, CII" in answer.content.decode()) == (422, True)


def test_the_page_says_what_is_held_back_and_why(office, purchase):
    shown = page(office, purchase)

    assert "2 customers cannot be billed yet" in shown
    assert "Het Kompas Reizen" in shown
    assert "Nearest:" in shown
    assert "Link to 10388" in shown
    assert "Product not in your catalogue" in shown
    assert "Rows that name nobody" in shown
    assert "Bought €110.00 = re-billed €0.00 + left over €110.00 + left out €0.00" in shown


def test_what_is_red_is_mended_in_place_and_billed(office, purchase):
    kompas = make_customer_number(purchase, "10388")

    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 2).pk}/customer/", {"customer": kompas})
    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/", {"code": "NEW", "name": "Archive"})
    office.post(f"{PAGE}{purchase.pk}/leave-out/", {"row": row_of(purchase, 4).pk, "reason": "Ours"})
    asked = office.post(f"{PAGE}{purchase.pk}/bill/", BILL)
    done = office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "sure": "1"})

    assert "Bill 2 customers from Ohjelmistotalo Esimerkki Oy 900123?" in asked.content.decode()
    assert done.status_code == 302
    assert sorted(str(draft.net_amount) for draft in Draft.objects.all()) == ["50.00 EUR", "57.00 EUR"]
    assert PurchaseInvoice.objects.get().state == PurchaseState.REBILLED
    assert "re-billed €107.00 + left over €0.00 + left out €3.00" in page(office, purchase)


BILL = {"target": "invoices", "invoice_on": "2026-11-03", "intro": "Netvisor", "how": "anew"}


def make_customer_number(purchase: PurchaseInvoice, number: str) -> int:
    return purchase.seller.customers.get(number=number).pk


def test_a_product_there_is_can_be_used_with_a_price_for_these_rows(office, purchase):
    address = f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/"

    assert office.get(address).status_code == 200
    assert office.post(address, {"existing": "NOWHERE"}).status_code == 422
    office.post(address, {"existing": "NV-1", "sell_price": "6,50"})

    row = row_of(purchase, 3)
    assert (row.product.code, row.product_by, str(row.sell_price)) == ("NV-1", "link", "6.500000")
    assert "1 row below cost" in page(office, purchase)


def test_a_price_is_changed_on_the_row(office, purchase):
    row = row_of(purchase, 1)
    fields = {f"was-{row.pk}": "50.00", f"price-{row.pk}": "59,90"}

    office.post(f"{PAGE}{purchase.pk}/prices/", fields)
    assert str(row_of(purchase, 1).sell_price) == "59.900000"
    office.post(f"{PAGE}{purchase.pk}/prices/", {f"was-{row.pk}": "59.90", f"price-{row.pk}": ""})

    assert row_of(purchase, 1).sell_price is None


def test_a_customer_is_searched_for_and_linked(office, purchase):
    address = f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 2).pk}/customer/"
    kompas = make_customer_number(purchase, "10388")

    assert "Who is Het Kompas Reizen?" in office.get(address).content.decode()
    assert "Kompas Reizen B.V." in office.get(f"{address}?customer={kompas}").content.decode()
    assert office.post(address, {}).status_code == 422


def test_before_anybody_is_ready_nothing_can_be_billed(office, purchase):
    assert "Nothing to bill yet" in page(office, purchase)

    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/", {"existing": "NV-1"})
    assert "Bill 1 customer" in page(office, purchase)
    office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "sure": "1"})

    assert "Bill again" in page(office, purchase)


def test_a_damaged_pdf_is_refused_in_words_that_help(office, seller):
    file = SimpleUploadedFile("lasku.pdf", b"%PDF-1.4 and no more", "application/pdf")

    refused = office.post(f"{PAGE}send/", {"file": file})

    assert refused.status_code == 422
    assert "The PDF is damaged, or is none. Open it to look" in refused.content.decode()
    assert "BytesIO" not in refused.content.decode()


def test_billing_again_names_what_stays_and_what_is_replaced(office, purchase):
    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/", {"existing": "NV-1"})
    office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "sure": "1"})

    asked = office.post(f"{PAGE}{purchase.pk}/bill/", BILL).content.decode()
    office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "sure": "1"})

    assert "1 earlier draft is replaced." in asked
    assert Draft.objects.filter(state="open").count() == 1


def test_its_drafts_are_not_taken_for_those_of_the_months_run(office, purchase):
    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/", {"existing": "NV-1"})
    office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "sure": "1"})

    listed = office.get("/s/waterkant/runs/").content.decode()

    assert "Re-billing of 3 Nov 2026" in listed
    assert "November 2026 run" not in listed


def test_a_re_billed_line_says_which_row_it_passes_on(office, purchase):
    change_customer(acting=acting_of(purchase.seller), customer_id=purchase.seller.customers.get(number="10482").pk,
                    cost_centre="4711", dimensions={"Project": "Kade"}, now=NOW)  # fmt: skip
    office.post(f"{PAGE}{purchase.pk}/rows/{row_of(purchase, 3).pk}/product/", {"existing": "NV-1", "sell_price": "9"})
    office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "dimensions": ["cost_centre", "Project"], "sure": "1"})
    draft = Draft.objects.get()

    told = [
        office.get(f"/s/waterkant/drafts/{draft.pk}/lines/{charge.pk}/why/").content.decode()
        for charge in Charge.objects.order_by("id")
    ]

    assert "Row 1 of purchase invoice 900123 of Ohjelmistotalo Esimerkki Oy" in told[0]
    assert "from the supplier’s price" in told[0]
    assert "from what was entered for the row" in told[1]
    assert ("4711" in told[0], "Project: Kade" in told[0]) == (True, True)


def test_a_wrong_form_is_shown_again(office, purchase):
    answer = office.post(f"{PAGE}{purchase.pk}/bill/", {**BILL, "invoice_on": "soon", "intro": "x" * 501})

    assert answer.status_code == 422
    assert "501" in answer.content.decode()


def test_states_settings_and_margins(office, purchase):
    for to, state in (("in_review", "In review"), ("unhandled", "Unhandled"), ("booked", "Booked")):
        office.post(f"{PAGE}{purchase.pk}/move/", {"to": to})
        assert state in page(office, purchase)
    assert office.post(f"{PAGE}{purchase.pk}/move/", {"to": "moon"}).status_code == 404
    office.post(f"{PAGE}{purchase.pk}/move/", {"to": "unhandled"})
    kept = office.post(
        f"{PAGE}{purchase.pk}/supplier/", {"model": "older", "places": ["text"], "commission_codes": "A B"}
    )
    office.post(f"{PAGE}{purchase.pk}/read/")

    purchase.supplier.refresh_from_db()
    assert kept.status_code == 302
    assert (purchase.supplier.model, purchase.supplier.commission_codes) == ("older", ["A", "B"])
    assert "Ohjelmistotalo" in office.get(f"{PAGE}margins/").content.decode()


def test_the_original_is_saved_and_never_shown(office, purchase):
    answer = office.get(f"{PAGE}{purchase.pk}/original/")

    assert answer.content.startswith(b"<?xml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="netvisor.xml"'
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_only_a_reviewer_or_an_owner_sees_how_to_bill(member, purchase):
    clerk, reviewer = member(Role.CLERK), member(Role.REVIEWER)

    assert "How to bill" not in page(clerk, purchase)
    assert clerk.post(f"{PAGE}{purchase.pk}/bill/", BILL).status_code == 403
    assert "How to bill" in page(reviewer, purchase)


def test_tabs_and_pages_of_customers(office, seller, purchase):
    many = Finvoice([Row(party=(f"{1_000_000 + each}-1", f"Asiakas {each}")) for each in range(45)], number="2")
    large = take(office, many)

    assert "Customers 1–20 of 45" in page(office, large)
    assert "Customers 41–45 of 45" in page(office, large, "?customers=3")
    assert "Customers 41–45 of 45" in page(office, large, "?customers=99")
    assert "No customer here" in page(office, purchase, "?tab=billed")


def test_the_page_reads_little_however_many_rows_there_are(office, purchase, django_assert_max_num_queries):
    many = Finvoice([Row(party=(f"{1_000_000 + each}-1", f"Kompas {each}")) for each in range(60)], number="2")
    large = take(office, many)

    with django_assert_max_num_queries(60):
        office.get(f"{PAGE}{large.pk}/")


def test_a_mail_message_is_taken_for_what_is_attached(office, purchase):
    twice = [Finvoice(number="900124").written(), Finvoice(number="900125").written(), b"<Finvoice>"]
    attached = [(f"{number}.xml", "application/xml", content) for number, content in enumerate(twice)]

    answer = office.post(f"{PAGE}send/", {"file": SimpleUploadedFile("x.eml", mail(*attached).as_bytes())}, follow=True)

    shown = answer.content.decode()
    assert ("2 invoices are in." in shown, "2.xml: " in shown, "900125" in shown) == (True, True, True)
    nothing = office.post(f"{PAGE}send/", {"file": SimpleUploadedFile("x.eml", mail().as_bytes())})
    assert (nothing.status_code, "Nothing is attached" in nothing.content.decode()) == (422, True)
