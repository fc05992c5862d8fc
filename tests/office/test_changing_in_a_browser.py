"""The clerk cancels in the middle of last month and sees what it does first; an order is placed by keyboard alone."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from rebill.interfaces.jobs import read_clock
from rebill.rules.periods import add_months, local_day
from rebill.subscriptions.commands import StartTerms, start_subscription
from rebill.subscriptions.models import Subscription
from tests.factories import NOW, acting_of, make_customer, make_priced_product
from tests.stories.month import Month


@pytest.fixture
def today(seller) -> date:
    return local_day(read_clock(), seller.time_zone)


@pytest.fixture
def seats(seller, today) -> Subscription:
    """Ten seats at 31 a month since the month before last, billed until this month."""
    this_month = today.replace(day=1)
    acting = acting_of(seller)
    seats = start_subscription(
        acting=acting,
        customer=make_customer(seller, name="Rederij Nauta", number="10482"),
        product=make_priced_product(seller, "31", code="SEAT", name="Hosted voice seat"),
        terms=StartTerms(quantity=Decimal(10), start_on=add_months(this_month, -2)),
        now=NOW,
    )
    month = Month.__new__(Month)
    month.seller, month.acting = seller, acting
    for back in (-2, -1, 0):
        month.bill_on(add_months(this_month, back))
    return seats


def test_a_cancellation_last_month_is_seen_saved_and_corrected_by_the_next_run(page: Page, seats, today):
    last_month = add_months(today.replace(day=1), -1)
    last_on = last_month + timedelta(days=14)
    page.goto(f"/s/waterkant/customers/{seats.customer_id}/")
    page.get_by_role("link", name="Hosted voice seat").first.click()
    page.get_by_role("link", name="Cancel…").click()

    page.get_by_label("Last day").fill(last_on.isoformat())
    rows = page.locator("#effects tbody tr")
    expect(rows).to_have_count(3)
    before = [row.split("\t") for row in rows.all_inner_texts()]
    page.get_by_label("Reference of this change").fill("Letter of the 3rd")
    total = page.locator("#effects tfoot td").inner_text()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ended")
    expect(page.get_by_text("Letter of the 3rd").first).to_be_visible()
    assert [row[1] for row in before] == ["310.00", "310.00", "310.00"]
    assert [row[2] for row in before][1:] == ["0.00", "0.00"]
    # What the next invoice gives back is what was shown, less the month that was not billed yet.
    page.goto(f"/s/waterkant/customers/{seats.customer_id}/")
    given_back = minor(total) + 31_000
    expect(page.locator("#next tfoot td").first).to_have_text(f"−{-given_back // 100}.{-given_back % 100:02}")


def minor(words: str) -> int:
    digits = re.sub(r"\D", "", words)
    return -int(digits) if "−" in words else int(digits)


def tab_to(page: Page, label: str) -> None:
    """Tab on until the field has the focus; a day takes several."""
    field = page.get_by_label(label, exact=False).first
    for _ in range(20):
        if field.evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached")


def test_an_order_is_placed_by_keyboard_alone(page: Page, seats, today):
    page.goto("/s/waterkant/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Subscriptions", level=1)).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_label("Customer")).to_be_focused()
    page.keyboard.type("nauta")
    expect(page.locator(".suggested [data-words=nauta] a")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_label("Order number")).to_be_focused()
    page.keyboard.type("50311")
    tab_to(page, "Product")
    page.keyboard.type("SEAT")
    page.keyboard.press("Tab")
    expect(page.locator("#effects tbody tr").last).to_contain_text("31.00")
    page.keyboard.press("Control+A")
    page.keyboard.type("4")
    # The effect of four was not seen yet: it is shown first.
    page.keyboard.press("Control+Enter")
    expect(page.locator("#effects tbody tr").last).to_contain_text("124.00")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text("Order 50311 is placed with 1 subscription.")
    assert Subscription.objects.get(order__number="50311").quantity == 4


def test_the_list_of_customers_is_walked_by_keyboard(page: Page, seats):
    page.goto("/s/waterkant/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("row", name=re.compile("Rederij Nauta"))).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Rederij Nauta")


def test_the_next_invoice_of_a_later_day_is_shown_in_place(page: Page, seats, today):
    later = add_months(today.replace(day=1), 3)
    page.goto(f"/s/waterkant/customers/{seats.customer_id}/")

    page.get_by_label("On another day").fill(later.isoformat())

    expect(page.locator("#next tbody tr")).to_have_count(3)
    expect(page.locator("#next tfoot td").first).to_have_text("930.00")


def test_the_tabs_of_subscriptions_say_how_many_stand_on_each(page: Page, seats):
    page.goto("/s/waterkant/subscriptions/")

    tabs = page.get_by_role("navigation", name="Which subscriptions")
    expect(tabs.get_by_role("link", name=re.compile("^Running"))).to_have_text("Running 1")
    expect(tabs.get_by_role("link", name=re.compile("^Ended"))).to_have_text("Ended 0")
    expect(tabs.get_by_role("link", name=re.compile("^All"))).to_have_text("All 1")


def test_what_is_shown_as_one_types_places_no_order(page: Page, seats, today):
    page.goto(f"/s/waterkant/customers/{seats.customer_id}/order/")
    page.get_by_label("Order number").fill("50311")
    page.get_by_label("Product").first.fill("SEAT")
    page.get_by_label("Quantity").first.fill("4")
    page.get_by_label("Quantity").first.blur()
    expect(page.locator("#effects tbody tr").last).to_contain_text("124.00")

    # A field was left without another value: the same is asked again, with what is shown by now.
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Quantity").first.dispatch_event("change")

    expect(page.locator("#effects tbody tr").last).to_contain_text("124.00")
    assert not Subscription.objects.filter(order__number="50311").exists()
