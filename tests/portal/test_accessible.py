"""axe-core finds nothing on the portal's pages, wide and on a telephone, light and dark; and nothing scrolls
sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.portal.test_looking import paths_of

WIDTHS = (1440, 390, 320)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(chromium: Browser, live_server, world, follow, scheme: str):
    context = chromium.new_context(base_url=live_server.url, color_scheme=scheme, locale="en-GB")
    page, axe, found = context.new_page(), Axe(), []
    page.goto("/p/waterkant/")
    page.goto(f"/p/{follow(world)}")
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/invoices/")
    shown = [path for path in paths_of(world.invoice.pk).values() if path.endswith("/")]

    for path in ("?again", "link/none/", *shown):
        page.goto(f"/p/waterkant/{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for violation in axe.run(page).response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                found.append(f"{path} at {width} {scheme}: {violation['id']} {violation['help']} {nodes}")
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            if wide:
                found.append(f"{path} at {width} scrolls sideways")
    context.close()

    assert found == []
