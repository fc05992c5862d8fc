"""What moving a customer to another dealer would do to what the acting seller bills, before anybody moves it.

The same two questions as for any other change: what is owed as it is, and what would be. They are asked for both whom
the seller bills: the dealer that is left, and the one that is gone to. Nothing is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rebill.access.acting import Acting, Permission, require
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import chain_below, seller_of
from rebill.rules.proration import ProrationBase
from rebill.rules.timeline import FOREVER, ChangeKind, Step, Stretch
from rebill.runs.queries.effects import Effect, compare_effect, run_that_bills
from rebill.sources.recurring.queries import (
    NOT_RESOLD,
    Recurring,
    Tier,
    begun_subscriptions,
    latest_revision,
    subscriptions_of_customer,
)
from rebill.sources.recurring.supposing import with_step
from rebill.sources.recurring.tiers import dealers_below, tier_subscriptions
from rebill.subscriptions.queries.below import MoveBelow, move_below


@dataclass(frozen=True, slots=True)
class MoveSide:
    """One of both sellers of a move, whom the acting seller bills for it, and what that would be.

    Where the acting seller itself is left or gone to, it bills the customer that moves.
    """

    seller: Seller
    buyer: Customer
    effect: Effect


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """What a move takes along, and what the acting seller would bill of it on both sides."""

    move: MoveBelow
    left: MoveSide
    gone_to: MoveSide


def effect_of_move(*, acting: Acting, customer_id: int, to_seller_id: int, on: date, today: date) -> MoveEffect:
    """What moving the customer on the day would do, up to the run that bills that day; refuses what moving refuses."""
    require(acting, Permission.READ)
    move = move_below(acting=acting, customer_id=customer_id, to_seller_id=to_seller_id, on=on)
    seller, old = seller_of(acting), move.customer.seller
    found = _as_billed(seller, move.customer)
    ended = [with_step(each, Step(each.sequence + 1, ChangeKind.CANCEL, on)) for each in found]
    from_buyer, to_buyer = billed_for(seller, old, move.customer), billed_for(seller, move.to, move.customer)
    gone = _gone(seller, move, to_buyer)
    return MoveEffect(
        move=move,
        left=MoveSide(
            old, from_buyer, compare_effect(seller, from_buyer, found, ended, run_that_bills(from_buyer, on, today))
        ),
        gone_to=MoveSide(
            move.to, to_buyer, compare_effect(seller, to_buyer, [], gone, run_that_bills(to_buyer, on, today))
        ),
    )


def billed_for(seller: Seller, of: Seller, customer: Customer) -> Customer:
    """Whom the acting seller bills for a customer of the other: its own direct customer on the way down."""
    if of.pk == seller.pk:
        return customer
    above = {link.seller_id: link for link in chain_below(seller.pk)}
    link = above[of.pk]
    while link.above_id is not None and link.above_id != seller.pk:
        link = above[link.above_id]
    assert link.as_customer_id is not None
    return Customer.objects.get(pk=link.as_customer_id)


def _as_billed(seller: Seller, customer: Customer) -> Sequence[Recurring]:
    """What the customer takes, as the acting seller bills it."""
    if customer.seller_id == seller.pk:
        return subscriptions_of_customer(seller_id=seller.pk, customer_id=customer.pk)
    dealers = dealers_below(seller.pk)
    return tier_subscriptions(
        seller_id=seller.pk,
        dealers=dealers,
        customer_ids={each.buyer_id for each in dealers.values()},
        revision=latest_revision(seller.pk),
        end_customer_id=customer.pk,
    )


def tier_at(seller: Seller, of: Seller, customer: Customer) -> Tier | None:
    """How the seller bills what a customer of the other takes; None where the customer is its own."""
    if of.pk == seller.pk:
        return None
    dealer = dealers_below(seller.pk).get(of.pk)
    events = {} if dealer is None else dealer.events
    return Tier(customer.pk, customer.name, ProrationBase(of.proration_base), events)


def _gone(seller: Seller, move: MoveBelow, buyer: Customer) -> list[Recurring]:
    """What would begin at the new seller, as the acting seller bills it: each with what was to change later."""
    tier = tier_at(seller, move.to, move.customer)
    begun = begun_subscriptions(move.customer.pk)
    return [
        Recurring(
            # Below every id that the database gives.
            id=-position,
            customer_id=buyer.pk,
            product_id=move.top.get(first.product_id, NOT_RESOLD),
            description="" if tier else taken.subscription.description,
            months=taken.subscription.billing_months,
            timing=taken.subscription.timing,
            alignment=taken.subscription.alignment,
            cost_centre="" if tier else taken.subscription.cost_centre,
            sequence=len(steps),
            start_on=first.starts_on,
            ends_before=None if last.ends_before == FOREVER else last.ends_before,
            trial_before=None,
            quantity_e8=first.quantity_e8,
            price_e6=None,
            reference=first.reference,
            told_before=None,
            next_on=None,
            seen_sequence=None,
            price_revision=None,
            begun=None,
            owes_setup=taken.owes_setup(begun),
            steps=steps,
            tier=tier,
        )
        for position, (taken, first, last, steps) in enumerate(
            (
                (taken, taken.days[0], taken.days[-1], tuple(_numbered(_later(taken.days, move))))
                for taken in move.taken
            ),
            start=1,
        )
    ]


def _later(days: Sequence[Stretch], move: MoveBelow) -> Iterator[Step]:
    """What was to change after the day, as the move enters it anew."""
    for before, after in pairwise(days):
        if before.ends_before < after.starts_on:
            yield Step(0, ChangeKind.PAUSE, before.ends_before)
            yield Step(0, ChangeKind.RESUME, after.starts_on)
        change = Step(0, ChangeKind.QUANTITY, after.starts_on, after.quantity_e8, reference=after.reference)
        if before.product_id != after.product_id:
            product_id = move.top.get(after.product_id, NOT_RESOLD)
            yield replace(change, kind=ChangeKind.PRODUCT, product_id=product_id)
        elif before.quantity_e8 != after.quantity_e8:
            yield change


def _numbered(steps: Iterator[Step]) -> Iterator[Step]:
    for number, step in enumerate(steps, start=1):
        yield replace(step, sequence=number)
