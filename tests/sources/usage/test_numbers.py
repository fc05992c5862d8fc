"""Telephone numbers as E.164: as libphonenumber says, one by one and many at once."""

import csv

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebill.sources.usage.intake.numbers import numbers_of
from rebill.sources.usage.numbers import Dialling, Unprefixed, is_country, number_of
from tests.paths import CORPORA, needs_corpora

NL = Dialling("NL")
COUNTRIES = ("NL", "DE", "BE", "FI", "GB", "US", "AR", "BR", "ES", "IT", "RU", "AU", "MX", "JP", "HU")


@pytest.mark.parametrize(
    ("dialled", "number"),
    [
        ("+31612345678", "31612345678"),
        ("0031612345678", "31612345678"),
        ("0612345678", "31612345678"),
        ("06-12 34 56 78", "31612345678"),
        ("31612345678", "31612345678"),
        ("+31 (0)6 12345678", "31612345678"),
        ("sip:+31201234567@sip.noordwal.example;user=phone", "31201234567"),
        ("tel:0201234567", "31201234567"),
        ("0900 1234", "319001234"),
        ("0800-1234", "318001234"),
        ("14020", "3114020"),
        ("004986517174963", "4986517174963"),
        ("52122237019", "52122237019"),
        ("112", "=112"),
        ("1233", "=1233"),
        ("100", "=100"),
        ("+999123456789", "=+999123456789"),
        ("anonymous", "=anonymous"),
        ("*21#", "=*21#"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_number_is_its_e164_digits_or_what_was_dialled(dialled, number):
    assert number_of(dialled, NL) == number
    assert numbers_of(pl.Series([dialled]), NL).to_list() == [number]


@pytest.mark.parametrize(
    ("dialling", "dialled", "number"),
    [
        (Dialling("NL", strip=("9", "*31*")), "90612345678", "31612345678"),
        (Dialling("NL", strip=("9", "*31*")), "*31*0612345678", "31612345678"),
        (Dialling("NL", strip=("9",)), "9", "=9"),
        (Dialling("NL", unprefixed=Unprefixed.NATIONAL), "612345678", "31612345678"),
        (Dialling("NL"), "612345678", "612345678"),
        (Dialling("DK"), "32123456", "4532123456"),
        (Dialling("US", unprefixed=Unprefixed.NATIONAL), "2015550123", "12015550123"),
        (Dialling("IT"), "0612345678", "390612345678"),
        (Dialling("NL", unprefixed=Unprefixed.DIGITS), "0612", "0612"),
        (Dialling("NL", unprefixed=Unprefixed.DIGITS), "99980777731", "99980777731"),
        (Dialling("NL", unprefixed=Unprefixed.DIGITS), "112", "=112"),
    ],
)
def test_how_numbers_are_dialled_is_said_per_switch(dialling, dialled, number):
    assert number_of(dialled, dialling) == number
    assert numbers_of(pl.Series([dialled]), dialling).to_list() == [number]


@needs_corpora("4_telecom", "number_cases.csv")
def test_numbers_a_country_can_have_are_what_libphonenumber_says():
    with (CORPORA / "4_telecom" / "number_cases.csv").open(encoding="utf-8", newline="") as file:
        cases = [row for row in csv.DictReader(file) if row["expect_possible"] == "True"]
    # No switch writes an extension behind a number; the star codes are taken off by the prefixes of the switch.
    cases = [row for row in cases if row["note"] != "extension" and "*" not in row["raw"] and row["raw"] != "116000"]

    for row in cases:
        dialling = Dialling(row["default_region"], unprefixed=Unprefixed.NATIONAL)
        assert (row["raw"], number_of(row["raw"], dialling)) == (row["raw"], row["expect_e164"].removeprefix("+"))
        assert numbers_of(pl.Series([row["raw"]]), dialling).to_list() == [number_of(row["raw"], dialling)]
    assert len(cases) > 900


PREFIXES = ("", "+", "0", "00", "011", "810", "0011", "31", "49", "1", "7", "8", "52", "39", "+310", "+440")


@given(
    country=st.sampled_from(COUNTRIES),
    unprefixed=st.sampled_from(Unprefixed),
    dialled=st.lists(
        st.tuples(st.sampled_from(PREFIXES), st.text("0123456789", max_size=13)).map("".join)
        | st.text("0123456789 -/()+*#@;:aEx.", max_size=12),
        max_size=60,
    ),
    strip=st.sampled_from([(), ("0",), ("9", "00")]),
)
@settings(max_examples=60, deadline=None)
def test_many_at_once_are_what_each_is(country, unprefixed, dialled, strip):
    dialling = Dialling(country, strip, unprefixed)

    assert numbers_of(pl.Series(dialled, dtype=pl.String), dialling).to_list() == [
        number_of(each, dialling) for each in dialled
    ]


def test_missing_numbers_are_empty():
    assert numbers_of(pl.Series([None, "112"]), NL).to_list() == ["", "=112"]
    assert (is_country("NL"), is_country("XX")) == (True, False)
