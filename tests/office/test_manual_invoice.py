"""A manual invoice: everything a customer owes up to a day, made a draft at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from rebill.access.acting import Role
from rebill.runs.models import Draft, Run
from tests.factories import make_customer, make_seller
from tests.office.test_lines import add, typed

NEW = "/s/waterkant/invoices/new/"


@pytest.fixture
def nauta(seller):
    """A customer who can be found by name."""
    return make_customer(seller, name="Rederij Nauta", number="10482")


def test_it_begins_with_the_customer(office):
    page = office.get(NEW).content.decode()

    assert "For whom is it?" in page
    assert 'name="q"' in page


def test_the_first_customers_can_be_chosen_at_once(office, nauta):
    page = office.get(NEW).content.decode()

    assert f'href="{NEW}?customer={nauta.pk}"' in page


def test_a_line_that_it_asks_for_leads_back_to_it(office, nauta):
    lines = f"/s/waterkant/lines/new/?customer={nauta.pk}&then=invoice"
    assert lines.replace("&", "&amp;") in office.get(NEW, {"customer": nauta.pk}).content.decode()
    asked = office.get(lines).content.decode()
    while_typed = office.get(f"/s/waterkant/lines/proposal/?then=invoice&customer={nauta.pk}").content.decode()

    answer = office.post(lines, typed(nauta, then="invoice"))

    assert "Add and go on with the invoice" in asked
    assert "this invoice" in asked
    assert "this invoice" in while_typed
    assert answer.headers["Location"] == f"{NEW}?customer={nauta.pk}"
    assert "for Rederij Nauta is added." in office.get(answer.headers["Location"]).content.decode()


def test_what_the_customer_owes_is_shown_with_vat(office, nauta):
    add(nauta, "Installation", "100")

    page = office.get(NEW, {"customer": nauta.pk, "until": "2026-09-02"}).content.decode()

    assert "Installation" in page
    assert "€121.00" in page
    assert "Make the draft" in page
    assert not Run.objects.exists()


def test_who_owes_nothing_is_said_in_a_sentence(office, nauta):
    add(nauta)

    answer = office.get(NEW, {"customer": nauta.pk, "until": "2026-07-01"})

    assert "Rederij Nauta owes nothing up to 1 Jul" in answer.content.decode()
    assert "Make the draft" not in answer.content.decode()


def test_nothing_owed_makes_no_run(office, nauta):
    address = f"{NEW}?customer={nauta.pk}"

    answer = office.post(
        NEW, {"customer": nauta.pk, "until": "2026-07-01"}, headers={"referer": f"http://testserver{address}"}
    )

    assert answer.headers["Location"].endswith(address)
    assert "owes nothing up to" in office.get(address).content.decode()
    assert not Run.objects.exists()


def test_a_day_that_is_none_is_said(office, nauta):
    answer = office.get(NEW, {"customer": nauta.pk, "until": "soon"})

    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()


def test_a_viewer_makes_none(member, nauta):
    assert member(Role.VIEWER).get(NEW).status_code == 403


def test_a_customer_of_another_seller_is_not_found(office):
    stranger = make_customer(make_seller("noordwal"))

    assert office.get(NEW, {"customer": stranger.pk}).status_code == 404
    assert office.post(NEW, {"customer": stranger.pk}).status_code == 404
    assert not Draft.objects.exists()


def test_the_draft_is_made_and_opened(office, nauta):
    add(nauta, "Installation", "100")

    answer = office.post(NEW, {"customer": nauta.pk, "until": "2026-09-02"})

    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"/s/waterkant/drafts/{draft.pk}/"
    assert draft.run.kind == "manual"


def test_a_line_is_added_by_keyboard_and_invoiced_at_once(page: Page, nauta):
    page.goto("/s/waterkant/lines/")

    page.keyboard.press("n")
    expect(page.get_by_label("Customer", exact=True)).to_be_focused()
    page.keyboard.type("nauta")
    expect(page.locator("[data-words=nauta] a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="owes nothing up to")).to_be_visible()
    page.keyboard.press("l")
    page.get_by_label("Text on the invoice").focus()
    page.keyboard.type("Installation on board")
    page.get_by_label("Price of one").focus()
    page.keyboard.type("145")
    expect(page.locator(".big")).to_have_text("€145.00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("row", name="Installation on board")).to_be_visible()
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile("/s/waterkant/drafts/[0-9]+/$"))
    expect(page.get_by_text("The draft for Rederij Nauta is made.")).to_be_visible()
