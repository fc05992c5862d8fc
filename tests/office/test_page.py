"""Whose pages they are, who may open them, and how the office says no."""

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from rebill.access.commands import change_language
from tests.factories import NOW, make_customer, make_seller


def test_nobody_signed_in_is_asked_to_sign_in(client, seller):
    answer = client.get("/s/waterkant/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/login/?next=/s/waterkant/"


def test_the_pages_of_another_seller_are_not_found(office):
    make_seller("noordwal")

    answer = office.get("/s/noordwal/")

    assert answer.status_code == 404
    assert "There is no such thing here" in answer.content.decode()


def test_home_leads_to_the_seller_looked_at_last(office, owner):
    make_seller("abeel", owner=owner)

    assert office.get("/").headers["Location"] == "/s/abeel/"

    office.get("/s/waterkant/")

    assert office.get("/").headers["Location"] == "/s/waterkant/"


def test_home_leads_to_the_seller_itself_before_its_dealers(office, owner, seller):
    dealer = make_seller("abeel", owner=owner)
    dealer.as_customer = make_customer(seller)
    dealer.save()

    assert office.get("/").headers["Location"] == "/s/waterkant/"
    assert office.get("/my-account/").headers["Location"] == "/s/waterkant/account/"


def test_a_user_without_a_seller_is_told_so(client: Client, db):
    stranger = make_seller("noordwal").memberships.get().user
    stranger.memberships.all().delete()
    client.force_login(stranger)

    answer = client.get("/")

    assert answer.status_code == 403
    assert "You act for no seller yet" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "Today"), ("nl", "Vandaag"), ("de", "Heute"), ("fi", "Tänään")])
def test_pages_speak_the_users_language(office, owner, language, words):
    change_language(user=owner, language=language, now=NOW)

    answer = office.get("/s/waterkant/", headers={"accept-language": "en"})

    assert f"<h1>{words}</h1>" in answer.content.decode()
    assert f'<html lang="{language}">' in answer.content.decode()


def test_the_policy_permits_nothing_inline(office):
    policy = office.get("/s/waterkant/").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_what_is_not_there_is_said_in_our_frame(office):
    answer = office.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is no such page." in answer.content.decode()


def test_a_form_from_elsewhere_is_not_taken(owner, seller):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    answer = client.post("/s/waterkant/account/", {"language": "nl"})

    assert answer.status_code == 403
    assert "This form was not taken" in answer.content.decode()


def test_a_fault_is_said_in_our_frame_too():
    assert "Something went wrong that should not" in server_error(RequestFactory().get("/")).content.decode()


def test_health_needs_no_sign_in(client, db):
    assert client.get("/health").json() == {"status": "ok"}
