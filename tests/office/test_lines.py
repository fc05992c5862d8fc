"""Interim lines: a clerk adds, corrects and removes what waits for the next run, and sees what it comes to."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from rebill.access.acting import Role
from rebill.sources.oneoff.commands import LineTerms, add_interim_line
from rebill.sources.oneoff.models import InterimLine
from tests.factories import NOW, acting_of, make_customer, make_plan_price, make_product, make_seller

LINES = "/s/waterkant/lines/"


@pytest.fixture
def nauta(seller):
    """A customer who can be found by name."""
    return make_customer(seller, name="Rederij Nauta", number="10482")


@pytest.fixture
def porting(seller):
    """A product sold once, for 25.00."""
    product = make_product(seller, "PORT", name="Number porting", kind="one_off")
    make_plan_price(product, "25")
    return product


def add(customer, text: str = "Installation", price: str = "145") -> InterimLine:
    """A line that waits."""
    terms = LineTerms(quantity=Decimal(1), unit_price=Decimal(price), supplied_on=date(2026, 9, 1), description=text)
    return add_interim_line(acting=acting_of(customer.seller), customer=customer, terms=terms, now=NOW)


def typed(customer, **changes: str) -> dict[str, str]:
    """What the form sends for an ordinary line."""
    return {
        "customer": str(customer.pk),
        "uuid": "7f9c24e8-3b12-4c8e-9d1a-2f6b0c5a7e11",
        "kind": "charge",
        "product": "",
        "description": "Installation",
        "quantity": "2",
        "unit_price": "49,50",
        "supplied_on": "2026-09-01",
        "cost_centre": "",
        "reference": "",
        "rate_class": "",
        "ledger_account": "",
        "summary_group": "",
        **changes,
    }


def test_a_line_is_added_once_however_often_it_is_sent(office, nauta):
    for _time in range(2):
        answer = office.post(f"{LINES}new/", typed(nauta))

    assert answer.headers["Location"] == LINES
    line = InterimLine.objects.get()
    assert (line.description, line.quantity, line.unit_price) == ("Installation", 2, Decimal("49.50"))
    assert "€99.00 for Rederij Nauta waits for the run." in office.get(LINES).content.decode()


def test_a_product_brings_its_name_and_the_price_of_the_list(office, nauta, porting):
    office.post(f"{LINES}new/", typed(nauta, product="PORT", description="", unit_price=""))

    line = InterimLine.objects.get()
    assert (line.description, line.unit_price, line.product) == ("Number porting", 25, porting)


def test_a_credit_says_why(office, nauta):
    answer = office.post(f"{LINES}new/", typed(nauta, kind="credit", description=""))

    assert answer.status_code == 422
    assert "Say what is given back, and why." in answer.content.decode()

    office.post(f"{LINES}new/", typed(nauta, kind="credit", description="Two days without service"))

    assert InterimLine.objects.get().quantity == -2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product": "NONE"}, "There is no product with this code."),
        ({"unit_price": ""}, "No price list has a price for it."),
        ({"description": ""}, "A line without a product says what it is for."),
        ({"quantity": "1.123456789"}, "Give at most 8 decimals."),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field(office, nauta, changes, words):
    answer = office.post(f"{LINES}new/", typed(nauta, **changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not InterimLine.objects.exists()


def test_a_change_can_be_taken_back(office, nauta):
    line = add(nauta)

    office.post(f"{LINES}{line.uuid}/", typed(nauta, unit_price="100", quantity="3"))
    page = office.get(LINES)

    assert "The line of Rederij Nauta is €300.00 now." in page.content.decode()
    [said] = page.context["toasts"]
    office.post(said.undo, said.fields)
    line.refresh_from_db()
    assert (line.unit_price, line.quantity, line.description) == (145, 1, "Installation")


def test_a_removed_line_can_be_put_back(office, nauta):
    line = add(nauta)

    office.post(f"{LINES}{line.uuid}/remove/")
    [said] = office.get(LINES).context["toasts"]
    assert not InterimLine.objects.exists()

    office.post(said.undo, said.fields)
    assert InterimLine.objects.get().uuid == line.uuid


def test_the_list_is_searched_and_says_which_run_takes_a_line(office, nauta, seller):
    add(nauta, "Installation on board")
    add(make_customer(seller, name="Bakkerij Oost"), "Oven cable")

    answer = office.get(LINES, {"q": "board"})

    page = answer.content.decode()
    assert "Installation on board" in page
    assert "Oven cable" not in page
    assert [row.amount.minor for row in answer.context["rows"]] == [14500]
    assert answer.context["rows"][0].run_on.day == 1


def test_a_viewer_reads_and_changes_nothing(member, nauta):
    line = add(nauta)
    viewer = member(Role.VIEWER)

    page = viewer.get(LINES).content.decode()

    assert "Installation" in page
    assert "Add line" not in page
    assert viewer.get(f"{LINES}new/").status_code == 403
    assert viewer.post(f"{LINES}{line.uuid}/remove/").status_code == 403
    assert InterimLine.objects.exists()


def test_lines_of_another_seller_are_not_found(office):
    line = add(make_customer(make_seller("noordwal")))

    assert office.get(f"{LINES}{line.uuid}/").status_code == 404
    assert office.post(f"{LINES}{line.uuid}/remove/").status_code == 404
    assert office.get(f"{LINES}new/", {"customer": line.customer_id}).status_code == 404


def test_the_number_of_reads_does_not_grow_with_the_lines(office, nauta, django_assert_max_num_queries):
    for number in range(30):
        add(nauta, f"Line {number}")
    office.get(LINES)

    with django_assert_max_num_queries(12):
        office.get(LINES)


def test_a_line_is_added_by_keyboard(page: Page, nauta, porting):
    page.goto(LINES)

    page.keyboard.press("l")
    expect(page.get_by_label("Customer")).to_be_focused()
    page.keyboard.type("nauta")
    expect(page.locator("[data-words=nauta] a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What it comes to")).to_be_visible()
    page.get_by_label("Product").focus()
    page.keyboard.type("PORT")
    page.keyboard.press("Tab")
    expect(page.locator(".big")).to_have_text("€25.00")
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile(f"{LINES}$"))
    expect(page.get_by_role("row", name="Number porting")).to_contain_text("25.00")
