"""Customers in the office: found, looked at, made, changed, ended."""

from datetime import date

import pytest

from rebill.access.acting import Role
from rebill.parties.models import Contact, Customer
from tests.factories import make_customer, make_priced_product, make_seller
from tests.office.world import World

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    return [row.customer.name for row in answer.context["rows"]]


@pytest.fixture
def base(seller):
    nauta = make_customer(seller, name="Rederij Nauta", number="10482", city="Harlingen")
    make_customer(seller, name="Bakkerij Jansen", number="10001", invoice_emails=[])
    ended = make_customer(seller, name="Café De Lange Leegte", number="10560")
    Customer.objects.filter(pk=ended.pk).update(status="ended")
    return nauta


def test_the_list_shows_who_is_a_customer_today(office, base):
    answer = office.get("/s/waterkant/customers/")

    assert names(answer) == ["Bakkerij Jansen", "Rederij Nauta"]
    assert [(tab.text, tab.number) for tab in answer.context["tabs"]] == [
        ("Active", 2), ("Ended", 1), ("Without e-mail", 1), ("All", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tab=ended", ["Café De Lange Leegte"]),
        ("tab=no_email", ["Bakkerij Jansen"]),
        ("tab=all&sort=name", ["Bakkerij Jansen", "Café De Lange Leegte", "Rederij Nauta"]),
        ("tab=all&sort=new", ["Café De Lange Leegte", "Bakkerij Jansen", "Rederij Nauta"]),
        ("q=harl+nauta", ["Rederij Nauta"]),
        ("q=104", ["Rederij Nauta"]),
        ("q=nobody", []),
        ("tab=nonsense&sort=nonsense&page=x", ["Bakkerij Jansen", "Rederij Nauta"]),
    ],
)
@pytest.mark.parametrize("named", [0, 2_000])
def test_tabs_words_and_orders(office, base, monkeypatch, named, query, found):
    monkeypatch.setattr("rebill.interfaces.office.customers.lists.NAMED", named)

    assert names(office.get(f"/s/waterkant/customers/?{query}")) == found


def test_the_list_asks_a_dozen_questions_at_most(office, seller, django_assert_max_num_queries):
    for _ in range(60):
        make_customer(seller)
    office.get("/s/waterkant/")

    with django_assert_max_num_queries(12):
        assert len(names(office.get("/s/waterkant/customers/?tab=all"))) == 50


def test_a_customer_is_made_with_all_there_is_to_say(office, seller):
    answer = office.post(
        "/s/waterkant/customers/new/",
        {
            "name": "Rederij Nauta B.V.", "number": "10482", "kind": "organisation", "attention": "Femke Nauta",
            "vat_id": "NL8104.11.902.B01", "street": "Zuiderkade 3", "postcode": "8860 ZZ", "city": "Harlingen",
            "country": "Netherlands", "channel": "email", "invoice_emails": "a@nauta.example\nb@nauta.example",
            "language": "de", "invoice_interval_months": "3", "invoice_months": ["2", "5", "8", "11"],
            "payment_term_days": "30", "currency": "", "invoice_reference": "PO 7", "cost_centre": "4711",
            "per_cost_centre": "on", "dimensions": "project: 12\nregion: north", "notes": "At sea until 12 Sep.",
        },
    )  # fmt: skip

    customer = Customer.objects.get(seller=seller)
    assert answer.headers["Location"] == f"/s/waterkant/customers/{customer.pk}/"
    assert (customer.number, customer.country, customer.language, customer.payment_term_days) == (
        "10482",
        "NL",
        "de",
        30,
    )
    assert customer.invoice_emails == ["a@nauta.example", "b@nauta.example"]
    assert customer.invoice_months == [2, 5, 8, 11]
    assert customer.dimensions == {"project": "12", "region": "north"}
    assert customer.per_cost_centre


def test_what_is_refused_stands_beside_its_field(office, base):
    answer = office.post(
        "/s/waterkant/customers/new/",
        {
            "name": "Nauta", "number": "10482", "kind": "person", "country": "NL", "channel": "email",
            "invoice_emails": "nobody", "invoice_interval_months": "1",
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "invoice_emails": ["It is no e-mail address. Enter one such as name@example.com."]
    }
    assert Customer.objects.count() == 3


def test_a_number_that_is_taken_is_refused_at_its_field_and_nothing_is_saved(office, base):
    shown = office.get(f"/s/waterkant/customers/{base.pk}/edit/").context["form"]
    entered = {name: value for name in shown.fields if (value := shown[name].value()) not in (None, False)}

    answer = office.post(f"/s/waterkant/customers/{base.pk}/edit/", {**entered, "number": "10001", "city": "Sneek"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["number"]
    base.refresh_from_db()
    assert (base.number, base.city) == ("10482", "Harlingen")


def test_only_what_was_changed_is_changed(office, base):
    shown = office.get(f"/s/waterkant/customers/{base.pk}/edit/").context["form"]
    entered = {name: value for name in shown.fields if (value := shown[name].value()) not in (None, False)}

    office.post(f"/s/waterkant/customers/{base.pk}/edit/", {**entered, "city": "Sneek"})

    base.refresh_from_db()
    assert base.city == "Sneek"
    page = office.get(f"/s/waterkant/customers/{base.pk}/").content.decode()
    assert "City: Harlingen → Sneek" in page


def test_a_doubtful_vat_id_is_kept_and_warned_about(office, seller):
    customer = make_customer(seller, vat_id="NL123456789B01")

    page = office.get(f"/s/waterkant/customers/{customer.pk}/").content.decode()

    assert "NL123456789B01" in page
    assert "The form or the check digits are not those of a VAT id." in page


def test_ending_says_what_goes_on_and_can_be_undone(office, db):
    world = World("noordwal", "Rederij Nauta")
    office.force_login(world.seller.memberships.get().user)
    address = f"/s/noordwal/customers/{world.customer.pk}/"

    dialog = office.get(f"{address}end/").content.decode()
    assert "End Rederij Nauta?" in dialog
    assert "1 subscription goes on" in dialog
    page = office.post(f"{address}end/", follow=True).content.decode()
    assert f'action="{address}reopen/"' in page
    office.post(f"{address}reopen/")

    world.customer.refresh_from_db()
    assert world.customer.status == "active"


def test_people_at_a_customer_are_added_changed_and_removed(office, base):
    address = f"/s/waterkant/customers/{base.pk}/contacts/"

    office.post(f"{address}new/", {"name": "Femke Nauta", "role": "Books", "email": "femke@nauta.example"})
    contact = Contact.objects.get()
    office.post(f"{address}{contact.pk}/", {"name": "Femke Nauta", "role": "Director", "email": ""})
    contact.refresh_from_db()
    assert (contact.role, contact.email) == ("Director", "")
    refused = office.post(f"{address}{contact.pk}/", {"name": "Femke Nauta", "email": "nobody"})
    assert refused.status_code == 422
    office.post(f"{address}{contact.pk}/", {"remove": "1"})

    assert not Contact.objects.exists()


def test_the_next_invoice_is_shown_for_any_later_day(office, db):
    world = World("noordwal", "Rederij Nauta")
    office.force_login(world.seller.memberships.get().user)

    answer = office.get(f"/s/noordwal/customers/{world.customer.pk}/?on=2027-01-01")

    preview = answer.context["preview"]
    assert preview.billed_on == date(2027, 1, 1)
    assert "Desk phone T43" in answer.content.decode()


def test_the_page_of_a_customer_asks_as_many_questions_for_many_as_for_one(
    office, seller, django_assert_max_num_queries
):
    world = World("noordwal", "Rederij Nauta")
    office.force_login(world.seller.memberships.get().user)
    for number in range(20):
        world.month.subscribe(world.customer, f"P{number}", start_on=date(2026, 8, 1))

    with django_assert_max_num_queries(70):
        office.get(f"/s/noordwal/customers/{world.customer.pk}/")


def test_prices_of_its_own(office, seller, base):
    product = make_priced_product(seller, "7.95", code="SEAT")
    address = f"/s/waterkant/customers/{base.pk}/prices/"

    office.post(f"{address}set/", {"product": "SEAT", "unit_price": "6.95", "months": "1", "valid_from": "2026-09-01"})
    refused = office.post(f"{address}set/", {"product": "NONE", "unit_price": "1", "valid_from": "2026-09-01"})

    [own] = office.get(address).context["prices"]
    price = own.shown.price
    assert (price.product, str(price.unit_price), price.months) == (product, "6.950000", 1)
    assert own.instead_of.words == ("7.95",)
    assert refused.context["price_form"].errors == {"product": ["There is no product with this code."]}


def test_an_own_price_with_tiers_is_entered_shown_corrected_and_ended(office, seller, base):
    product = make_priced_product(seller, "7.95", code="SEAT")
    address = f"/s/waterkant/customers/{base.pk}/prices/"
    asked = {"product": "SEAT", "unit_price": "", "months": "1", "valid_from": "2026-09-01", "more": "1"}

    page = office.post(f"{address}set/", asked)
    tiers = {"tier_up_to": ["10", ""], "tier_price": ["6", "5"], "tier_flat": ["", ""]}
    price = {
        "customer": base.pk, "back": address, "valid_from": "2026-09-01", "valid_before": "", "model": "volume",
        "months": "1", "unit_price": "", "currency": "EUR", "package_size": "", "setup_price": "", **tiers,
    }  # fmt: skip
    saved = office.post(f"/s/waterkant/products/{product.pk}/price/", price)
    shown = office.get(address)
    [own] = shown.context["prices"]
    ending = f"/s/waterkant/products/prices/{own.shown.price.pk}/end/"
    dialog = office.get(ending, {"back": address}).content.decode()
    ended = office.post(ending, {"valid_before": "2026-10-01", "back": address})

    assert page.headers["Location"].startswith(f"/s/waterkant/products/{product.pk}/price/?customer={base.pk}&back=")
    assert saved.headers["Location"] == ended.headers["Location"] == address
    assert own.shown.words == ("up to 10: 6.00", "above 10: 5.00")
    assert f"customer={base.pk}&amp;currency=EUR&amp;from=2026-09-01&amp;back=" in shown.content.decode()
    assert "the price of the customer’s plan holds" in dialog
    assert str(office.get(address).context["prices"][0].shown.last_on) == "2026-09-30"


def test_documents_say_how_their_sending_stands(office, owner):
    world = World("noordwal", "Rederij Nauta", owner=owner)

    page = office.get(f"/s/noordwal/customers/{world.customer.pk}/").content.decode()

    assert "Waits to be sent" in page


def test_a_viewer_reads_and_changes_nothing(member, base):
    viewer = member(Role.VIEWER)

    page = viewer.get(f"/s/waterkant/customers/{base.pk}/").content.decode()

    assert "Rederij Nauta" in page
    for link in ("/edit/", "/end/", "/order/", "contacts/new"):
        assert link not in page
    assert viewer.get(f"/s/waterkant/customers/{base.pk}/edit/").status_code == 403
    assert viewer.post("/s/waterkant/customers/new/", {"name": "X"}).status_code == 403


def test_a_customer_of_others_is_not_found(office, seller):
    theirs = make_customer(make_seller("noordwal"))

    assert office.get(f"/s/waterkant/customers/{theirs.pk}/").status_code == 404
    assert office.post(f"/s/waterkant/customers/{theirs.pk}/end/").status_code == 404
