"""Sellers: how they begin, who acts for them, and that there is always an owner."""

import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Conflict, Forbidden, NotFound
from rebill.parties.commands import (
    add_seller_account,
    change_seller,
    create_seller,
    grant_role,
    remove_seller_account,
    revoke_role,
)
from rebill.parties.commands.members import LastOwner, NoMember
from rebill.parties.commands.sellers import SlugTaken
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import (
    accounts_of,
    acting_for,
    all_sellers,
    main_account,
    members_of,
    seller_of,
    seller_with_slug,
    sellers_of,
)
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


def test_a_seller_of_others_is_as_unknown_as_one_that_does_not_exist():
    make_seller("noordwal")
    stranger = make_user("stranger")

    with pytest.raises(NotFound) as of_others:
        acting_for(stranger, "noordwal")
    with pytest.raises(NotFound) as nowhere:
        acting_for(stranger, "elsewhere")

    assert str(of_others.value).replace("noordwal", "elsewhere") == str(nowhere.value)


def test_a_short_name_is_given_once():
    make_seller("noordwal")

    with pytest.raises(SlugTaken):
        make_seller("noordwal")

    assert [seller.slug for seller in all_sellers()] == ["noordwal"]
    assert seller_with_slug("noordwal").name == "Noordwal ICT"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "Atlantis"),
        ("time_zone", "Europe/Harlingen"),
        ("currency", "ABC"),
        ("language", "fr"),
        ("languages", ["nl", "fr"]),
        ("payment_term_days", 400),
        ("payment_term_days", True),
        ("proration_base", "lunar"),
        ("vat_scheme", "none"),
        ("email", "noordwal"),
        ("export_emails", ["a@b.example", "b@"]),
        ("auto_approve_max", Money(100, "SEK")),
        ("auto_approve_max", Money(-1, "EUR")),
        ("name", "  "),
        ("name", "x" * 121),
        ("name", "a\0b"),
        ("uses_oss", "yes"),
        ("export_layout", "wide"),
        ("no_such_field", 1),
    ],
)
def test_what_cannot_be_kept_is_refused_and_named(field, value):
    acting = acting_of(make_seller())

    with pytest.raises(EntryRefused) as refused:
        change_seller(acting=acting, now=NOW, **{field: value})

    assert refused.value.field == field


def test_a_change_says_what_was_and_what_is():
    seller = make_seller()
    acting = acting_of(seller)

    changed = change_seller(
        acting=acting, now=NOW, payment_term_days=30, city="Amsterdam", languages=["de", "nl", "de"]
    )

    assert changed.payment_term_days == 30
    assert events_of(seller)[-1]["details"] == {
        "payment_term_days": [14, 30],
        "languages": [["nl"], ["nl", "de"]],
    }


def test_a_change_that_changes_nothing_leaves_no_trace():
    seller = make_seller()
    before = events_of(seller)

    change_seller(acting=acting_of(seller), now=NOW, name=" Noordwal  ICT ", vat_id="NL 0044.95.445.B01")

    assert events_of(seller) == before


def test_another_currency_takes_the_limit_of_the_earlier_one_away():
    seller = make_seller()
    acting = acting_of(seller)
    change_seller(acting=acting, now=NOW, auto_approve_max=Money.of("250", "EUR"))

    change_seller(acting=acting, now=NOW, currency="SEK")
    assert seller_of(acting).auto_approve_max is None

    change_seller(acting=acting, now=NOW, auto_approve_max=Money.of("300", "EUR"), currency="EUR")
    assert seller_of(acting).auto_approve_max == Money.of("300", "EUR")


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.INTEGRATOR])
def test_only_owners_change_the_seller_and_who_acts_for_it(role):
    seller = make_seller()
    acting, joris = acting_of(seller, role=role), make_user("joris")

    with pytest.raises(Forbidden):
        change_seller(acting=acting, now=NOW, payment_term_days=30)
    with pytest.raises(Forbidden):
        grant_role(acting=acting, user=joris, role=Role.CLERK, now=NOW)
    with pytest.raises(Forbidden):
        revoke_role(acting=acting, user=joris, now=NOW)
    with pytest.raises(Forbidden):
        add_seller_account(acting=acting, iban="NL91ABNA0417164300", now=NOW)


def test_a_role_is_granted_changed_and_revoked():
    seller = make_seller("noordwal")
    acting, joris = acting_of(seller), make_user("joris")

    grant_role(acting=acting, user=joris, role=Role.VIEWER, now=NOW)
    grant_role(acting=acting, user=joris, role=Role.CLERK, now=NOW)
    grant_role(acting=acting, user=joris, role=Role.CLERK, now=NOW)

    assert acting_for(joris, "noordwal").role is Role.CLERK
    assert list(sellers_of(joris)) == [seller]
    assert joris in [member.user for member in members_of(acting)]
    revoke_role(acting=acting, user=joris, now=NOW)
    with pytest.raises(NotFound):
        acting_for(joris, "noordwal")
    with pytest.raises(NoMember):
        revoke_role(acting=acting, user=joris, now=NOW)
    assert [event["details"]["role"] for event in events_of(seller)[-3:]] == [
        ["", "viewer"],
        ["viewer", "clerk"],
        ["clerk", ""],
    ]


def test_the_last_owner_stays():
    seller = make_seller(owner=make_user("marit"))
    acting = acting_of(seller)
    marit, joris = members_of(acting).get().user, make_user("joris")

    with pytest.raises(LastOwner):
        revoke_role(acting=acting, user=marit, now=NOW)
    with pytest.raises(LastOwner):
        grant_role(acting=acting, user=marit, role=Role.CLERK, now=NOW)

    grant_role(acting=acting, user=joris, role=Role.OWNER, now=NOW)
    grant_role(acting=acting, user=marit, role=Role.CLERK, now=NOW)
    assert acting_for(marit, seller.slug).role is Role.CLERK


def test_an_owner_who_may_no_longer_sign_in_is_none():
    seller = make_seller(owner=make_user("marit"))
    acting = acting_of(seller)
    marit, joris = members_of(acting).get().user, make_user("joris")
    grant_role(acting=acting, user=joris, role=Role.OWNER, now=NOW)
    joris.is_active = False
    joris.save()

    with pytest.raises(LastOwner):
        revoke_role(acting=acting, user=marit, now=NOW)


def test_the_main_account_is_the_first_of_the_currency():
    seller = make_seller()
    acting = acting_of(seller)
    kronor = add_seller_account(acting=acting, iban="SE45 5000 0000 0583 9825 7466", currency="sek", now=NOW)
    first = add_seller_account(acting=acting, iban="NL20 INGB 0001 2345 67", bic="ingb nl 2a", main=True, now=NOW)

    assert main_account(seller.pk, "SEK") == kronor
    assert main_account(seller.pk, "EUR") == main_account(seller.pk, "USD") == first
    assert [account.position for account in accounts_of(acting)] == [0, 1, 2]
    assert (first.iban, first.bic) == ("NL20INGB0001234567", "INGBNL2A")

    remove_seller_account(acting=acting, account_id=first.pk, now=NOW)
    fallback = main_account(seller.pk, "EUR")
    assert fallback is not None
    assert fallback.iban == "NL91ABNA0417164300"


def test_an_account_is_kept_once():
    acting = acting_of(make_seller())

    with pytest.raises(Conflict):
        add_seller_account(acting=acting, iban="NL91 ABNA 0417 1643 00", now=NOW)


def test_a_seller_without_an_account_has_no_main_one():
    seller = create_seller(owner=make_user(), slug="bare", name="Bare", now=NOW)

    assert main_account(seller.pk, "EUR") is None
