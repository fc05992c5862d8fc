"""Products, price plans and VAT: what is sold, what it costs from when, and what a quantity comes to."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from rebill.access.acting import Role
from rebill.catalogue.models import Price, PricePlan, Product
from tests.factories import (
    assign_plan,
    make_customer,
    make_customer_price,
    make_plan,
    make_plan_price,
    make_priced_product,
    make_product,
    make_seller,
)
from tests.usage.world import Partner

PRODUCTS = "/s/waterkant/products/"


@pytest.fixture
def seat(seller):
    """A hosted seat, for 7.95 a month since 2020."""
    return make_priced_product(seller, "7.95", code="SEAT", name="Hosted seat")


def test_a_product_without_a_name_in_the_sellers_language_has_the_nearest_one(office, seat):
    Product.objects.filter(pk=seat.pk).update(names={"fi": "Paikka", "de": "Sitz"})
    price = seat.prices.get()

    pages = ("", f"{seat.pk}/", f"{seat.pk}/price/", f"plans/{price.plan_id}/")

    for path in pages:
        assert "Sitz" in office.get(f"{PRODUCTS}{path}").content.decode(), path


def product_terms(**changes: str) -> dict[str, str]:
    """What the form of a new product sends."""
    return {
        "code": "CARE",
        "kind": "recurring",
        "unit": "piece",
        "supply": "services",
        "rate_class": "standard",
        "ledger_account": "8010",
        "summary_group": "",
        "name_nl": "Beheer",
        "name_en": "Care",
        "name_de": "",
        "name_fi": "",
        **changes,
    }


def price_terms(**changes: str) -> dict[str, str]:
    """What the form of a new price sends."""
    return {
        "valid_from": "2030-01-01",
        "valid_before": "",
        "model": "per_unit",
        "months": "1",
        "unit_price": "8,50",
        "package_size": "",
        "setup_price": "",
        "currency": "EUR",
        **changes,
    }


def test_the_list_shows_what_a_product_costs_today(office, seller, seat):
    make_product(seller, "PORT", name="Number porting", kind="one_off")

    page = office.get(PRODUCTS).content.decode()
    searched = office.get(PRODUCTS, {"q": "porting"}).content.decode()
    recurring = office.get(PRODUCTS, {"tab": "recurring"}).content.decode()

    assert "7.95" in page
    assert "Hosted seat" not in searched
    assert "Number porting" in searched
    assert "Number porting" not in recurring


def test_a_product_is_made_and_its_price_comes_next(office, seller):
    answer = office.post(f"{PRODUCTS}new/", product_terms())

    product = Product.objects.get(code="CARE")
    assert answer.headers["Location"] == f"{PRODUCTS}{product.pk}/price/"
    assert (product.names, product.ledger_account) == ({"nl": "Beheer", "en": "Care"}, "8010")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"code": "SEAT"}, "There is a product SEAT already."), ({"name_nl": "", "name_en": "Care"}, "This field is")],
)
def test_what_a_product_cannot_be_is_said_at_its_field(office, seat, changes, words):
    answer = office.post(f"{PRODUCTS}new/", product_terms(**changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_product_is_edited_and_keeps_its_code(office, seat):
    office.post(f"{PRODUCTS}{seat.pk}/edit/", product_terms(name_nl="Werkplek", summary_group="4"))

    seat.refresh_from_db()
    assert (seat.code, seat.names["nl"], seat.summary_group) == ("SEAT", "Werkplek", 4)


def test_a_product_is_sold_no_longer_and_again(office, seat):
    office.post(f"{PRODUCTS}{seat.pk}/sold/", {"sold": "0"})
    [said] = office.get(f"{PRODUCTS}{seat.pk}/").context["toasts"]
    seat.refresh_from_db()
    assert not seat.active

    office.post(said.undo, said.fields)
    seat.refresh_from_db()
    assert seat.active


def test_a_price_from_a_day_ends_the_one_before(office, seat):
    office.post(f"{PRODUCTS}{seat.pk}/price/", price_terms())

    before, after = Price.objects.filter(product=seat).order_by("valid_from")
    assert (before.valid_before, after.unit_price) == (date(2030, 1, 1), Decimal("8.50"))
    page = office.get(f"{PRODUCTS}{seat.pk}/").content.decode()
    assert "to come" in page
    assert "SEAT costs 8.50 from 1 Jan 2030." in page


def test_tiers_are_typed_in_rows(office, seat):
    tiers = {"tier_up_to": ["5", "20", ""], "tier_price": ["10", "8", "6,50"], "tier_flat": ["", "25", ""]}

    office.post(f"{PRODUCTS}{seat.pk}/price/", {**price_terms(model="graduated", unit_price=""), **tiers})

    price = Price.objects.get(product=seat, valid_from=date(2030, 1, 1))
    assert price.tiers == [["5", "10", "0"], ["20", "8", "25"], [None, "6.5", "0"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_before": "2029-01-01"}, "It ends before it begins."),
        ({"model": "graduated", "tier_up_to": "x", "tier_price": "1", "tier_flat": ""}, "Tier 1 cannot be read."),
        ({"model": "package"}, "A price by the package needs the size of the package."),
    ],
)
def test_what_a_price_cannot_be_is_said_at_its_field(office, seat, changes, words):
    answer = office.post(f"{PRODUCTS}{seat.pk}/price/", price_terms(**changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Price.objects.count() == 1


def test_the_effect_is_named_before_it_is_saved(office, seller, seat):
    make_customer(seller)

    page = office.get(
        f"{PRODUCTS}{seat.pk}/price/effect/", {"valid_from": "2030-01-01", "unit_price": "9,54"}
    ).content.decode()

    assert "The earlier price, 7.95 a month, ends before 1 Jan 2030." in page
    assert "+20%" in page
    assert "1 customer has the plan Plan standard on that day." in page
    assert "The day is past" not in page
    past = office.get(f"{PRODUCTS}{seat.pk}/price/effect/", {"valid_from": "2021-01-01"}).content.decode()
    assert "The day is past" in past


def test_a_price_of_one_customer_is_shown_with_the_customer(office, seller, seat):
    nauta = make_customer(seller, name="Rederij Nauta")

    office.post(f"{PRODUCTS}{seat.pk}/price/", price_terms(customer=str(nauta.pk)))

    assert Price.objects.get(customer=nauta).unit_price == Decimal("8.50")
    assert "Rederij Nauta" in office.get(f"{PRODUCTS}{seat.pk}/").content.decode()
    assert "Rederij Nauta" in office.get(f"{PRODUCTS}plans/").content.decode()


def test_a_price_is_ended(office, seat):
    price = Price.objects.get()
    address = f"{PRODUCTS}prices/{price.pk}/end/"

    assert "End the price of SEAT?" in office.get(address).content.decode()
    refused = office.post(address, {"valid_before": "2019-01-01"})
    assert refused.status_code == 422
    assert "cannot end before" in refused.content.decode()

    office.post(address, {"valid_before": "2030-01-01"})
    price.refresh_from_db()
    assert price.valid_before == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("terms", "quantity", "amount"),
    [
        ({}, "12", "€95.40"),
        ({"model": "flat"}, "12", "€7.95"),
        ({}, "0,5", "€3.98"),
        ({"months": 12}, "12", "€95.40"),
    ],
)
def test_a_quantity_comes_to_what_a_run_would_bill(office, seller, terms, quantity, amount):
    product = make_product(seller, "SEAT")
    make_plan_price(product, "7.95", **terms)

    page = office.get(f"{PRODUCTS}{product.pk}/try/", {"quantity": quantity}).content.decode()

    assert amount in page


def test_the_plan_shows_its_price_list_on_a_day_and_its_customers(office, seller, seat):
    make_plan_price(seat, "9", valid_from=date(2030, 1, 1))
    gold = make_plan(seller, "gold")
    assign_plan(make_customer(seller, name="Rederij Nauta"), gold, valid_from=date(2026, 1, 1))
    make_customer(seller, name="Bakkerij Oost")
    standard = PricePlan.objects.get(is_default=True)

    now = office.get(f"{PRODUCTS}plans/{standard.pk}/").content.decode()
    later = office.get(f"{PRODUCTS}plans/{standard.pk}/", {"on": "2030-06-01"}).content.decode()
    gold_page = office.get(f"{PRODUCTS}plans/{gold.pk}/").content.decode()

    assert "7.95" in now
    assert "9.00" in later
    assert "Bakkerij Oost" in now
    assert "Rederij Nauta" not in now
    assert "Rederij Nauta" in gold_page


def test_a_plan_is_made(office, seller):
    answer = office.post(f"{PRODUCTS}plans/new/", {"code": "gold", "name": "Gold"})

    plan = PricePlan.objects.get(code="gold")
    assert answer.headers["Location"] == f"{PRODUCTS}plans/{plan.pk}/"
    again = office.post(f"{PRODUCTS}plans/new/", {"code": "gold", "name": "Gold"})
    assert "There is a price plan gold already." in again.content.decode()


def test_vat_is_shown_by_country_and_day(office):
    page = office.get(f"{PRODUCTS}vat/", {"country": "FI", "on": "2024-09-01"}).content.decode()

    assert "Rates of Finland" in page
    assert "25.5%" in page
    assert "Steuerschuldnerschaft des Leistungsempfängers" in page


def test_a_viewer_reads_and_changes_nothing(member, seat):
    viewer = member(Role.VIEWER)
    price = Price.objects.get()

    page = viewer.get(f"{PRODUCTS}{seat.pk}/").content.decode()

    assert "New price" not in page
    for address in ("new/", f"{seat.pk}/edit/", f"{seat.pk}/price/", f"prices/{price.pk}/end/", "plans/new/"):
        assert viewer.get(f"{PRODUCTS}{address}").status_code == 403
    assert viewer.post(f"{PRODUCTS}{seat.pk}/sold/", {"sold": "0"}).status_code == 403


def test_what_another_seller_sells_is_not_found(office):
    product = make_priced_product(make_seller("noordwal"))
    price = Price.objects.get()

    for address in (
        f"{product.pk}/", f"{product.pk}/edit/", f"{product.pk}/price/", f"{product.pk}/try/",
        f"prices/{price.pk}/end/", f"plans/{price.plan_id}/",
    ):  # fmt: skip
        assert office.get(f"{PRODUCTS}{address}").status_code == 404


def test_the_number_of_reads_does_not_grow(office, seller, django_assert_max_num_queries):
    for number in range(20):
        product = make_priced_product(seller, code=f"P{number}")
        make_customer_price(make_customer(seller), product, "5")
    for address in ("", f"{product.pk}/", "plans/", f"plans/{PricePlan.objects.get().pk}/", f"{product.pk}/price/"):
        office.get(f"{PRODUCTS}{address}")

        with django_assert_max_num_queries(12):
            office.get(f"{PRODUCTS}{address}")


def test_a_price_from_next_month_is_set_and_a_quantity_tried(page: Page, seat):
    page.goto(f"{PRODUCTS}{seat.pk}/")

    page.keyboard.press("n")
    page.get_by_label("Price (optional)").fill("8.75")
    expect(page.get_by_text("The price of one changes by +10%.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(f"{PRODUCTS}{seat.pk}/$"))
    expect(page.get_by_text("to come")).to_be_visible()

    page.get_by_label("At the price of").select_option(index=1)
    page.get_by_role("textbox", name="Quantity").fill("4")

    expect(page.locator("#tried .big")).to_have_text("€35.00")


def test_a_product_that_calls_are_billed_as_has_its_prices_in_the_deck(office, seller):
    Partner(seller=seller).open_deck()

    listed = office.get(PRODUCTS).content.decode()

    assert "by rate deck" in listed
    assert "no price" not in listed
