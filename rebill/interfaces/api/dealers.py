"""Dealers: who they are, whom they sell to, ordering for their customers, and moving those from one to another."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from django.db import transaction
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.subscriptions import Agreed
from rebill.interfaces.api.values import (
    Amount,
    Body,
    Day,
    Exact,
    Id,
    Line,
    Search,
    Shown,
    minor_amount,
    scaled,
    with_example,
)
from rebill.interfaces.invitations import mail_invitation
from rebill.parties import commands
from rebill.parties.models import Customer
from rebill.pipeline import move_customer
from rebill.runs.queries.moving import MoveSide, effect_of_move
from rebill.runs.queries.orders_below import Level, effect_of_order_below
from rebill.subscriptions.commands import start_subscription_below
from rebill.subscriptions.queries.below import Dealer, customers_below, dealer_of, dealers_of

dealers = Endpoints(Area.PARTIES, "Dealers")


class DealerShown(Shown):
    """A seller below, at any depth: a customer of `above`."""

    dealer: str = Field(description="Its short name.")
    name: str
    above: str = Field(description="The short name of the seller whose customer it is.")
    as_customer_id: int
    customers: int
    products: int


class DealersShown(Shown):
    """The dealers below the seller, each after the one above it."""

    items: list[DealerShown]


class NewDealer(Body):
    """A customer that becomes a dealer, and who owns it."""

    model_config = with_example({"customer_id": 42, "dealer": "oost-ict", "email": "dirk@oost-ict.example"})

    customer_id: Id
    dealer: Line = Field(description="Its short name: letters, digits and hyphens.")
    email: Line = Field(description="Of its owner. Who is new here is mailed an invitation.")
    full_name: Line = ""
    language: Literal["nl", "de", "fi", "en"] = Field("en", description="Of the pages, for somebody new.")


class DealerCustomersAsked(Paging):
    """Which customers of dealers."""

    dealer: Line = Field("", description="Of this one only.")
    search: Search = Field("", description="Words of the name, or the beginning of the number.")


class DealerCustomerShown(Shown):
    """A customer of a dealer, as the sellers above know it from their invoices."""

    id: int
    number: str | None
    name: str
    dealer: str


class OrderBelow(Agreed):
    """An order for a dealer's customer: the product is the seller's own; each seller asks its own price.

    With a `uuid` of your own it is placed once: the same again is the same one.
    """

    model_config = with_example(
        {"customer_id": 42, "product_id": 12, "quantity": "6", "start_on": "2026-10-01", "order_number": "50311"}
    )

    uuid: UUID | None = None
    customer_id: Id
    product_id: Id
    order_number: Line = Field("", description="The number of the order at the dealer; placed if there is none.")
    general_reference: Line = ""


class OrderBelowShown(Shown):
    """The subscription that came of an order for a dealer's customer."""

    uuid: UUID
    dealer: str
    customer_id: int
    product_id: int = Field(description="The seller's own product that was ordered.")
    quantity: Exact
    start_on: date


class LevelShown(Shown):
    """One seller of the chain: what it would bill its own customer for the order, without VAT.

    Null where that is its own affair: of the sellers further down only names are known.
    """

    dealer: str
    bills: str
    buys: bool = Field(description="Whether it is what the acting seller itself is billed.")
    billed_on: date | None
    differences: list[Amount] | None


class OrderBelowEffectShown(Shown):
    """What an order for a dealer's customer would do on each level, from the top down. Nothing is written."""

    levels: list[LevelShown]


class MoveAsked(Body):
    """A customer that goes to another dealer, and its first day there."""

    model_config = with_example({"customer_id": 42, "dealer": "delta", "on": "2026-10-15"})

    customer_id: Id
    dealer: Line = Field(description="The short name of the seller it goes to.")
    on: Day


class MoveShown(Shown):
    """The customer as its new seller has it, and what went along under the same uuids."""

    customer_id: int
    number: str | None
    dealer: str
    subscriptions: list[UUID]


class MoveLine(Shown):
    """What goes along: the seller's own product, null where a dealer makes it itself, and how much from which day."""

    uuid: UUID
    product_id: int | None
    quantity: Exact
    starts_on: date


class MoveSideShown(Shown):
    """One of both sellers of a move: what the acting seller would bill more or less on its side, without VAT."""

    dealer: str
    billed_customer_id: int
    billed_on: date
    differences: list[Amount]


class MoveEffectShown(Shown):
    """What a move would do. Nothing is written."""

    left: MoveSideShown
    gone_to: MoveSideShown
    lines: list[MoveLine]


def _show_dealer(dealer: Dealer) -> DealerShown:
    return DealerShown(
        dealer=dealer.seller.slug,
        name=dealer.seller.name,
        above=dealer.above.slug,
        as_customer_id=dealer.as_customer_id,
        customers=dealer.customers,
        products=dealer.products,
    )


def _show_customer(customer: Customer) -> DealerCustomerShown:
    return DealerCustomerShown(id=customer.pk, number=customer.number, name=customer.name, dealer=customer.seller.slug)


def _show_side(side: MoveSide) -> MoveSideShown:
    return MoveSideShown(
        dealer=side.seller.slug,
        billed_customer_id=side.buyer.pk,
        billed_on=side.effect.billed_on,
        differences=[minor_amount(minor, currency) for currency, minor in side.effect.differences],
    )


@dealers.read("/dealers")
def list_dealers(request: ApiRequest) -> DealersShown:
    """List the dealers below the seller."""
    return DealersShown(items=[_show_dealer(dealer) for dealer in dealers_of(acting=request.acting)])


@dealers.write("POST", "/dealers", status=HTTPStatus.CREATED)
def invite_dealer(request: ApiRequest, body: NewDealer) -> DealerShown:
    """Make a customer a dealer: a seller of its own below this one, and mail its owner an invitation."""
    invited = commands.invite_dealer(
        acting=request.acting,
        customer_id=body.customer_id,
        slug=body.dealer,
        email=body.email,
        full_name=body.full_name,
        language=body.language,
        now=request.now,
    )
    inviter = request.token.user
    transaction.on_commit(lambda: mail_invitation(request, seller=invited.seller, user=invited.owner, inviter=inviter))
    shown = {dealer.seller.pk: dealer for dealer in dealers_of(acting=request.acting)}
    return _show_dealer(shown[invited.seller.pk])


@dealers.read("/dealers/customers")
def list_dealer_customers(
    request: ApiRequest, asked: Annotated[DealerCustomersAsked, Query()]
) -> Page[DealerCustomerShown]:
    """List the customers of dealers, by number and name."""
    rows = customers_below(acting=request.acting, dealer=asked.dealer, words=asked.search)
    return page_of(rows, asked, each(_show_customer))


@dealers.write("POST", "/dealers/orders", status=HTTPStatus.CREATED, area=Area.SUBSCRIPTIONS)
def order_below(request: ApiRequest, body: OrderBelow) -> OrderBelowShown:
    """Order for a customer of a dealer: the subscription is the dealer's, and every seller bills its own customer."""
    started = start_subscription_below(
        acting=request.acting,
        customer_id=body.customer_id,
        product_id=body.product_id,
        terms=body.terms(),
        order_number=body.order_number,
        general_reference=body.general_reference,
        uuid=body.uuid,
        now=request.now,
    )
    return OrderBelowShown(
        uuid=started.uuid,
        dealer=started.seller.slug,
        customer_id=started.customer_id,
        product_id=body.product_id,
        quantity=started.quantity,
        start_on=started.start_on,
    )


@dealers.read("/dealers/orders/effect", method="POST")
def preview_order_below(request: ApiRequest, body: OrderBelow) -> OrderBelowEffectShown:
    """Show what an order for a dealer's customer would bill on each level, before it is placed."""
    levels = effect_of_order_below(
        acting=request.acting,
        customer_id=body.customer_id,
        product_id=body.product_id,
        terms=body.terms(),
        today=request.today,
    )
    return OrderBelowEffectShown(levels=[_show_level(level) for level in levels])


def _show_level(level: Level) -> LevelShown:
    effect = level.effect
    return LevelShown(
        dealer=level.seller.slug,
        bills=level.buyer.name,
        buys=level.buys,
        billed_on=None if effect is None else effect.billed_on,
        differences=None if effect is None else [minor_amount(minor, code) for code, minor in effect.differences],
    )


@dealers.read("/dealers/moves/effect", method="POST")
def preview_move(request: ApiRequest, body: MoveAsked) -> MoveEffectShown:
    """Show what moving a customer to another dealer would bill otherwise, to both of them."""
    to = dealer_of(acting=request.acting, slug=body.dealer)
    found = effect_of_move(
        acting=request.acting, customer_id=body.customer_id, to_seller_id=to.pk, on=body.on, today=request.today
    )
    lines = [
        MoveLine(
            uuid=taken.subscription.uuid,
            product_id=found.move.top.get(days.product_id),
            quantity=scaled(days.quantity_e8, 8),
            starts_on=days.starts_on,
        )
        for taken in found.move.taken
        for days in taken.days
    ]
    return MoveEffectShown(left=_show_side(found.left), gone_to=_show_side(found.gone_to), lines=lines)


@dealers.write("POST", "/dealers/moves", status=HTTPStatus.CREATED)
def move_dealer_customer(request: ApiRequest, body: MoveAsked) -> MoveShown:
    """Move a customer from one dealer to another with all that it takes; each seller bills exactly its days."""
    to = dealer_of(acting=request.acting, slug=body.dealer)
    moved = move_customer(
        acting=request.acting, customer_id=body.customer_id, to_seller_id=to.pk, on=body.on, now=request.now
    )
    return MoveShown(
        customer_id=moved.customer.pk,
        number=moved.customer.number,
        dealer=to.slug,
        subscriptions=[each.uuid for each in moved.subscriptions],
    )
