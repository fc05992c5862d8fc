"""Margins: what was billed, less what the seller above billed for the same events."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.exports.margins import By, Margin, margins, totals
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Amount, Day, Shown, amount_of

margin_figures = Endpoints(Area.EXPORTS, "Margins")

ByName = Literal["customer", "product", "month"]


class MarginSums(Shown):
    """What was sold, what was bought, and what is left, without VAT."""

    sold: Amount
    bought: Amount
    earned: Amount
    percent: int | None = Field(description="Of what was sold, in whole per cent; null where nothing was sold.")


class MarginShown(MarginSums):
    """The margin of one customer, product or month."""

    code: str = Field(description="The customer's number, the product's code, or the month such as 2026-10.")
    name: str
    customer_id: int | None


class MarginsShown(Shown):
    """The margins of a month, the highest first; or of a year, month by month."""

    month: date
    by: ByName
    items: list[MarginShown]
    totals: list[MarginSums] = Field(description="In each currency.")


class MarginsAsked(Shown):
    """Which margins."""

    month: Day = Field(LEFT_OUT, description="By any of its days; this month unless said.")
    by: ByName = Field("customer", description="By month: the twelve months that end with it.")


def _sums_of(margin: Margin) -> MarginSums:
    return MarginSums(
        sold=amount_of(margin.sold),
        bought=amount_of(margin.bought),
        earned=amount_of(margin.earned),
        percent=margin.percent,
    )


def _show_margin(margin: Margin) -> MarginShown:
    sums = _sums_of(margin)
    return MarginShown(**dict(sums), code=margin.code, name=margin.name, customer_id=margin.id)


@margin_figures.read("/margins")
def get_margins(request: ApiRequest, asked: Annotated[MarginsAsked, Query()]) -> MarginsShown:
    """Show what is left of what was billed in a month, from issued documents."""
    month = (asked.month or request.today).replace(day=1)
    rows = margins(acting=request.acting, month=month, by=By(asked.by), language=request.seller.language)
    return MarginsShown(
        month=month,
        by=asked.by,
        items=[_show_margin(each) for each in rows],
        totals=[_sums_of(each) for each in totals(rows)],
    )
