"""Every address of the office is asked as nobody, as each role and with another seller's ids: found by walking.

A new page is asked here by itself. If its address has a variable that `world.py` does not know, this test names it.
"""

import pytest
from django.test import Client

from rebill.access.acting import PERMISSIONS, ROLE_WORDS, Permission, Role
from rebill.kit.models import Event
from rebill.parties.commands import grant_role
from tests.factories import NOW, make_user
from tests.office.world import KINDS, Address, World, addresses

ALL = addresses()
NAMES = [address.name for address in ALL]
# What everybody may change, whatever the role: one's own account.
OWN = {"office:account"}
ANSWERED = {200, 204, 301, 302, 303, 403, 404, 405, 409, 422}


@pytest.fixture
def ours(db) -> World:
    return World("waterkant", "Rederij Nauta", name="Waterkant Groep")


@pytest.fixture
def theirs(db) -> World:
    return World("noordwal", "Geheim BV", name="Noordwal ICT")


def signed_in(world: World, role: Role) -> Client:
    user = make_user(f"a-{role.value}")
    grant_role(acting=world.acting, user=user, role=role, now=NOW)
    client = Client()
    client.force_login(user)
    return client


def permission_of(address: Address) -> Permission:
    """What the page asks for, read from its wrapper."""
    view = address.view
    while not hasattr(view, "permission"):
        assert hasattr(view, "__wrapped__"), f"{address.name} is not wrapped by @page"
        view = view.__wrapped__
    return view.permission


def test_every_variable_is_known(ours):
    unknown = {name for address in ALL for name in address.variables} - ours.ids().keys()

    assert unknown == set(), "tests/office/world.py has nothing for these variables"


def test_every_page_is_wrapped():
    assert {permission_of(address) for address in ALL} <= set(Permission)
    assert len(set(NAMES)) == len(NAMES)


def test_nobody_sees_or_does_anything(client, ours):
    seen = []
    for address in ALL:
        path = address.path("waterkant", ours.ids())
        for answer in (client.get(path), client.post(path)):
            if answer.status_code != 405 and not answer.headers.get("Location", "").startswith("/account/login/"):
                seen.append((address.name, answer.status_code))

    assert seen == []


@pytest.mark.parametrize("role", list(ROLE_WORDS))
def test_each_role_opens_what_it_may(ours, role):
    client = signed_in(ours, role)

    for address in ALL:
        answer = client.get(address.path("waterkant", ours.ids()))
        assert answer.status_code in ANSWERED, address.name
        if permission_of(address) not in PERMISSIONS[role]:
            assert answer.status_code in {403, 405}, address.name
        elif answer.status_code == 403:
            pytest.fail(f"{address.name} asks for {permission_of(address)} and then refuses {role}")


def test_a_viewer_changes_nothing_wherever_it_posts(ours):
    client = signed_in(ours, Role.VIEWER)
    before = Event.objects.count()

    for address in ALL:
        if address.name not in OWN and permission_of(address) is not Permission.EXPORT:
            answer = client.post(address.path("waterkant", ours.ids()))
            assert answer.status_code in ANSWERED, address.name

    assert Event.objects.count() == before


def test_an_empty_form_is_no_fault(ours):
    client = signed_in(ours, Role.OWNER)

    for address in ALL:
        if address.variables:
            answer = client.post(address.path("waterkant", ours.ids()))
            assert answer.status_code in ANSWERED, address.name


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_sellers_ids_are_not_found(ours, theirs, method):
    client = signed_in(ours, Role.OWNER)
    found = []

    for address in ALL:
        if not set(address.variables) - KINDS:
            continue
        answer = getattr(client, method)(address.path("waterkant", theirs.ids()))
        if answer.status_code not in {404, 405}:
            found.append((address.name, answer.status_code))
        assert b"Geheim" not in answer.content, address.name

    assert found == []


def test_the_pages_of_another_seller_are_not_found_whatever_the_ids(ours, theirs):
    client = signed_in(ours, Role.OWNER)

    for address in ALL:
        assert client.get(address.path("noordwal", theirs.ids())).status_code in {404, 405}, address.name
