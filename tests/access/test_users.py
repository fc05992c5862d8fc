"""People who sign in: one name, one e-mail address, one language each."""

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from rebill.access.acting import Role
from rebill.access.commands import UserInvalid, UserTaken, change_language, create_user
from rebill.access.queries import UserUnknown, user_named, user_with_email
from rebill.config import settings as production
from rebill.kit.errors import Forbidden
from rebill.kit.models import Event
from tests.factories import NOW, acting_of, make_seller, make_user

pytestmark = pytest.mark.django_db


def test_a_user_is_found_by_name_and_by_address_whatever_its_capitals():
    marit = create_user(
        acting=None, username="marit", email="Marit@Noordwal.example", full_name="Marit de Boer", now=NOW
    )

    assert user_named("marit") == user_with_email("MARIT@noordwal.example") == marit
    assert (marit.first_name, marit.last_name) == ("Marit", "de Boer")
    assert not marit.has_usable_password()


def test_outside_of_tests_a_password_is_hashed_as_often_as_django_holds_necessary(settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS

    marit = make_user("marit", password="kade-molen-1187")

    assert not hasattr(production, "PASSWORD_HASHERS")
    assert marit.password.startswith(f"pbkdf2_sha256${PBKDF2PasswordHasher.iterations}$")
    assert marit.check_password("kade-molen-1187")
    assert not marit.check_password("kade-molen-1188")


def test_who_may_no_longer_sign_in_is_not_found():
    marit = make_user("marit")
    marit.is_active = False
    marit.save()

    with pytest.raises(UserUnknown):
        user_named("marit")
    with pytest.raises(UserUnknown):
        user_with_email("marit@noordwal.example")


@pytest.mark.parametrize(
    ("username", "email"), [("MARIT", "other@noordwal.example"), ("other", "MARIT@noordwal.example")]
)
def test_names_and_addresses_are_given_once_whatever_their_capitals(username, email):
    make_user("marit")

    with pytest.raises(UserTaken):
        create_user(acting=None, username=username, email=email, now=NOW)


@pytest.mark.parametrize(
    ("username", "email", "language"),
    [
        ("", "a@b.example", "nl"),
        ("joris", "no address", "nl"),
        ("joris", "a@b.example", "fr"),
        ("j ö", "a@b.example", "nl"),
    ],
)
def test_a_user_that_could_not_sign_in_is_refused(username, email, language):
    with pytest.raises(UserInvalid):
        create_user(acting=None, username=username, email=email, language=language, now=NOW)


def test_only_who_keeps_users_adds_them():
    clerk = acting_of(make_seller(), role=Role.CLERK)

    with pytest.raises(Forbidden):
        create_user(acting=clerk, username="joris", email="joris@noordwal.example", now=NOW)


def test_users_change_their_own_language_and_the_event_names_them():
    marit = make_user("marit")

    change_language(user=marit, language="fi", now=NOW)

    marit.refresh_from_db()
    event = Event.objects.get(verb="changed")
    assert marit.language == "fi"
    assert (event.subject_type, event.actor_id, event.details) == ("access.user", marit.pk, {"language": ["en", "fi"]})
