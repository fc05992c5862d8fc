"""`rebill sellers`: making a seller, and everything that decides how it invoices."""

import json

import pytest

from rebill.access.models import User
from rebill.parties.models import Seller
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def noordwal(typed) -> Seller:
    """Made by hand on an empty machine, as far as the first invoice."""
    typed(
        "sellers", "add", "noordwal", "--name", "Noordwal ICT", "--owner", "marit", "--email", "marit@noordwal.example",
        "--set", "street=Herengracht 1", "--set", "postcode=1015 BA", "--set", "city=Amsterdam",
        "--set", "vat_id=NL004495445B01", "--set", "payment_term_days=30",
    )  # fmt: skip
    typed("sellers", "account", "NL91 ABNA 0417 1643 00", "--bic", "ABNANL2A")
    typed("sellers", "numbers", "{year}-{number:05}", "--first", "9973")
    return Seller.objects.get()


def test_an_empty_machine_says_how_to_begin(db, typed):
    ended = typed("sellers", "list")

    assert (ended.code, "rebill sellers add" in ended.shown) == (0, True)
    assert typed("prepare").code == 2


def test_a_seller_is_made_and_shown(noordwal, typed):
    shown = typed("sellers", "show").shown

    for words in ("Noordwal ICT", "Herengracht 1, 1015 BA Amsterdam, NL", "NL91ABNA0417164300", "-09973", "marit",
                  "30 days"):  # fmt: skip
        assert words in shown


def test_a_seller_for_programs(noordwal, typed):
    told = json.loads(typed("sellers", "show", "--json").shown)

    assert (told["seller"], told["payment_term_days"], told["auto_approve_max"]) == ("noordwal", 30, None)
    assert [each["next"][-5:] for each in told["numbers"]] == ["09973"]
    assert told["members"] == [{"user": "marit", "role": "owner"}]


def test_terms_are_changed(noordwal, typed):
    ended = typed(
        "sellers", "change", "--set", "auto_approve_max=25", "--set", "languages=nl, de", "--set",
        "approval_needs_two=no", "--set", "export_emails=a@noordwal.example, b@noordwal.example",
    )  # fmt: skip

    noordwal.refresh_from_db()
    assert ended.code == 0, ended.aside
    assert (str(noordwal.auto_approve_max), noordwal.languages) == ("25.00 EUR", ["nl", "de"])
    assert noordwal.export_emails == ["a@noordwal.example", "b@noordwal.example"]
    assert "by itself up to 25.00 EUR" in ended.shown


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("colour=red", "no TERM=VALUE"),
        ("city", "no TERM=VALUE"),
        ("approval_needs_two=maybe", "neither yes nor no"),
        ("payment_term_days=soon", "no whole number"),
        ("auto_approve_max=12,50", "write it as 1250.50"),
        ("time_zone=Mars/Olympus", ""),
    ],
)
def test_a_term_that_is_none_is_refused(noordwal, typed, term, why):
    ended = typed("sellers", "change", "--set", term)

    assert ended.code == 2
    assert why in ended.aside
    assert "Traceback" not in ended.aside


def test_a_user_gets_a_role(noordwal, typed):
    unknown = typed("sellers", "member", "femke", "--role", "clerk")
    known = typed("sellers", "member", "femke", "--role", "clerk", "--email", "femke@noordwal.example")

    assert (unknown.code, known.code) == (2, 0)
    assert User.objects.filter(username="femke").exists()
    assert typed("sellers", "change", "--set", "city=Utrecht", "--user", "femke").code == 2


def test_users_see_only_their_sellers(noordwal, typed):
    factories.make_seller("zuidkade", owner=factories.make_user("zuid"))

    everybody = json.loads(typed("sellers", "list", "--json").shown)
    marit = json.loads(typed("sellers", "list", "--user", "marit", "--json").shown)

    assert [each["seller"] for each in everybody["sellers"]] == ["noordwal", "zuidkade"]
    assert [each["seller"] for each in marit["sellers"]] == ["noordwal"]


def test_a_link_lets_the_owner_into_the_office(noordwal, typed, client):
    link = json.loads(typed("sellers", "invite", "marit@noordwal.example", "--json").shown)["link"]

    action = client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True).redirect_chain[-1][0]
    client.post(action, {"password1": "kade-molen-1187", "password2": "kade-molen-1187"})

    assert User.objects.get(username="marit").check_password("kade-molen-1187")


def test_somebody_new_is_given_the_role_with_the_link(noordwal, typed):
    ended = typed("sellers", "invite", "aino@noordwal.example", "--name", "Aino Virtanen", "--role", "viewer")

    assert "/account/password/reset/key/" in ended.shown
    assert noordwal.memberships.get(user__email="aino@noordwal.example").role == "viewer"
