"""What mails say: in the customer's language, in the seller's own words, and without a way into the program."""

from datetime import date

import pytest

from rebill.delivery.languages import LANGUAGES, MailKind
from rebill.delivery.mail_texts import PLACES, MailFacts, file_name, fill, mail_text, unknown_places
from rebill.rules.money import Money


def facts(kind: MailKind = MailKind.INVOICE, **fields) -> MailFacts:
    given = {
        "number": "2026-00042",
        "customer": "Jansen Bouw",
        "seller": "Noorderlicht",
        "total": Money(123_140, "EUR"),
        "due_on": date(2026, 10, 15),
        "withdrawn": "2026-00041",
        **fields,
    }
    return MailFacts(kind=kind, **given)


def text(kind: MailKind = MailKind.INVOICE, language: str = "nl", texts=None, **fields):
    return mail_text(facts(kind, **fields), language=language, fallback="nl", texts=texts or {})


@pytest.mark.parametrize(
    ("language", "subject", "total", "due_on"),
    [
        ("nl", "Factuur 2026-00042 van Noorderlicht", "€\xa01.231,40", "15 oktober 2026"),
        ("de", "Rechnung 2026-00042 von Noorderlicht", "1.231,40\xa0€", "15. Oktober 2026"),
        ("fi", "Lasku 2026-00042, Noorderlicht", "1\xa0231,40\xa0€", "15. lokakuuta 2026"),
        ("en", "Invoice 2026-00042 from Noorderlicht", "€1,231.40", "15 October 2026"),
    ],
)
def test_amounts_and_days_are_written_as_the_language_writes_them(language, subject, total, due_on):
    written = text(language=language)

    assert written.subject == subject
    assert total in written.body
    assert due_on in written.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_every_language_has_every_mail_and_fills_every_place(language, kind):
    written = text(kind, language)

    assert "{" not in written.subject + written.body
    assert "2026-00042" in written.subject + written.body
    assert set(LANGUAGES[language].texts) == set(LANGUAGES[language].document) == set(MailKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withdrawal_names_the_withdrawn_invoice(language):
    assert "2026-00041" in text(MailKind.WITHDRAWAL, language).subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_to_be_paid_no_day_is_named(language):
    assert "2026" not in text(MailKind.NOTHING_TO_PAY, language).body.replace("2026-00042", "")


def test_a_credit_note_shows_its_amount_without_a_sign():
    assert "€\xa012,10" in text(MailKind.CREDIT_NOTE, total=Money(-1_210, "EUR")).body


def test_a_seller_may_write_the_subject_and_leave_us_the_body():
    written = text(texts={"nl": {"mail_subject": "Nota {number}"}})

    assert written.subject == "Nota 2026-00042"
    assert written.body.startswith("Goedendag")


def test_the_sellers_invoice_text_does_not_stand_over_its_credit_notes():
    written = text(MailKind.CREDIT_NOTE, texts={"nl": {"mail_body": "Betaal {total} voor {due_on}"}})

    assert "Betaal" not in written.body


def test_the_sellers_words_in_another_language_are_not_used():
    assert text(language="fi", texts={"nl": {"mail_body": "Beste klant"}}).body.startswith("Hei")


def test_a_language_nobody_has_words_in_falls_back_to_the_sellers():
    assert text(language="sv").subject.startswith("Factuur")


def test_a_subject_is_one_line_whatever_was_pasted_into_it():
    written = text(texts={"nl": {"mail_subject": "Factuur\r\nBcc: x@y.example"}})

    assert written.subject == "Factuur Bcc: x@y.example"


@pytest.mark.parametrize(
    "template",
    [
        "{number.__class__}",
        "{number[0]}",
        "{number!r}",
        "{number:>10}",
        "{0}",
        "{}",
        "{settings.SECRET_KEY}",
        "{{number",
        "}{",
        "100 % {korting}",
    ],
)
def test_braces_around_anything_else_stay_as_they_are(template):
    words = dict.fromkeys(PLACES, "word")

    assert fill(template, words) == template


def test_a_value_with_braces_is_not_filled_in_turn():
    assert fill("{customer}", {"customer": "{seller}", "seller": "secret"}) == "{seller}"


def test_names_in_braces_that_mean_nothing_are_shown_to_who_wrote_them():
    assert unknown_places("{number} {nummer} {total:>5}") == ("nummer", "total:>5")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("2026-00042", "Factuur-2026-00042.pdf"),
        ("R/2026 42", "Factuur-R-2026-42.pdf"),
        ("../../etc/passwd", "Factuur-..-..-etc-passwd.pdf"),
        ("Ä1", "Factuur-Ä1.pdf"),
    ],
)
def test_the_attached_file_has_a_name_that_every_system_takes(number, name):
    assert file_name(facts(number=number), language="nl", fallback="nl") == name
