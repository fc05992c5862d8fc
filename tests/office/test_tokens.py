"""Tokens in the office: made and shown once, listed, revoked."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe

from rebill.access.acting import Role
from rebill.access.scopes import Area
from rebill.parties.commands import create_token
from rebill.parties.models import ApiToken
from rebill.parties.queries import acting_for
from tests.factories import NOW, make_seller

PAGE = "/s/waterkant/settings/tokens/"


def make(client, **changes: str):
    nothing = {area.value: "nothing" for area in Area}
    said = {"name": "Webshop", "days": "365", **nothing, "parties": "write", "runs": "read", **changes}
    return client.post(f"{PAGE}new/", said)


def test_a_token_is_made_and_shown_once(office, client):
    answer = make(office)

    secret = re.search(r'value="(rb_[^"]+)"', answer.content.decode())[1]
    assert answer.headers["Cache-Control"] == "no-store"
    assert ApiToken.objects.get().scopes == ["parties:write", "runs:read"]
    assert secret not in office.get(PAGE).content.decode()
    assert client.get("/api/v1/customers", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_a_token_that_is_asked_for_twice_is_made_once(office):
    key = uuid4().hex

    first, second = make(office, form_key=key), make(office, form_key=key)

    assert ApiToken.objects.count() == 1
    assert first.context["secret"]
    assert second.headers["Location"] == PAGE


def test_the_settings_lead_to_the_tokens_whatever_the_role(office, member):
    for client, path in ((office, "settings/"), (member(Role.VIEWER), "settings/members/")):
        assert f'href="{PAGE}"' in client.get(f"/s/waterkant/{path}").content.decode()
        page = client.get(PAGE).content.decode()
        assert f'href="{PAGE}" aria-current="page"' in page
        assert re.search(r'href="[^"]+" aria-current="page">Settings<', page)


def test_a_token_that_reaches_nothing_is_refused_in_words(office):
    answer = make(office, parties="nothing", runs="nothing")

    assert answer.status_code == 422
    assert "A token without a scope reaches nothing." in answer.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("changes", [{"name": ""}, {"days": "7"}, {"parties": "all"}])
def test_what_is_no_choice_is_refused(office, changes):
    assert make(office, **changes).status_code == 422


def test_a_token_is_revoked_after_asking(office):
    make(office)
    address = f"{PAGE}{ApiToken.objects.get().pk}/revoke/"

    assert "Revoke the token Webshop?" in office.get(address).content.decode()
    assert ApiToken.objects.get().revoked_at is None

    office.post(address)

    assert ApiToken.objects.get().revoked_at is not None
    assert "Revoked" in office.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.INTEGRATOR])
def test_everybody_has_tokens_of_ones_own_and_sees_no_others(office, member, role):
    make(office, name="Of the owner")
    colleague = member(role)

    make(colleague, name="Of mine")

    text = colleague.get(PAGE).content.decode()
    assert "Of mine" in text
    assert "Of the owner" not in text
    owners = ApiToken.objects.get(name="Of the owner")
    assert colleague.post(f"{PAGE}{owners.pk}/revoke/").status_code == 404
    assert "Of mine" in office.get(PAGE).content.decode()


def test_the_tokens_of_another_seller_are_not_there(office):
    noordwal = make_seller("noordwal")
    acting = acting_for(noordwal.memberships.get().user, "noordwal")
    token, _ = create_token(acting=acting, name="Theirs", scopes=["parties:read"], now=NOW)

    assert office.get(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert "Theirs" not in office.get(PAGE).content.decode()


def test_a_token_is_made_by_keyboard(page, seller):
    page.goto(PAGE)
    page.get_by_label("Name of the program").focus()
    page.keyboard.type("Webshop")
    page.get_by_label("Customers", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Name of the program").focus()
    page.keyboard.press("Enter")

    assert page.get_by_label("Copy it now").input_value().startswith("rb_")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, office, scheme):
    make(office)
    page.emulate_media(color_scheme=scheme)
    page.goto(PAGE)

    assert Axe().run(page).response["violations"] == []
