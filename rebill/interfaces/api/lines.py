"""Interim lines: one-off charges and credits that wait for the customer's next run."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_of
from rebill.catalogue.queries.listed import listed_price
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.products import Group, RateKind, SupplyKind
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Shown, with_example
from rebill.kit.errors import Invalid
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of
from rebill.rules.tax import RateClass, Supply
from rebill.sources.oneoff import commands
from rebill.sources.oneoff.commands import LineTerms
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import line_of, waiting_lines

lines = Endpoints(Area.LINES, "Interim lines")


class LinePriceMissing(Invalid):
    """No price was given, and the lists name none for one unit of the product."""

    field = "unit_price"
    why = gettext_lazy("No price was given, and the price lists name none for one unit.")
    remedy = gettext_lazy("Give the price of one unit.")


class LineShown(Shown):
    """A one-off charge or credit. `told_at` says when a run has billed it; it is fixed from then on."""

    uuid: UUID
    customer_id: int
    is_credit: bool
    product_id: int | None
    description: str
    supplied_on: date
    quantity: Exact = Field(description="Below zero for a credit.")
    unit_price: Exact
    currency: str
    rate_class: RateKind
    supply: SupplyKind
    ledger_account: str
    summary_group: Group
    cost_centre: str
    reference: str
    added_at: datetime
    told_at: datetime | None


class TermsOfLine(Body):
    """What a line says. What is left out is as the product says, or as services are in general."""

    product_id: Id | None = None
    description: Line = Field("", description="The product's name unless said.")
    quantity: Exact = Field(default="1", validate_default=True)
    unit_price: Exact | None = Field(None, description="As the price lists say, for a product that has a price.")
    supplied_on: Day = Field(LEFT_OUT, description="Today unless said.")
    currency: Line | None = None
    rate_class: RateKind | None = None
    supply: SupplyKind | None = None
    ledger_account: Line | None = None
    summary_group: Group | None = None
    cost_centre: Line = ""
    reference: Line = ""


class NewLine(TermsOfLine):
    """A line to be added. With a `uuid` of your own it is added once: the same again is the same line."""

    model_config = with_example(
        {
            "customer_id": 42,
            "description": "Installation on site",
            "quantity": "1.5",
            "unit_price": "95",
            "supplied_on": "2026-09-14",
        }
    )

    uuid: UUID | None = None
    customer_id: Id
    is_credit: bool = Field(False, description="Whether it gives back; quantity and price stay without a minus.")


class LineChanged(TermsOfLine):
    """What a line is to say in place of what it says."""

    model_config = with_example({"description": "Installation on site", "quantity": "2", "unit_price": "95"})


class LineFilters(Paging):
    """Which waiting lines are listed."""

    customer_id: Id = LEFT_OUT


def show_line(line: InterimLine) -> LineShown:
    """The line as an answer says it."""
    plain = {name: getattr(line, name) for name in LineShown.model_fields if name != "is_credit"}
    return LineShown(**plain, is_credit=line.quantity < 0)


def line_terms(request: ApiRequest, body: TermsOfLine, customer: Customer, product: Product | None) -> LineTerms:
    """What the line says, with the price of the lists where none was given."""
    supplied_on = body.supplied_on or request.today
    unit_price = body.unit_price
    if unit_price is None:
        unit_price = _listed(request, customer, product, supplied_on, body.currency)
    said: dict[str, Any] = {name: getattr(body, name) for name in ("description", "quantity", "currency", "reference")}
    return LineTerms(
        **said,
        unit_price=unit_price,
        supplied_on=supplied_on,
        rate_class=None if body.rate_class is None else RateClass(body.rate_class),
        supply=None if body.supply is None else Supply(body.supply),
        ledger_account=body.ledger_account,
        summary_group=body.summary_group,
        cost_centre=body.cost_centre,
    )


def product_in(request: ApiRequest, body: TermsOfLine) -> Product | None:
    """The product that the line names, if it names one."""
    return None if body.product_id is None else product_of(request.acting, body.product_id)


def _listed(
    request: ApiRequest, customer: Customer, product: Product | None, on: date, currency: str | None
) -> Decimal:
    if product is not None:
        spoken = currency or customer.currency or request.seller.currency
        found = listed_price(request.acting, customer=customer, product=product, currency=spoken, on=on)
        if found is not None:
            return found
    raise LinePriceMissing(f"unit_price: {LinePriceMissing.why} {LinePriceMissing.remedy}")


@lines.read("/lines")
def list_lines(request: ApiRequest, filters: Annotated[LineFilters, Query()]) -> Page[LineShown]:
    """List the lines that wait for a run, the oldest first."""
    rows = waiting_lines(acting=request.acting)
    if filters.customer_id:
        rows = rows.filter(customer_id=filters.customer_id)
    return page_of(rows, filters, each(show_line))


@lines.write("POST", "/lines", status=HTTPStatus.CREATED, at="/lines/{uuid}")
def add_line(request: ApiRequest, body: NewLine) -> LineShown:
    """Add a one-off charge or credit for the customer's next run."""
    customer, product = customer_of(request.acting, body.customer_id), product_in(request, body)
    add = commands.add_credit if body.is_credit else commands.add_interim_line
    line = add(
        acting=request.acting,
        customer=customer,
        terms=line_terms(request, body, customer, product),
        product=product,
        uuid=body.uuid,
        now=request.now,
    )
    return show_line(line)


@lines.read("/lines/{uuid}")
def get_line(request: ApiRequest, uuid: UUID) -> LineShown:
    """Show a line, billed or not."""
    return show_line(line_of(acting=request.acting, uuid=uuid))


@lines.write("PUT", "/lines/{uuid}")
def change_line(request: ApiRequest, uuid: UUID, body: LineChanged) -> LineShown:
    """Let a line say something else; a credit stays a credit. Refused once a run has billed it."""
    line, product = line_of(acting=request.acting, uuid=uuid), product_in(request, body)
    changed = commands.change_interim_line(
        acting=request.acting,
        line=line,
        terms=line_terms(request, body, line.customer, product),
        product=product,
        now=request.now,
    )
    return show_line(changed)


@lines.write("DELETE", "/lines/{uuid}")
def remove_line(request: ApiRequest, uuid: UUID) -> None:
    """Take a line away that no run has billed yet."""
    line = line_of(acting=request.acting, uuid=uuid)
    commands.remove_interim_line(acting=request.acting, line=line, now=request.now)
