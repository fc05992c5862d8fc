"""What an interim line says, and what it takes over from its product and its customer where it says nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.catalogue.models import Product, ProductKind, SummaryGroup
from rebill.kit.errors import Invalid, reason_of
from rebill.kit.fields import Inexact, QuantityField, UnitPriceField
from rebill.parties.models import Customer, Seller
from rebill.rules.money import UnknownCurrency, digits_of
from rebill.rules.naming import name_in
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tax import RateClass, Supply

_QUANTITY = QuantityField()
_UNIT_PRICE = UnitPriceField()


class LineRefused(Invalid):
    """What the line says contradicts itself or cannot be kept. `term` names which part of it."""

    def __init__(self, term: str, why: str, remedy: str) -> None:
        super().__init__(f"{why} {remedy}")
        self.term = term
        self.why = why
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTerms:
    """What is sold or credited once. None: as the product says, or what services have in general.

    Quantity and price are zero or more; whether they are owed or credited is said by the command.
    """

    quantity: Decimal
    unit_price: Decimal
    supplied_on: date
    description: str = ""
    currency: str | None = None
    rate_class: RateClass | None = None
    supply: Supply | None = None
    ledger_account: str | None = None
    summary_group: int | None = None
    cost_centre: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineContent:
    """The columns of a line as they are kept: quantity of 10⁻⁸, below zero for a credit, price of 10⁻⁶."""

    kind: str
    product_id: int | None
    description: str
    supplied_on: date
    quantity: int
    unit_price: int
    currency: str
    rate_class: str
    supply: str
    ledger_account: str
    summary_group: int
    cost_centre: str
    reference: str


def line_content(
    *, terms: LineTerms, seller: Seller, customer: Customer, product: Product | None, is_credit: bool
) -> LineContent:
    """The line in full; LineRefused when something is missing or cannot be kept."""
    quantity, unit_price = _exact_numbers(terms)
    description = terms.description.strip() or _name(product, customer.language or seller.language)
    if not description:
        why, remedy = _("A line without a product says what it is for."), _("Give a description.")
        raise LineRefused("description", why, remedy)
    currency = terms.currency or customer.currency or seller.currency
    try:
        digits_of(currency)
    except UnknownCurrency as refusal:
        raise LineRefused("currency", reason_of(refusal), _("Give a code such as EUR.")) from None
    content = LineContent(
        kind=_kind(product, is_credit=is_credit),
        product_id=None if product is None else product.pk,
        description=description,
        supplied_on=terms.supplied_on,
        quantity=-quantity if is_credit else quantity,
        unit_price=unit_price,
        currency=currency,
        rate_class=terms.rate_class or (product.rate_class if product else RateClass.STANDARD.value),
        supply=terms.supply or (product.supply if product else Supply.SERVICES.value),
        ledger_account=terms.ledger_account or (product.ledger_account if product else ""),
        summary_group=terms.summary_group or (product.summary_group if product else SummaryGroup.ONE_OFF.value),
        cost_centre=terms.cost_centre,
        reference=terms.reference,
    )
    _check_fits(content)
    return content


def _exact_numbers(terms: LineTerms) -> tuple[int, int]:
    for term, number in (("quantity", terms.quantity), ("unit_price", terms.unit_price)):
        if number < 0:
            why = _("%(number)s is negative.") % {"number": number}
            raise LineRefused(term, why, _("Give zero or more; what is given back is a credit."))
    try:
        quantity = _QUANTITY.scaled(terms.quantity) or 0
    except Inexact as refusal:
        raise LineRefused("quantity", reason_of(refusal), _at_most(_QUANTITY.places)) from None
    try:
        return quantity, _UNIT_PRICE.scaled(terms.unit_price) or 0
    except Inexact as refusal:
        raise LineRefused("unit_price", reason_of(refusal), _at_most(_UNIT_PRICE.places)) from None


def _at_most(places: int) -> str:
    return _("Give at most %(places)s decimals.") % {"places": places}


def _name(product: Product | None, language: str) -> str:
    if product is None:
        return ""
    return name_in(product.names, language) or product.code


def _kind(product: Product | None, *, is_credit: bool) -> str:
    if is_credit:
        return ChargeKind.CREDIT.value
    is_setup = product is not None and product.kind == ProductKind.SETUP
    return (ChargeKind.SETUP if is_setup else ChargeKind.PERPETUAL).value


_LENGTHS = {"description": 300, "ledger_account": 20, "cost_centre": 40, "reference": 120}


def _check_fits(content: LineContent) -> None:
    """SQLite keeps texts that are too long, PostgreSQL does not: both refuse here."""
    for term, length_max in _LENGTHS.items():
        length = len(getattr(content, term))
        if length > length_max:
            why = _("The text has %(length)s characters.") % {"length": length}
            raise LineRefused(term, why, _("Shorten it to %(length)s characters.") % {"length": length_max})
    if content.summary_group not in SummaryGroup.values:
        why = _("There is no summary group %(named)s.") % {"named": content.summary_group}
        raise LineRefused("summary_group", why, _("Give 1 to 5."))
