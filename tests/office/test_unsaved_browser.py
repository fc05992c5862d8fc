"""Nothing that was typed is lost unasked: the browser asks before a page with something unsaved is left."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from rebill.parties.models import Customer
from tests.factories import make_customer
from tests.office.billing import draft_for, september

FORMS = ["settings/", "settings/terms/", "settings/numbering/", "settings/mails/", "settings/look/"]


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Which questions the browser asked; whoever is asked stays."""
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return questions


def leave(page: Page) -> None:
    """Goes to the customers by the menu, whether or not one gets there."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click(no_wait_after=True)


def test_a_customer_that_was_changed_is_not_lost(page: Page, seller, asked):
    customer = make_customer(seller, name="Rederij Nauta")
    page.goto(f"/s/waterkant/customers/{customer.pk}/edit/")
    page.get_by_label("Name").first.fill("Rederij Nauta B.V.")

    leave(page)
    page.wait_for_function("() => !document.querySelector('form[data-sent]')")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save").first.click()

    expect(page.get_by_role("heading", name="Rederij Nauta B.V.", level=1)).to_be_visible()
    assert asked == ["beforeunload"]
    assert Customer.objects.get().name == "Rederij Nauta B.V."


def test_a_paper_that_was_typed_on_is_not_lost_to_a_line_that_is_added(page: Page, seller, asked):
    draft = draft_for(september(seller), "Rederij Nauta")
    page.goto(f"/s/waterkant/drafts/{draft.pk}/")
    page.get_by_label("Text above the lines").fill("As agreed on board.")

    page.get_by_role("link", name="Add line").click()
    page.get_by_label("Text").first.fill("Mooring")
    page.get_by_label("Price").first.fill("10")
    page.locator("#dialog [data-main]").click(no_wait_after=True)

    page.wait_for_function("() => !document.querySelector('form[data-sent]')")
    assert asked == ["beforeunload"]
    page.locator("#dialog [data-close]").first.click()
    page.get_by_role("button", name="Save what is changed").click()
    expect(page.get_by_text("1 change is saved.")).to_be_visible()
    assert asked == ["beforeunload"]


def test_a_page_on_which_nothing_was_typed_is_left_unasked(page: Page, seller, asked):
    billing = september(seller)
    draft, product = draft_for(billing, "Rederij Nauta"), billing.products["SEAT"]
    own = [f"customers/{draft.customer_id}/edit/", f"products/{product.pk}/edit/", f"drafts/{draft.pk}/"]

    for path in (*FORMS, *own):
        page.goto(f"/s/waterkant/{path}")
        assert page.locator("form[data-unsaved]").count(), path
        # A browser asks nobody who did nothing on the page.
        page.locator("h1").click()
        leave(page)
        expect(page.get_by_role("heading", name="Customers", level=1)).to_be_visible()

    assert asked == []
