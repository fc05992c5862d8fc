"""The VAT of the member states, against the histories others keep."""

import csv
import json
from datetime import date
from decimal import Decimal

import pytest

from rebill.catalogue.queries.vat_rates import DatedRate, RateUnknown, TableBroken, TaxTable, tax_table, vat_rate
from rebill.rules.tax import MEMBER_STATES, RateClass
from tests.paths import CORPORA

HISTORY = CORPORA / "5_business" / "eu_standard_vat_history.csv"
TODAYS = CORPORA / "5_business" / "eu_vat_rates_45_countries.json"


def percent(text: str) -> int:
    return int(Decimal(text).scaleb(6))


@pytest.mark.skipif(not HISTORY.exists(), reason="the corpora are not beside this repository")
def test_standard_rates_are_those_of_the_corpus_on_every_day_something_changed():
    with HISTORY.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        on = date.fromisoformat(row["effective_from"])
        assert vat_rate(row["country"], RateClass.STANDARD, on) == percent(row["standard_rate"]), row

    changes = {(row["country"].replace("EL", "GR"), row["effective_from"]) for row in rows}
    ours = {
        (country, dated.valid_from.isoformat())
        for country in MEMBER_STATES
        for dated in tax_table().history(country, RateClass.STANDARD)
        if dated.valid_from > date(2016, 1, 1)
    }
    assert ours == {change for change in changes if change[1] > "2016-01-01"}


@pytest.mark.skipif(not TODAYS.exists(), reason="the corpora are not beside this repository")
def test_todays_rates_are_those_of_the_corpus():
    corpus = json.loads(TODAYS.read_text(encoding="utf-8"))
    on = date.fromisoformat(corpus["version"])
    members = {code: rates for code, rates in corpus["rates"].items() if rates["eu_member"]}
    assert members.keys() == MEMBER_STATES

    for country, rates in members.items():
        assert vat_rate(country, RateClass.STANDARD, on) == percent(str(rates["standard"])), country
        reduced = [percent(str(rate)) for rate in rates["reduced"]]
        for rate_class in (RateClass.REDUCED, RateClass.SECOND_REDUCED):
            if tax_table().history(country, rate_class):
                assert vat_rate(country, rate_class, on) in reduced, country


@pytest.mark.parametrize(
    ("country", "rate_class", "on", "rate"),
    [
        ("NL", RateClass.STANDARD, date(2026, 9, 1), "21"),
        ("NL", RateClass.REDUCED, date(2018, 12, 31), "6"),
        ("NL", RateClass.REDUCED, date(2019, 1, 1), "9"),
        ("DE", RateClass.STANDARD, date(2020, 6, 30), "19"),
        ("DE", RateClass.STANDARD, date(2020, 7, 1), "16"),
        ("DE", RateClass.REDUCED, date(2020, 12, 31), "5"),
        ("DE", RateClass.STANDARD, date(2021, 1, 1), "19"),
        ("DE", RateClass.REDUCED, date(2021, 1, 1), "7"),
        ("BE", RateClass.REDUCED, date(2026, 9, 1), "12"),
        ("BE", RateClass.SECOND_REDUCED, date(2026, 9, 1), "6"),
        ("FI", RateClass.STANDARD, date(2024, 8, 31), "24"),
        ("FI", RateClass.STANDARD, date(2024, 9, 1), "25.5"),
        ("FI", RateClass.REDUCED, date(2025, 12, 31), "14"),
        ("FI", RateClass.REDUCED, date(2026, 1, 1), "13.5"),
        ("FI", RateClass.SECOND_REDUCED, date(2026, 1, 1), "10"),
        ("EL", RateClass.STANDARD, date(2026, 1, 1), "24"),
        ("MC", RateClass.STANDARD, date(2026, 1, 1), "20"),
    ],
)
def test_the_rate_of_the_day_holds(country, rate_class, on, rate):
    assert vat_rate(country, rate_class, on) == percent(rate)


@pytest.mark.parametrize("rate_class", [RateClass.ZERO, RateClass.EXEMPT, RateClass.OUTSIDE])
def test_what_bears_no_vat_has_the_rate_zero_everywhere(rate_class):
    assert vat_rate("CH", rate_class, date(1999, 1, 1)) == 0


@pytest.mark.parametrize(
    ("country", "rate_class", "on"),
    [
        ("CH", RateClass.STANDARD, date(2026, 9, 1)),
        ("NL", RateClass.SECOND_REDUCED, date(2026, 9, 1)),
        ("FR", RateClass.STANDARD, date(2015, 12, 31)),
    ],
)
def test_an_unknown_rate_names_country_and_day(country, rate_class, on):
    with pytest.raises(RateUnknown) as unknown:
        vat_rate(country, rate_class, on)

    assert country in str(unknown.value)
    assert on.isoformat() in str(unknown.value)


def test_a_rate_that_has_ended_holds_no_longer():
    ended = DatedRate(date(2026, 1, 1), date(2026, 7, 1), percent("21"), "a law")
    table = TaxTable({("NL", RateClass.STANDARD): [ended]})

    assert table.rate_e6("NL", RateClass.STANDARD, date(2026, 6, 30)) == percent("21")
    with pytest.raises(RateUnknown):
        table.rate_e6("NL", RateClass.STANDARD, date(2026, 7, 1))


@pytest.mark.parametrize("ends", [None, date(2026, 7, 2), date(2026, 1, 1)])
def test_a_table_with_two_rates_on_one_day_is_refused(ends):
    dated = [DatedRate(date(2026, 1, 1), ends, 1, "a law"), DatedRate(date(2026, 7, 1), None, 2, "a law")]

    with pytest.raises(TableBroken):
        TaxTable({("NL", RateClass.STANDARD): dated})


def test_every_rate_names_its_source():
    for country in MEMBER_STATES:
        for rate_class in RateClass:
            assert all(dated.source for dated in tax_table().history(country, rate_class))
