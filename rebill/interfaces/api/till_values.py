"""The values that a till's requests and answers are made of."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from rebill.interfaces.api.cursors import Paging
from rebill.interfaces.api.products import RateKind
from rebill.interfaces.api.tabs import StatusName
from rebill.interfaces.api.values import Amount, Body, Exact, Id, Line, Search, Shown, with_example
from rebill.sources.tabs.queries.tabs import FEED_AT_ONCE

OrderStateName = Literal["reserved", "booked", "billed", "settled", "cancelled"]
Key = Annotated[str, Field(min_length=1, max_length=80, description="The till's own key of the order.")]
LATE_AT_ONCE = 500


class TillTabShown(Shown):
    """A tab as a till needs it. `left` is what may still be bought, below zero where it is over its limit."""

    id: int
    number: str
    name: str = Field(description="The customer's name.")
    description: str
    status: StatusName
    limit: Amount
    balance: Amount
    left: Amount
    may_buy: bool
    is_shown: bool


class TillChangesShown(Shown):
    """Tabs that changed, each as it is now. Keep `cursor` and ask with it later; `has_more` says to ask at once."""

    tabs: list[TillTabShown]
    cursor: str
    has_more: bool


class OrderLineSaid(Body):
    """A line: a product by its code, or words; its VAT as the product's, by class, or by percentage."""

    product_code: Line = ""
    description: Line = Field("", description="The product's name unless said.")
    quantity: Exact = Field(default="1", validate_default=True)
    unit_price: Exact
    rate_class: RateKind | None = None
    vat_percent: Exact | None = Field(None, description="Such as 9 or 25.5.")


class NewTabOrder(Body):
    """An order on a tab, named by `tab_id` or by `tab`, its number."""

    model_config = with_example(
        {
            "key": "till-1-000231",
            "tab": "K-1001-01",
            "ordered_at": "2026-09-14T19:14:00+02:00",
            "lines": [{"description": "Beer", "quantity": "3", "unit_price": "2.80", "vat_percent": "21"}],
        }
    )

    key: Key
    tab_id: Id | None = None
    tab: Line = ""
    ordered_at: datetime
    lines: list[OrderLineSaid] = Field(min_length=1, max_length=500)
    includes_vat: bool = Field(True, description="Whether the prices have VAT in them.")
    till: Line = ""
    reference: Line = ""
    holder_id: Id | None = Field(None, description="Who buys; must be a holder of the tab who may.")
    reserve: bool = Field(False, description="Whether it only takes of the limit, and is booked later.")
    is_late: bool = Field(
        False, description="Whether it was bought while the till was off line: it is kept in any case."
    )


class TabOrderLineShown(Shown):
    """A line of an order."""

    number: int
    product_id: int | None
    description: str
    quantity: Exact
    unit_price: Exact
    amount: Amount
    rate_class: RateKind
    vat_percent: Exact


class TabOrderShown(Shown):
    """An order. `amount` is what it takes of the limit, VAT included, below zero where something is given back."""

    key: str
    tab_id: int
    state: OrderStateName
    amount: Amount
    includes_vat: bool
    ordered_at: datetime
    received_at: datetime
    ended_at: datetime | None
    till: str
    reference: str
    is_late: bool
    over_limit: bool = Field(description="It came late and does not fit into the limit.")
    not_allowed: bool = Field(description="It came late, when the tab was not for sale.")
    refunded: Amount
    lines: list[TabOrderLineShown]


class OrderBooked(Body):
    """Other lines for a reserved order, where it came to something else."""

    model_config = with_example({"lines": [{"description": "Beer", "quantity": "2", "unit_price": "2.80"}]})

    lines: list[OrderLineSaid] | None = Field(None, min_length=1, max_length=500)
    is_late: bool = False


class OrderEnded(Body):
    """Why it ended."""

    model_config = with_example({"reason": "Spilled"})

    reason: Line = ""


class OrderRefunded(Body):
    """The key of the refund, when it was given, and of which lines; without them of all that is left."""

    model_config = with_example({"refund_key": "till-1-000232", "ordered_at": "2026-09-14T20:00:00+02:00"})

    refund_key: Key
    ordered_at: datetime
    lines: list[int] | None = Field(None, min_length=1, max_length=500)


class LateStep(Body):
    """One thing that happened while the till was off line."""

    do: Literal["order", "book", "cancel", "settle", "refund"]
    order: NewTabOrder | None = Field(None, description="For `order`.")
    key: Line = Field("", max_length=80, description="For anything else: of which order.")
    reason: Line = Field("", description="For `cancel` and `settle`.")
    book: OrderBooked | None = Field(None, description="For `book`, where it came to something else.")
    refund: OrderRefunded | None = Field(None, description="For `refund`.")


class LateSteps(Body):
    """What happened while the till was off line, in any order."""

    model_config = with_example({"steps": [{"do": "cancel", "key": "till-1-000240", "reason": "Spilled"}]})

    steps: list[LateStep] = Field(min_length=1, max_length=LATE_AT_ONCE)


class LateStepShown(Shown):
    """What became of one of them. A refused one never stops the others."""

    key: str
    is_taken: bool
    state: OrderStateName | None = Field(description="Null where it waits for its order; of a refund its own.")
    over_limit: bool
    code: str = Field(description="Why it was refused; empty when taken.")
    detail: str


class LateStepsShown(Shown):
    """One answer for each step, in their order."""

    steps: list[LateStepShown]


class TillTabFilters(Paging):
    """Which tabs the till sees."""

    search: Search = ""
    shown_only: bool = Field(False, description="Only those that are shown without being asked.")


class TillChangesAsked(Shown):
    """Since when."""

    cursor: Line = ""
    limit: int = Field(FEED_AT_ONCE, ge=1, le=FEED_AT_ONCE)


class TabOrderFilters(Paging):
    """Which orders are listed."""

    tab_id: Id | None = None
    state: OrderStateName | None = None
