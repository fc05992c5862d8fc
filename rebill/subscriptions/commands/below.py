"""What a wholesaler does for its dealers' customers: ordering for them, and moving them from one dealer to another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import cast
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_of
from rebill.kit.database import atomic_write
from rebill.kit.events import record_event
from rebill.parties.commands import create_customer
from rebill.parties.fields import CUSTOMER_FIELDS, CustomerTerms
from rebill.parties.models import Customer
from rebill.rules.money import ONE_E8
from rebill.rules.periods import Alignment, Timing
from rebill.rules.timeline import FOREVER, Stretch
from rebill.subscriptions.commands.changing import (
    cancel_subscription,
    change_quantity,
    change_subscription_product,
    pause_subscription,
    resume_subscription,
)
from rebill.subscriptions.commands.starting import OrderDiffers, StartTerms, place_order, start_subscription
from rebill.subscriptions.models import Order, Subscription
from rebill.subscriptions.queries.below import NotSoldThere, customer_in_chain, move_below, products_sold_at


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a customer went: what it is at its new seller, and what it takes there."""

    customer: Customer
    subscriptions: tuple[Subscription, ...]


def start_subscription_below(
    *,
    acting: Acting,
    customer_id: int,
    product_id: int,
    terms: StartTerms,
    now: datetime,
    order_number: str = "",
    general_reference: str = "",
    uuid: UUID | None = None,
) -> Subscription:
    """A subscription of a dealer's customer, ordered by the seller above: to the dealer's own product that stands for
    the seller's `product_id`. It is the dealer's subscription, as if the dealer had started it; every level bills it.

    Prices are none of the terms: each seller asks its own. NotSoldThere where the dealer does not resell the product.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    customer = customer_in_chain(acting=acting, customer_id=customer_id)
    product = product_of(acting, product_id)
    own = products_sold_at(acting=acting, seller_id=customer.seller_id).get(product.pk)
    if own is None:
        raise NotSoldThere(
            _("%(dealer)s does not resell %(code)s.") % {"dealer": customer.seller.name, "code": product.code}
        )
    there = replace(acting, seller_id=customer.seller_id)
    with atomic_write():
        order = None
        if order_number:
            order = place_order(
                acting=there, customer=customer, number=order_number, general_reference=general_reference, now=now
            )
        return start_subscription(
            acting=there,
            customer=customer,
            product=own,
            terms=replace(terms, unit_price=None),
            order=order,
            uuid=uuid,
            now=now,
        )


def move_customer_below(
    *,
    acting: Acting,
    customer_id: int,
    to_seller_id: int,
    on: date,
    now: datetime,
    begun: Collection[int] = frozenset(),
) -> Moved:
    """The customer of one dealer becomes that of another, from the cut-over day on: what it takes ends there and goes
    on here, at the prices asked here. Each seller bills exactly its days; what was billed beyond them is given back.

    Both are sellers below the one that acts, or that one itself. The customer goes as a whole or not at all:
    NotSoldThere names what the new dealer does not resell. CannotMove for a dealer, whose own customers would stay.
    Changes entered for later days go along; own prices do not. What has not started yet owes its setup fee to the new
    dealer, unless it is among the subscriptions of which something was billed already (`begun`).
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    require(acting, Permission.KEEP_PARTIES)
    customer = customer_in_chain(acting=acting, customer_id=customer_id)
    here, there = replace(acting, seller_id=customer.seller_id), replace(acting, seller_id=to_seller_id)
    with atomic_write():
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        move = move_below(acting=acting, customer_id=customer_id, to_seller_id=to_seller_id, on=on)
        moved = create_customer(
            acting=there, name=customer.name, number=_free(there, customer), now=now, **_said(customer)
        )
        orders: dict[int, Order | None] = {}
        started = []
        for taken in move.taken:
            subscription = taken.subscription
            cancel_subscription(acting=here, subscription=subscription, ends_before=on, now=now)
            order = _order(there, subscription, moved, orders, now)
            owes_setup = taken.owes_setup(begun)
            started.append(
                _restart(there, subscription, moved, order, taken.days, move.there, now, owes_setup=owes_setup)
            )
        for acts, subject in ((here, customer), (there, moved)):
            record_event(
                seller_id=acts.seller_id,
                subject=subject,
                verb="moved",
                actor_id=acting.user_id,
                now=now,
                details={"on": on.isoformat()},
            )
    return Moved(moved, tuple(started))


def _free(there: Acting, customer: Customer) -> str | None:
    """The customer's number, unless somebody has it at the new seller."""
    taken = Customer.objects.filter(seller_id=there.seller_id, number=customer.number).exists()
    return None if taken or not customer.number else customer.number


def _said(customer: Customer) -> CustomerTerms:
    said = {name: getattr(customer, name) for name in CUSTOMER_FIELDS if name not in ("name", "notes")}
    return cast(CustomerTerms, said)


def _order(
    there: Acting, subscription: Subscription, customer: Customer, orders: dict[int, Order | None], now: datetime
) -> Order | None:
    """The order under the same number at the new seller; none where another order has the number there."""
    order = subscription.order
    if order is None:
        return None
    if order.pk not in orders:
        try:
            orders[order.pk] = place_order(
                acting=there,
                customer=customer,
                number=order.number,
                general_reference=order.general_reference,
                ordered_on=order.ordered_on,
                now=now,
            )
        except OrderDiffers:
            orders[order.pk] = None
    return orders[order.pk]


def _restart(
    there: Acting,
    left: Subscription,
    customer: Customer,
    order: Order | None,
    days: Sequence[Stretch],
    products: Mapping[int, Product],
    now: datetime,
    *,
    owes_setup: bool,
) -> Subscription:
    first, end = days[0], days[-1].ends_before
    # All rows of an order carry one uuid, on both sides of the day; it is taken only where the customer came back.
    known = Subscription.objects.filter(seller_id=there.seller_id, uuid=left.uuid).exists()
    terms = StartTerms(
        quantity=Decimal(first.quantity_e8) / ONE_E8,
        start_on=first.starts_on,
        ends_before=None if end == FOREVER else end,
        billing_months=left.billing_months,
        timing=Timing(left.timing),
        alignment=Alignment(left.alignment),
        description=left.description,
        cost_centre=left.cost_centre,
        dimensions=left.dimensions,
        reference=first.reference,
        owes_setup=owes_setup,
    )
    subscription = start_subscription(
        acting=there,
        customer=customer,
        product=products[first.product_id],
        terms=terms,
        order=order,
        uuid=uuid4() if known else left.uuid,
        now=now,
    )
    _change_later(there, subscription, days, products, now)
    return subscription


def _change_later(
    there: Acting, subscription: Subscription, days: Sequence[Stretch], products: Mapping[int, Product], now: datetime
) -> None:
    """Enters what was to change after the cut-over."""
    for before, after in pairwise(days):
        if before.ends_before < after.starts_on:
            pause_subscription(acting=there, subscription=subscription, effective_on=before.ends_before, now=now)
            resume_subscription(acting=there, subscription=subscription, effective_on=after.starts_on, now=now)
        quantity, reference = Decimal(after.quantity_e8) / ONE_E8, after.reference
        if before.product_id != after.product_id:
            change_subscription_product(
                acting=there,
                subscription=subscription,
                product=products[after.product_id],
                quantity=quantity,
                effective_on=after.starts_on,
                reference=reference,
                now=now,
            )
        elif before.quantity_e8 != after.quantity_e8:
            change_quantity(
                acting=there,
                subscription=subscription,
                quantity=quantity,
                effective_on=after.starts_on,
                reference=reference,
                now=now,
            )
