"""Charges that nobody bills yet: what they are, why, and whether they are given up or wait."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.charges import commands
from rebill.charges.models import Charge
from rebill.charges.queries import charge_of, explain_charge, open_charges
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Amount, Body, Day, Exact, Id, Line, Shown, amount_of, with_example
from rebill.rules.periods import Period

charges = Endpoints(Area.RUNS, "Charges")

Kind = Literal[
    "SETUP", "PERPETUAL", "PERIODICFIRST", "PERIODIC", "PERIODICCORRECTION", "USAGE", "CREDIT", "REBILLED", "TAB"
]


class ChargeShown(Shown):
    """One fact owed. `claim` is the draft that bills it; null while it is open."""

    id: int
    customer_id: int
    source: str
    kind: Kind
    product_id: int | None
    description: str
    starts_on: date | None
    ends_before: date | None
    quantity: Exact
    prorated_quantity: Exact
    unit_price: Exact
    amount: Amount
    cost_centre: str
    dimensions: dict[str, str] = Field(description="Values by heading, besides the cost centre.")
    reference: str
    corrects_id: int | None
    told_at: datetime
    claim: int | None
    not_before: date | None = Field(description="Postponed until this day.")
    waived_reason: str = Field(description="Why it is never billed; empty unless it was waived.")


class PeriodShown(Shown):
    """Days from one until before another."""

    starts_on: date
    ends_before: date


class ExplanationShown(Shown):
    """Why a charge is what it is: its record, period, share, price and where the price comes from."""

    charge_id: int
    kind: Kind
    source: str
    record: str
    period: PeriodShown | None
    whole: PeriodShown | None = Field(description="The billing period that the days belong to.")
    share: str | None = Field(description="What part of the whole period is owed, as a fraction such as 15/30.")
    base: str
    quantity: Exact
    prorated_quantity: Exact
    unit_price: Exact
    amount: Amount
    price_origin: str
    cost_centre: str
    dimensions: dict[str, str]
    corrects: int | None


class Waiver(Body):
    """Why a charge is given up."""

    model_config = with_example({"reason": "Agreed by telephone on 3 September"})

    reason: Line


class Postponement(Body):
    """Until when a charge waits, and why."""

    model_config = with_example({"until": "2026-11-01", "reason": "Customer moves in October"})

    until: Day
    reason: Line = ""


class ChargeFilters(Paging):
    """Which open charges are listed."""

    customer_id: Id = LEFT_OUT


def show_charge(charge: Charge) -> ChargeShown:
    """The charge as an answer says it."""
    ours = ("customer_id", "amount")
    plain = {name: getattr(charge, name) for name in ChargeShown.model_fields if name not in ours}
    return ChargeShown(**plain, customer_id=charge.buyer_id, amount=amount_of(charge.amount))


def _period(period: Period | None) -> PeriodShown | None:
    return None if period is None else PeriodShown.model_validate(period, from_attributes=True)


@charges.read("/charges")
def list_charges(request: ApiRequest, filters: Annotated[ChargeFilters, Query()]) -> Page[ChargeShown]:
    """List the charges that nobody bills yet and that were not waived, the oldest first."""
    rows = open_charges(acting=request.acting, customer_id=filters.customer_id)
    return page_of(rows, filters, each(show_charge))


@charges.read("/charges/{charge_id}")
def get_charge(request: ApiRequest, charge_id: Id) -> ChargeShown:
    """Show a charge, open or not."""
    return show_charge(charge_of(acting=request.acting, charge_id=charge_id))


@charges.read("/charges/{charge_id}/explanation")
def get_explanation(request: ApiRequest, charge_id: Id) -> ExplanationShown:
    """Explain a charge."""
    found = explain_charge(acting=request.acting, charge_id=charge_id)
    ours = ("period", "whole", "share", "amount")
    plain = {name: getattr(found, name) for name in ExplanationShown.model_fields if name not in ours}
    return ExplanationShown(
        **plain,
        period=_period(found.period),
        whole=_period(found.whole),
        share=None if found.share is None else f"{found.share[0]}/{found.share[1]}",
        amount=amount_of(found.amount),
    )


@charges.write("POST", "/charges/{charge_id}/waive")
def waive_charge(request: ApiRequest, charge_id: Id, body: Waiver) -> ChargeShown:
    """Give an open charge up: it is never billed."""
    charge = charge_of(acting=request.acting, charge_id=charge_id)
    return show_charge(commands.waive_charge(acting=request.acting, charge=charge, reason=body.reason, now=request.now))


@charges.write("POST", "/charges/{charge_id}/postpone")
def postpone_charge(request: ApiRequest, charge_id: Id, body: Postponement) -> ChargeShown:
    """Leave an open charge for runs from a day on."""
    charge = charge_of(acting=request.acting, charge_id=charge_id)
    postponed = commands.postpone_charge(
        acting=request.acting, charge=charge, until=body.until, reason=body.reason, now=request.now
    )
    return show_charge(postponed)


@charges.write("POST", "/charges/{charge_id}/reopen")
def reopen_charge(request: ApiRequest, charge_id: Id) -> ChargeShown:
    """Take a waiver or postponement back: the charge is open for the next run."""
    charge = charge_of(acting=request.acting, charge_id=charge_id)
    return show_charge(commands.reopen_charge(acting=request.acting, charge=charge, now=request.now))
