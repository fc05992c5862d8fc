"""Dealers over the API: what they earn."""

from datetime import date

import pytest

from rebill.access.acting import Role
from rebill.access.scopes import ALL_SCOPES
from rebill.parties.commands import create_token
from rebill.parties.queries import acting_for
from tests.api.conftest import Program
from tests.factories import NOW
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)


@pytest.fixture
def top() -> Link:
    """A wholesaler that sells a seat, with two dealers that resell it."""
    link = Link.wholesaler("Elbtal Kommunikation", slug="elbtal")
    link.seat = link.sells("SEAT", "6", name="Seat")
    link.delta, link.gamma = link.dealer("Delta Telecom", slug="delta"), link.dealer("Gamma", slug="gamma")
    link.delta.sold = link.delta.resells(link.seat, "WERKPLEK", "percent", "50", name="Werkplek")
    link.nauta = link.delta.customer("Rederij Nauta", number="10482")
    return link


def program_for(link: Link, *scopes: str) -> Program:
    """A program of the seller's owner."""
    membership = link.seller.memberships.filter(role=Role.OWNER.value).first()
    acting = acting_for(membership.user, link.seller.slug)
    return Program(create_token(acting=acting, name="Test", scopes=scopes or ALL_SCOPES, now=NOW)[1])


def test_each_side_sees_its_own_margin_and_nothing_of_the_other(top):
    top.delta.subscribe(top.nauta, top.delta.sold, AUGUST, "2")
    top.prepare_chain(AUGUST)
    top.issue(AUGUST)
    top.delta.issue(AUGUST)

    told = program_for(top.delta).get("/margins?month=2026-08-15&by=product").json()
    above = program_for(top).get("/margins?month=2026-08-01").json()
    by_month = program_for(top.delta).get("/margins?month=2026-08-01&by=month").json()

    assert (told["month"], told["by"]) == ("2026-08-01", "product")
    [seat] = told["items"]
    assert (seat["code"], seat["customer_id"], seat["percent"]) == ("WERKPLEK", None, 33)
    assert [seat[side]["amount"] for side in ("sold", "bought", "earned")] == ["18.00", "12.00", "6.00"]
    assert told["totals"] == [{key: seat[key] for key in ("sold", "bought", "earned", "percent")}]
    assert [row["code"] for row in by_month["items"]] == ["2026-08"]
    [delta] = above["items"]
    assert (delta["name"], delta["sold"]["amount"], delta["bought"]["amount"]) == ("Delta Telecom", "12.00", "0.00")
    assert "18.00" not in str(above)
