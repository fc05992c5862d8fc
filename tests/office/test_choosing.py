"""Choosing a customer on a page that needs one: by suggestions and keys, and as a page of its own."""

from tests.factories import make_customer, make_seller


def test_what_matches_leads_back_with_the_customer(office, seller):
    nauta = make_customer(seller, name="Rederij Nauta", number="10482", city="Harlingen")
    make_customer(seller, name="Bakkerij Terpstra")

    answer = office.get("/s/waterkant/choose/customer/", {"to": "/s/waterkant/account/?tab=2", "q": "nauta"})

    page = answer.content.decode()
    assert f'href="/s/waterkant/account/?tab=2&amp;customer={nauta.pk}"' in page
    assert "Terpstra" not in page


def test_the_field_gets_only_the_suggestions(office, seller):
    make_customer(seller, name="Rederij Nauta")

    answer = office.get(
        "/s/waterkant/choose/customer/", {"to": "/s/waterkant/", "q": "nauta"}, headers={"HX-Request": "true"}
    )

    assert answer.content.decode().startswith("<ul")


def test_nothing_found_says_what_to_try(office):
    answer = office.get("/s/waterkant/choose/customer/", {"to": "/s/waterkant/", "q": "xyz"})

    assert "No customer is called “xyz”." in answer.content.decode()


def test_customers_of_another_seller_are_not_suggested(office):
    make_customer(make_seller("noordwal"), name="Rederij Nauta")

    answer = office.get("/s/waterkant/choose/customer/", {"to": "/s/waterkant/", "q": "nauta"})

    assert "No customer is called" in answer.content.decode()


def test_it_leads_nowhere_else(office):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/s/noordwal/", ""):
        assert office.get("/s/waterkant/choose/customer/", {"to": elsewhere, "q": "a"}).status_code == 422
