"""Subscriptions: what customers take, since when and in which quantity, and what became of it."""

from dataclasses import fields
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue.queries import product_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.changes import ChangeShown
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Search, Shown, with_example
from rebill.parties.queries import customer_of
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions import commands
from rebill.subscriptions.commands import StartTerms
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import current_states, find_subscriptions, order_of, subscription_of, timeline_of

subscriptions = Endpoints(Area.SUBSCRIPTIONS, "Subscriptions")


class SubscriptionShown(Shown):
    """What a customer takes as it was agreed at the start; its time line says what became of it."""

    uuid: UUID
    customer_id: int
    product_id: int
    product_code: str
    order_number: str | None
    description: str
    quantity: Exact
    unit_price: Exact | None = Field(description="Its own price for one billing period; null: as the price lists say.")
    start_on: date
    ends_before: date | None
    trial_before: date | None
    billing_months: int
    timing: Literal["advance", "arrears"]
    alignment: Literal["calendar", "anniversary"]
    cost_centre: str
    dimensions: dict[str, str]
    reference: str
    changes: int = Field(description="How many changes were entered.")
    created_at: datetime


class Agreed(Body):
    """What is agreed at the start of a subscription, whosever it is."""

    quantity: Exact
    start_on: Day = Field(description="It may lie in the past or in the future.")
    ends_before: Day | None = None
    trial_before: Day | None = Field(None, description="Free until before this day.")
    billing_months: int = Field(1, ge=1, le=36)
    timing: Literal["advance", "arrears"] = "advance"
    alignment: Literal["calendar", "anniversary"] = "calendar"
    description: Line = ""
    cost_centre: Line = ""
    dimensions: dict[Line, Line] = {}
    reference: Line = ""

    def terms(self) -> StartTerms:
        """The terms as the command takes them."""
        of_terms = {each.name for each in fields(StartTerms)} - {"timing", "alignment"}
        agreed: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields if name in of_terms}
        return StartTerms(**agreed, timing=Timing(self.timing), alignment=Alignment(self.alignment))


class NewSubscription(Agreed):
    """A subscription to be started. With a `uuid` of your own it is started once: the same again is the same one."""

    model_config = with_example(
        {
            "customer_id": 42,
            "product_id": 12,
            "quantity": "25",
            "start_on": "2026-10-01",
            "order_number": "SO-2026-114",
            "reference": "PO 8812",
        }
    )

    uuid: UUID | None = None
    customer_id: Id
    product_id: Id
    order_number: Line | None = Field(None, description="An order of the customer that was placed.")
    unit_price: Exact | None = None


class SubscriptionFilters(Paging):
    """Which subscriptions are listed."""

    search: Search = Field("", description="Words in the customer's name, or a number or code.")
    customer_id: Id = LEFT_OUT


def show_subscription(row: Subscription) -> SubscriptionShown:
    """The subscription as an answer says it."""
    ours = ("product_code", "order_number", "changes")
    plain = {name: getattr(row, name) for name in SubscriptionShown.model_fields if name not in ours}
    return SubscriptionShown(
        **plain,
        product_code=row.product.code,
        order_number=row.order.number if row.order else None,
        changes=row.sequence,
    )


@subscriptions.read("/subscriptions")
def list_subscriptions(
    request: ApiRequest, filters: Annotated[SubscriptionFilters, Query()]
) -> Page[SubscriptionShown]:
    """List subscriptions, the oldest first."""
    rows = find_subscriptions(acting=request.acting, search=filters.search, customer_id=filters.customer_id)
    return page_of(rows, filters, each(show_subscription))


@subscriptions.write("POST", "/subscriptions", status=HTTPStatus.CREATED, at="/subscriptions/{uuid}")
def start_subscription(request: ApiRequest, body: NewSubscription) -> SubscriptionShown:
    """Start a subscription. It bills nothing by itself; the next run finds it."""
    acting = request.acting
    started = commands.start_subscription(
        acting=acting,
        customer=customer_of(acting, body.customer_id),
        product=product_of(acting, body.product_id),
        order=None if body.order_number is None else order_of(acting=acting, number=body.order_number),
        terms=body.terms(),
        uuid=body.uuid,
        now=request.now,
    )
    return show_subscription(subscription_of(acting=acting, uuid=started.uuid))


@subscriptions.read("/subscriptions/{uuid}")
def get_subscription(request: ApiRequest, uuid: UUID) -> SubscriptionShown:
    """Show a subscription as it was agreed at the start."""
    return show_subscription(subscription_of(acting=request.acting, uuid=uuid))


# --- what became of it ----------------------------------------------------------------------------------------------


class StateShown(Shown):
    """How a subscription stands on a day, changes and all."""

    on: date
    standing: Literal["upcoming", "running", "paused", "ended"]
    product_code: str
    quantity: Exact
    unit_price: Exact | None
    last_on: date | None = Field(description="The last day that is owed; null while no end is known.")


class DatedStateShown(Shown):
    """What was or is taken from a day up to and including another; paused days are left out."""

    starts_on: date
    last_on: date | None
    product_code: str
    quantity: Exact
    unit_price: Exact | None
    reference: str


class TimelineShown(Shown):
    """What is taken on which days, and everything that was ever entered."""

    states: list[DatedStateShown]
    changes: list[ChangeShown]


class StateAsked(Shown):
    """The day that is looked at."""

    on: Day = Field(LEFT_OUT, description="Today unless said.")


@subscriptions.read("/subscriptions/{uuid}/state")
def get_subscription_state(request: ApiRequest, uuid: UUID, asked: Annotated[StateAsked, Query()]) -> StateShown:
    """Show how a subscription stands on a day."""
    row = subscription_of(acting=request.acting, uuid=uuid)
    on = asked.on or request.today
    state = current_states(acting=request.acting, subscription_ids=[row.pk], on=on)[row.pk]
    return StateShown(
        on=on,
        standing=state.standing.value,
        product_code=state.product_code,
        quantity=state.quantity,
        unit_price=state.unit_price,
        last_on=state.last_on,
    )


@subscriptions.read("/subscriptions/{uuid}/timeline")
def get_timeline(request: ApiRequest, uuid: UUID) -> TimelineShown:
    """Show the time line of a subscription."""
    timeline = timeline_of(acting=request.acting, uuid=uuid)
    return TimelineShown(
        states=[DatedStateShown.model_validate(each, from_attributes=True) for each in timeline.states],
        changes=[ChangeShown.model_validate(each, from_attributes=True) for each in timeline.changes],
    )
