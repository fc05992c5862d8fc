"""Telephone numbers as E.164, from what a switch wrote down: as libphonenumber reads them.

A number is its E.164 digits without the plus. What is no number of a country, such as an emergency number, another
short code or an extension, is kept as it was dialled, behind an equals sign: "31612345678", "=112".
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberDesc

AS_DIALLED = "="
# What has so many digits is a number, although its country is not known to have any of its length.
LONG = 8
_MOST = 100_000
_NATIONAL_DIGITS_MAX = 17
_ADDRESS = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_BEHIND = re.compile(r"[@;].*$", re.DOTALL)
_BETWEEN = re.compile(r"[\s()./-]")
_DIALLED = re.compile(r"\+?[0-9]+")


class Unprefixed(StrEnum):
    """What a number is that begins with no prefix: that of a country, or one of the seller's own country.

    DIGITS: the switch has made all numbers E.164 already, so that no prefix is looked for but the plus.
    """

    INTERNATIONAL = "international"
    NATIONAL = "national"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Dialling:
    """How numbers are dialled at a switch: in which country, and with which prefixes for a line or a trunk before it.

    The first prefix of `strip` that a number begins with is taken off.
    """

    country: str
    strip: tuple[str, ...] = ()
    unprefixed: Unprefixed = Unprefixed.INTERNATIONAL


@dataclass(frozen=True, slots=True)
class Patterns:
    """The forms that most numbers have, as regular expressions: a number that fits one needs no more than cutting.

    `abroad` is the prefix before the number of a country. Digits that fit `international`, and do not begin as `again`
    says, are the number; so are those that fit `foreign` and not `national`, the numbers that the
    country has. `bare`
    is a national number, and `home` one behind its prefix `0`: both are empty where the country has another way.
    `short` is dialled as it is.
    """

    country_code: str
    abroad: str
    international: str
    foreign: str
    again: str
    national: str
    bare: str
    home: str
    short: str


def bare_text(text: str) -> str:
    """What was dialled, without the rest of its SIP address and without what people write between digits."""
    return _BETWEEN.sub("", _BEHIND.sub("", _ADDRESS.sub("", text.strip())))


@lru_cache(maxsize=_MOST)
def number_of(text: str, dialling: Dialling) -> str:
    """The number as calls have it; empty for an empty text."""
    dialled = _stripped(bare_text(text), dialling.strip)
    if not dialled:
        return ""
    if not _DIALLED.fullmatch(dialled):
        return AS_DIALLED + dialled
    short = patterns_of(dialling.country).short
    if short and re.match(short, dialled):
        return AS_DIALLED + dialled
    if dialling.unprefixed is Unprefixed.DIGITS and not dialled.startswith("+"):
        return dialled
    is_explicit = dialled.startswith("+") or bool(re.match(f"(?:{_abroad(dialling.country)})[1-9]", dialled))
    if is_explicit:
        return _parsed(dialled, dialling.country) or AS_DIALLED + dialled
    if dialling.unprefixed is Unprefixed.INTERNATIONAL and not dialled.startswith("0"):
        return (
            _parsed(f"+{dialled}", dialling.country, is_possible=True)
            or _parsed(dialled, dialling.country, is_valid=True)
            or (_parsed(f"+{dialled}", dialling.country) if len(dialled) >= LONG else "")
            or AS_DIALLED + dialled
        )
    return _parsed(dialled, dialling.country, is_possible=True) or AS_DIALLED + dialled


@lru_cache
def patterns_of(country: str) -> Patterns:
    """The forms of numbers dialled in a country."""
    metadata = _of_country(country)
    short = PhoneMetadata.short_metadata_for_region(country)
    codes = short.short_code if short is not None else None
    lengths, again, foreign = [], [], []
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        of_code = _of_code(code)
        foreign.append(f"{code}[0-9]{{{LONG - len(str(code))},{_NATIONAL_DIGITS_MAX}}}")
        lengths.append(f"{code}(?:{_lengths(_general(of_code).possible_length)})")
        if of_code.national_prefix_for_parsing:
            again.append(f"{code}(?:{of_code.national_prefix_for_parsing})")
    parsing = metadata.national_prefix_for_parsing or ""
    general = _general(metadata).national_number_pattern
    is_zero = metadata.national_prefix == "0" and not metadata.national_prefix_transform_rule
    is_plain = is_zero and (parsing == "0" or parsing.startswith("0|"))
    return Patterns(
        country_code=str(metadata.country_code),
        abroad=_digits(f"^(?:{_abroad(country)})"),
        international=_digits(f"^(?:{'|'.join(lengths)})$"),
        foreign=f"^(?:{'|'.join(foreign)})$",
        again=_digits(f"^(?:{'|'.join(again)})"),
        national=_digits(f"^(?:{'|'.join(_kinds(phonenumbers.country_code_for_region(country)))})$"),
        bare=_digits(f"^(?:{general})$") if is_plain else "",
        home=_digits(f"^0(?:{general})$") if is_plain else "",
        short=_digits(f"^(?:{codes.national_number_pattern})$") if codes is not None else "",
    )


def is_country(country: str) -> bool:
    """Whether it is known how numbers are dialled in the country with this ISO code."""
    return country in phonenumbers.SUPPORTED_REGIONS


def _stripped(dialled: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if dialled.startswith(prefix) and len(dialled) > len(prefix):
            return dialled.removeprefix(prefix)
    return dialled


def _parsed(dialled: str, country: str, *, is_possible: bool = False, is_valid: bool = False) -> str:
    try:
        number = phonenumbers.parse(dialled, country)
    except NumberParseException:
        return ""
    if is_possible and not phonenumbers.is_possible_number(number):
        return ""
    if is_valid and not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _kinds(country_code: int) -> list[str]:
    """The patterns of every kind of number that the countries with this code have, as `is_valid_number` asks them."""
    patterns = []
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[country_code]:
        own = _of_country(region)
        kinds = (
            own.fixed_line, own.mobile, own.toll_free, own.premium_rate, own.shared_cost, own.personal_number,
            own.voip, own.pager, own.uan, own.voicemail,
        )  # fmt: skip
        patterns += [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return patterns


def _abroad(country: str) -> str:
    return _of_country(country).international_prefix or "00"


def _of_country(country: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(country)
    assert metadata is not None
    return metadata


def _general(metadata: PhoneMetadata) -> PhoneNumberDesc:
    assert metadata.general_desc is not None
    return metadata.general_desc


def _of_code(code: int) -> PhoneMetadata:
    region = phonenumbers.region_code_for_country_code(code)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    assert metadata is not None
    return metadata


def _lengths(possible: tuple[int, ...]) -> str:
    return "|".join(f"[0-9]{{{length}}}" for length in possible)


def _digits(pattern: str) -> str:
    """The pattern for our own digits only; other scripts' digits are none that a switch writes."""
    return pattern.replace(r"\d", "[0-9]")
