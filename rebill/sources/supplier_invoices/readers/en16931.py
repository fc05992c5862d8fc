"""What a person should know about a document of EN 16931 before relying on it: sums that do not add up, parties that
cannot be told, codes that nobody has.

These are the rules of the standard and of NLCIUS that decide what we owe, to whom and what for; it is no validator. The
names of the rules stand beside them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from rebill.sources.supplier_invoices.contract import Doubt

CENT = Decimal("0.01")
# UNTDID 1001: credit notes, and what NLCIUS allows at all.
CREDIT_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
_NLCIUS_CODES = frozenset({"380", "381", "384", "389"})
_DUTCH_SCHEMES = frozenset({"0106", "0190"})
# Electronic address schemes that have been taken off the list, or never were on it.
_GONE_ADDRESSES = frozenset({"9901", "9902", "9904", "9905", "9906", "9908", "9909", "9912", "9917", "9921", "9958"})
_ICD = re.compile(r"0\d{3}")
_CLASSES = re.compile(r"[A-Z]{2,3}")


class PartyFacts(NamedTuple):
    """What is said of a party, as far as it is looked at."""

    country: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""
    scheme: str = ""
    number: str = ""
    legal_entities: int = 1

    @property
    def has_whole_address(self) -> bool:
        return bool(self.street and self.city and self.postcode)


class VatGroup(NamedTuple):
    """An amount under a VAT category and rate, and its VAT."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal = Decimal(0)


@dataclass(slots=True)
class DocumentFacts:
    """What the doubts are about, the same for UBL and CII."""

    profile: str = ""
    type_code: str = ""
    is_credit_note: bool = False
    stated_rows: Decimal | None = None
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    payable: Decimal | None = None
    groups: list[VatGroup] = field(default_factory=list)
    lines: list[VatGroup] = field(default_factory=list)
    address_schemes: list[str] = field(default_factory=list)
    party_schemes: list[str] = field(default_factory=list)
    class_lists: list[str] = field(default_factory=list)
    seller: PartyFacts = field(default_factory=PartyFacts)
    buyer: PartyFacts = field(default_factory=PartyFacts)
    representative: PartyFacts | None = None
    has_reference: bool = False
    has_order: bool = False
    has_order_lines: bool = False
    has_original: bool = False
    has_payment_means: bool = False
    has_advances: bool = False


def doubts_of(facts: DocumentFacts) -> Iterator[Doubt]:
    """Everything doubtful about the document."""
    yield from _sums(facts)
    yield from _vat(facts)
    yield from _codes(facts)
    if "nlcius" in facts.profile:
        yield from _nlcius(facts)


def _sums(facts: DocumentFacts) -> Iterator[Doubt]:
    # BR-CO-10, -13, -15, -16
    rows = sum((each.base for each in facts.lines), Decimal(0))
    if facts.stated_rows is not None:
        if facts.lines and rows != facts.stated_rows:
            yield Doubt("rows_differ", f"{rows} / {facts.stated_rows}")
        if facts.stated_rows - facts.allowances + facts.charges != facts.net:
            yield Doubt("net_differs", str(facts.net))
    if facts.net + facts.vat != facts.gross:
        yield Doubt("gross_differs", str(facts.gross))
    if facts.payable is not None and facts.gross - facts.prepaid + facts.rounding != facts.payable:
        yield Doubt("payable_differs", str(facts.payable))
    if facts.has_advances or facts.prepaid:
        yield Doubt("paid_before", str(facts.prepaid))


def _vat(facts: DocumentFacts) -> Iterator[Doubt]:
    # BR-S-08: what stands under a rate is what its lines come to.
    if not facts.lines or not facts.groups:
        return
    by_rate: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in facts.lines:
        by_rate[line.category, line.rate] += line.base
    for group in facts.groups:
        found = by_rate.get((group.category, group.rate), Decimal(0))
        # Allowances on the whole document stand in no line.
        slack = abs(facts.allowances) + abs(facts.charges)
        if abs(found - group.base) > slack + CENT:
            yield Doubt("vat_base_differs", f"{group.category} {group.rate}: {group.base} / {found}")


def _codes(facts: DocumentFacts) -> Iterator[Doubt]:
    if not facts.profile:
        yield Doubt("no_profile")  # BR-01
    if facts.is_credit_note and facts.type_code not in CREDIT_CODES:
        yield Doubt("type_code", facts.type_code)  # BR-CL-01
    if not facts.is_credit_note and facts.type_code in CREDIT_CODES:
        yield Doubt("type_code", facts.type_code)
    if max(facts.seller.legal_entities, facts.buyer.legal_entities) > 1:
        yield Doubt("several_names")  # UBL-SR-09, -15
    for scheme in facts.address_schemes:
        if scheme in _GONE_ADDRESSES:
            yield Doubt("scheme_unknown", scheme)  # BR-CL-25
    for scheme in facts.party_schemes:
        if scheme and not _ICD.fullmatch(scheme) and scheme != "SEPA":
            yield Doubt("scheme_unknown", scheme)  # BR-CL-10
    for listed in facts.class_lists:
        if not _CLASSES.fullmatch(listed) or listed == "CVD":
            yield Doubt("class_unknown", listed)  # BR-CL-13


def _nlcius(facts: DocumentFacts) -> Iterator[Doubt]:
    seller, buyer = facts.seller, facts.buyer
    if facts.type_code not in _NLCIUS_CODES:
        yield Doubt("type_code", facts.type_code)  # BR-NL-7
    if seller.country == "NL":
        if seller.scheme not in _DUTCH_SCHEMES or not seller.number:
            yield Doubt("seller_number")  # BR-NL-1
        if not facts.has_reference and not facts.has_order:
            yield Doubt("no_reference")  # BR-NL-2
        if not seller.has_whole_address:
            yield Doubt("seller_address")  # BR-NL-3
        if buyer.country == "NL" and not buyer.has_whole_address:
            yield Doubt("buyer_address")  # BR-NL-4
        other = facts.representative
        if other is not None and other.country == "NL" and not other.has_whole_address:
            yield Doubt("representative_address")  # BR-NL-5
        if facts.type_code == "384" and not facts.has_original:
            yield Doubt("no_original")  # BR-NL-9
        if buyer.country == "NL" and (buyer.scheme not in _DUTCH_SCHEMES or not buyer.number):
            yield Doubt("buyer_number")  # BR-NL-10
        if facts.gross > 0 and not facts.is_credit_note and not facts.has_payment_means:
            yield Doubt("no_payment_means")  # BR-NL-11
        if facts.has_order_lines and not facts.has_order:
            yield Doubt("no_order")  # BR-NL-13
