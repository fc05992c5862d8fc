"""An owner changes how invoices look, and sees it before it is used."""

import re

from playwright.sync_api import Page, expect

from rebill.parties.models import Look


def test_the_accent_colour_changes_the_picture_and_is_used(page: Page):
    page.goto("/s/waterkant/settings/look/")
    picture = page.locator("#picture img")
    expect(picture).to_have_attribute("src", "/s/waterkant/settings/look/preview/?language=nl")

    page.get_by_label("Accent colour").fill("#c2410c")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    page.get_by_role("button", name="Use this look").click()

    expect(page.get_by_text("Documents look this way from now on.")).to_be_visible()
    assert Look.objects.get().accent_colour == "#c2410c"


def test_the_next_numbers_follow_the_pattern_by_keys_alone(page: Page):
    page.goto("/s/waterkant/settings/numbering/")
    pattern = page.get_by_label("Pattern").first
    pattern.focus()

    page.keyboard.press("Control+a")
    page.keyboard.type("WG-{nummer}")
    expect(page.locator("#e-invoice")).to_contain_text("is not one of")
    page.keyboard.press("Control+a")
    page.keyboard.type("WG{yy}-{number:04}")
    expect(page.locator("#e-invoice")).to_contain_text("-0001, WG")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Numbers are given this way from now on.")).to_be_visible()
