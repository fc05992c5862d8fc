"""Payment references and their check digits."""

import csv
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.rules.references import (
    ReferenceKind,
    ReferenceUnfit,
    grouped_iban,
    is_valid_betalingskenmerk,
    is_valid_iban,
    is_valid_ogm,
    is_valid_rf,
    is_valid_viite,
    make_betalingskenmerk,
    make_ogm,
    make_reference,
    make_rf,
    make_rf_viite,
    make_viite,
)
from tests.paths import CORPORA, needs_corpora

# --- known references -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0001234", "0001234"),
        ("1234", "0001234"),
        ("12345678", "4812345678"),
        ("20260000", "0820260000"),
        ("202600001", "89202600001"),
        ("2026000012", "802026000012"),
        ("2026-000012", "802026000012"),
        ("20260000123", "6120260000123"),
        ("202600001234", "72202600001234"),
        ("000056789012345", "5000056789012345"),
        ("56789012345678", make_betalingskenmerk("056789012345678")),
    ],
)
def test_a_betalingskenmerk_has_check_and_length_digit(number: str, expected: str) -> None:
    assert make_betalingskenmerk(number) == expected
    assert is_valid_betalingskenmerk(expected)


@pytest.mark.parametrize("reference", ["5000 0567 8901 2345", "12 2345 3462 2567".replace(" ", ""), "1234567"])
def test_a_betalingskenmerk_of_others_is_recognised(reference: str) -> None:
    assert is_valid_betalingskenmerk(reference)


@pytest.mark.parametrize("reference", ["4812345679", "4712345678", "12345678", "123456789012345", "48a2345678", ""])
def test_a_wrong_betalingskenmerk_is_recognised(reference: str) -> None:
    assert not is_valid_betalingskenmerk(reference)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0108068171", "010/8068/17183"),
        ("2026000012", "202/6000/01206"),
        ("2026-000012", "202/6000/01206"),
        ("0000000097", "000/0000/09797"),
        ("97", "000/0000/09797"),
    ],
)
def test_an_ogm_ends_in_its_remainder(number: str, expected: str) -> None:
    assert make_ogm(number) == expected
    assert is_valid_ogm(expected)
    assert is_valid_ogm(f"+++{expected}+++")


@pytest.mark.parametrize("reference", ["010/8068/17184", "010/8068/1718", "000/0000/09700", "abc/defg/hijkl", ""])
def test_a_wrong_ogm_is_recognised(reference: str) -> None:
    assert not is_valid_ogm(reference)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("123456", "1234561"), ("2026001", "20260011"), ("2026-001", "20260011"), ("100", "1009"), ("4321", "43216")],
)
def test_a_viite_ends_in_its_check_digit(number: str, expected: str) -> None:
    assert make_viite(number) == expected
    assert is_valid_viite(expected)
    assert is_valid_viite(expected.zfill(20))


@pytest.mark.parametrize("reference", ["1234562", "009", "", "12 345x", "0000", "1" * 21])
def test_a_wrong_viite_is_recognised(reference: str) -> None:
    assert not is_valid_viite(reference)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2026000012", "RF362026000012"),
        ("2026-000012", "RF362026000012"),
        ("539007547034", "RF18539007547034"),
    ],
)
def test_an_rf_reference_begins_with_its_check_digits(number: str, expected: str) -> None:
    assert make_rf(number) == expected
    assert is_valid_rf(expected)


def test_a_viite_has_an_international_form() -> None:
    assert make_rf_viite("20260011") == "RF5220260011"
    assert make_rf_viite("00020260011") == "RF5220260011"
    with pytest.raises(ReferenceUnfit):
        make_rf_viite("20260012")


def told_wrong(family: str, is_valid: Callable[[str], bool]) -> list[str]:
    """The numbers of the outside file that we take for something else than it does."""
    with (CORPORA / "5_business" / "identifier_numbers.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["family"] == family]
    assert len(rows) > 80
    return [row["number"] for row in rows if is_valid(row["number"]) != (row["expect"] == "valid")]


@needs_corpora("5_business", "identifier_numbers.csv")
def test_known_rf_references_are_told_apart() -> None:
    assert told_wrong("iso11649", is_valid_rf) == []


@needs_corpora("5_business", "identifier_numbers.csv")
def test_known_ibans_are_told_apart_but_for_their_national_parts() -> None:
    """One from outside SEPA is too short, one has digits for letters in its bank code, one a wrong Spanish check."""
    assert told_wrong("iban", is_valid_iban) == [
        "BA30 1290 0794 0102 84",
        "GI22 NW3K 0000 0000 7099 453",
        "ES2121000418450200051331",
    ]


def test_an_iban_is_read_in_groups_of_four() -> None:
    assert grouped_iban("nl91 ABNA0417164300").split("\N{NO-BREAK SPACE}") == ["NL91", "ABNA", "0417", "1643", "00"]


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (ReferenceKind.RF, ""),
        (ReferenceKind.RF, "A" * 22),
        (ReferenceKind.RF, "RÄ12"),
        (ReferenceKind.RF, "12+3"),
        (ReferenceKind.VIITE, "12"),
        (ReferenceKind.VIITE, "000012"),
        (ReferenceKind.VIITE, "1" * 20),
        (ReferenceKind.VIITE, "R2026001"),
        (ReferenceKind.VIITE, "٣٤٥٦"),
        (ReferenceKind.BETALINGSKENMERK, ""),
        (ReferenceKind.BETALINGSKENMERK, "1" * 16),
        (ReferenceKind.BETALINGSKENMERK, "R2026"),
        (ReferenceKind.OGM, ""),
        (ReferenceKind.OGM, "1" * 11),
        (ReferenceKind.OGM, "2026A12"),
    ],
)
def test_a_number_that_does_not_fit_is_refused_not_cut(kind: ReferenceKind, number: str) -> None:
    with pytest.raises(ReferenceUnfit):
        make_reference(kind, number)


# --- properties -------------------------------------------------------------------------------------------------------

CHECKS = {
    ReferenceKind.RF: (is_valid_rf, 21),
    ReferenceKind.VIITE: (is_valid_viite, 19),
    ReferenceKind.BETALINGSKENMERK: (is_valid_betalingskenmerk, 15),
    ReferenceKind.OGM: (is_valid_ogm, 10),
}


@given(st.sampled_from(ReferenceKind), st.integers(100, 10**18))
def test_what_we_make_is_valid(kind: ReferenceKind, number: int) -> None:
    is_valid, length_max = CHECKS[kind]
    if len(str(number)) <= length_max:
        assert is_valid(make_reference(kind, str(number)))


@given(st.sampled_from(ReferenceKind), st.integers(10**7, 10**10 - 1), st.data())
def test_one_wrong_digit_is_always_noticed(kind: ReferenceKind, number: int, data: st.DataObject) -> None:
    """The Dutch check by 11 is the exception: it has two remainders too few, so it notices most, not all."""
    is_valid, _ = CHECKS[kind]
    reference = make_reference(kind, str(number))
    places = [place for place, character in enumerate(reference) if character.isdigit()]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != reference[place]]))

    spoiled = reference[:place] + other + reference[place + 1 :]

    if kind is not ReferenceKind.BETALINGSKENMERK:
        assert not is_valid(spoiled)


@given(st.sampled_from(ReferenceKind), st.integers(10**7, 10**10 - 1), st.integers(10**7, 10**10 - 1))
def test_two_numbers_never_share_a_reference(kind: ReferenceKind, one: int, other: int) -> None:
    references = {make_reference(kind, str(number)) for number in (one, other)}

    assert len(references) == len({one, other})
