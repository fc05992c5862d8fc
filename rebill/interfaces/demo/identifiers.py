"""Numbers of invented parties whose check digits are right, so that VAT is decided as for real ones."""

from collections.abc import Sequence
from random import Random

from stdnum.iso7064 import mod_11_10


def dutch_vat_id(random: Random) -> str:
    """NL, nine digits of which the last follows from the others, and B01."""
    while True:
        digits = [8, *(random.randrange(10) for _ in range(7))]
        check = _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"NL{_joined(digits)}{check}B01"


def belgian_vat_id(random: Random) -> str:
    """BE, and ten digits of which the last two follow from the others."""
    first = random.randrange(4_000_000, 7_999_999)
    return f"BE0{first}{97 - first % 97:02}"


def german_vat_id(random: Random) -> str:
    """DE, and nine digits of which the last follows from the others."""
    first = str(random.randrange(10_000_000, 39_999_999))
    return f"DE{first}{mod_11_10.calc_check_digit(first)}"


def finnish_vat_id(random: Random) -> str:
    """FI, and eight digits of which the last follows from the others."""
    while True:
        digits = [random.randrange(10) for _ in range(7)]
        check = -_weighted(digits, (7, 9, 10, 5, 8, 4, 2)) % 11
        if check < 10:
            return f"FI{_joined(digits)}{check}"


def dutch_chamber_id(random: Random) -> str:
    """A KvK number: eight digits, with the noughts in front that no firm of today has."""
    return f"00{random.randrange(100_000, 999_999)}"


def german_chamber_id(random: Random) -> str:
    """An entry in the register of companies."""
    return f"HRB {random.randrange(10_000, 99_999)}"


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


def _joined(digits: Sequence[int]) -> str:
    return "".join(map(str, digits))
