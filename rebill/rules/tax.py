"""Which VAT a supply falls under, and the VAT of a document: once per category and rate.

The articles named here are those of Directive 2006/112/EC; "IR" is Implementing Regulation (EU) 282/2011. Out of scope
are special territories (Canary Islands, Åland, Northern Ireland), margin schemes and domestic reverse charge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from rebill.rules.errors import Invalid
from rebill.rules.money import ONE_E8, divide_half_up, split_minor


class WrongRate(Invalid):
    """A rate that its category cannot have: EN 16931 asks more than 0 for S and exactly 0 for all others."""


class DiscountTooLarge(Invalid):
    """A discount of more than there is to discount."""


class TaxCategory(StrEnum):
    """EN 16931, code list UNCL5305: standard, zero, exempt, reverse charge, intra-Community, export, outside scope."""

    S = "S"
    Z = "Z"
    E = "E"
    AE = "AE"
    K = "K"
    G = "G"
    O = "O"  # noqa: E741 - the letter is the code


class RateClass(StrEnum):
    """Which of a country's rates a product takes; EXEMPT and OUTSIDE take none."""

    STANDARD = "standard"
    REDUCED = "reduced"
    SECOND_REDUCED = "second_reduced"
    ZERO = "zero"
    EXEMPT = "exempt"
    OUTSIDE = "outside"


class Supply(StrEnum):
    """What is supplied. ELECTRONIC is telecommunications, broadcasting and electronic services (Art. 58)."""

    SERVICES = "services"
    GOODS = "goods"
    ELECTRONIC = "electronic"


class VatScheme(StrEnum):
    """The seller's scheme: NORMAL, or the exemption of SMALL_BUSINESS (Art. 284; NL KOR, DE § 19, BE 56bis, FI 3 §)."""

    NORMAL = "normal"
    SMALL_BUSINESS = "small_business"


@dataclass(frozen=True, slots=True)
class TaxSituation:
    """Who supplies whom. Countries are ISO codes; `customer_vat_id_valid` says that the id was checked and stands.

    `oss` says that the seller reports the VAT of other member states through the one-stop shop.
    """

    seller_country: str
    seller_vat_id: str
    scheme: VatScheme
    oss: bool
    customer_country: str
    customer_vat_id: str
    customer_vat_id_valid: bool
    is_organisation: bool


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """The category, the `country` whose rates count, and why: a stable key and the article of law.

    `needs_customer_vat_id`: the treatment hangs on a valid VAT id of the customer. It is the ground of AE and K, and
    what is missing where an organisation in another member state is charged VAT for want of one.
    `exemption_code` is the code of the EN 16931 list VATEX, "" where none fits.
    """

    category: TaxCategory
    country: str
    needs_customer_vat_id: bool
    reason: str
    law: str
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The VAT of a document for one category and rate."""

    category: TaxCategory
    rate_e6: int
    base_minor: int
    tax_minor: int


class Included(NamedTuple):
    """What was sold with VAT in its price, of one category and rate: its net amount, and the VAT that was asked."""

    net_minor: int
    tax_minor: int

    def tax_over(self, base_minor: int, rate_e6: int) -> int:
        """The VAT over a base of which this is a part: as it was asked, and of the rest rounded once."""
        return tax_of(base_minor - self.net_minor, rate_e6) + self.tax_minor


NOTHING_INCLUDED: Mapping[tuple[str, int], Included] = MappingProxyType({})
_NONE = Included(0, 0)

_MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
MEMBER_STATES = frozenset(_MEMBER_STATES.split())
# Art. 7: for VAT these are not countries of their own. EL is how VAT ids write Greece.
_COUNTRY_FOR_VAT = {"EL": "GR", "MC": "FR", "IM": "GB"}

_SMALL_BUSINESS_LAW = {
    "NL": "Art. 25 Wet op de omzetbelasting 1968",
    "DE": "§ 19 UStG",
    "BE": "Art. 56bis WBTW",
    "FI": "AVL 3 §",
}


def treat(situation: TaxSituation, rate_class: RateClass, supply: Supply) -> TaxTreatment:
    """How a supply is taxed. The rate itself is looked up by the caller, for `country` and the rate class.

    An invalid VAT id counts as none: it changes nothing. A customer without a country counts as one of the seller's
    own, for an unknown address is no ground to leave VAT out. The first rule that fits decides:

    | rule | result | law |
    |---|---|---|
    | product outside the scope of VAT | O | Art. 2 |
    | exempt product | E | Art. 132, 135 |
    | service to an organisation in another member state with a valid VAT id | AE | Art. 44, 196 |
    | service to an organisation outside the EU | O | Art. 44 |
    | seller under the small-business scheme, everything else | E | Art. 284 |
    | same country | S or Z | Art. 2, 31, 45 |
    | goods to another member state, valid VAT id of another state | K | Art. 138 |
    | goods or electronic service to others in the EU, seller in OSS | S or Z of the customer's country | Art. 33, 58 |
    | anything else to others in the EU | S or Z of the seller's country | Art. 32, 45, 59c |
    | goods to outside the EU | G | Art. 146 |
    | electronic service to a consumer outside the EU | O | Art. 58 |
    | other service to a consumer outside the EU | S or Z of the seller's country | Art. 45 |
    """
    seller = vat_country(situation.seller_country)
    customer = vat_country(situation.customer_country) or seller
    if rate_class is RateClass.OUTSIDE:
        return TaxTreatment(TaxCategory.O, seller, False, "outside_scope", "Art. 2 Directive 2006/112/EC", "VATEX-EU-O")
    if rate_class is RateClass.EXEMPT:
        return TaxTreatment(TaxCategory.E, seller, False, "exempt", "Art. 132 and 135 Directive 2006/112/EC")
    is_service = supply is not Supply.GOODS
    within_union = seller in MEMBER_STATES and customer in MEMBER_STATES
    if is_service and customer != seller:
        if within_union and _has_foreign_vat_id(situation, seller, customer):
            return _without_vat(
                TaxCategory.AE, seller, "reverse_charge_services", "Art. 44 and 196", "VATEX-EU-AE", True
            )
        if not within_union and _is_business(situation):
            return _without_vat(TaxCategory.O, seller, "services_outside_union", "Art. 44", "VATEX-EU-O")
    if situation.scheme is VatScheme.SMALL_BUSINESS:
        law = _SMALL_BUSINESS_LAW.get(seller, "Art. 284 Directive 2006/112/EC")
        return TaxTreatment(TaxCategory.E, seller, False, "small_business", law)
    if customer == seller:
        return _with_vat(rate_class, seller, "domestic", "Art. 2 Directive 2006/112/EC")
    if within_union:
        return _within_union(situation, rate_class, supply, seller, customer)
    if not is_service:
        return _without_vat(TaxCategory.G, seller, "export_goods", "Art. 146", "VATEX-EU-G")
    if supply is Supply.ELECTRONIC:
        return _without_vat(TaxCategory.O, seller, "electronic_outside_union", "Art. 58", "VATEX-EU-O")
    return _with_vat(rate_class, seller, "consumer_outside_union", "Art. 45 Directive 2006/112/EC")


def vat_country(country: str) -> str:
    """The country whose VAT area this is: Monaco is France, and Greece is GR even where its VAT ids say EL."""
    code = country.strip().upper()
    return _COUNTRY_FOR_VAT.get(code, code)


def tax_totals(
    lines: "Iterable[tuple[str, int, int]]", included: Mapping[tuple[str, int], Included] = NOTHING_INCLUDED
) -> tuple[TaxLine, ...]:
    """The VAT of a document from its lines' (category, rate, net amount): rounded once per category and rate.

    EN 16931 BR-CO-17; rounding per line would differ by a cent. Ordered by category S Z E AE K G O, highest rate first.
    `included` says what of a category and rate was sold with VAT in its price: that VAT counts as it was asked.
    """
    bases: dict[tuple[str, int], int] = {}
    for category, rate_e6, net_minor in lines:
        key = (category, rate_e6)
        bases[key] = bases.get(key, 0) + net_minor
    if len(bases) == 1:
        ((category, rate_e6), base_minor) = bases.popitem()
        return (_tax_line(category, rate_e6, base_minor, included.get((category, rate_e6), _NONE)),)
    return tuple(_tax_line(*key, bases[key], included.get(key, _NONE)) for key in sorted(bases, key=paper_order))


def tax_of(base_minor: int, rate_e6: int) -> int:
    """The VAT on a base, half-up to the minor unit."""
    return divide_half_up(base_minor * rate_e6, ONE_E8)


def spread_discount(discount_minor: int, nets_minor: Sequence[int]) -> list[int]:
    """The share of a document discount that each line bears, in proportion to its net amount; they add up exactly.

    The VAT follows from the discounted lines. Refuses a discount of more than the lines come to, and lines of which
    some are owed and some are credited: their proportion means nothing.
    """
    total = sum(nets_minor)
    sign = -1 if total < 0 else 1
    if discount_minor == 0:
        return [0] * len(nets_minor)
    if not 0 < sign * discount_minor <= sign * total:
        raise DiscountTooLarge(f"A discount of {discount_minor} does not fit into {total}.")
    if any(sign * net < 0 for net in nets_minor):
        raise DiscountTooLarge("A discount cannot be spread over lines of which some are credits.")
    return split_minor(discount_minor, [sign * net for net in nets_minor])


_CATEGORIES = {category.value: (position, category) for position, category in enumerate(TaxCategory)}


def paper_order(key: tuple[str, int]) -> tuple[int, int]:
    """Sorts (category, rate) as documents print them: S Z E AE K G O, the highest rate first."""
    category, rate_e6 = key
    return _CATEGORIES[category][0], -rate_e6


def _tax_line(category: str, rate_e6: int, base_minor: int, included: Included) -> TaxLine:
    known = _CATEGORIES[category][1]
    if known is TaxCategory.S:
        if rate_e6 <= 0:
            raise WrongRate(f"Category S needs a rate above 0, not {rate_e6}.")
        return TaxLine(known, rate_e6, base_minor, included.tax_over(base_minor, rate_e6))
    if rate_e6:
        raise WrongRate(f"Category {category} has no rate, yet {rate_e6} was given.")
    return TaxLine(known, 0, base_minor, 0)


def _within_union(
    situation: TaxSituation, rate_class: RateClass, supply: Supply, seller: str, customer: str
) -> TaxTreatment:
    if supply is Supply.GOODS and _has_foreign_vat_id(situation, seller, customer):
        return _without_vat(TaxCategory.K, seller, "intra_community_goods", "Art. 138", "VATEX-EU-IC", True)
    missing = situation.is_organisation
    if situation.oss and supply is not Supply.SERVICES:
        law = "Art. 33 Directive 2006/112/EC" if supply is Supply.GOODS else "Art. 58 Directive 2006/112/EC"
        return _with_vat(rate_class, customer, "one_stop_shop", law, missing)
    law = "Art. 45 Directive 2006/112/EC" if supply is Supply.SERVICES else "Art. 59c Directive 2006/112/EC"
    return _with_vat(rate_class, seller, "union_consumer", law, missing)


def _with_vat(
    rate_class: RateClass, country: str, reason: str, law: str, needs_customer_vat_id: bool = False
) -> TaxTreatment:
    category = TaxCategory.Z if rate_class is RateClass.ZERO else TaxCategory.S
    return TaxTreatment(category, country, needs_customer_vat_id, reason, law)


def _without_vat(
    category: TaxCategory, country: str, reason: str, articles: str, code: str, needs_customer_vat_id: bool = False
) -> TaxTreatment:
    law = f"{articles} Directive 2006/112/EC"
    return TaxTreatment(category, country, needs_customer_vat_id, reason, law, code)


def _has_foreign_vat_id(situation: TaxSituation, seller: str, customer: str) -> bool:
    """A valid VAT id of a member state other than the seller's (Art. 138(1)(b); IR Art. 18(1)).

    An id written without letters is one of the customer's own country.
    """
    if not (situation.customer_vat_id_valid and situation.customer_vat_id.strip()):
        return False
    prefix = situation.customer_vat_id.strip()[:2].upper()
    country = vat_country(prefix) if prefix.isalpha() else customer
    return country in MEMBER_STATES and country != seller


def _is_business(situation: TaxSituation) -> bool:
    """Outside the EU any proof of business will do (IR Art. 18(3)): being an organisation, or a standing tax id."""
    return situation.is_organisation or (situation.customer_vat_id_valid and bool(situation.customer_vat_id.strip()))
