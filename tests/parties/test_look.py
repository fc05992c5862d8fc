"""The look on paper: every change is a new row, and what cannot be printed is refused."""

import pytest

from rebill.kit.files import read_file
from rebill.parties.commands import change_look
from rebill.parties.commands.look import LOGO_BYTES_MAX, FileGiven
from rebill.parties.entries import EntryRefused
from rebill.parties.models import Look
from rebill.parties.queries import current_look
from tests.factories import NOW, acting_of, events_of, make_seller

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def test_there_is_no_look_until_one_is_chosen():
    assert current_look(make_seller().pk) is None


def test_a_look_keeps_what_is_not_changed_and_the_earlier_one_stays():
    seller = make_seller()
    acting = acting_of(seller)
    logo = FileGiven(PNG, "application/octet-stream")
    first = change_look(acting=acting, now=NOW, logo=logo, accent_colour="#0D6B62", sender_name="Noordwal")

    second = change_look(acting=acting, now=NOW, accent_colour="#aa0000")

    assert (second.pk, current_look(seller.pk)) != (first.pk, first)
    assert Look.objects.get(pk=first.pk).accent_colour == "#0d6b62"
    assert (second.accent_colour, second.sender_name, second.logo.media_type) == ("#aa0000", "Noordwal", "image/png")
    assert read_file(second.logo_id) == PNG
    assert events_of(seller)[-1]["details"] == {"accent_colour": ["#0d6b62", "#aa0000"]}


def test_the_same_look_again_is_no_new_one():
    acting = acting_of(make_seller())
    first = change_look(acting=acting, now=NOW, accent_colour="#aa0000")

    assert change_look(acting=acting, now=NOW, accent_colour="#AA0000") == first


def test_texts_are_joined_per_language_and_an_empty_one_is_taken_away():
    acting = acting_of(make_seller())
    change_look(acting=acting, now=NOW, texts={"nl": {"intro": "Beste klant", "footer": "KvK 34117045"}})

    look = change_look(acting=acting, now=NOW, texts={"nl": {"intro": ""}, "de": {"mail_subject": "Ihre\nRechnung"}})

    assert look.texts == {"nl": {"footer": "KvK 34117045"}, "de": {"mail_subject": "Ihre Rechnung"}}


def test_a_logo_and_a_template_can_be_taken_away():
    acting = acting_of(make_seller())
    template = FileGiven(b"#import", "text/vnd.typst")
    look = change_look(acting=acting, now=NOW, logo=FileGiven(PNG, "image/png"), template=template)
    assert read_file(look.template_id) == b"#import"

    look = change_look(acting=acting, now=NOW, logo=None, template=None)

    assert (look.logo, look.template) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent_colour", "green"),
        ("accent_colour", "#fff"),
        ("ink_colour", "#12345g"),
        ("sender_email", "noordwal"),
        ("sender_name", "x" * 121),
        ("logo", FileGiven(b"GIF89a", "image/gif")),
        ("logo", FileGiven(PNG + b"x" * LOGO_BYTES_MAX, "image/png")),
        ("logo", "logo.png"),
        ("template", FileGiven(b"", "text/vnd.typst")),
        ("texts", {"nl": {"greeting": "Hoi"}}),
        ("texts", {"fr": {"intro": "Bonjour"}}),
        ("texts", {"nl": {"intro": "x" * 501}}),
        ("texts", {"nl": "Beste klant"}),
        ("texts", "Beste klant"),
    ],
)
def test_what_cannot_be_printed_is_refused(field, value):
    seller = make_seller()

    with pytest.raises(EntryRefused):
        change_look(acting=acting_of(seller), now=NOW, **{field: value})

    assert current_look(seller.pk) is None
