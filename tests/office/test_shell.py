"""The frame around every page, in a real browser: keys, the jump box, and no fault in any script."""

import re

import pytest
from playwright.sync_api import Page, expect


def test_the_keyboard_map_opens_and_closes(page: Page):
    page.goto("/s/waterkant/")

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("heading", name="Keyboard")).to_be_hidden()


def test_the_jump_box_finds_pages(page: Page):
    page.goto("/s/waterkant/account/")

    page.keyboard.press("/")
    page.keyboard.type("tod")
    # One of a list is waited for: a single text is refused at once while more than one is found.
    expect(page.locator("#found a")).to_have_text(["Today"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/s/waterkant/$"))


def test_g_then_a_letter_goes_there(page: Page):
    page.goto("/s/waterkant/account/")

    page.keyboard.press("g")
    page.keyboard.press("t")

    expect(page).to_have_url(re.compile("/s/waterkant/$"))


@pytest.mark.parametrize("path", ["account/", "deliveries/", "imports/", "settings/", "lines/", "invoices/"])
def test_n_makes_an_invoice_where_nothing_else_is_made(page: Page, path: str):
    page.goto(f"/s/waterkant/{path}")

    page.keyboard.press("n")

    expect(page).to_have_url(re.compile("/s/waterkant/invoices/new/"))


def test_n_makes_what_the_page_makes(page: Page):
    page.goto("/s/waterkant/products/")

    page.keyboard.press("n")

    expect(page).to_have_url(re.compile("/s/waterkant/products/new/"))


def test_the_keyboard_map_lists_every_place_that_g_leads_to(page: Page):
    page.goto("/s/waterkant/")
    keys = {link.get_attribute("data-go").upper() for link in page.locator(".side a[data-go]").all()}

    page.keyboard.press("?")

    for key in keys:
        expect(page.locator("#keymap dt", has_text=re.compile(f"^G {key}$"))).to_have_count(1)
    expect(page.locator("#keymap")).to_contain_text("New, of what is on screen; else an invoice")


def test_single_letters_can_be_switched_off(page: Page):
    page.goto("/s/waterkant/account/")
    page.keyboard.press("?")
    page.get_by_label("No single-letter keys").check()
    page.keyboard.press("Escape")

    page.keyboard.press("g")
    page.keyboard.press("t")

    expect(page).to_have_url(re.compile("/s/waterkant/account/$"))


def test_the_language_is_changed_in_place(page: Page):
    page.goto("/s/waterkant/account/")

    page.get_by_label("Language of the pages").select_option("nl")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn account")
