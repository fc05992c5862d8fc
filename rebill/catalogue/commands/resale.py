"""Reselling: a dealer takes over a product of its wholesaler under its own name, and says what it asks for it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.laying import PricesOverlap
from rebill.catalogue.commands.products import ProductCodeTaken, lock_products
from rebill.catalogue.commands.revising import Revised, lock_prices, revise_prices
from rebill.catalogue.fields import MONTHS_MAX, exact, tidy_product, tidy_product_code, unit_price_or_none
from rebill.catalogue.models import Product, ProductKind, ResalePrice
from rebill.catalogue.queries import product_of
from rebill.catalogue.queries.resale import offered_product, wholesaler_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, reason_of
from rebill.kit.events import record_event
from rebill.kit.fields import RateField, ScaledField, UnitPriceField
from rebill.parties import entries
from rebill.parties.changes import set_fields
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import seller_of
from rebill.rules.resale import Resale, ResaleKind, ResaleUnfit, check_resale
from rebill.rules.validity import Span, lay_spans

_PERCENT: ScaledField[Any, Any] = RateField()
_UNIT_PRICE: ScaledField[Any, Any] = UnitPriceField()
_months = entries.whole_number(1, MONTHS_MAX, or_none=True)


class ProductResold(Conflict):
    """The dealer resells this product already, under another code."""


class NotResold(Conflict):
    """The product is the seller's own: it has no buy price to lay a mark-up on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResaleTerms:
    """How a resold product is priced, as it is entered: `value` is a unit price, a percentage, or an amount of money.

    A price or amount of a recurring product is for one month unless said.
    """

    kind: ResaleKind
    value: Decimal
    months: int | None = None
    setup_price: Decimal | None = None


def adopt_product(
    *,
    acting: Acting,
    resells_id: int,
    code: str,
    now: datetime,
    name: str = "",
    ledger_account: str = "",
    terms: ResaleTerms | None = None,
    valid_from: date | None = None,
) -> Product:
    """A product of the dealer that stands for one of its wholesaler, under its own code and, if given, its own name.

    Kind, unit and VAT are the wholesaler's; the ledger account is never taken over. With `terms` it gets its price from
    `valid_from` on; without, that of all resold products. Refused: what the wholesaler does not offer, and what is
    resold already.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    seller, above = seller_of(acting), wholesaler_of(acting)
    resold = offered_product(acting, product_id=resells_id)
    product = Product(seller=seller, code=tidy_product_code("code", code), resells=resold)
    given = name or resold.names.get(seller.language) or resold.names.get(above.language) or resold.code
    entered = {
        "names": {**({} if name else resold.names), seller.language: given},
        "kind": resold.kind,
        "unit": resold.unit,
        "supply": resold.supply,
        "rate_class": resold.rate_class,
        "summary_group": resold.summary_group,
        "ledger_account": ledger_account,
    }
    kept = {"names": {}, "kind": resold.kind, "summary_group": resold.summary_group}
    set_fields(product, tidy_product(entered, kept=kept, language=seller.language))
    with atomic_write():
        lock_products(seller.pk)
        if Product.objects.filter(seller=seller, code=product.code).exists():
            raise ProductCodeTaken(_("There is a product %(code)s already.") % {"code": product.code})
        known = Product.objects.filter(seller=seller, resells=resold).first()
        if known is not None:
            raise ProductResold(_("You resell it already, as %(code)s.") % {"code": known.code})
        product.save(force_insert=True)
        record_event(
            seller_id=seller.pk,
            subject=product,
            verb="adopted",
            actor_id=acting.user_id,
            now=now,
            details={"code": product.code, "resells": resold.code},
        )
        if terms is not None:
            day = valid_from or now.date()
            set_resale_price(acting=acting, product_id=product.pk, terms=terms, valid_from=day, now=now)
    return product


def set_resale_price(
    *,
    acting: Acting,
    product_id: int | None,
    terms: ResaleTerms,
    valid_from: date,
    now: datetime,
    valid_before: date | None = None,
    currency: str = "",
) -> ResalePrice:
    """How a resold product is priced from the day on; without a product, all that have no price of their own.

    The price before it ends there; on the day of one that is there, that one is corrected. A day in the past is
    allowed: what was billed since is looked at again. A fixed price needs its product.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    seller = seller_of(acting)
    currency = entries.currency("currency", currency or seller.currency)
    with atomic_write():
        lock_prices(seller.pk)
        product = None if product_id is None else product_of(acting, product_id)
        content = _content(product, terms)
        rows = _rows(seller.pk, product, currency)
        kept = {row.valid_from: row for row in rows}
        entered = Span(valid_from, valid_before, content)
        if valid_before is not None and valid_before <= valid_from:
            raise EntryRefused(
                "valid_before",
                why=_("It ends before it begins."),
                remedy=_("Enter the first day on which it holds no longer."),
                value=valid_before,
            )
        laid = lay_spans([Span(each.valid_from, each.valid_before, _kept(each)) for each in rows], [entered])
        for overlap in laid.overlaps.values():
            raise PricesOverlap(
                _("The price from %(start)s ends before %(end)s, but the next price begins on %(following)s.")
                % {"start": overlap.starts_on, "end": overlap.ends_before, "following": overlap.next_starts_on}
            )
        for day, span in laid.spans.items():
            _save(kept.get(day) or ResalePrice(seller=seller, product=product, currency=currency), span)
        saved = rows.get(valid_from=valid_from)
        if laid.changed_from is not None:
            revise_prices([Revised(seller.pk, None if product is None else product.pk, None, laid.changed_from)])
            record_event(
                seller_id=seller.pk,
                subject=saved,
                verb="set",
                actor_id=acting.user_id,
                now=now,
                details=_said(product, content, valid_from),
            )
    return saved


def _content(product: Product | None, terms: ResaleTerms) -> Resale:
    if product is not None and product.resells_id is None:
        raise NotResold(
            _("%(code)s is your own product: give it a price in a price plan instead.") % {"code": product.code}
        )
    if product is None and terms.kind is ResaleKind.FIXED:
        why = _("One fixed price cannot hold for everything that is resold.")
        raise EntryRefused("kind", why=why, remedy=_("Enter a percentage or an amount on the buy price."))
    column = _PERCENT if terms.kind is ResaleKind.PERCENT else _UNIT_PRICE
    months = _months("months", terms.months)
    if terms.kind is ResaleKind.PERCENT:
        months = None
    elif months is None and (product is None or product.kind == ProductKind.RECURRING):
        months = 1
    resale = Resale(
        kind=terms.kind,
        value_e6=exact(column, "value", terms.value),
        months=months,
        setup_e6=unit_price_or_none("setup_price", terms.setup_price),
    )
    try:
        check_resale(resale)
    except ResaleUnfit as unfit:
        remedy = _("Enter what is to be laid on the buy price.")
        raise EntryRefused("value", why=reason_of(unfit), remedy=remedy, value=terms.value) from None
    return resale


def _rows(seller_id: int, product: Product | None, currency: str) -> QuerySet[ResalePrice]:
    rows = ResalePrice.objects.filter(seller_id=seller_id, currency=currency)
    return (rows.filter(product__isnull=True) if product is None else rows.filter(product=product)).order_by(
        "valid_from"
    )


def _kept(row: ResalePrice) -> Resale:
    value = row.percent if row.kind == ResaleKind.PERCENT else row.unit_price
    setup = None if row.setup_price is None else exact(_UNIT_PRICE, "setup_price", row.setup_price)
    column = _PERCENT if row.kind == ResaleKind.PERCENT else _UNIT_PRICE
    return Resale(ResaleKind(row.kind), exact(column, "value", value), row.months, setup)


def _save(row: ResalePrice, span: Span[Resale]) -> None:
    resale = span.content
    value = Decimal(resale.value_e6).scaleb(-6)
    row.valid_from, row.valid_before, row.kind = span.starts_on, span.ends_before, resale.kind.value
    row.percent = value if resale.kind is ResaleKind.PERCENT else None
    row.unit_price = None if resale.kind is ResaleKind.PERCENT else value
    row.months = resale.months
    row.setup_price = None if resale.setup_e6 is None else Decimal(resale.setup_e6).scaleb(-6)
    row.save()


def _said(product: Product | None, content: Resale, valid_from: date) -> dict[str, Any]:
    return {
        "product": "" if product is None else product.code,
        "kind": content.kind.value,
        "value": str(Decimal(content.value_e6).scaleb(-6).normalize()),
        "valid_from": valid_from.isoformat(),
    }
