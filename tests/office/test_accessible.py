"""axe-core finds nothing on any page: wide and on a telephone, light and dark. Pages are found by walking.

No page scrolls sideways, and none is heavier than 150 kB as it travels, its document preview apart.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from tests.office.world import World, addresses

# What a page looks like does not depend on the database.
pytestmark = pytest.mark.once

WIDTHS = (1440, 768, 390, 320)
LOOKS = {"light": (1440, 390), "dark": (390, 1440)}
ACCOUNTS = (
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/login/",
    "/account/password/change/",
    "/account/password/reset/",
    "/account/sessions/",
)
KILOBYTES_MAX = 150


@pytest.fixture
def seller(owner):
    """The seller of the browser's owner, with one of everything."""
    return World("waterkant", "Rederij Nauta", name="Waterkant Groep", owner=owner).seller


@pytest.fixture
def paths(office: Client, seller, owner) -> list[str]:
    """Every page that can be opened, below the seller and beside it."""
    ids = World.of(seller).ids()
    found = []
    for address in addresses():
        path = address.path("waterkant", ids)
        answer = office.get(path)
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            found.append(path)
    return [*found, *ACCOUNTS]


@pytest.mark.parametrize("scheme", LOOKS)
def test_axe_finds_nothing_on_any_page(context: BrowserContext, paths: list[str], scheme: str):
    # What a page does well need not travel. Only colours are different in the dark.
    options = {"resultTypes": ["violations"]} | ({"runOnly": ["color-contrast"]} if scheme == "dark" else {})
    page, axe, found = context.new_page(), Axe(), []
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    for path in paths:
        page.goto(path)
        for width in LOOKS[scheme]:
            page.set_viewport_size({"width": width, "height": 900})
            for violation in axe.run(page, options=options).response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                found.append(f"{path} at {width} {scheme}: {violation['id']} {violation['help']} {nodes}")

    assert found == []


def test_no_page_scrolls_sideways_and_none_is_heavy(context: BrowserContext, paths: list[str]):
    page, found = context.new_page(), []
    travelled: dict[str, float] = {}
    previews: set[str] = set()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    # The picture of a document is the only PNG there is.
    devtools.on(
        "Network.responseReceived",
        lambda event: event["response"]["mimeType"] == "image/png" and previews.add(event["requestId"]),
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: travelled.update({event["requestId"]: event["encodedDataLength"]}),
    )

    for path in paths:
        travelled.clear()
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.goto(path, wait_until="load")
        weight = sum(each for request, each in travelled.items() if request not in previews) / 1000
        if weight > KILOBYTES_MAX:
            found.append(f"{path} weighs {weight:.0f} kB")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{path} scrolls sideways at {width}")

    assert found == []


def test_axe_would_see_a_fault(page: Page):
    page.goto("/s/waterkant/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/office/icon.svg\">')"
    )

    assert [each["id"] for each in Axe().run(page).response["violations"]] == ["image-alt"]
