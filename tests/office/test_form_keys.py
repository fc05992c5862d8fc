"""A form that is sent twice is done once, whoever sent it twice and however close together."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

import rebill.interfaces.office
from rebill.access.acting import Role
from rebill.access.models import User
from rebill.interfaces.jobs import read_clock
from rebill.kit.models import KeptAnswer
from rebill.parties.models import Customer, Seller
from rebill.rules.periods import local_day
from rebill.subscriptions.models import Subscription
from tests.factories import make_customer, make_priced_product
from tests.office.importing import upload
from tests.office.test_imports import COLUMNS


@pytest.fixture
def customer(seller: Seller) -> Customer:
    make_priced_product(seller, "31", code="SEAT")
    return make_customer(seller, name="Rederij Nauta")


@pytest.fixture
def order(seller: Seller, customer: Customer) -> Callable[..., dict[str, str]]:
    """What an order's form holds, with a key of its own."""
    today: date = local_day(read_clock(), seller.time_zone)

    def entered(**changes: str) -> dict[str, str]:
        return {
            "form_key": uuid4().hex, "order_number": "50311", "ordered_on": today.isoformat(),
            "line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0", "line-0-product": "SEAT", "line-0-quantity": "4",
            "line-0-start_on": today.isoformat(), "line-0-billing_months": "1", "line-0-timing": "advance",
            "line-0-alignment": "calendar", **changes,
        }  # fmt: skip

    return entered


def address_of(customer: Customer) -> str:
    return f"/s/waterkant/customers/{customer.pk}/order/"


def seen_by(office: Client, customer: Customer, form: dict[str, str]) -> dict[str, str]:
    """The form with its effect, as it is before it is saved."""
    return {**form, "seen": office.post(address_of(customer), form).context["seen"]}


def test_an_order_that_is_sent_twice_is_placed_once(office, customer, order):
    form = seen_by(office, customer, order())

    first = office.post(address_of(customer), form)
    second = office.post(address_of(customer), form)

    assert Subscription.objects.count() == 1
    assert (second.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert office.get(second.headers["Location"]).content.decode().count("Order 50311 is placed") == 1


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_sent_twice_at_once_is_placed_once(office, customer, order):
    form = seen_by(office, customer, order())
    together = Barrier(3)

    def send() -> str:
        client = Client()
        client.cookies = office.cookies
        together.wait(timeout=30)
        try:
            return client.post(address_of(customer), form).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as hands:
        led_to = {each.result() for each in [hands.submit(send) for _ in range(3)]}

    assert Subscription.objects.count() == 1
    assert led_to == {f"/s/waterkant/customers/{customer.pk}/"}


def test_what_was_refused_or_only_shown_is_sent_again_under_its_key(office, customer, order):
    form = order()

    refused = office.post(address_of(customer), {**form, "line-0-quantity": "-1"})
    shown = [office.post(address_of(customer), form) for _ in range(2)]
    saved = office.post(address_of(customer), {**form, "seen": shown[1].context["seen"]})

    assert (refused.status_code, [each.status_code for each in shown], saved.status_code) == (422, [200, 200], 302)
    assert Subscription.objects.count() == 1


def test_a_form_that_is_filled_in_otherwise_is_another_one(office, customer, order):
    form = order()
    office.post(address_of(customer), seen_by(office, customer, form))

    office.post(address_of(customer), seen_by(office, customer, {**form, "order_number": "50312"}))

    assert set(Subscription.objects.values_list("order__number", flat=True)) == {"50311", "50312"}


def test_what_could_not_be_done_is_not_taken_for_done(office):
    columns = upload(office)
    came_from = {"referer": "http://testserver/s/waterkant/imports/"}
    office.post(columns, {**COLUMNS, "do": "check", "form_key": uuid4().hex})
    kept = KeptAnswer.objects.count()

    again = office.post(columns, {**COLUMNS, "do": "check", "form_key": uuid4().hex}, headers=came_from)

    assert again.headers["Location"] == came_from["referer"]
    assert (kept, KeptAnswer.objects.count()) == (1, 1)


def test_a_key_counts_for_its_user(office, member, customer, order):
    form = seen_by(office, customer, order())
    office.post(address_of(customer), form)

    member(Role.CLERK).post(address_of(customer), form)

    assert Subscription.objects.count() == 2


def test_every_form_that_is_sent_has_a_key():
    # The account is the user's own, the first seller is refused when there is one, and signing out may come twice. What
    # is ticked in rates that wait is kept as it was sent last, however often.
    without = {"account/account.html", "setup/setup.html", "no_seller.html", "decks/waiting.html"}
    folder = Path(rebill.interfaces.office.__file__).parent / "templates" / "office"

    keyless = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        if re.search(r"{% csrf_token %}(?!{% form_key %})", path.read_text())
    }

    assert keyless == without


def test_a_browser_that_sends_a_form_twice_at_once_places_one_order(page: Page, owner: User, customer, order):
    page.goto(address_of(customer))
    for label, value in {"Order number": "50311", "Product": "SEAT", "Quantity": "4"}.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_label("Quantity").first.blur()
    expect(page.locator("#effects tbody tr").last).to_contain_text("124.00")

    led_to = page.locator("main form").evaluate(
        """form => Promise.all([1, 2].map(async () =>
             (await fetch(form.action, {method: "POST", body: new FormData(form)})).url))"""
    )

    assert [each.endswith(f"/customers/{customer.pk}/") for each in led_to] == [True, True]
    assert Subscription.objects.count() == 1
