"""Numbers that others give to parties: how they are written here, and whether their check digits are right.

python-stdnum knows the check digits. A failing checksum is a warning and never a refusal: people copy numbers wrongly,
and even documentation prints wrong ones, but the invoice has to go out.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from django.utils.translation import gettext as _
from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum.be import vat as be_enterprise
from stdnum.eu import vat as eu_vat
from stdnum.fi import ytunnus
from stdnum.gb import vat as gb_vat

from rebill.kit.errors import Problem

_SEPARATORS = re.compile(r"[\s.\-/·‐-―]+")
_KVK = re.compile(r"\d{8}")
_HANDELSREGISTER = re.compile(r"(HRA|HRB|GNR|PR|VR|GSR)(\d{1,6})([A-Z]{0,3})")
_REGISTERS = {"GNR": "GnR", "GSR": "GsR"}
# VAT ids outside the Union that python-stdnum can check and that partners meet.
_OUTSIDE_UNION: dict[str, Callable[[str], bool]] = {"GB": gb_vat.is_valid}


def compact(number: str) -> str:
    """The number in capitals without spaces, dots, dashes and slashes."""
    return _SEPARATORS.sub("", number).upper()


# --- VAT ids --------------------------------------------------------------------------------------------------------


def tidy_vat_id(vat_id: str, country: str) -> str:
    """The VAT id as documents need it: compact, with the letters of its member state.

    Letters are added only where that gives a right id of the party's own country. What is no VAT id of any member
    state stays as it is, without separators.
    """
    plain = compact(vat_id)
    if not plain or _is_right_vat_id(plain):
        return _full_vat_id(plain)
    prefixed = _vat_prefix(country) + plain
    return _full_vat_id(prefixed) if _is_right_vat_id(prefixed) else plain


def vat_id_is_valid(vat_id: str, country: str) -> bool:
    """Whether the form and check digits are right, for the member state it names or else for `country`."""
    return _is_right_vat_id(tidy_vat_id(vat_id, country))


def _vat_prefix(country: str) -> str:
    return "EL" if country == "GR" else country


@lru_cache(maxsize=4096)
def _is_right_vat_id(plain: str) -> bool:
    if plain[:2] in _OUTSIDE_UNION:
        return _OUTSIDE_UNION[plain[:2]](plain)
    # "EU" and "IM" are numbers of the one-stop shop: no supply to them is free of VAT, so they are no VAT ids here.
    return plain[:2] not in {"EU", "IM"} and plain.isascii() and bool(eu_vat.is_valid(plain))


def _full_vat_id(plain: str) -> str:
    """BE 403 170 701 was given before 2007 and is BE0403170701 now; other right ids are whole already."""
    return str(eu_vat.compact(plain)) if plain.startswith("BE") and _is_right_vat_id(plain) else plain


# --- chamber of commerce --------------------------------------------------------------------------------------------


def tidy_chamber_id(chamber_id: str, country: str) -> str:
    """The chamber of commerce id as its country writes it; elsewhere, or when it does not fit, as it was given."""
    given = " ".join(chamber_id.split())
    plain = compact(given)
    if country == "NL" and _KVK.fullmatch(plain.removeprefix("KVK")):
        return plain.removeprefix("KVK")
    if country == "FI" and _is(ytunnus.is_valid, plain.removeprefix("FI")):
        return str(ytunnus.format(plain.removeprefix("FI")))
    if country == "BE" and _is(be_enterprise.is_valid, plain):
        return str(be_enterprise.compact(plain))
    if country == "DE" and (entry := _HANDELSREGISTER.fullmatch(plain)):
        register, number, letters = entry.groups()
        return f"{_REGISTERS.get(register, register)} {number} {letters}".rstrip()
    return given


def _is(valid: Callable[[str], bool], number: str) -> bool:
    return bool(number) and valid(number)


def _chamber_id_fits(chamber_id: str, country: str) -> bool:
    plain = compact(chamber_id)
    if country == "NL":
        return bool(_KVK.fullmatch(plain))
    if country == "FI":
        return _is(ytunnus.is_valid, plain)
    if country == "BE":
        return _is(be_enterprise.is_valid, plain)
    if country == "DE":
        return bool(_HANDELSREGISTER.fullmatch(plain))
    return True


# --- bank accounts --------------------------------------------------------------------------------------------------


def iban_is_valid(iban: str) -> bool:
    """Whether the length, form and check digits of the account number are right."""
    return _is(stdnum_iban.is_valid, compact(iban))


def bic_is_valid(bic: str) -> bool:
    """Whether the bank's code has the form of ISO 9362."""
    return _is(stdnum_bic.is_valid, compact(bic))


# --- problems -------------------------------------------------------------------------------------------------------


def vat_id_problems(vat_id: str, country: str, *, where: str) -> list[Problem]:
    """A warning when the VAT id is there and its check digits are wrong."""
    if not vat_id or vat_id_is_valid(vat_id, country):
        return []
    why = _("The form or the check digits are not those of a VAT id.")
    return [_warning("party.vat_id_doubtful", where, why, vat_id)]


def chamber_id_problems(chamber_id: str, country: str, *, where: str) -> list[Problem]:
    """A warning when the id does not fit what the chamber of commerce of the country gives."""
    if not chamber_id or _chamber_id_fits(chamber_id, country):
        return []
    expected = {
        "NL": _("A KvK number has 8 digits."),
        "FI": _("The form or the check digit is not that of a Y-tunnus."),
        "BE": _("The form or the check digits are not those of an enterprise number."),
        "DE": _("A register number looks like HRB 12345."),
    }[country]
    return [_warning("party.chamber_id_doubtful", where, expected, chamber_id)]


def account_problems(iban: str, bic: str, *, where: str) -> list[Problem]:
    """Warnings about a bank account whose IBAN or BIC cannot be right."""
    problems = []
    if not iban_is_valid(iban):
        why = _("The length or the check digits are not those of an IBAN.")
        problems.append(_warning("party.iban_doubtful", where, why, iban))
    if bic and not bic_is_valid(bic):
        why = _("A BIC has 8 or 11 letters and digits, such as ABNANL2A.")
        problems.append(_warning("party.bic_doubtful", where, why, bic))
    return problems


def _warning(what: str, where: str, why: str, value: str) -> Problem:
    remedy = _("Compare it with a document of theirs and correct it.")
    return Problem(what=what, where=where, why=why, remedy=remedy, value=value, blocking=False)
