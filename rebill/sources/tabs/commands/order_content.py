"""What a till says of an order, turned into what is kept: exact lines, their VAT, and what they take of the limit."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.catalogue.models import Product
from rebill.catalogue.queries.vat_rates import RateUnknown, tax_table
from rebill.kit.errors import Invalid, reason_of
from rebill.kit.fields import Inexact, QuantityField, UnitPriceField
from rebill.rules.money import amount_minor, digits_of
from rebill.rules.naming import name_in
from rebill.rules.periods import local_day
from rebill.rules.tabs import order_gross
from rebill.rules.tax import RateClass, Supply, VatScheme
from rebill.sources.tabs.models import TabOrderLine
from rebill.sources.tabs.queries.tabs import TabTerms

KEY_LENGTH_MAX = 80
LINES_MAX = 500
# In minor units: so many of them can be added up without leaving what a column holds.
AMOUNT_MAX = 10**12
YEARS = (2000, 2099)
_QUANTITY = QuantityField()
_UNIT_PRICE = UnitPriceField()
_E6 = 10**6


class TabOrderUnfit(Invalid):
    """What the till said cannot be kept. `term` names which part of it, `line` which line, from 1; 0: the order."""

    def __init__(self, term: str, why: str, *, line: int = 0) -> None:
        place = _("Line %(line)s: %(why)s") % {"line": line, "why": why} if line else why
        super().__init__(place)
        self.term = term
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line as the till knows it. What is left out is as the product says; VAT is given by class or percentage."""

    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    product_code: str = ""
    rate_class: RateClass | None = None
    vat_percent: Decimal | None = None

    def write(self) -> dict[str, str]:
        """The line in texts, so that it can wait for its order."""
        said = {"quantity": self.quantity, "unit_price": self.unit_price, "description": self.description}
        said |= {"product_code": self.product_code, "rate_class": self.rate_class, "vat_percent": self.vat_percent}
        return {name: f"{value}" for name, value in said.items() if value is not None}

    @classmethod
    def read(cls, said: Mapping[str, str]) -> "OrderLine":
        """The line that was written so."""
        vat_percent, rate_class = said.get("vat_percent"), said.get("rate_class")
        return cls(
            quantity=Decimal(said["quantity"]),
            unit_price=Decimal(said["unit_price"]),
            description=said["description"],
            product_code=said["product_code"],
            rate_class=None if rate_class is None else RateClass(rate_class),
            vat_percent=None if vat_percent is None else Decimal(vat_percent),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """An order as the till knows it: `key` is its own for it, `ordered_at` when it was bought."""

    key: str
    ordered_at: datetime
    lines: Sequence[OrderLine]
    includes_vat: bool = True
    till: str = ""
    reference: str = ""
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderContent:
    """The order as it is kept, without its ids: what it comes to with VAT, and its lines."""

    amount_minor: int
    ordered_on: date
    lines: list[TabOrderLine]
    fingerprint: str


def order_content(*, terms: OrderTerms, tab: TabTerms, products: Mapping[str, Product]) -> OrderContent:
    """The order in full; TabOrderUnfit says what is wrong with it."""
    _check_texts(terms)
    require_moment(terms.ordered_at)
    if not 0 < len(terms.lines) <= LINES_MAX:
        raise TabOrderUnfit("lines", _("An order has 1 to %(most)s lines.") % {"most": LINES_MAX})
    on = local_day(terms.ordered_at, tab.time_zone)
    lines = [_line(said, number, on=on, tab=tab, products=products) for number, said in enumerate(terms.lines, start=1)]
    amounts = ((line.amount.minor, int(line.vat_rate.scaleb(6))) for line in lines)
    gross = order_gross(amounts, includes_vat=terms.includes_vat)
    if abs(gross) > AMOUNT_MAX:
        raise TabOrderUnfit("lines", _("The order comes to more than can be kept."))
    return OrderContent(gross, on, lines, fingerprint_of(tab.id, terms.includes_vat, lines))


def require_moment(moment: datetime) -> None:
    """Refuses moments without a time zone, and such as no till can mean."""
    if moment.tzinfo is None:
        raise TabOrderUnfit("ordered_at", _("The moment has no time zone. Give it with one, such as +02:00 or Z."))
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise TabOrderUnfit("ordered_at", _("Check the year of the moment."))


def fingerprint_of(tab_id: int, includes_vat: bool, lines: Sequence[TabOrderLine], refunds: str = "") -> str:
    """Tells the same order from another: its tab, its lines, and the order it gives back."""
    said = [
        (line.product_id or 0, line.description, f"{line.quantity:f}", f"{line.unit_price:f}", f"{line.vat_rate:f}")
        for line in lines
    ]
    return hashlib.sha256(repr((tab_id, includes_vat, said, refunds)).encode()).hexdigest()[:32]


def says_the_same(lines: Iterable[TabOrderLine], others: Iterable[TabOrderLine]) -> bool:
    """Whether these are the same lines as those, whichever of them were read from the database."""
    mine, theirs = (
        [(each.product_id, each.description, each.quantity, each.unit_price, each.vat_rate) for each in some]
        for some in (lines, others)
    )
    return mine == theirs


def codes_in(terms: OrderTerms) -> set[str]:
    """The product codes that the order names."""
    return {line.product_code for line in terms.lines if line.product_code}


def _line(said: OrderLine, number: int, *, on: date, tab: TabTerms, products: Mapping[str, Product]) -> TabOrderLine:
    product = products.get(said.product_code) if said.product_code else None
    if said.product_code and product is None:
        why = _("There is no product with the code %(named)r.") % {"named": said.product_code}
        raise TabOrderUnfit("product_code", why, line=number)
    spoken = tab.customer_language or tab.seller_language
    named = (name_in(product.names, spoken, tab.seller_language) or product.code) if product else ""
    description = " ".join(said.description.split()) or named
    if not description or len(description) > 200:
        raise TabOrderUnfit("description", _("It says what it is in 1 to 200 characters."), line=number)
    quantity_e8, price_e6 = _numbers(said, number)
    rate_class, rate_e6 = _vat(said, number, on=on, tab=tab, product=product)
    return TabOrderLine(
        number=number,
        product=product,
        description=description,
        quantity=Decimal(quantity_e8).scaleb(-8),
        unit_price=Decimal(price_e6).scaleb(-6),
        currency=tab.currency,
        amount=amount_minor(quantity_e8, price_e6, digits_of(tab.currency)),
        rate_class=rate_class.value,
        vat_rate=Decimal(rate_e6).scaleb(-6),
        supply=product.supply if product else Supply.GOODS.value,
    )


def _numbers(said: OrderLine, number: int) -> tuple[int, int]:
    """The quantity and the price of one: the first is below zero where something comes back, such as empty bottles,
    whichever of both the till says it with."""
    if not said.quantity:
        raise TabOrderUnfit("quantity", _("The quantity is not zero."), line=number)
    if said.unit_price < 0 and said.quantity < 0:
        raise TabOrderUnfit("unit_price", _("Quantity and price are not both below zero."), line=number)
    comes_back = said.unit_price < 0
    quantity, unit_price = (-said.quantity, -said.unit_price) if comes_back else (said.quantity, said.unit_price)
    try:
        return _QUANTITY.scaled(quantity) or 0, _UNIT_PRICE.scaled(unit_price) or 0
    except Inexact as refusal:
        raise TabOrderUnfit("quantity", reason_of(refusal), line=number) from None


def _vat(said: OrderLine, number: int, *, on: date, tab: TabTerms, product: Product | None) -> tuple[RateClass, int]:
    """The class and rate of the line: as said, else the product's, else the standard one; the two must agree."""
    small = tab.vat_scheme == VatScheme.SMALL_BUSINESS
    rate_class = said.rate_class or (None if product is None else RateClass(product.rate_class))
    if said.vat_percent is None or small:
        known = rate_class or RateClass.STANDARD
        return known, 0 if small else _rate(tab.country, known, on, number)
    wanted = int(said.vat_percent * _E6)
    if said.rate_class is None:
        rate_class = _class_with(tab.country, wanted, on, first=rate_class)
    if rate_class is None or _rate(tab.country, rate_class, on, number) != wanted:
        why = _("There is no VAT rate of %(percent)s %% in %(country)s on %(on)s that fits it.") % {
            "percent": said.vat_percent,
            "country": tab.country,
            "on": f"{on:%d-%m-%Y}",
        }
        raise TabOrderUnfit("vat_percent", why, line=number)
    return rate_class, wanted


def _class_with(country: str, rate_e6: int, on: date, *, first: RateClass | None) -> RateClass | None:
    """The class that has this rate on the day; the product's own first, for several have none."""
    tried: list[RateClass] = [*([first] if first else []), *RateClass]
    for each in dict.fromkeys(tried):
        try:
            if tax_table().rate_e6(country, each, on) == rate_e6:
                return each
        except RateUnknown:
            continue
    return None


def _rate(country: str, rate_class: RateClass, on: date, number: int) -> int:
    try:
        return tax_table().rate_e6(country, rate_class, on)
    except RateUnknown as refusal:
        raise TabOrderUnfit("rate_class", reason_of(refusal), line=number) from None


def _check_texts(terms: OrderTerms) -> None:
    """SQLite keeps texts that are too long, PostgreSQL does not: both refuse here."""
    require_key(terms.key)
    for term, length_max in (("till", 60), ("reference", 120)):
        if len(getattr(terms, term)) > length_max:
            raise TabOrderUnfit(term, _("Shorten it to %(length)s characters.") % {"length": length_max})


def require_key(key: str) -> None:
    """Refuses what is no key: it stands in addresses."""
    if not key.strip() or len(key) > KEY_LENGTH_MAX or not key.isprintable() or "/" in key:
        words = _("The till's key has 1 to %(most)s printable characters, and no slash.")
        raise TabOrderUnfit("key", words % {"most": KEY_LENGTH_MAX})
