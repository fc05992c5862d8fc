"""The second of the month in the browser: from Today to invoices on their way, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from rebill.runs.models import Draft, DraftState
from tests.office.billing import Billing, deliver, do_waiting_work, draft_for, run_of, september


@pytest.fixture
def billing(seller) -> Billing:
    return september(seller)


def test_a_clerk_mends_reads_why_holds_one_back_and_approves_the_rest(page: Page, billing: Billing):
    page.goto("/s/waterkant/")
    page.get_by_role("link", name="Review the run").click()

    # She walks to what cannot be sent, and adds the address where it is missed.
    page.get_by_role("link", name=re.compile("Add addresses")).click()
    bolwerk = page.locator("tbody", has_text="Autoschade Bolwerk")
    bolwerk.get_by_label("E-mail address for invoices").fill("facturen@bolwerk.example")
    bolwerk.get_by_role("button", name="Save").click()
    expect(page.locator("tbody", has_text="Autoschade Bolwerk")).to_have_count(0)
    expect(page.locator("#totals")).to_contain_text("3 of 3 ready")
    expect(page.locator("#warned")).to_be_empty()

    # She opens what rose, and reads why.
    page.locator("#tabs").get_by_role("link", name="Big changes").click()
    page.get_by_role("button", name="Lines of Rederij Nauta").click()
    expect(page.locator("tr.sub")).to_contain_text("Desk phone T43")
    page.locator("tr.sub").get_by_role("link", name="Why Desk phone T43").click()
    expect(page.locator("#dialog")).to_contain_text("An interim line")
    page.locator("#dialog").get_by_role("button", name="Close").click()

    # She holds it back.
    page.locator("tr.sub").get_by_role("link", name="Hold back").click()
    page.locator("#dialog").get_by_label("Reason").fill("Waits for Femke")
    page.locator("#dialog").get_by_role("button", name="Hold back 1").click()
    expect(page.locator(".toast")).to_contain_text("1 draft is held back.")

    # She approves the rest, reads what will happen, and watches it happen.
    page.get_by_role("link", name=re.compile("^Approve 2 and send")).click()
    expect(page.locator("#dialog")).to_contain_text("2026-00003 to 2026-00004")
    expect(page.locator("#dialog")).to_contain_text("1 draft stays in this run.")
    page.locator("#dialog").get_by_role("button", name="Approve 2 and send").click()
    expect(page.locator("#progress")).to_contain_text("You may leave this page")
    do_waiting_work()
    deliver(billing)
    expect(page.locator("#progress")).to_contain_text("2 documents were issued", timeout=15_000)
    expect(page.locator("h1")).to_contain_text("Partly issued")
    assert draft_for(billing, "Rederij Nauta").state == DraftState.HELD


def test_the_same_by_keyboard_alone(page: Page, billing: Billing):
    page.goto(f"/s/waterkant/runs/{run_of(billing).pk}/?tab=to_check")

    # To the field of the first row, and save.
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_label("E-mail address for invoices")).to_be_focused()
    page.keyboard.type("facturen@bolwerk.example")
    page.keyboard.press("Enter")
    expect(page.locator("#totals")).to_contain_text("3 of 3 ready")

    # Everything that is ready is selected; one row is opened and closed, and everything approved.
    page.goto(f"/s/waterkant/runs/{run_of(billing).pk}/")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr.sub")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("tr.sub")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_contain_text("Select drafts to approve them")
    page.keyboard.press("Control+a")
    expect(page.locator("#selection")).to_contain_text("All 3 ready drafts selected")
    page.keyboard.press("a")
    expect(page.locator("#dialog")).to_contain_text("Approve 3 invoices and send them?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#progress")).to_contain_text("You may leave this page")
    do_waiting_work()

    assert Draft.objects.filter(run=run_of(billing), state=DraftState.ISSUED).count() == 3


def test_rows_that_are_ticked_are_counted_and_summed(page: Page, billing: Billing):
    page.goto(f"/s/waterkant/runs/{run_of(billing).pk}/")
    page.keyboard.press("Escape")

    page.get_by_label("Select Rederij Nauta").check()

    expect(page.locator("#selection")).to_contain_text("1 selected")
    expect(page.locator("[data-sum-ticked]")).to_have_text("15.30")
    page.get_by_role("link", name=re.compile("^Approve and send")).click()
    expect(page.locator("#dialog")).to_contain_text("Approve 1 invoice and send it?")


def test_a_period_is_changed_beside_the_paper_by_keyboard_alone(page: Page, billing: Billing):
    draft = draft_for(billing, "Rederij Nauta")
    page.goto(f"/s/waterkant/drafts/{draft.pk}/")
    page.locator("input[value='Product SEAT']").focus()
    expect(page.locator("#this-line")).to_contain_text("A subscription, told on")

    # From the text to its period, from there to its days beside the paper.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("First day")).to_be_focused()
    page.get_by_label("First day").fill("2026-09-07")
    page.get_by_label(re.compile("^Reason")).focus()
    page.keyboard.type("Moved in on the 7th")
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_contain_text("1 change is saved.")
    expect(page.locator(".doc")).to_contain_text("7–30 sep")


def test_a_line_is_added_from_the_catalogue_by_keyboard_alone(page: Page, billing: Billing):
    draft = draft_for(billing, "Rederij Nauta")
    page.goto(f"/s/waterkant/drafts/{draft.pk}/")
    page.get_by_role("link", name="Add from catalogue").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#offer")).to_be_focused()

    page.keyboard.type("SEAT")
    expect(page.locator("#dialog .suggested [data-words=SEAT] a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog").get_by_label("Quantity")).to_be_focused()
    expect(page.locator("#dialog").get_by_label("Price excl. VAT")).to_have_attribute("placeholder", "10.00")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast")).to_contain_text("The line is on the draft.")
    expect(page.locator(".doc .sum")).to_contain_text("45,30")


def test_a_price_is_changed_on_the_paper(page: Page, billing: Billing):
    draft = draft_for(billing, "Rederij Nauta")
    page.goto(f"/s/waterkant/drafts/{draft.pk}/")
    expect(page.get_by_role("heading", name="Why €5.30 more than August 2026")).to_be_visible()
    price = page.locator("tr", has=page.locator("input[value='Desk phone T43']")).locator("input[name^=price]")

    price.fill("4,30")
    page.get_by_label(re.compile("^Reason")).fill("Promised to Femke")
    page.get_by_role("button", name="Save what is changed").click()

    expect(page.locator(".toast")).to_contain_text("1 change is saved.")
    expect(page.get_by_role("heading", name="Why €4.30 more than August 2026")).to_be_visible()
