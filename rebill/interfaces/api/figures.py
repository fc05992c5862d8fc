"""What can still be credited of an invoice, and what the invoices of each month came to."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from ninja import Query
from pydantic import BaseModel, Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.products import Group
from rebill.interfaces.api.values import LEFT_OUT, Amount, Day, Exact, Id, Shown, minor_amount
from rebill.invoices.queries.crediting import CreditableLine, creditable_lines
from rebill.invoices.queries.revenue import GroupRevenue, revenue_by_month

figures = Endpoints(Area.INVOICES, "Invoices")


class CreditableShown(Shown):
    """What is left to credit of one line: of its quantity, and of its amount without VAT."""

    position: int
    description: str
    quantity: Exact
    net: Amount
    is_open: bool = Field(description="Whether anything is left.")


class CreditableLinesShown(Shown):
    """Every line of an invoice with what is left of it."""

    items: list[CreditableShown]


class RevenueShown(Shown):
    """What the documents of a month came to in one summary group, without VAT; credit notes are taken off."""

    month: date
    summary_group: Group
    net: Amount


class RevenueListed(Shown):
    """The revenue by month, currency and summary group."""

    items: list[RevenueShown]


class RevenueFilters(BaseModel):
    """From which month on."""

    since: Day = Field(LEFT_OUT, description="Any day of the first month; a year ago unless said.")


def _show_left(each: CreditableLine) -> CreditableShown:
    return CreditableShown(
        position=each.line.position,
        description=each.line.description,
        quantity=Decimal(each.left.quantity_e8).scaleb(-8),
        net=minor_amount(each.left.net_minor, each.line.currency),
        is_open=each.left.is_open,
    )


def _show_revenue(each: GroupRevenue) -> RevenueShown:
    net = minor_amount(each.net_minor, each.currency)
    return RevenueShown.model_validate({"month": each.month, "summary_group": each.summary_group, "net": net})


@figures.read("/invoices/{invoice_id}/creditable")
def list_creditable_lines(request: ApiRequest, invoice_id: Id) -> CreditableLinesShown:
    """List the lines of an invoice with what is left of each to credit."""
    lines = creditable_lines(acting=request.acting, invoice_id=invoice_id)
    return CreditableLinesShown(items=[_show_left(each) for each in lines])


@figures.read("/revenue")
def get_revenue(request: ApiRequest, filters: Annotated[RevenueFilters, Query()]) -> RevenueListed:
    """Show the revenue by month, currency and summary group."""
    first = filters.since or request.today.replace(year=request.today.year - 1, day=1)
    rows = revenue_by_month(acting=request.acting, since=first.replace(day=1))
    return RevenueListed(items=[_show_revenue(each) for each in rows])
