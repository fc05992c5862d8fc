"""Inviting people over the API: they are mailed as the office mails them."""

import pytest
from django.core import mail

from rebill.access.acting import Role
from tests.factories import make_user

AINO = {"email": "aino@waterkant.example", "full_name": "Aino Korhonen", "role": "clerk", "language": "fi"}


@pytest.fixture(autouse=True)
def mails_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ask(program, django_capture_on_commit_callbacks):
    """Asks, and lets the request's transaction come to its end."""

    def asked(path, body=None, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return program.post(path, body, **options)

    return asked


def test_who_is_invited_gets_a_mail_in_their_language(ask):
    answer = ask("/seller/members", AINO)

    [message] = mail.outbox
    assert answer.status_code == 200
    assert message.to == ["aino@waterkant.example"]
    assert "Marit de Boer" in message.body
    assert "/account/password/reset/key/" in message.body
    assert "Waterkant Groep" in message.subject


def test_the_same_request_again_mails_nobody_again(ask):
    ask("/seller/members", AINO, key="m-1")
    ask("/seller/members", AINO, key="m-1")

    assert len(mail.outbox) == 1


def test_an_invitation_that_is_refused_mails_nobody(ask, seller, owner):
    answer = ask("/seller/members", {**AINO, "email": owner.email})

    assert answer.json()["code"] == "member_already"
    assert mail.outbox == []


def test_the_invitation_is_mailed_once_more(ask):
    member = ask("/seller/members", AINO).json()

    answer = ask(f"/seller/members/{member['user_id']}/invitation")

    assert answer.status_code == 204
    assert [message.to for message in mail.outbox] == [["aino@waterkant.example"]] * 2


def test_nobody_else_is_mailed(ask, program_of):
    stranger = make_user("somebody")

    assert ask(f"/seller/members/{stranger.pk}/invitation").json()["code"] == "member_unknown"
    assert program_of(Role.CLERK).post("/seller/members", AINO).json()["code"] == "forbidden"
    assert mail.outbox == []
