"""Dealers: a customer that becomes a seller of its own, and the chain that makes."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden, NotFound
from rebill.parties.commands import open_dealer
from rebill.parties.commands.dealers import DealerAlready
from rebill.parties.queries import ChainLink, acting_for, chain_above, chain_below
from tests.factories import NOW, acting_of, events_of, make_customer, make_seller, make_user

pytestmark = pytest.mark.django_db


def test_a_customer_becomes_a_seller_below_its_wholesaler():
    wholesaler = make_seller(time_zone="Europe/Helsinki")
    customer = make_customer(wholesaler, name="Delta Telecom", city="Delft", language="en")
    owner = make_user("dirk")

    dealer = open_dealer(acting=acting_of(wholesaler), customer_id=customer.pk, owner=owner, slug="delta", now=NOW)

    assert (dealer.name, dealer.city, dealer.language, dealer.time_zone) == (
        "Delta Telecom", "Delft", "en", "Europe/Helsinki",
    )  # fmt: skip
    assert acting_for(owner, "delta").role is Role.OWNER
    assert chain_below(wholesaler.pk) == [
        ChainLink(wholesaler.pk, None, None),
        ChainLink(dealer.pk, wholesaler.pk, customer.pk),
    ]
    [made] = [event for event in events_of(wholesaler) if event["verb"] == "made_dealer"]
    assert (made["subject_id"], made["details"]) == (customer.pk, {"seller": "delta"})


def test_a_chain_has_any_depth():
    top = make_seller()
    first = open_dealer(
        acting=acting_of(top), customer_id=make_customer(top).pk, owner=make_user(), slug="first", now=NOW
    )
    second = open_dealer(
        acting=acting_of(first), customer_id=make_customer(first).pk, owner=make_user(), slug="second", now=NOW
    )

    assert [link.seller_id for link in chain_below(top.pk)] == [top.pk, first.pk, second.pk]
    assert chain_above(second.pk) == [first.pk, top.pk]
    assert chain_above(top.pk) == []


def test_a_customer_becomes_a_dealer_once():
    seller = make_seller()
    customer = make_customer(seller)
    open_dealer(acting=acting_of(seller), customer_id=customer.pk, owner=make_user(), slug="once", now=NOW)

    with pytest.raises(DealerAlready):
        open_dealer(acting=acting_of(seller), customer_id=customer.pk, owner=make_user(), slug="twice", now=NOW)


def test_only_an_owner_makes_dealers_and_only_of_own_customers():
    seller, other = make_seller(), make_seller()
    clerk = acting_of(seller, role=Role.CLERK)

    with pytest.raises(Forbidden):
        open_dealer(acting=clerk, customer_id=make_customer(seller).pk, owner=make_user(), slug="a", now=NOW)
    with pytest.raises(NotFound):
        open_dealer(acting=acting_of(seller), customer_id=make_customer(other).pk, owner=make_user(), slug="b", now=NOW)
