"""Payment references with check digits: RF (ISO 11649), the Finnish viite, the Dutch betalingskenmerk, the Belgian OGM.

A reference is made from a document or customer number; letters are kept only by RF. What does not fit is refused, never
cut: a cut reference would match another customer's payment.
"""

from collections.abc import Callable
from enum import StrEnum
from string import ascii_uppercase

from rebill.rules.errors import Invalid

_IBAN_LENGTHS = {
    "AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip


class ReferenceUnfit(Invalid):
    """The number cannot become a reference of this kind: too long, too short, or of other characters."""


class ReferenceKind(StrEnum):
    """RF anywhere in SEPA; the others in their country only."""

    RF = "rf"
    VIITE = "viite"
    BETALINGSKENMERK = "betalingskenmerk"
    OGM = "ogm"


def make_reference(kind: ReferenceKind, number: str) -> str:
    """The payment reference for a document or customer number such as "2026-00012"."""
    return _MAKERS[kind](number)


def make_rf(number: str) -> str:
    """ISO 11649: "RF", two check digits, up to 21 letters and digits, in capitals and without separators."""
    body = _without_separators(number).upper()
    if not body or len(body) > 21 or not _is_plain(body):
        raise ReferenceUnfit(f"{number!r}: RF references hold 1 to 21 letters and digits.")
    return f"RF{98 - _mod_97(body + 'RF00'):02}{body}"


def make_viite(number: str) -> str:
    """Finnish viite: 3 to 19 digits and a check digit (weights 7, 3, 1 from the right)."""
    digits = _digits(number).lstrip("0")
    if not 3 <= len(digits) <= 19:
        raise ReferenceUnfit(f"{number!r}: a viite holds 3 to 19 digits besides its check digit.")
    return digits + _viite_check(digits)


def make_rf_viite(viite: str) -> str:
    """The international form of a viite."""
    if not is_valid_viite(viite):
        raise ReferenceUnfit(f"{viite!r} is not a valid viite.")
    return make_rf(viite.lstrip("0"))


def make_betalingskenmerk(number: str) -> str:
    """Dutch betalingskenmerk: 7 digits as they are; 8 to 12 with check and length digit; up to 15 with check digit.

    Betaalvereniging Nederland: weights 2 4 8 5 10 9 7 3 6 1 from the right; 16, 9 to 14 or 7 digits in all.
    """
    digits = _digits(number)
    if not digits or len(digits) > 15:
        raise ReferenceUnfit(f"{number!r}: a betalingskenmerk holds 1 to 15 digits.")
    if len(digits) <= 7:
        return digits.zfill(7)
    checked = f"{len(digits) % 10}{digits}" if len(digits) <= 12 else digits.zfill(15)
    return _betalingskenmerk_check(checked) + checked


def make_ogm(number: str) -> str:
    """Belgian structured communication: ten digits and their remainder by 97 (0 is written 97), as 010/8068/17183."""
    digits = _digits(number)
    if not digits or len(digits) > 10:
        raise ReferenceUnfit(f"{number!r}: a structured communication holds 1 to 10 digits.")
    digits = digits.zfill(10)
    digits += f"{int(digits) % 97 or 97:02}"
    return f"{digits[:3]}/{digits[3:7]}/{digits[7:]}"


def is_valid_rf(reference: str) -> bool:
    text = _without_separators(reference).upper()
    return text[:2] == "RF" and text[2:4].isdigit() and 5 <= len(text) <= 25 and _is_checked(text)


def is_valid_viite(reference: str) -> bool:
    digits = reference.replace(" ", "").lstrip("0")
    return 4 <= len(digits) <= 20 and _all_digits(digits) and _viite_check(digits[:-1]) == digits[-1]


def is_valid_betalingskenmerk(reference: str) -> bool:
    """Seven digits have nothing to check and pass."""
    digits = reference.replace(" ", "")
    if not _all_digits(digits) or len(digits) not in (7, 9, 10, 11, 12, 13, 14, 16):
        return False
    if len(digits) == 7:
        return True
    if len(digits) < 16 and int(digits[1]) != (len(digits) - 2) % 10:
        return False
    return _betalingskenmerk_check(digits[1:]) == digits[0]


def is_valid_ogm(reference: str) -> bool:
    digits = reference.strip("+* ").replace("/", "").replace(" ", "")
    return len(digits) == 12 and _all_digits(digits) and int(digits[10:]) == (int(digits[:10]) % 97 or 97)


def is_valid_iban(iban: str) -> bool:
    """Whether check digits and, in SEPA, the country's length stand (ISO 13616). Bank codes are not looked at."""
    text = compact_iban(iban)
    if not (15 <= len(text) <= 34 and text[:2].isalpha() and text[2:4].isdigit() and _is_checked(text)):
        return False
    return _IBAN_LENGTHS.get(text[:2], len(text)) == len(text)


def compact_iban(iban: str) -> str:
    """An IBAN as files and codes want it: capitals, without spaces, dashes and points."""
    return iban.replace(" ", "").replace("-", "").replace(".", "").upper()


def grouped_iban(iban: str) -> str:
    """An IBAN as people read it: groups of four (ISO 13616-1), which no line break parts."""
    compact = compact_iban(iban)
    return _NO_BREAK.join(compact[start : start + 4] for start in range(0, len(compact), 4))


def _is_checked(text: str) -> bool:
    return _is_plain(text) and _mod_97(text[4:] + text[:4]) == 1


def _mod_97(text: str) -> int:
    """ISO 7064 MOD 97-10; letters count A = 10 to Z = 35."""
    return int(text.upper().translate(_LETTERS_AS_NUMBERS)) % 97


_NO_BREAK = "\N{NO-BREAK SPACE}"
_LETTERS_AS_NUMBERS = {ord(letter): str(number) for number, letter in enumerate(ascii_uppercase, start=10)}


def _viite_check(digits: str) -> str:
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _betalingskenmerk_check(digits: str) -> str:
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)
    total = sum(int(digit) * weights[place % 10] for place, digit in enumerate(reversed(digits)))
    check = 11 - total % 11
    return {10: "1", 11: "0"}.get(check, str(check))


def _digits(number: str) -> str:
    digits = "".join(character for character in number if character in "0123456789")
    if len(digits) != len(_without_separators(number)):
        raise ReferenceUnfit(f"{number!r} has letters, and this kind of reference holds digits only.")
    return digits


def _without_separators(number: str) -> str:
    return number.translate(_SEPARATORS)


_SEPARATORS = dict.fromkeys(map(ord, " .-/_#"))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


_MAKERS: dict[ReferenceKind, Callable[[str], str]] = {
    ReferenceKind.RF: make_rf,
    ReferenceKind.VIITE: make_viite,
    ReferenceKind.BETALINGSKENMERK: make_betalingskenmerk,
    ReferenceKind.OGM: make_ogm,
}
