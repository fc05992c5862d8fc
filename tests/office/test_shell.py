"""The frame around every page, in a real browser: keys, the jump box, and no fault in any script."""

import re

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
    expect(page.locator("#found a")).to_have_text("Today")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/s/waterkant/$"))


def test_g_then_a_letter_goes_there(page: Page):
    page.goto("/s/waterkant/account/")

    page.keyboard.press("g")
    page.keyboard.press("t")

    expect(page).to_have_url(re.compile("/s/waterkant/$"))


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
