"""The text of the SEPA QR code on an invoice (EPC069-12, "Quick Response Code: Guidelines", version 002)."""

from rebill.rules.errors import Invalid
from rebill.rules.money import Money
from rebill.rules.references import compact_iban, is_valid_iban, is_valid_rf

_AMOUNT_MIN, _AMOUNT_MAX = 1, 99_999_999_999
_BYTES_MAX = 331


class NotPayableByCode(Invalid):
    """No SEPA QR code can say this: not euro, nothing to pay, no valid IBAN, or texts that do not fit."""


def epc_payload(
    *, name: str, iban: str, amount: Money, bic: str = "", rf_reference: str = "", remittance: str = ""
) -> str:
    """The payload of the code: a SEPA credit transfer of `amount` to `name`, with an RF reference or free text.

    Refuses other currencies than euro and amounts outside 0.01 to 999,999,999.99: a credit note has no code. A text
    that is too long is refused too, for a cut reference could not be matched.
    """
    if amount.currency != "EUR" or not _AMOUNT_MIN <= amount.minor <= _AMOUNT_MAX:
        raise NotPayableByCode(f"{amount} cannot be paid by SEPA QR code: 0.01 to 999999999.99 EUR can.")
    if not is_valid_iban(iban):
        raise NotPayableByCode(f"{iban!r} is not a valid IBAN.")
    if rf_reference and remittance:
        raise NotPayableByCode("A payment has a structured reference or a free text, not both.")
    if rf_reference and not is_valid_rf(rf_reference):
        raise NotPayableByCode(f"{rf_reference!r} is not a valid RF reference.")
    code = bic.replace(" ", "").upper()
    if code and not (len(code) in (8, 11) and code.isascii() and code.isalnum()):
        raise NotPayableByCode(f"{bic!r} is not a BIC.")
    payload = "\n".join(
        (
            "BCD",
            "002",
            "1",  # UTF-8
            "SCT",
            code,
            _text(name, "name", 70, required=True),
            compact_iban(iban),
            f"EUR{amount.decimal}",
            "",  # purpose
            rf_reference.replace(" ", "").upper(),
            _text(remittance, "remittance", 140),
        )
    ).rstrip("\n")
    if len(payload.encode()) > _BYTES_MAX:
        raise NotPayableByCode(f"The code would have more than {_BYTES_MAX} bytes.")
    return payload


def _text(text: str, what: str, length_max: int, *, required: bool = False) -> str:
    # A line break inside a text would shift every field after it.
    line = " ".join(text.split())
    if required and not line:
        raise NotPayableByCode(f"The {what} is missing.")
    if len(line) > length_max or not line.isprintable():
        raise NotPayableByCode(f"The {what} has more than {length_max} characters, or some that cannot be printed.")
    return line
