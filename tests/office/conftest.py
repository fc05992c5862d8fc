"""A signed-in browser without a screen, and one with: what the tests of the office work with."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from rebill.access.acting import Role
from rebill.access.models import User
from rebill.parties.commands import grant_role
from rebill.parties.models import Seller
from tests.factories import NOW, acting_of, make_seller, make_user

# A busy machine may take a while; what is there earlier is seen earlier.
expect.set_options(timeout=20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs in a browser is tried on one database: what it asks the server is tried on both without one."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.once)


@pytest.fixture
def owner(db) -> User:
    """Marit de Boer, who owns the seller of `seller`."""
    return make_user("marit", full_name="Marit de Boer", password="kade-molen-1187")


@pytest.fixture
def seller(owner: User) -> Seller:
    """Waterkant Groep, whose pages lie under /s/waterkant/."""
    return make_seller("waterkant", owner=owner, name="Waterkant Groep")


@pytest.fixture
def office(client: Client, owner: User, seller: Seller) -> Client:
    """A client signed in as the owner."""
    client.force_login(owner)
    return client


@pytest.fixture
def member(seller: Seller) -> Callable[[Role], Client]:
    """Makes a client signed in as somebody with this role with the seller."""

    def signed_in(role: Role) -> Client:
        user = make_user(f"a-{role.value}")
        grant_role(acting=acting_of(seller), user=user, role=role, now=NOW)
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def is_fault(message: ConsoleMessage) -> bool:
    """Whether the page told of a fault; a search given up for the next letter's is none, though htmx tells it."""
    given_up = message.text.startswith(("htmx:sendAbort,", "htmx:afterRequest,"))
    return message.type == "error" and not given_up


@pytest.fixture
def context(chromium: Browser, live_server, office: Client) -> Iterator[BrowserContext]:
    """A browser in which the owner is signed in; a fault in a script or a refused inline script fails the test."""
    faults: list[str] = []
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": office.cookies["sessionid"].value, "url": live_server.url}])
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    context.set_default_timeout(20_000)
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that browser, 1440 px wide."""
    return context.new_page()
