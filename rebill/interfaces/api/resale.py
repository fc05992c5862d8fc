"""Reselling: what the wholesaler offers a dealer, what the dealer takes over, and what it asks for it."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.models import ResalePrice
from rebill.catalogue.queries import product_of
from rebill.catalogue.queries.resale import Offered, products_offered, resale_prices, wholesaler_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.products import ProductShown, show_product
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Search, Shown, scaled, with_example
from rebill.rules.pricing import PriceModel
from rebill.rules.resale import ResaleKind

resale = Endpoints(Area.CATALOGUE, "Reselling")

Kind = Literal["fixed", "percent", "amount"]


class OfferShown(Shown):
    """A product of the wholesaler, and what the dealer pays for it."""

    product_id: int
    code: str
    name: str
    buy_price: Exact | None = Field(description="Per unit; null where it depends on the quantity.")
    months: int | None
    resold_as: str | None = Field(description="The code of the own product that stands for it.")


class OffersShown(Shown):
    """What the wholesaler offers."""

    wholesaler: str
    currency: str
    offers: list[OfferShown]


class OffersAsked(Shown):
    """Which offers, at the prices of which day."""

    search: Search = Field("", description="Words of the code or the name.")
    on: Day = Field(LEFT_OUT, description="Today unless said.")


class ResaleTermsGiven(Body):
    """How a resold product is priced: a fixed price, a percentage, or an amount of money on the buy price."""

    kind: Kind
    value: Exact
    months: int | None = Field(None, description="A price or an amount of a recurring product is for one month.")
    setup_price: Exact | None = Field(None, description="In place of the set-up fee of the buy price.")

    def terms(self) -> commands.ResaleTerms:
        """The terms as the command takes them."""
        return commands.ResaleTerms(
            kind=ResaleKind(self.kind), value=self.value, months=self.months, setup_price=self.setup_price
        )


class ResaleGiven(ResaleTermsGiven):
    """A resale price from a day on. On the day of one that is there, that one is corrected."""

    model_config = with_example({"kind": "percent", "value": "20", "valid_from": "2026-10-01"})

    valid_from: Day
    valid_before: Day = LEFT_OUT
    currency: Line = Field(LEFT_OUT, description="The seller's unless said.")

    def said(self) -> dict[str, Any]:
        """What the command takes."""
        named = {"valid_before": self.valid_before, "currency": self.currency}
        return {
            "terms": self.terms(),
            "valid_from": self.valid_from,
            **{name: value for name, value in named.items() if value is not None},
        }


class ProductAdopted(Body):
    """A product of the wholesaler to be taken over; without terms it is priced as all resold products."""

    model_config = with_example(
        {
            "resells_id": 12,
            "code": "WERKPLEK",
            "name": "Werkplek, per gebruiker",
            "terms": {"kind": "percent", "value": "20"},
            "valid_from": "2026-10-01",
        }
    )

    resells_id: Id
    code: Line
    name: Line = ""
    ledger_account: Line = ""
    terms: ResaleTermsGiven | None = None
    valid_from: Day = Field(LEFT_OUT, description="The first day of its price; today unless said.")


class ResalePriceShown(Shown):
    """How a resold product is priced from a day until before another."""

    id: int
    product_id: int | None = Field(description="Null: all that are resold and have no price of their own.")
    currency: str
    valid_from: date
    valid_before: date | None
    kind: Kind
    value: Exact
    months: int | None
    setup_price: Exact | None


def show_resale_price(price: ResalePrice) -> ResalePriceShown:
    """The price as an answer says it."""
    plain = {name: getattr(price, name) for name in ResalePriceShown.model_fields if name != "value"}
    value = price.percent if price.unit_price is None else price.unit_price
    return ResalePriceShown(**plain, value=value or Decimal(0))


def _show_offer(offered: Offered) -> OfferShown:
    buy = offered.buy
    single = None if buy is None or buy.price.model is not PriceModel.PER_UNIT else scaled(buy.price.price_e6, 6)
    return OfferShown(
        product_id=offered.product.pk,
        code=offered.product.code,
        name=offered.name,
        buy_price=single,
        months=None if buy is None else buy.price.months,
        resold_as=offered.resold_as.code if offered.resold_as else None,
    )


@resale.read("/resale-offers")
def list_resale_offers(request: ApiRequest, asked: Annotated[OffersAsked, Query()]) -> OffersShown:
    """Show what the wholesaler offers, at what the seller pays for it."""
    above = wholesaler_of(request.acting)
    offers = products_offered(
        request.acting, on=asked.on or request.today, search=asked.search, language=request.seller.language
    )
    return OffersShown(wholesaler=above.name, currency=above.currency, offers=list(map(_show_offer, offers)))


@resale.write("POST", "/resold-products", status=HTTPStatus.CREATED, at="/products/{id}")
def adopt_product(request: ApiRequest, body: ProductAdopted) -> ProductShown:
    """Take over a product of the wholesaler under an own code, name and price."""
    product = commands.adopt_product(
        acting=request.acting,
        resells_id=body.resells_id,
        code=body.code,
        name=body.name,
        ledger_account=body.ledger_account,
        terms=None if body.terms is None else body.terms.terms(),
        valid_from=body.valid_from or request.today,
        now=request.now,
    )
    return show_product(product)


@resale.read("/products/{product_id}/resale-prices")
def list_resale_prices(request: ApiRequest, product_id: Id, paging: Paged) -> Page[ResalePriceShown]:
    """List how a resold product was and will be priced."""
    product = product_of(request.acting, product_id)
    return page_of(resale_prices(request.acting, product_id=product.pk), paging, each(show_resale_price))


@resale.write("POST", "/products/{product_id}/resale-prices", status=HTTPStatus.CREATED)
def set_resale_price(request: ApiRequest, product_id: Id, body: ResaleGiven) -> ResalePriceShown:
    """Say what is asked for a resold product from a day on.

    A day in the past is allowed: what was billed since is looked at again.
    """
    product = product_of(request.acting, product_id)
    price = commands.set_resale_price(acting=request.acting, product_id=product.pk, now=request.now, **body.said())
    return show_resale_price(price)


@resale.read("/resale-prices")
def list_common_resale_prices(request: ApiRequest, paging: Paged) -> Page[ResalePriceShown]:
    """List how resold products without a price of their own are priced."""
    return page_of(resale_prices(request.acting), paging, each(show_resale_price))


@resale.write("POST", "/resale-prices", status=HTTPStatus.CREATED)
def set_common_resale_price(request: ApiRequest, body: ResaleGiven) -> ResalePriceShown:
    """Say what is asked from a day on for all resold products that have no price of their own."""
    price = commands.set_resale_price(acting=request.acting, product_id=None, now=request.now, **body.said())
    return show_resale_price(price)
