"""The story of a clerk and invoices in a real browser, by mouse and by keys alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch, DispatchState
from rebill.invoices.commands import keep_documents
from rebill.invoices.models import Invoice
from tests.factories import NOW
from tests.office.billing import AUGUST, Billing


@pytest.fixture
def invoice(seller, page: Page) -> Invoice:
    """An invoice that was sent to an address that is none any more."""
    billing = Billing(seller)
    nauta = billing.customer("Rederij Nauta", number="10482", invoice_emails=["old@nauta.example"])
    billing.subscribe(nauta, "SEAT", price="10.00", quantity="4", start_on=AUGUST)
    billing.bill_on(AUGUST)
    [invoice] = billing.invoices()
    keep_documents(acting=billing.acting, invoice_ids=[invoice.pk], content=b"%PDF-1.7", now=NOW)
    queue_dispatches(acting=billing.acting, now=NOW)
    Dispatch.objects.update(state=DispatchState.ACCEPTED, accepted_at=NOW, next_attempt_at=None)
    return invoice


def test_an_invoice_that_a_customer_cannot_find_is_sent_again(page: Page, invoice):
    page.goto("/s/waterkant/invoices/")
    page.get_by_label("Search all invoices").fill("nauta")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=invoice.number).click()
    page.get_by_role("link", name="Send again…").click()
    page.get_by_label("E-mail addresses").fill("new@nauta.example")
    page.get_by_label("Mark it as a copy").check()
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("status")).to_contain_text(f"{invoice.number} goes to new@nauta.example.")
    expect(page.get_by_text("To be sent: E-mail")).to_be_visible()
    assert Dispatch.objects.get(purpose="again").as_copy


def test_half_of_an_invoice_is_credited_by_keys_alone(page: Page, invoice):
    page.goto(f"/s/waterkant/invoices/{invoice.pk}/")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/credit/$"))
    # The address is there before the scripts that listen to the fields.
    page.wait_for_load_state()
    page.get_by_label("Quantity of").focus()
    page.keyboard.type("2")
    preview = page.locator("#credit-preview")
    expect(preview.get_by_role("link", name="Credit €24.20…")).to_be_visible()
    expect(preview.locator(".doc")).to_contain_text("−20,00")
    with page.context.expect_page() as pdf:
        preview.get_by_role("link", name="See the PDF").press("Enter")
    pdf.value.close()

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=f"Credit €24.20 of {invoice.number}?")).to_be_visible()
    page.keyboard.type("Two seats were empty")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text("is issued.")
    note = Invoice.objects.get(credits=invoice)
    assert (note.net_amount.minor, note.reason) == (-2000, "Two seats were empty")


def test_an_invoice_is_withdrawn(page: Page, invoice):
    page.goto(f"/s/waterkant/invoices/{invoice.pk}/")
    page.get_by_role("link", name="Withdraw…").click()
    expect(page.get_by_text("gets the credit note, because the invoice was sent")).to_be_visible()
    page.get_by_label("Reason").fill("Wrong customer")
    page.get_by_role("button", name=f"Withdraw {invoice.number}").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Withdrawn")


def test_an_address_that_bounced_is_mended_in_place(page: Page, invoice):
    Dispatch.objects.update(state=DispatchState.BOUNCED, last_words="550 User unknown")
    page.goto("/s/waterkant/deliveries/")
    expect(page.get_by_text("550 User unknown")).to_be_visible()
    page.get_by_label("E-mail addresses").fill("new@nauta.example")
    page.get_by_role("button", name="Send again").click()

    expect(page.get_by_role("heading", name="Everything arrived")).to_be_visible()
    assert Dispatch.objects.get().recipients == ["new@nauta.example"]
