"""The text of the SEPA QR code."""

import pytest

from rebill.rules.epc import NotPayableByCode, epc_payload
from rebill.rules.money import Money

IBAN = "NL91 ABNA 0417 1643 00"
EUROS = Money(1230, "EUR")


def test_a_code_says_whom_to_pay_how_much_and_why() -> None:
    payload = epc_payload(name="Käyttö Oy", iban=IBAN, amount=EUROS, bic="ABNANL2A", remittance="2026-00012")

    assert payload.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "ABNANL2A",
        "Käyttö Oy",
        "NL91ABNA0417164300",
        "EUR12.30",
        "",
        "",
        "2026-00012",
    ]


def test_a_structured_reference_takes_the_place_of_the_text() -> None:
    payload = epc_payload(name="Waterkant", iban=IBAN, amount=EUROS, rf_reference="RF18 5390 0754 7034")

    assert payload.split("\n")[8:] == ["", "RF18539007547034"]


def test_a_code_without_reference_ends_with_the_amount() -> None:
    assert epc_payload(name="Waterkant", iban=IBAN, amount=EUROS).endswith("EUR12.30")


@pytest.mark.parametrize(("minor", "expected"), [(1, "EUR0.01"), (99_999_999_999, "EUR999999999.99"), (100, "EUR1.00")])
def test_an_amount_has_a_point_and_two_decimals(minor: int, expected: str) -> None:
    assert expected in epc_payload(name="Waterkant", iban=IBAN, amount=Money(minor, "EUR")).split("\n")


@pytest.mark.parametrize(
    "amount",
    [Money(0, "EUR"), Money(-100, "EUR"), Money(100_000_000_000, "EUR"), Money(100, "USD"), Money(100, "CHF")],
)
def test_an_amount_that_cannot_be_paid_is_refused(amount: Money) -> None:
    with pytest.raises(NotPayableByCode):
        epc_payload(name="Waterkant", iban=IBAN, amount=amount)


@pytest.mark.parametrize(
    "change",
    [
        {"iban": "NL91ABNA0417164301"},
        {"iban": ""},
        {"name": ""},
        {"name": "   "},
        {"name": "W" * 71},
        {"name": "Water\x00kant"},
        {"bic": "ABNA"},
        {"bic": "ABNANL2€"},
        {"rf_reference": "RF19539007547034"},
        {"remittance": "x" * 141},
        {"rf_reference": "RF18539007547034", "remittance": "2026-00012"},
        {"name": "漢" * 70, "remittance": "字" * 140},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NotPayableByCode):
        epc_payload(**{"name": "Waterkant", "iban": IBAN, "amount": EUROS, **change})  # type: ignore[arg-type]


def test_a_line_break_cannot_shift_the_fields() -> None:
    payload = epc_payload(name="Water\nkant", iban=IBAN, amount=EUROS, remittance="a\r\nb")

    assert payload.split("\n")[5] == "Water kant"
    assert payload.split("\n")[10] == "a b"
