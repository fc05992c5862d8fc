"""Signing in, being locked out, forgetting a password, a second factor, and the first page of a new installation."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from rebill.access.models import User
from rebill.parties.models import Seller
from tests.factories import make_seller, make_user

PASSWORD = "kade-molen-1187"


@pytest.fixture
def marit(db) -> User:
    """Somebody with a password, who owns a seller."""
    user = make_user("marit", password=PASSWORD)
    make_seller("waterkant", owner=user)
    return user


@pytest.fixture(autouse=True)
def mails_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def sign_in(client: Client, password: str = PASSWORD, email: str = "marit@noordwal.example"):
    return client.post("/account/login/", {"login": email, "password": password})


def test_the_right_password_opens_the_office(client, marit):
    answer = sign_in(client)

    assert answer.status_code == 302
    assert client.get("/").headers["Location"] == "/s/waterkant/"


def test_the_wrong_password_is_said_beside_the_form(client, marit):
    answer = sign_in(client, "wrong")

    assert answer.status_code == 200
    assert "not correct" in answer.content.decode()


def test_five_wrong_passwords_lock_the_address_out(client, marit):
    for _ in range(5):
        sign_in(client, "wrong")

    answer = sign_in(client)

    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert client.get("/").headers["Location"].startswith("/account/login/")


def test_somebody_elses_wrong_passwords_lock_only_them_out(client, marit):
    for _ in range(5):
        sign_in(client, "wrong", "aino@noordwal.example")

    assert sign_in(client).status_code == 302


def test_a_forgotten_password_is_replaced_by_mail(client, marit):
    client.post("/account/password/reset/", {"email": "marit@noordwal.example"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]

    page = client.get(link, follow=True)
    action = page.redirect_chain[-1][0]
    client.post(action, {"password1": "molen-kade-7811", "password2": "molen-kade-7811"})

    assert sign_in(client, "molen-kade-7811").status_code == 302
    assert "works no longer" in Client().get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer(client, marit):
    known = client.post("/account/password/reset/", {"email": "marit@noordwal.example"}, follow=True)
    unknown = client.post("/account/password/reset/", {"email": "nobody@noordwal.example"}, follow=True)

    assert re.sub(r"csrf\S+", "", known.content.decode()) == re.sub(r"csrf\S+", "", unknown.content.decode())


def test_a_code_is_asked_for_once_there_is_a_second_factor(client, marit):
    secret = generate_totp_secret()
    TOTP.activate(marit, secret)

    asked = sign_in(client)
    assert asked.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/").headers["Location"].startswith("/account/login/")

    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post(asked.headers["Location"], {"code": code})

    assert client.get("/").headers["Location"] == "/s/waterkant/"


def test_nobody_signs_up_uninvited(client, db):
    answer = client.post("/account/signup/", {"email": "eve@example.org", "password1": PASSWORD})

    assert "closed" in answer.content.decode().lower()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["/account/password/change/", "/account/2fa/", "/account/sessions/", "/account/2fa/totp/activate/",
             "/account/2fa/webauthn/", "/account/2fa/webauthn/add/", "/account/logout/"],
)  # fmt: skip
def test_the_pages_of_ones_account_stand_in_our_frame(client, marit, path):
    sign_in(client)

    answer = client.get(path, follow=True)

    assert answer.status_code == 200
    assert 'href="/static/office/rebill.css"' in answer.content.decode()


# --- a new installation ---------------------------------------------------------------------------------------------


def set_up(client: Client, **changes: str):
    entered = {
        "company": "Noordwal ICT",
        "country": "NL",
        "full_name": "Joris Bakker",
        "email": "joris@noordwal.example",
        "password": PASSWORD,
        **changes,
    }
    return client.post("/setup/", entered)


def test_a_new_installation_leads_to_its_setup(client, db):
    assert client.get("/").headers["Location"] == "/setup/"


def test_the_first_user_becomes_owner_of_a_seller_that_can_bill(client, db):
    answer = set_up(client)

    assert answer.headers["Location"] == "/s/noordwal-ict/"
    seller = Seller.objects.get()
    assert seller.memberships.get().role == "owner"
    assert {series.purpose for series in seller.series.all()} == {"invoice", "credit_note"}
    assert client.get("/s/noordwal-ict/").status_code == 200


def test_a_weak_password_is_refused_at_its_field(client, db):
    answer = set_up(client, password="short")

    assert answer.status_code == 422
    assert "at least 10 characters" in answer.content.decode()
    assert not User.objects.exists()


def test_the_setup_is_gone_once_somebody_is_known(client, marit):
    assert client.get("/setup/").status_code == 404
    assert set_up(client).status_code == 404
