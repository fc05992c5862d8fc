"""Numbers of parties, compared whatever way they are written: a Y-tunnus, its VAT id and its OVT are one party.

A *key* is the one spelling in which two numbers are compared. Where a country's VAT id is made of its register number
the VAT id is the key: FI12345671 for 1234567-1 and 003712345671, BE0403170701 for 0403.170.701. A Dutch KvK number has
no VAT id in it and is the key KVK01234567.
"""

import re
from collections.abc import Iterator

_SEPARATORS = re.compile(r"[\s.\-/·‐-―]+")
# Letters of a VAT id; Greece calls itself EL there, Northern Ireland XI.
_VAT_COUNTRIES = frozenset(
    {
        "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT",
        "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
    }
)  # fmt: skip
_VAT = re.compile(r"([A-Z]{2})([0-9A-Z+*]{2,13})")
_OVT = re.compile(r"0037(\d{8})[0-9A-Z]{0,5}")
_SCHEMED = re.compile(r"(0106|0208|0212|0216|0213|9925|9944|9930)[: ]\s*(\S.*)")
# In running text a number must be unmistakable: a Y-tunnus has its dash, a KvK number its name.
_IN_TEXT = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<fi>\d{6,7}-\d)|(?P<vat>(?:FI ?\d{8}|NL ?\d{9} ?B ?\d{2}|BE ?[01]?\d{3}[. ]?\d{3}[. ]?\d{3}|DE ?\d{9}))"
    r"|(?i:kvk)(?:[\s:.\-]|nr|nummer)*(?P<kvk>\d{8})"
    r")(?![\w-])"
)


def keys_of(number: str, *, country: str = "") -> tuple[str, ...]:
    """The keys that the number may have, the likeliest first; none when it is no number of a party.

    `country` is whose number it probably is: eight bare digits are a KvK number in NL and a Y-tunnus in FI, and both
    where nothing is known.
    """
    schemed = _SCHEMED.fullmatch(number.strip())
    if schemed:
        country = {"0106": "NL", "9944": "NL", "0208": "BE", "9925": "BE", "9930": "DE"}.get(schemed[1], "FI")
        number = schemed[2]
    plain = _SEPARATORS.sub("", number).upper()
    if ovt := _OVT.fullmatch(plain):
        return (f"FI{ovt[1]}",)
    if plain.startswith("KVK") and plain[3:].isdigit():
        return (f"KVK{plain[3:].zfill(8)}",)
    vat = _VAT.fullmatch(plain)
    if vat and vat[1] in _VAT_COUNTRIES and any(letter.isdigit() for letter in vat[2]):
        return (_full(plain),)
    if not plain.isdigit():
        return ()
    return tuple(_bare(plain, country, has_dash="-" in number))


def _bare(digits: str, country: str, *, has_dash: bool) -> Iterator[str]:
    """The keys of digits without letters."""
    if has_dash and len(digits) in (7, 8):
        yield f"FI{digits.zfill(8)}"
    elif len(digits) == 8:
        if country != "FI":
            yield f"KVK{digits}"
        if country != "NL":
            yield f"FI{digits}"
    elif country == "BE" and len(digits) in (9, 10):
        yield f"BE{digits.zfill(10)}"
    elif country == "DE" and len(digits) == 9:
        yield f"DE{digits}"


def _full(vat_id: str) -> str:
    """Belgian numbers had nine digits before 2007 and begin with a nought since."""
    return f"BE{vat_id[2:].zfill(10)}" if vat_id.startswith("BE") else vat_id


def keys_in(text: str) -> tuple[str, ...]:
    """The keys of the numbers that stand in running text, in their order."""
    found = []
    for match in _IN_TEXT.finditer(text):
        if match["kvk"]:
            found.append(f"KVK{match['kvk']}")
        else:
            found.extend(keys_of(match["fi"] or match["vat"], country="FI" if match["fi"] else ""))
    return tuple(dict.fromkeys(found))


def without_numbers(text: str) -> str:
    """What is left of the text when such numbers and their brackets are taken out: mostly a name."""
    left = re.sub(r"\(\s*\)|\[\s*\]", " ", _IN_TEXT.sub(" ", text))
    return " ".join(left.split()).strip(" ,;:-–·|/")
