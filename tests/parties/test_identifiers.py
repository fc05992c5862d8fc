"""Identifiers are tidied and doubted, never refused."""

import csv

import pytest

from rebill.parties import identifiers
from tests.paths import CORPORA


def corpus_numbers(*families: str) -> list[tuple[str, str, bool]]:
    path = CORPORA / "5_business" / "identifier_numbers.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["family"] in families]
    return [(row["family"], row["number"], row["expect"] == "valid") for row in rows]


@pytest.mark.skipif(not corpus_numbers("iban"), reason="the corpora are not beside this repository")
def test_vat_ids_and_ibans_of_the_corpus_are_told_right_from_wrong():
    # Numbers of the one-stop shop (EU…) have right check digits and are still no VAT ids of a customer.
    numbers = [each for each in corpus_numbers("eu_vat", "gb_vat", "bg_vat", "iban") if not each[1].startswith("EU")]
    judge = {
        "eu_vat": lambda number: identifiers.vat_id_is_valid(number, ""),
        "gb_vat": lambda number: identifiers.vat_id_is_valid(number, "GB"),
        "bg_vat": lambda number: identifiers.vat_id_is_valid(number, "BG"),
        "iban": identifiers.iban_is_valid,
    }

    wrong = [(family, number) for family, number, expected in numbers if judge[family](number) != expected]

    assert len(numbers) > 700
    assert wrong == []


@pytest.mark.parametrize(
    ("given", "country", "kept"),
    [
        ("nl 0044.95.445.B01", "NL", "NL004495445B01"),
        ("004495445B01", "NL", "NL004495445B01"),
        ("BE 403.170.701", "BE", "BE0403170701"),
        ("0403170701", "BE", "BE0403170701"),
        ("2077474-0", "FI", "FI20774740"),
        ("DE 136 695 976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("NL004495445B01", "DE", "NL004495445B01"),
        ("not known yet", "NL", "NOTKNOWNYET"),
        ("", "NL", ""),
    ],
)
def test_vat_ids_are_kept_compact_with_the_letters_of_their_state(given, country, kept):
    assert identifiers.tidy_vat_id(given, country) == kept


def test_a_number_of_the_one_stop_shop_is_no_vat_id():
    assert not identifiers.vat_id_is_valid("EU372022452", "NL")


@pytest.mark.parametrize(
    ("given", "country", "kept", "doubted"),
    [
        ("KvK 3411 7045", "NL", "34117045", False),
        ("123", "NL", "123", True),
        ("FI2077474-0", "FI", "2077474-0", False),
        ("20774740", "FI", "2077474-0", False),
        # The number that Netvisor's own documentation prints; its check digit would have to be 2.
        ("1478523-8", "FI", "1478523-8", True),
        ("0403.170.701", "BE", "0403170701", False),
        ("0403.170.702", "BE", "0403.170.702", True),
        ("hrb 12345 b", "DE", "HRB 12345 B", False),
        ("GnR 77", "DE", "GnR 77", False),
        ("12345", "DE", "12345", True),
        ("FN 123456 a", "AT", "FN 123456 a", False),
        ("", "NL", "", False),
    ],
)
def test_chamber_ids_are_kept_as_their_country_writes_them(given, country, kept, doubted):
    assert identifiers.tidy_chamber_id(given, country) == kept
    problems = identifiers.chamber_id_problems(kept, country, where="customer 10482")
    assert [problem.blocking for problem in problems] == ([False] if doubted else [])


def test_a_doubtful_bank_account_is_a_warning_that_names_the_number():
    problems = identifiers.account_problems("NL91 ABNA 0417 1643 01", "ABNANL2", where="seller noordwal")

    assert [(problem.what, problem.value, problem.blocking) for problem in problems] == [
        ("party.iban_doubtful", "NL91 ABNA 0417 1643 01", False),
        ("party.bic_doubtful", "ABNANL2", False),
    ]
