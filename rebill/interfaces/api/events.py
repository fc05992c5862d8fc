"""What happened, in order: a feed to be read on from where one was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Access, Area, is_within
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Id, Line, Shown
from rebill.kit.events import events_about
from rebill.kit.models import Event

events = Endpoints(None, "Events")

# Whose events a token sees: those of the areas that it may read.
SUBJECTS: Mapping[Area, tuple[str, ...]] = {
    Area.SETTINGS: (
        "access.user", "parties.seller", "parties.selleraccount", "parties.numberseries", "parties.look",
        "parties.apitoken", "import",
    ),
    Area.PARTIES: ("parties.customer",),
    Area.CATALOGUE: ("catalogue.product", "catalogue.priceplan", "catalogue.price"),
    Area.SUBSCRIPTIONS: ("subscriptions.order", "subscriptions.subscription"),
    Area.LINES: ("oneoff.interimline",),
    Area.CALLS: ("usage.rating",),
    Area.PURCHASES: ("supplier_invoices.supplier", "supplier_invoices.purchaseinvoice"),
    Area.TABS: ("tabs.tab", "tabs.holder"),
    Area.TILL: (),
    Area.RUNS: ("charges.charge", "runs.run", "runs.draft"),
    Area.INVOICES: ("invoices.invoice",),
    Area.DELIVERY: ("delivery.dispatch", "delivery.printbatch"),
    Area.EXPORTS: ("exports.export",),
}  # fmt: skip


class EventShown(Shown):
    """Something that happened to a subject. `actor_id` is the user; null when the timetable did it."""

    id: int
    subject_type: str = Field(examples=["runs.draft"])
    subject_id: int
    verb: str = Field(examples=["approved"])
    actor_id: int | None
    occurred_at: datetime
    details: dict[str, Any] = Field(description="What it was about; what it holds depends on subject and verb.")


class EventFilters(Paging):
    """Which events are listed."""

    subject_type: Line = ""
    subject_id: Id | None = None


@events.read("/events")
def list_events(request: ApiRequest, filters: Annotated[EventFilters, Query()]) -> Page[EventShown]:
    """List what happened, the oldest first, as far as the token may read.

    Keep the last `next_cursor`, and ask with it later for what came since.
    """
    readable = [area for area in Area if is_within(request.token.scopes, area, Access.READ)]
    types = [subject for area in readable for subject in SUBJECTS[area]]
    if filters.subject_type:
        types = [subject for subject in types if subject == filters.subject_type]
    rows = events_about(seller_id=request.acting.seller_id, subject_types=types, subject_id=filters.subject_id)
    return page_of(rows, filters, each(show_event))


def show_event(event: Event) -> EventShown:
    """The event as an answer says it."""
    return EventShown.model_validate(event, from_attributes=True)
