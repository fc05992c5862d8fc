"""Price plans, prices of plans and of single customers, and the VAT rates of the member states."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.fields import TierPrice
from rebill.catalogue.models import Price, PricePlan
from rebill.catalogue.queries import (
    PlanUnknown,
    plan_of,
    plan_of_customer,
    plans_of,
    price_list,
    price_of,
    prices_of_customer,
    prices_of_product,
)
from rebill.catalogue.queries.vat_rates import tax_table
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.products import RateKind
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Shown, scaled, with_example
from rebill.rules.tax import RateClass

plans = Endpoints(Area.CATALOGUE, "Price plans")
prices = Endpoints(Area.CATALOGUE, "Prices")

Model = Literal["flat", "per_unit", "volume", "graduated", "package"]


# --- plans ----------------------------------------------------------------------------------------------------------


class PlanShown(Shown):
    """A named set of prices; the default one holds for customers that were assigned none."""

    id: int
    code: str
    name: str
    is_default: bool


class NewPlan(Body):
    """A price plan to be made, empty. The seller's first becomes the default one."""

    model_config = with_example({"code": "retail", "name": "Retail 2026"})

    code: Line
    name: Line


class PlanAssigned(Body):
    """Which plan a customer has from when."""

    model_config = with_example({"plan_id": 7, "valid_from": "2026-10-01"})

    plan_id: Id
    valid_from: Day


def show_plan(plan: PricePlan) -> PlanShown:
    """The plan as an answer says it."""
    return PlanShown.model_validate(plan, from_attributes=True)


@plans.read("/price-plans")
def list_plans(request: ApiRequest, paging: Paged) -> Page[PlanShown]:
    """List price plans, the oldest first."""
    return page_of(plans_of(request.acting), paging, each(show_plan))


@plans.write("POST", "/price-plans", status=HTTPStatus.CREATED, at="/price-plans/{id}")
def create_plan(request: ApiRequest, body: NewPlan) -> PlanShown:
    """Make a price plan."""
    return show_plan(commands.create_price_plan(acting=request.acting, now=request.now, **body.given()))


@plans.read("/price-plans/{plan_id}")
def get_plan(request: ApiRequest, plan_id: Id) -> PlanShown:
    """Show a price plan."""
    return show_plan(plan_of(request.acting, plan_id))


class OnDay(Shown):
    """The day that is looked at."""

    on: Day = Field(LEFT_OUT, description="Today unless said.")


@plans.read("/customers/{customer_id}/price-plan")
def get_plan_of_customer(request: ApiRequest, customer_id: Id, asked: Annotated[OnDay, Query()]) -> PlanShown:
    """Show the price plan a customer has on a day."""
    plan = plan_of_customer(request.acting, customer_id, asked.on or request.today)
    if plan is None:
        raise PlanUnknown(_("The seller has no price plan yet."))
    return show_plan(plan)


@plans.write("PUT", "/customers/{customer_id}/price-plan")
def assign_plan(request: ApiRequest, customer_id: Id, body: PlanAssigned) -> PlanShown:
    """Give a customer a price plan from a day on.

    A day in the past is allowed: what was billed since is looked at again.
    """
    assigned = commands.assign_price_plan(
        acting=request.acting, customer_id=customer_id, now=request.now, **body.given()
    )
    return show_plan(assigned.plan)


# --- prices ---------------------------------------------------------------------------------------------------------


class TierShown(Shown):
    """A tier: units up to and including `up_to` (null: without end), and a flat amount for it."""

    up_to: str | None
    unit_price: str
    flat: str


class PriceShown(Shown):
    """What a product costs from a day until before another, in a plan or for one customer."""

    id: int
    product_id: int
    plan_id: int | None
    customer_id: int | None
    currency: str
    valid_from: date
    valid_before: date | None
    model: Model
    unit_price: Exact
    months: int | None = Field(description="For how many months the price is; null for what is sold once.")
    tiers: list[TierShown]
    package_size: Exact | None
    setup_price: Exact | None


class TierGiven(Body):
    """A tier of a volume or graduated price."""

    up_to: Exact | None = None
    unit_price: Exact
    flat: Exact = Field(default="0", validate_default=True)


class NewPrice(Body):
    """A price from a day on. On the day of a price that is there, it is corrected: what is left out stays."""

    model_config = with_example(
        {"product_id": 12, "valid_from": "2026-10-01", "unit_price": "7.95", "months": 1, "setup_price": "25"}
    )

    product_id: Id
    valid_from: Day
    valid_before: Day = LEFT_OUT
    currency: Line = Field(LEFT_OUT, description="The seller's or the customer's unless said.")
    unit_price: Exact = LEFT_OUT
    months: int | None = LEFT_OUT
    model: Model = LEFT_OUT
    tiers: Annotated[list[TierGiven], Field(max_length=100)] = LEFT_OUT
    package_size: Exact | None = LEFT_OUT
    setup_price: Exact | None = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with tiers as the command takes them."""
        given = super().given()
        if "tiers" in given:
            given["tiers"] = [TierPrice(each.up_to, each.unit_price, each.flat) for each in self.tiers]
        return given


class PriceEnd(Body):
    """The first day on which a price no longer holds."""

    model_config = with_example({"valid_before": "2027-01-01"})

    valid_before: Day


def show_price(price: Price) -> PriceShown:
    """The price as an answer says it."""
    plain = {name: getattr(price, name) for name in PriceShown.model_fields if name != "tiers"}
    tiers = [TierShown(up_to=up_to, unit_price=unit, flat=flat) for up_to, unit, flat in price.tiers]
    return PriceShown(**plain, tiers=tiers)


class ListedOn(Paging, OnDay):
    """The day whose prices are listed."""


@prices.read("/price-plans/{plan_id}/prices")
def list_plan_prices(request: ApiRequest, plan_id: Id, asked: Annotated[ListedOn, Query()]) -> Page[PriceShown]:
    """List the prices of a plan that hold on a day."""
    return page_of(price_list(request.acting, plan_id, asked.on or request.today), asked, each(show_price))


@prices.write("POST", "/price-plans/{plan_id}/prices", status=HTTPStatus.CREATED, at="/prices/{id}")
def set_plan_price(request: ApiRequest, plan_id: Id, body: NewPrice) -> PriceShown:
    """Say what a product costs in a plan from a day on; the price before it ends there."""
    return show_price(commands.set_price(acting=request.acting, plan_id=plan_id, now=request.now, **body.given()))


@prices.read("/customers/{customer_id}/prices")
def list_customer_prices(request: ApiRequest, customer_id: Id, paging: Paged) -> Page[PriceShown]:
    """List the customer's own prices, which win over every plan."""
    return page_of(prices_of_customer(request.acting, customer_id), paging, each(show_price))


@prices.write("POST", "/customers/{customer_id}/prices", status=HTTPStatus.CREATED, at="/prices/{id}")
def set_customer_price(request: ApiRequest, customer_id: Id, body: NewPrice) -> PriceShown:
    """Say what a product costs a customer from a day on, whatever its plan says."""
    return show_price(
        commands.set_customer_price(acting=request.acting, customer_id=customer_id, now=request.now, **body.given())
    )


@prices.read("/products/{product_id}/prices")
def list_product_prices(request: ApiRequest, product_id: Id, paging: Paged) -> Page[PriceShown]:
    """List every price a product ever had or will have, in plans and for single customers."""
    return page_of(prices_of_product(request.acting, product_id), paging, each(show_price))


@prices.read("/prices/{price_id}")
def get_price(request: ApiRequest, price_id: Id) -> PriceShown:
    """Show a price."""
    return show_price(price_of(request.acting, price_id))


@prices.write("POST", "/prices/{price_id}/end")
def end_price(request: ApiRequest, price_id: Id, body: PriceEnd) -> PriceShown:
    """End a price before a day; from then on charges wait for the next one."""
    return show_price(
        commands.end_price(acting=request.acting, price_id=price_id, valid_before=body.valid_before, now=request.now)
    )


# --- VAT ------------------------------------------------------------------------------------------------------------


class RateShown(Shown):
    """A VAT rate from a day until before another, and the law or list it stands in."""

    rate: Exact = Field(description="In percent.", examples=["21"])
    valid_from: date
    valid_before: date | None
    source: str


class RatesShown(Shown):
    """The VAT rates of one class that a country had, the earliest first."""

    country: str
    rate_class: RateKind
    rates: list[RateShown]


class RatesAsked(Shown):
    """The class of rates that is looked at."""

    rate_class: RateKind = "standard"


@prices.read("/vat-rates/{country}")
def get_vat_rates(
    request: ApiRequest, country: Annotated[str, Field(pattern="^[A-Z]{2}$")], asked: Annotated[RatesAsked, Query()]
) -> RatesShown:
    """Show the VAT rates of a country; none where the table has none."""
    found = tax_table().history(country, RateClass(asked.rate_class))
    rates = [
        RateShown(
            rate=scaled(each.rate_e6, 6),
            valid_from=each.valid_from,
            valid_before=each.valid_before,
            source=each.source,
        )
        for each in found
    ]
    return RatesShown(country=country, rate_class=asked.rate_class, rates=rates)
