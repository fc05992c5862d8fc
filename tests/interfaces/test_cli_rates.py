"""`rebill import rates` and `rebill rates`: a carrier's file, what it changes, taken over and taken back."""

import json
from datetime import timedelta

import pytest

from rebill.catalogue.models import Rate, RateImport
from rebill.catalogue.queries.decks import deck_by_code
from tests.factories import make_customer, make_product
from tests.interfaces.conftest import THIS_MONTH
from tests.paths import CORPORA, needs_corpora
from tests.usage.world import Made, Partner

pytestmark = pytest.mark.django_db

LAST_MONTH = (THIS_MONTH - timedelta(days=1)).replace(day=1)
HEADINGS = "prefix,destination,connect_cost,cost_per_minute,increment_seconds\n"
NOW_FILE = HEADINGS + "49,Germany,0,0.0072,1\n299,Greenland,0,0.61,60\n"
THEN_FILE = HEADINGS + "49,Germany,0.01,0.0079,1\n3834,Kosovo,0,0.295,1\n"


@pytest.fixture
def deck(seller, typed, tmp_path):
    """A deck with two rates since last month."""
    assert typed("rates", "create", "transvox", "--name", "Transvox").code == 0
    file = tmp_path / "now.csv"
    file.write_text(NOW_FILE)
    assert typed("import", "rates", file, "--deck", "transvox", "--from", LAST_MONTH).code == 0
    assert typed("rates", "take", "transvox").code == 0
    return "transvox"


@pytest.fixture
def then(tmp_path):
    file = tmp_path / "then.csv"
    file.write_text(THEN_FILE)
    return file


def minutes(typed, deck, *options):
    told = json.loads(typed("rates", "show", deck, "--json", *options).shown)
    return {rate["prefix"]: rate["minute"] for rate in told["rates"]}


def test_a_dry_run_shows_what_changes_and_writes_nothing(deck, then, typed):
    before = RateImport.objects.count()

    ended = typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH, "--dry-run")

    assert ended.code == 0
    for words in ("0.0072", "0.0079", "Kosovo", "gone", "1 dearer, 0 cheaper, 0 with other terms, 1 new, 1 gone"):
        assert words in ended.shown
    assert RateImport.objects.count() == before


def test_new_rates_wait_until_they_are_taken_over(deck, then, typed):
    told = json.loads(typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH, "--json").shown)

    [waiting] = told["waiting"]
    assert (told["accepted"], waiting["file"], waiting["up"], waiting["gone"]) == (2, "then.csv", 1, 1)
    assert minutes(typed, deck) == {"299": "0.61", "49": "0.0072"}
    assert "transvox from" in typed("rates", "waiting").shown

    assert typed("rates", "take", deck).code == 0

    assert minutes(typed, deck) == {"3834": "0.295", "49": "0.0079"}
    assert minutes(typed, deck, "--on", LAST_MONTH) == {"299": "0.61", "49": "0.0072"}
    assert "No rates wait." in typed("rates", "waiting").shown


@pytest.mark.parametrize("written", ["=112", "'=112", '="=112"'])
def test_a_number_as_it_is_dialled_is_no_formula(seller, typed, tmp_path, written):
    typed("rates", "create", "short", "--name", "Short")
    file = tmp_path / "short.csv"
    file.write_text(f"prefix;rate;first;next\n{written};0;60;30\n=1+1;0;1;1\n")

    ended = typed("import", "rates", file, "--deck", "short", "--from", THIS_MONTH)
    typed("rates", "take", "short")

    assert (ended.code, "formula" in ended.shown) == (1, True)
    assert list(Rate.objects.values_list("prefix", "first_seconds", "next_seconds")) == [("=112", 60, 30)]


def test_what_was_said_of_one_file_is_not_said_of_the_next(deck, then, typed):
    changes = ("import", "rates", then, "--deck", deck, "--from", THIS_MONTH, "--set", "whole_deck=no")
    assert "0 gone" in typed(*changes).shown

    whole = typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH)
    dayless = typed("import", "rates", then, "--deck", deck)

    assert "1 gone" in whole.shown
    assert (dayless.code, "valid_from" in dayless.aside + dayless.shown) == (2, True)


def test_what_was_taken_over_is_taken_back(deck, then, typed):
    typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH)
    typed("rates", "take", deck)

    assert typed("rates", "roll-back", deck).code == 0

    assert minutes(typed, deck) == {"299": "0.61", "49": "0.0072"}
    assert typed("rates", "take", deck).code == 2


def test_what_waits_is_left_out(deck, then, typed):
    typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH)

    assert typed("rates", "drop", deck).code == 0

    assert minutes(typed, deck) == {"299": "0.61", "49": "0.0072"}


def test_decks_are_listed(deck, seller, typed):
    make_product(seller, "CALLS", kind="usage")
    typed("rates", "create", "standard", "--product", "CALLS", "--bought-by", "transvox")

    told = json.loads(typed("rates", "decks", "--json").shown)

    assert [(each["code"], each["rates"], each["bought_by"]) for each in told["decks"]] == [
        ("standard", 0, "transvox"),
        ("transvox", 2, None),
    ]
    assert "Transvox" in typed("rates", "decks").shown


@needs_corpora("4_telecom", "astpp_rating", "rate_deck.csv")
def test_a_real_deck_of_24_009_prefixes_is_taken_over(seller, typed):
    typed("rates", "create", "astpp")
    file = CORPORA / "4_telecom" / "astpp_rating" / "rate_deck.csv"

    told = json.loads(typed("import", "rates", file, "--deck", "astpp", "--from", THIS_MONTH, "--json").shown)

    assert (told["lines"], told["rejected"]) == (24_009, 0)
    typed("rates", "take", "astpp")
    assert Rate.objects.count() == 24_009


def test_last_months_minutes_stand_beside_rates_and_changes(seller, deck, then, typed):
    assert "Minutes" not in typed("rates", "show", deck).shown
    partner = Partner(seller=seller)
    partner.open_deck(buy_deck_id=deck_by_code(partner.acting, deck).pk)
    partner.rate("49", "0.02", valid_from=LAST_MONTH)
    partner.give_number(make_customer(seller), "31209876543")
    partner.take([Made("31209876543", "493012345678", f"{LAST_MONTH:%Y-%m}-05T09:00", 6000)])
    partner.rate_month(LAST_MONTH)

    tried = typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH, "--dry-run")
    typed("import", "rates", then, "--deck", deck, "--from", THIS_MONTH)

    assert "+0.08 EUR" in tried.shown
    assert "+0.08 EUR" in typed("rates", "waiting").shown
    assert "Minutes and amounts are those of" in typed("rates", "show", deck).shown
    shown = json.loads(typed("rates", "show", deck, "--json").shown)
    assert shown["month"] == LAST_MONTH.isoformat()
    rates = {each["prefix"]: (each["calls"], each["seconds"], each["amount"]) for each in shown["rates"]}
    assert rates == {"299": (None, None, None), "49": (1, 6000, "0.72")}
    [waiting] = json.loads(typed("rates", "waiting", "--json").shown)["waiting"]
    assert (waiting["month"], waiting["effect"]) == (LAST_MONTH.isoformat(), "0.08")
    assert {each["prefix"]: (each["seconds"], each["effect"]) for each in waiting["rows"]} == {
        "299": (None, None),
        "3834": (None, None),
        "49": (6000, "0.08"),
    }
