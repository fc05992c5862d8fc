"""The language of the command line: what was chosen for it, else the terminal's, else the user's."""

import json

import pytest

from rebill.access.models import User
from tests.interfaces.conftest import THIS_MONTH

NO_ADDRESS = {
    "nl": "Geen verzendadres",
    "de": "Keine Versandadresse",
    "fi": "Ei lähetysosoitetta",
    "en": "No delivery address",
}


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    for name in ("REBILL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def look(month, typed):
    """Shows the draft of the customer whom no invoice can be sent to."""
    month.prepare(THIS_MONTH)
    draft = month.drafts().get(warnings__code="no_email")
    return lambda *words: typed("drafts", "show", draft.pk, *words)


@pytest.mark.parametrize("language", NO_ADDRESS)
def test_warnings_are_told_in_the_language_that_was_chosen(look, monkeypatch, language):
    monkeypatch.setenv("LANG", "sv_SE.UTF-8")
    monkeypatch.setenv("REBILL_LANGUAGE", language)

    assert NO_ADDRESS[language] in look().shown


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LANG": "nl_BE.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "de_AT.UTF-8"}, "de"),
        ({"LANG": "nl_NL.UTF-8", "LC_MESSAGES": "fi_FI"}, "fi"),
        ({"LANG": "de_DE@euro", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "sv_SE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminal_says_it_where_nothing_was_chosen(look, monkeypatch, locale, language):
    for name, value in locale.items():
        monkeypatch.setenv(name, value)

    assert NO_ADDRESS[language] in look().shown


@pytest.mark.parametrize(
    ("language", "step"),
    [("en", "Next: `"), ("nl", "Volgende stap: `"), ("de", "Nächster Schritt: `"), ("fi", "Seuraavaksi: `")],
)
def test_a_run_is_summed_up_in_that_language(month, typed, monkeypatch, language, step):
    monkeypatch.setenv("REBILL_LANGUAGE", language)

    assert step in typed("prepare", "--on", THIS_MONTH).shown


@pytest.mark.parametrize("locale", ["C.UTF-8", "POSIX", ""])
def test_the_user_who_acts_is_spoken_to_where_the_terminal_says_nothing(look, monkeypatch, locale):
    User.objects.update(language="fi")
    monkeypatch.setenv("LANG", locale)

    assert NO_ADDRESS["fi"] in look().shown


def test_the_keys_for_programs_stay_english(look, monkeypatch):
    in_english = json.loads(look("--json").shown)
    monkeypatch.setenv("REBILL_LANGUAGE", "de")

    in_german = json.loads(look("--json").shown)

    assert in_german.keys() == in_english.keys()
    assert [each["code"] for each in in_german["warnings"]] == [each["code"] for each in in_english["warnings"]]
    assert NO_ADDRESS["de"] in [each["title"] for each in in_german["warnings"]]


def test_what_is_wrong_in_a_file_is_told_in_the_language(month, typed, monkeypatch, tmp_path):
    monkeypatch.setenv("REBILL_LANGUAGE", "nl")
    file = tmp_path / "abonnementen.csv"
    file.write_text("Klantnummer;Artikelcode;Startdatum\n99999;HOSTING-M;2026-01-01\n", "utf-8")

    told = typed("import", "subscriptions", file)

    assert "Er is geen klant met dit nummer." in told.shown + told.aside


def test_a_language_that_is_not_spoken_is_refused(typed, monkeypatch):
    monkeypatch.setenv("REBILL_LANGUAGE", "fr")

    told = typed("drafts", "list")

    assert told.code == 2
    assert "REBILL_LANGUAGE is 'fr'; rebill speaks en, nl, de, fi." in told.aside


TABLES = {
    "nl": ("Totaal excl. btw", " controles: alles klopt.", "Geweigerd: Er is geen concept 999."),
    "de": ("Summe ohne Umsatzsteuer", " Prüfungen: alles in Ordnung.", "Abgelehnt: Es gibt keinen Entwurf 999."),
    "fi": ("Yhteensä ilman veroa", " tarkistusta: kaikki kunnossa.", "Hylätty: Luonnosta 999 ei ole."),
    "en": ("Total excl. VAT", " checks: all in order.", "Refused: There is no draft 999."),
}


@pytest.mark.parametrize("language", TABLES)
def test_tables_sentences_and_refusals_speak_the_language_too(look, typed, monkeypatch, language):
    monkeypatch.setenv("REBILL_LANGUAGE", language)
    of_table, at_the_end, refused = TABLES[language]

    assert of_table in look().shown
    assert at_the_end in typed("check").shown
    assert refused in typed("drafts", "show", "999").aside


def test_what_a_rule_refuses_is_said_in_the_language(month, typed, monkeypatch):
    monkeypatch.setenv("REBILL_LANGUAGE", "nl")

    ended = typed("sellers", "numbers", "{year}")

    assert "heeft {number} precies één keer nodig." in ended.aside
