"""Changes of subscriptions: each dated and kept, none overwritten."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue.queries import product_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Day, Exact, Id, Line, Shown, with_example
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions import commands
from rebill.subscriptions.commands.wishes import Wish, cancellation
from rebill.subscriptions.models import Change
from rebill.subscriptions.queries import change_of, subscription_of

changes = Endpoints(Area.SUBSCRIPTIONS, "Changes of subscriptions")

Kind = Literal["quantity", "price", "product", "pause", "resume", "cancel", "revoke"]


class ChangeShown(Shown):
    """A change as it was entered."""

    uuid: UUID
    sequence: int
    kind: Kind
    effective_on: date
    quantity: Exact | None
    unit_price: Exact | None
    product_code: str | None
    reference: str
    entered_at: datetime
    taken_back: bool = Field(description="Whether another change has taken it back since.")


class _NewChange(Body):
    """What every change says. With a `uuid` of your own it is entered once: the same again is the same one."""

    uuid: UUID | None = None
    reference: Line = ""


class QuantityChange(_NewChange):
    """Another quantity from a day on. Zero is allowed and owes nothing."""

    kind: Literal["quantity"]
    effective_on: Day
    quantity: Exact


class PriceChange(_NewChange):
    """An own price per billing period from a day on; null goes back to the price lists."""

    kind: Literal["price"]
    effective_on: Day
    unit_price: Exact | None


class ProductChange(_NewChange):
    """Another product from a day on. The own price ends unless one is given, the quantity goes on."""

    kind: Literal["product"]
    effective_on: Day
    product_id: Id
    unit_price: Exact | None = None
    quantity: Exact | None = None


class PauseOrResume(_NewChange):
    """Nothing is owed from a day on, or it is owed again."""

    kind: Literal["pause", "resume"]
    effective_on: Day


class Cancellation(_NewChange):
    """The end, by the last day that is owed or by the first that is not: one of the two."""

    kind: Literal["cancel"]
    last_day: Day | None = None
    ends_before: Day | None = None


NewChange = Annotated[
    QuantityChange | PriceChange | ProductChange | PauseOrResume | Cancellation, Field(discriminator="kind")
]


class ChangeEntered(Body):
    """A change to be entered."""

    model_config = with_example(
        {"change": {"kind": "quantity", "effective_on": "2026-11-15", "quantity": "30", "reference": "PO 9001"}}
    )

    change: NewChange


class Revocation(Body):
    """Why a change is taken back."""

    model_config = with_example({"reference": "Entered by mistake"})

    uuid: UUID | None = None
    reference: Line = ""


def wish_of(request: ApiRequest, said: NewChange) -> Wish:
    """The change as it is asked for."""
    if isinstance(said, Cancellation):
        return cancellation(last_day=said.last_day, ends_before=said.ends_before, reference=said.reference)
    product_id = said.product_id if isinstance(said, ProductChange) else None
    return Wish(
        kind=ChangeKind(said.kind),
        effective_on=said.effective_on,
        quantity=getattr(said, "quantity", None),
        unit_price=getattr(said, "unit_price", None),
        product=None if product_id is None else product_of(request.acting, product_id),
        reference=said.reference,
    )


def show_change(change: Change) -> ChangeShown:
    """The change as an answer says it right after it was entered."""
    ours = ("product_code", "taken_back")
    plain = {name: getattr(change, name) for name in ChangeShown.model_fields if name not in ours}
    return ChangeShown(**plain, product_code=change.product.code if change.product else None, taken_back=False)


@changes.write("POST", "/subscriptions/{uuid}/changes", status=HTTPStatus.CREATED)
def enter_change(request: ApiRequest, uuid: UUID, body: ChangeEntered) -> ChangeShown:
    """Enter a change of a subscription.

    Every change is dated and kept; a day in the past is allowed, and the next run corrects what was billed since.
    """
    row = subscription_of(acting=request.acting, uuid=uuid)
    wish = wish_of(request, body.change)
    return show_change(
        commands.enter_change(
            acting=request.acting, subscription=row, wish=wish, uuid=body.change.uuid, now=request.now
        )
    )


@changes.write("POST", "/changes/{uuid}/revoke", status=HTTPStatus.CREATED)
def revoke_change(request: ApiRequest, uuid: UUID, body: Revocation) -> ChangeShown:
    """Take a change back as if it had never been entered; both stay on record."""
    revoked = commands.revoke_change(
        acting=request.acting,
        change=change_of(acting=request.acting, uuid=uuid),
        reference=body.reference,
        uuid=body.uuid,
        now=request.now,
    )
    return show_change(revoked)
