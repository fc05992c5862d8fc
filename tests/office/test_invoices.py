"""Invoices: finding one, seeing what became of it, sending it again, crediting and withdrawing it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch, DispatchState
from rebill.invoices.commands import credit_invoice, keep_documents, withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.rules.crediting import LineRequest
from tests.factories import NOW, acting_of, make_seller
from tests.office.billing import AUGUST, Billing

TODAY = AUGUST + timedelta(days=8)


@pytest.fixture
def billing(seller) -> Billing:
    """Two invoices of August, made and queued."""
    billing = Billing(seller)
    for name, number in (("Rederij Nauta", "10482"), ("Bouwbedrijf Terpstra", "10129")):
        customer = billing.customer(name, number=number, invoice_emails=[f"{number}@customer.example"])
        billing.subscribe(customer, "SEAT", price="10.00", quantity="4", start_on=AUGUST)
        billing.subscribe(customer, "FIBRE", price="64.00", start_on=AUGUST)
    billing.bill_on(AUGUST)
    keep_documents(
        acting=billing.acting, invoice_ids=[each.pk for each in billing.invoices()], content=b"%PDF-1.7", now=NOW
    )
    queue_dispatches(acting=billing.acting, now=NOW)
    return billing


@pytest.fixture
def invoice(billing) -> Invoice:
    return Invoice.objects.get(customer_name="Rederij Nauta")


def shown(client: Client, address: str, **asked: str) -> str:
    answer = client.get(f"/s/waterkant/{address}", asked)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def reads(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the database; savepoints are the test's own."""
    return [each["sql"] for each in queries.captured_queries if "SAVEPOINT" not in each["sql"]]


# --- the list -------------------------------------------------------------------------------------------------------


def test_open_invoices_are_shown_first(office, billing, invoice):
    credit_invoice(acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", today=TODAY, now=NOW)

    text = shown(office, "invoices/")

    assert "Bouwbedrijf Terpstra" in text
    assert "Rederij Nauta" not in text


def test_a_partly_credited_invoice_is_open(office, billing, invoice):
    credit_invoice(
        acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", lines=[LineRequest(1)], today=TODAY, now=NOW
    )

    assert "Rederij Nauta" in shown(office, "invoices/")


def test_words_find_whatever_became_of_it(office, billing, invoice):
    note = withdraw_invoice(acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", today=TODAY, now=NOW)

    text = shown(office, "invoices/", q="nauta")

    assert invoice.number in text
    assert note.number in text
    assert "Withdrawn" in text
    assert "Bouwbedrijf Terpstra" not in text


@pytest.mark.parametrize(
    ("tab", "names"), [("all", 3), ("credit_notes", 1), ("withdrawn", 1), ("not_sent", 1), ("open", 1)]
)
def test_tabs_show_what_they_say(office, billing, invoice, tab, names):
    withdraw_invoice(acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", today=TODAY, now=NOW)
    Dispatch.objects.filter(invoice=invoice).update(state=DispatchState.ACCEPTED)

    assert shown(office, "invoices/", tab=tab).count("data-row") == names


def test_a_month_and_a_customer_narrow_the_list(office, billing, invoice):
    assert shown(office, "invoices/", month="2026-08").count("data-row") == 2
    assert "None of these" in shown(office, "invoices/", month="2026-07")
    assert shown(office, "invoices/", customer=str(invoice.customer_id)).count("data-row") == 1


def test_the_sums_are_of_all_that_match(office, billing):
    text = shown(office, "invoices/")

    assert "2 documents" in text
    assert "€208.00 without VAT" in text
    assert "251.68" in text


def test_the_list_is_read_with_few_queries(office, billing):
    office.get("/s/waterkant/invoices/")

    with CaptureQueriesContext(connection) as queries:
        shown(office, "invoices/", q="a", month="2026-08")

    assert len(reads(queries)) <= 12, "\n".join(reads(queries))


def test_what_matches_is_downloaded_whole(office, billing, invoice):
    answer = office.get("/s/waterkant/invoices/file.csv", {"q": "nauta"})

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Number;Kind;Date;Due;Customer number;Customer;Currency;Without VAT;With VAT")
    assert lines[1] == f"{invoice.number};Invoice;2026-08-01;2026-08-15;10482;Rederij Nauta;EUR;104,00;125,84;0,00;"
    assert len(lines) == 2


# --- one invoice ----------------------------------------------------------------------------------------------------


def test_an_invoice_is_shown_as_the_customer_sees_it(office, invoice):
    text = shown(office, f"invoices/{invoice.pk}/")

    assert '<article class="doc" lang="nl"' in text
    assert "Te betalen" in text or "Totaal" in text
    assert "Approved" in text
    assert "To be sent: E-mail" in text
    assert "Waits to be sent" in text


def test_an_invoice_is_read_with_few_queries(office, invoice):
    office.get(f"/s/waterkant/invoices/{invoice.pk}/")

    with CaptureQueriesContext(connection) as queries:
        shown(office, f"invoices/{invoice.pk}/")

    # The document, its lines and taxes, events, sendings and notes: each is one read.
    assert len(reads(queries)) <= 20, "\n".join(reads(queries))


def test_an_invoice_and_its_credit_note_lead_to_each_other(office, billing, invoice):
    note = credit_invoice(
        acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", lines=[LineRequest(1)], today=TODAY, now=NOW
    )

    assert f'href="/s/waterkant/invoices/{note.pk}/"' in shown(office, f"invoices/{invoice.pk}/")
    assert f'href="/s/waterkant/invoices/{invoice.pk}/"' in shown(office, f"invoices/{note.pk}/")


def test_the_pdf_is_the_one_that_was_kept(office, invoice):
    answer = office.get(f"/s/waterkant/invoices/{invoice.pk}/document.pdf")

    assert answer.content == b"%PDF-1.7"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_a_pdf_that_is_not_made_yet_is_made_now(office, billing, invoice):
    note = credit_invoice(acting=billing.acting, invoice_id=invoice.pk, reason="Wrong", today=TODAY, now=NOW)

    answer = office.get(f"/s/waterkant/invoices/{note.pk}/document.pdf")

    assert answer.content.startswith(b"%PDF-1.")
    assert not note.documents.exists()


def test_the_colour_of_the_seller_is_a_style_sheet(office, invoice):
    answer = office.get(f"/s/waterkant/invoices/{invoice.pk}/look.css")

    # No look is chosen: the colour is the one of the PDF.
    assert answer.content == b".doc{--doc:#24292f}\n"
    assert answer.headers["Content-Type"] == "text/css"


# --- sending again --------------------------------------------------------------------------------------------------


def test_an_invoice_is_sent_again_to_somebody_else_as_a_copy(office, invoice):
    address = f"/s/waterkant/invoices/{invoice.pk}/resend/"
    assert "10482@customer.example" in office.get(address).content.decode()

    answer = office.post(
        address, {"channel": "email", "recipients": "book@keeper.example, boss@x.example", "as_copy": "on"}
    )

    assert answer.status_code == 302
    again = Dispatch.objects.get(invoice=invoice, purpose="again")
    assert (again.recipients, again.as_copy) == (["book@keeper.example", "boss@x.example"], True)


def test_an_address_that_is_none_is_refused_beside_its_field(office, invoice):
    answer = office.post(f"/s/waterkant/invoices/{invoice.pk}/resend/", {"channel": "email", "recipients": "nobody"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Dispatch.objects.filter(purpose="again").exists()


def test_an_invoice_is_sent_again_as_a_letter(office, invoice):
    office.post(f"/s/waterkant/invoices/{invoice.pk}/resend/", {"channel": "print", "recipients": "a@b.example"})

    again = Dispatch.objects.get(invoice=invoice, purpose="again")
    assert (again.channel, again.recipients) == ("print", [])


# --- crediting and withdrawing --------------------------------------------------------------------------------------


def test_the_credit_note_is_shown_before_it_goes(office, invoice):
    text = shown(office, f"invoices/{invoice.pk}/credit/", **{"quantity-1": "2"})

    assert "Credit €24.20…" in text
    assert f"Deze creditnota corrigeert factuur {invoice.number}" in text
    assert "Concept" in text
    assert Invoice.objects.count() == 2


def test_its_pdf_is_made_and_not_kept(office, invoice):
    answer = office.get(f"/s/waterkant/invoices/{invoice.pk}/credit/note.pdf", {"net": "52"})

    assert answer.content.startswith(b"%PDF-1.")
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"quantity-1": "5"}, "At most €40.00 without VAT, or a quantity of 4, can be credited of it."),
        ({"net": "105"}, "More than nothing and at most €104.00 without VAT can be credited of it."),
        ({"net": "10", "line-1": "on"}, "Choose lines or write an amount off the whole, not both."),
        ({"net": "ten"}, "One of the numbers is no number."),
    ],
)
def test_what_cannot_be_credited_is_said(office, invoice, asked, words):
    assert words in shown(office, f"invoices/{invoice.pk}/credit/", **asked)


def test_the_dialog_says_what_will_happen_and_does_it(office, invoice):
    address = f"/s/waterkant/invoices/{invoice.pk}/credit/confirm/"
    text = office.get(address, {"net": "52"}).content.decode()
    assert f"Credit €62.92 of {invoice.number}?" in text
    assert "The rest of the invoice stays." in text

    answer = office.post(address, {"net": "52", "reason": "Half was out of order"})

    assert answer.status_code == 302
    note = Invoice.objects.get(credits=invoice)
    assert (note.net_amount.minor, note.reason) == (-5200, "Half was out of order")


def test_a_credit_note_needs_a_reason(office, invoice):
    answer = office.post(f"/s/waterkant/invoices/{invoice.pk}/credit/confirm/", {"net": "52", "reason": " "})

    assert answer.status_code == 422
    assert "A credit note needs a reason" in answer.content.decode()


def test_an_invoice_is_withdrawn(office, invoice):
    address = f"/s/waterkant/invoices/{invoice.pk}/withdraw/"
    text = office.get(address).content.decode()
    assert "the next run bills it" in text
    assert "hears nothing, because the invoice was never sent" in text

    answer = office.post(address, {"reason": "Wrong customer"})

    assert answer.status_code == 302
    assert Invoice.objects.get(credits=invoice).withdraws


# --- who may --------------------------------------------------------------------------------------------------------


def test_a_viewer_reads_and_does_nothing(member, invoice):
    viewer = member(Role.VIEWER)

    text = shown(viewer, f"invoices/{invoice.pk}/")

    assert "Send again" not in text
    assert "Credit…" not in text
    for action in ("resend", "credit/confirm", "withdraw"):
        assert viewer.post(f"/s/waterkant/invoices/{invoice.pk}/{action}/").status_code == 403


def test_another_sellers_invoice_is_not_found(office, invoice, owner):
    make_seller("noordwal", owner=owner)

    for page in ("", "credit/", "resend/", "withdraw/", "document.pdf"):
        assert office.get(f"/s/noordwal/invoices/{invoice.pk}/{page}").status_code == 404
    assert acting_of(invoice.seller).seller_id == invoice.seller_id
