"""What people and files enter, one field at a time: tidied into what the tables keep, or refused with a remedy.

The same functions serve forms, the command line and imports of 200,000 lines, so what one door refuses all refuse.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid
from rebill.rules.currencies import DIGITS

LANGUAGES = ("nl", "de", "fi", "en")
PAYMENT_TERM_DAYS_MAX = 365
EMAILS_MAX = 10
EMAIL_LENGTH_MAX = 254

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL_SEPARATORS = re.compile(r"[;,\s]+")
_TERRITORY = re.compile(r"[A-Z]{2}")

# A tidier gets the name of the field and what was entered, and gives what is kept.
Tidy = Callable[[str, object], Any]


class EntryRefused(Invalid):
    """One field cannot be kept as it was entered: which, why, and what to enter instead."""

    def __init__(self, field: str, *, why: str, remedy: str, value: object = "") -> None:
        super().__init__(f"{field}: {why} {remedy}")
        self.field = field
        self.why = why
        self.remedy = remedy
        self.value = "" if value is None else str(value)


def tidy_entries(entered: Mapping[str, object], tidiers: Mapping[str, Tidy]) -> dict[str, Any]:
    """Every entered field as it is kept. A name without a tidier is refused: it would be dropped in silence."""
    unknown = sorted(set(entered) - set(tidiers))
    if unknown:
        raise EntryRefused(unknown[0], why=_("There is no such field."), remedy=_("Check its name."))
    return {field: tidiers[field](field, value) for field, value in entered.items()}


# --- texts ----------------------------------------------------------------------------------------------------------


def text(length: int, *, required: bool = False) -> Tidy:
    """One line of text of at most `length` characters; outer and repeated spaces are removed."""

    def tidy(field: str, value: object) -> str:
        tidied = " ".join(_plain_text(field, value).split())
        if required and not tidied:
            raise EntryRefused(field, why=_("It is empty."), remedy=_("Enter it."))
        if len(tidied) > length:
            why = _("It is longer than %(length)s characters.") % {"length": length}
            raise EntryRefused(field, why=why, remedy=_("Shorten it."), value=tidied)
        return tidied

    return tidy


def text_of(model: type[models.Model], field: str, *, required: bool = False) -> Tidy:
    """One line of text that fits the column."""
    column = model._meta.get_field(field)
    assert isinstance(column, models.CharField)
    return text(column.max_length or 0, required=required)


def long_text(field: str, value: object) -> str:
    """Text of any number of lines."""
    return _plain_text(field, value).replace("\r\n", "\n").strip()


def _plain_text(field: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EntryRefused(field, why=_("It is no text."), remedy=_("Enter text."), value=value)
    if value.isprintable():
        return value
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        shown = value.encode("ascii", "replace").decode().replace("\0", "?")
        why = _("It holds characters that cannot be kept.")
        raise EntryRefused(field, why=why, remedy=_("Enter it again by hand."), value=shown)
    return "".join(character for character in value if character.isspace() or character >= " ")


def slug(field: str, value: object) -> str:
    """Small letters, digits and single dashes: what stands in addresses of pages."""
    tidied: str = text(60, required=True)(field, value)
    if not _SLUG.fullmatch(tidied):
        raise EntryRefused(
            field,
            why=_("It holds more than small letters, digits and single dashes."),
            remedy=_("Enter a short name such as noordwal-ict."),
            value=tidied,
        )
    return tidied


def colour(field: str, value: object) -> str:
    """A colour as #rrggbb."""
    tidied = _plain_text(field, value).strip().lower()
    if not _COLOUR.fullmatch(tidied):
        why = _("It is no colour of the form #rrggbb.")
        raise EntryRefused(field, why=why, remedy=_("Enter one such as #0d6b62."), value=tidied)
    return tidied


# --- choices --------------------------------------------------------------------------------------------------------


def one_of(allowed: Iterable[str], *, or_empty: bool = False) -> Tidy:
    """One of these words, whatever its capitals."""
    words = tuple(str(each) for each in allowed)

    def tidy(field: str, value: object) -> str:
        tidied = _plain_text(field, value).strip().lower()
        if tidied in words or (or_empty and not tidied):
            return tidied
        remedy = _("Enter one of: %(words)s.") % {"words": ", ".join(words)}
        raise EntryRefused(field, why=_("It is none of those that are known."), remedy=remedy, value=tidied)

    return tidy


language = one_of(LANGUAGES)
language_or_none = one_of(LANGUAGES, or_empty=True)


def languages(field: str, value: object) -> list[str]:
    """Languages, each once, in the order they were entered."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise EntryRefused(field, why=_("It is no list."), remedy=_("Enter a list of languages."), value=value)
    return list(dict.fromkeys(language(field, each) for each in value))


def currency(field: str, value: object) -> str:
    """An ISO 4217 code that money can be counted in."""
    tidied = _plain_text(field, value).strip().upper()
    if tidied not in DIGITS:
        why = _("It is no currency that is known.")
        raise EntryRefused(field, why=why, remedy=_("Enter a code such as EUR."), value=tidied)
    return tidied


def currency_or_none(field: str, value: object) -> str:
    """A currency, or empty for the seller's own."""
    return currency(field, value) if value else ""


def time_zone(field: str, value: object) -> str:
    """A time zone of the IANA database, which tells when the seller's day begins."""
    tidied = _plain_text(field, value).strip()
    if tidied not in available_timezones():
        why = _("It is no time zone that is known.")
        raise EntryRefused(field, why=why, remedy=_("Enter one such as Europe/Amsterdam."), value=tidied)
    return ZoneInfo(tidied).key


def country(field: str, value: object) -> str:
    """An ISO 3166-1 code of two letters, entered as code or as the name in one of the four languages."""
    entered = _plain_text(field, value).strip()
    code = _country_code(entered.casefold())
    if code is None:
        why = _("It is no country that is known.")
        raise EntryRefused(field, why=why, remedy=_("Enter the code of two letters, such as NL."), value=entered)
    return code


@lru_cache(maxsize=1024)
def _country_code(entered: str) -> str | None:
    return _countries().get(entered)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Codes and names to codes. EL is how VAT ids write Greece, UK how the British write themselves."""
    found = {"el": "GR", "uk": "GB", "holland": "NL", "the netherlands": "NL"}
    for spoken in LANGUAGES:
        for code, name in Locale(spoken).territories.items():
            if _TERRITORY.fullmatch(code) and code not in _NO_COUNTRIES:
                found |= {code.casefold(): code, name.casefold(): code}
    return found


# What CLDR lists beside countries: unions, pseudo-locales and the unknown region.
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


# --- numbers --------------------------------------------------------------------------------------------------------


def whole_number(least: int, most: int, *, or_none: bool = False) -> Tidy:
    """A whole number between two bounds, both included."""

    def tidy(field: str, value: object) -> int | None:
        if value is None and or_none:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            why = _("It is no whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise EntryRefused(field, why=why, remedy=_("Enter a number between the two."), value=value)
        return value

    return tidy


payment_term_or_none = whole_number(0, PAYMENT_TERM_DAYS_MAX, or_none=True)


def one_number_of(allowed: Collection[int]) -> Tidy:
    """One of these whole numbers."""

    def tidy(field: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            words = ", ".join(str(each) for each in sorted(allowed))
            remedy = _("Enter one of: %(words)s.") % {"words": words}
            raise EntryRefused(field, why=_("It is none of those that are known."), remedy=remedy, value=value)
        return value

    return tidy


def months(field: str, value: object) -> list[int]:
    """Months of the year from 1 to 12, each once and in order; also as text such as "1, 4, 7, 10"."""
    entered = re.split(r"[;,\s]+", value.strip(" ;,")) if isinstance(value, str) else value
    remedy = _("Enter numbers from 1 to 12, such as 1, 4, 7, 10.")
    if not isinstance(entered, Iterable):
        raise EntryRefused(field, why=_("It is no list of months."), remedy=remedy, value=value)
    numbers = set()
    for each in entered:
        if isinstance(each, str) and each.isdecimal():
            each = int(each)
        if each == "":
            continue
        if not isinstance(each, int) or isinstance(each, bool) or not 1 <= each <= 12:
            raise EntryRefused(field, why=_("It is no list of months."), remedy=remedy, value=value)
        numbers.add(each)
    return sorted(numbers)


def yes_or_no(field: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise EntryRefused(field, why=_("It is neither yes nor no."), remedy=_("Enter yes or no."), value=value)
    return value


# --- addresses ------------------------------------------------------------------------------------------------------


def email_or_none(field: str, value: object) -> str:
    """One e-mail address, or none."""
    entered = _plain_text(field, value).strip()
    if entered:
        _require_email(field, entered)
    return entered


def emails(field: str, value: object) -> list[str]:
    """E-mail addresses, each once; a text may hold several, parted by commas, semicolons or spaces."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Iterable):
        raise EntryRefused(field, why=_("It is no list."), remedy=_("Enter e-mail addresses."), value=value)
    found: dict[str, str] = {}
    for each in texts:
        for address in _EMAIL_SEPARATORS.split(_plain_text(field, each)):
            if address:
                _require_email(field, address)
                found.setdefault(address.casefold(), address)
    if len(found) > EMAILS_MAX:
        why = _("There are more than %(most)s addresses.") % {"most": EMAILS_MAX}
        raise EntryRefused(field, why=why, remedy=_("Use a mailing list."), value=len(found))
    return list(found.values())


def _require_email(field: str, address: str) -> None:
    try:
        validate_email(address)
        if len(address) > EMAIL_LENGTH_MAX:
            raise ValidationError(address)
    except ValidationError:
        why = _("It is no e-mail address.")
        remedy = _("Enter one such as name@example.com.")
        raise EntryRefused(field, why=why, remedy=remedy, value=address) from None


def keyed_texts(field: str, value: object) -> dict[str, str]:
    """Texts by key, such as the analytic keys of a customer; empty texts are left out."""
    if not isinstance(value, Mapping):
        raise EntryRefused(field, why=_("It holds no keys."), remedy=_("Enter keys with their texts."), value=value)
    one_line = text(80)
    tidied = {one_line(field, key): one_line(field, each) for key, each in value.items()}
    return {key: each for key, each in sorted(tidied.items()) if key and each}
