"""Who acts for a seller: invited, given another role, removed; and what each role may do."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils.html import escape

from rebill.access.acting import PERMISSION_WORDS, PERMISSIONS, ROLE_WORDS, Permission, Role
from rebill.parties.models import Membership
from tests.factories import make_seller, make_user


@pytest.fixture(autouse=True)
def mails_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def invite(django_capture_on_commit_callbacks):
    """Invites somebody; the mail goes out when the invitation is kept."""

    def ask(client: Client, **changes: str):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/s/waterkant/settings/members/invite/", entered(**changes))

    return ask


def entered(**changes: str) -> dict[str, str]:
    return {
        "email": "Aino@waterkant.example",
        "full_name": "Aino Virtanen",
        "role": "clerk",
        "language": "fi",
        **changes,
    }


def test_an_invited_colleague_chooses_a_password_and_works(invite, office, seller):
    invite(office)
    message = mail.outbox[0]
    assert message.to == ["aino@waterkant.example"]
    assert "Waterkant Groep" in message.subject
    assert "kutsuu sinut" in message.body

    newcomer = Client()
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    action = newcomer.get(link, follow=True).redirect_chain[-1][0]
    newcomer.post(action, {"password1": "pitkä-salasana-1", "password2": "pitkä-salasana-1"})
    newcomer.post("/account/login/", {"login": "aino@waterkant.example", "password": "pitkä-salasana-1"})

    assert newcomer.get("/s/waterkant/").status_code == 200


def test_somebody_known_elsewhere_keeps_the_password(invite, office, seller):
    joris = make_user("joris", password="kade-molen-1187")
    make_seller("noordwal", owner=joris)

    invite(office, email=joris.email, role="viewer")

    assert Membership.objects.get(user=joris, seller=seller).role == "viewer"
    assert "/s/waterkant/" in mail.outbox[0].body


def test_who_is_there_already_is_said_at_the_field(invite, office, owner):
    answer = invite(office, email=owner.email)

    assert answer.status_code == 422
    assert "acts for this seller already" in answer.content.decode()
    assert mail.outbox == []


def test_a_role_is_changed_and_given_back(office, member, seller):
    member(Role.CLERK)
    clerk = Membership.objects.get(seller=seller, role="clerk").user
    address = f"/s/waterkant/settings/members/{clerk.pk}/role/"

    office.post(address, {"role": "viewer"})
    page = office.get("/s/waterkant/settings/members/").content.decode()
    assert Membership.objects.get(user=clerk).role == "viewer"
    assert f'action="{address}"' in page
    assert '<input type="hidden" name="role" value="clerk">' in page

    office.post(address, {"role": "clerk"})
    assert Membership.objects.get(user=clerk).role == "clerk"


def test_the_last_owner_stays(office, owner):
    answer = office.post(
        f"/s/waterkant/settings/members/{owner.pk}/role/",
        {"role": "viewer"},
        headers={"referer": "http://testserver/s/waterkant/settings/members/"},
        follow=True,
    )

    assert "is the last owner" in answer.content.decode()
    assert Membership.objects.get(user=owner).role == "owner"


def test_who_is_removed_sees_nothing_any_more(office, member, seller):
    viewer = member(Role.VIEWER)
    user = Membership.objects.get(seller=seller, role="viewer").user
    question = office.get(f"/s/waterkant/settings/members/{user.pk}/remove/").content.decode()
    assert "Take the role of" in question

    office.post(f"/s/waterkant/settings/members/{user.pk}/remove/")

    assert viewer.get("/s/waterkant/").status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER, Role.INTEGRATOR])
def test_only_owners_invite(invite, member, role):
    client = member(role)

    assert client.get("/s/waterkant/settings/members/").status_code == 200
    assert invite(client).status_code == 403
    assert mail.outbox == []


def test_a_member_of_another_seller_is_not_found(office):
    stranger = make_seller("noordwal").memberships.get().user

    answer = office.post(f"/s/waterkant/settings/members/{stranger.pk}/role/", {"role": "owner"})

    assert answer.status_code == 404


def test_the_table_shows_what_the_commands_obey(office):
    page = office.get("/s/waterkant/settings/members/").content.decode()

    assert set(PERMISSION_WORDS) == set(Permission)
    for permission, words in PERMISSION_WORDS.items():
        cells = page.partition(f'<th scope="row">{escape(words)}</th>')[2].partition("</tr>")[0].split("</td>")[:-1]
        assert ["yes" in cell for cell in cells] == [permission in PERMISSIONS[role] for role in ROLE_WORDS]
