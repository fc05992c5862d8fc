"""Customers and the people there: entered, changed, numbered, found and ended."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden, NotFound
from rebill.kit.models import Event
from rebill.parties.checks import check_customer, check_customers
from rebill.parties.commands import (
    add_contact,
    change_contact,
    change_customer,
    create_customer,
    end_customer,
    give_customer_number,
    remove_contact,
    reopen_customer,
)
from rebill.parties.commands.customers import NumberTaken
from rebill.parties.entries import EntryRefused
from rebill.parties.models import CustomerStatus
from rebill.parties.queries import contacts_of, customer_by_number, customer_of, find_customers, vat_id_is_valid
from tests.factories import NOW, acting_of, events_of, make_customer, make_seller

pytestmark = pytest.mark.django_db


def test_a_customer_needs_no_more_than_a_name():
    seller = make_seller(country="DE")

    customer = create_customer(acting=acting_of(seller), name="  Rederij   Nauta ", now=NOW)

    assert (customer.name, customer.number, customer.country) == ("Rederij Nauta", None, "DE")
    assert (customer.kind, customer.channel, customer.status) == ("organisation", "email", "active")
    assert customer_of(acting_of(seller), customer.pk) == customer


def test_identifiers_and_addresses_are_tidied():
    seller = make_seller()

    customer = create_customer(
        acting=acting_of(seller),
        name="Waterkant Oy",
        now=NOW,
        country="Suomi",
        vat_id="2077474-0",
        chamber_id="FI20774740",
        invoice_emails=["a@waterkant.example; B@waterkant.example", "A@waterkant.example"],
        invoice_months="4, 1, 7,10",
        dimensions={" project ": "77", "empty": ""},
        notes="first\r\nsecond\n",
    )

    customer.refresh_from_db()
    assert (customer.country, customer.vat_id, customer.chamber_id) == ("FI", "FI20774740", "2077474-0")
    assert customer.invoice_emails == ["a@waterkant.example", "B@waterkant.example"]
    assert customer.invoice_months == [1, 4, 7, 10]
    assert customer.dimensions == {"project": "77"}
    assert customer.notes == "first\nsecond"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("kind", "company"),
        ("country", "NLD1"),
        ("invoice_emails", ["a@b"]),
        ("invoice_emails", ["a@b.example, nobody"]),
        ("invoice_emails", [f"a{number}@b.example" for number in range(11)]),
        ("invoice_emails", 7),
        ("invoice_interval_months", 2),
        ("invoice_interval_months", True),
        ("invoice_months", "0,1"),
        ("invoice_months", "January"),
        ("invoice_months", 3),
        ("channel", "fax"),
        ("language", "fr"),
        ("currency", "EURO"),
        ("payment_term_days", -1),
        ("per_cost_centre", 1),
        ("dimensions", "project 77"),
        ("vat_id", "N" * 21),
        ("vat_id", 12),
        ("postcode", "x" * 17),
        ("status", "ended"),
        ("number", "10482"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_named(field, value):
    seller = make_seller()
    customer = make_customer(seller)

    with pytest.raises(EntryRefused) as refused:
        change_customer(acting=acting_of(seller), customer_id=customer.pk, now=NOW, **{field: value})

    assert refused.value.field == field


def test_wrong_check_digits_are_a_warning_and_never_a_refusal():
    seller = make_seller()
    customer = make_customer(seller, number="10482", vat_id="NL810411902B01", chamber_id="123")

    problems = check_customer(customer)

    assert [(each.what, each.where, each.blocking) for each in problems] == [
        ("party.vat_id_doubtful", "customer 10482", False),
        ("party.chamber_id_doubtful", "customer 10482", False),
    ]
    assert check_customers(acting=acting_of(seller)) == problems
    assert not vat_id_is_valid("NL810411902B01", "NL")


def test_a_number_is_given_later_and_once_per_seller():
    seller, other = make_seller(), make_seller()
    acting = acting_of(seller)
    make_customer(seller, number="10482")
    make_customer(other, number="10483")
    customer = create_customer(acting=acting, name="Rederij Nauta", now=NOW)

    with pytest.raises(NumberTaken):
        give_customer_number(acting=acting, customer_id=customer.pk, number=" 10482 ", now=NOW)
    with pytest.raises(NumberTaken):
        make_customer(seller, number="10482")
    give_customer_number(acting=acting, customer_id=customer.pk, number="10483", now=NOW)
    give_customer_number(acting=acting, customer_id=customer.pk, number="10483", now=NOW)

    assert customer_by_number(acting, "10483") == customer
    assert [event["details"] for event in events_of(seller) if event["verb"] == "numbered"] == [
        {"number": [None, "10483"]}
    ]


def test_customers_without_a_number_are_as_many_as_there_are():
    seller = make_seller()

    create_customer(acting=acting_of(seller), name="First", now=NOW)
    create_customer(acting=acting_of(seller), name="Second", now=NOW)

    assert seller.customers.filter(number=None).count() == 2


def test_a_change_that_changes_nothing_leaves_no_trace():
    seller = make_seller()
    customer = make_customer(seller)
    before = events_of(seller)

    change_customer(acting=acting_of(seller), customer_id=customer.pk, now=NOW, name=customer.name, city=" Harlingen ")

    assert events_of(seller) == before


def test_an_ended_customer_can_be_reopened():
    seller = make_seller()
    acting, customer = acting_of(seller), make_customer(seller)

    end_customer(acting=acting, customer_id=customer.pk, now=NOW)
    end_customer(acting=acting, customer_id=customer.pk, now=NOW)
    assert customer_of(acting, customer.pk).status == CustomerStatus.ENDED

    reopen_customer(acting=acting, customer_id=customer.pk, now=NOW)
    assert customer_of(acting, customer.pk).status == CustomerStatus.ACTIVE
    assert [event["verb"] for event in events_of(seller)][-3:] == ["created", "ended", "reopened"]


def test_customers_are_found_by_words_numbers_and_identifiers():
    seller = make_seller()
    acting = acting_of(seller)
    nauta = make_customer(
        seller, name="Rederij Nauta", number="10482", vat_id="NL004495445B01", invoice_emails=["ap@nauta.example"]
    )
    make_customer(seller, name="Waterkant", number="20482", city="Sneek", invoice_emails=["ap@waterkant.example"])
    make_customer(make_seller(), name="Rederij Nauta", number="10482")

    for search in ("nauta", "REDERIJ naut", "104", "ap@nauta", "0044.95.445.B01", "harlingen 104"):
        assert list(find_customers(acting, search)) == [nauta], search
    assert find_customers(acting, "").count() == 2
    assert not find_customers(acting, "nauta sneek")
    assert not find_customers(acting, "%")


def test_people_at_a_customer_are_kept_and_forgotten():
    seller = make_seller()
    acting, customer = acting_of(seller), make_customer(seller)
    femke = add_contact(
        acting=acting, customer_id=customer.pk, name="Femke Nauta", email="femke@nauta.example", now=NOW
    )

    change_contact(acting=acting, contact_id=femke.pk, now=NOW, role="owner", name="Femke Nauta")
    assert [(each.name, each.role) for each in contacts_of(acting, customer.pk)] == [("Femke Nauta", "owner")]

    remove_contact(acting=acting, contact_id=femke.pk, now=NOW)
    assert not contacts_of(acting, customer.pk)
    removed = Event.objects.get(verb="contact_removed")
    assert removed.details == {"contact": femke.pk}
    with pytest.raises(NotFound):
        change_contact(acting=acting, contact_id=femke.pk, now=NOW, role="owner")


def test_a_viewer_changes_no_customer():
    seller = make_seller()
    customer, viewer = make_customer(seller), acting_of(seller, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        create_customer(acting=viewer, name="Rederij Nauta", now=NOW)
    with pytest.raises(Forbidden):
        change_customer(acting=viewer, customer_id=customer.pk, now=NOW, name="Nauta")
    with pytest.raises(Forbidden):
        end_customer(acting=viewer, customer_id=customer.pk, now=NOW)
