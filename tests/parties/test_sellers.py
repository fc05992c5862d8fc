"""Sellers: how they begin, who acts for them, and that there is always an owner."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Conflict, Forbidden, NotFound
from rebill.parties.commands import change_seller, create_seller, grant_role, revoke_role
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import acting_for, main_account, members_of, seller_of, sellers_of
from rebill.rules.money import Money
from tests.factories import NOW, acting_of, events_of, make_seller, make_user

pytestmark = pytest.mark.django_db


def test_who_creates_a_seller_is_its_owner():
    marit = make_user("marit")

    seller = create_seller(owner=marit, slug="noordwal", name="Noordwal ICT", now=NOW, country="Nederland")

    acting = acting_for(marit, "noordwal")
    assert (acting.seller_id, acting.role, acting.user_id) == (seller.pk, Role.OWNER, marit.pk)
    assert (seller.country, seller.language, seller.languages) == ("NL", "nl", ["nl"])
    assert [event["verb"] for event in events_of(seller)] == ["created"]
