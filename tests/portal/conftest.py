"""Somebody at a customer who has come into the portal."""

from collections.abc import Callable

import pytest
from django.test import Client

from rebill.interfaces.portal_links import mail_link
from rebill.parties.commands import change_customer
from rebill.sources.tabs.commands import change_holder
from tests.factories import NOW
from tests.office.world import World

ADDRESS = "facturen@nauta.example"


@pytest.fixture
def world(db) -> World:
    """Waterkant Groep, which has invoiced Rederij Nauta services and a call."""
    made = World("waterkant", "Rederij Nauta", name="Waterkant Groep", email="billing@waterkant.example")
    change_customer(acting=made.acting, customer_id=made.customer.pk, invoice_emails=[ADDRESS], now=NOW)
    change_holder(acting=made.acting, holder_id=made.holder.pk, email=ADDRESS, now=NOW)
    return made


@pytest.fixture
def follow(mailoutbox) -> Callable[..., str]:
    """Has a link mailed, as the queue does, and gives its path."""

    def mailed(world: World, email: str = ADDRESS) -> str:
        assert mail_link(world.seller.pk, email, False)
        return next(word for word in mailoutbox[-1].body.split() if "/link/" in word).partition("/p/")[2]

    return mailed


@pytest.fixture
def reader(world: World, follow) -> Client:
    """A client that has come in for Rederij Nauta."""
    client = Client()
    answer = client.post(f"/p/{follow(world)}")
    assert answer.status_code == 302
    return client
