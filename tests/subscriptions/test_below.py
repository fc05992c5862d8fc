"""Ordering for a dealer's customer, and moving one from dealer to dealer: every level bills exactly its days."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.charges.models import Charge
from rebill.kit.errors import Forbidden, NotFound
from rebill.parties.models import Customer
from rebill.pipeline import move_customer
from rebill.sources.usage.commands import add_endpoint
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.subscriptions.commands import (
    StartTerms,
    cancel_subscription,
    change_quantity,
    pause_subscription,
    place_order,
    resume_subscription,
    start_subscription_below,
)
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries.below import CannotMove, NotSoldThere
from tests.factories import NOW, acting_of, make_plan_price
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


class Two:
    """A wholesaler with two dealers that sell its seat, one at 9.00 and one at 10.00."""

    def __init__(self) -> None:
        self.top = Link.wholesaler()
        self.seat = self.top.sells("SEAT", "6")
        self.old, self.new = self.top.dealer("Delta"), self.top.dealer("Gamma")
        self.here = self.old.resells(self.seat, "WERKPLEK", "fixed", "9")
        self.there = self.new.resells(self.seat, "PLEK", "fixed", "10")
        self.nauta = self.old.customer("Rederij Nauta", number="10482", cost_centre="KST-1")

    def move(self, on: date) -> Customer:
        moved = move_customer(
            acting=self.top.acting, customer_id=self.nauta.pk, to_seller_id=self.new.seller.pk, on=on, now=NOW
        )
        return moved.customer


@pytest.fixture
def two(db) -> Two:
    return Two()


def test_a_wholesaler_orders_for_a_customer_of_its_dealer(two):
    subscription = start_subscription_below(
        acting=two.top.acting,
        customer_id=two.nauta.pk,
        product_id=two.seat.pk,
        terms=StartTerms(quantity=Decimal(2), start_on=AUGUST, unit_price=Decimal(1)),
        order_number="50311",
        general_reference="Noord",
        now=NOW,
    )

    assert (subscription.seller, subscription.product, subscription.unit_price) == (two.old.seller, two.here, None)
    assert subscription.order.number == "50311"
    two.top.prepare_chain(AUGUST)
    assert [charge.amount.decimal for charge in Charge.objects.order_by("seller_id")] == [12, 18]


def test_what_the_dealer_does_not_resell_cannot_be_ordered_for_its_customers(two):
    other = two.top.sells("LINE", "10")
    terms = StartTerms(quantity=Decimal(1), start_on=AUGUST)

    with pytest.raises(NotSoldThere):
        start_subscription_below(
            acting=two.top.acting, customer_id=two.nauta.pk, product_id=other.pk, terms=terms, now=NOW
        )
    stranger = Link.wholesaler()
    for acting in (stranger.acting, two.new.acting):
        with pytest.raises(NotFound):
            start_subscription_below(
                acting=acting, customer_id=two.nauta.pk, product_id=two.seat.pk, terms=terms, now=NOW
            )
    with pytest.raises(Forbidden):
        start_subscription_below(
            acting=acting_of(two.top.seller, role=Role.VIEWER), customer_id=two.nauta.pk, product_id=two.seat.pk,
            terms=terms, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("billed_before", [False, True])
def test_both_sides_of_a_move_bill_exactly_their_days(two, billed_before):
    order = place_order(acting=two.old.acting, customer=two.nauta, number="50311", general_reference="Noord", now=NOW)
    left = two.old.subscribe(two.nauta, two.here, AUGUST, "3", order=order, reference="PO 77")
    if billed_before:
        two.top.prepare_chain(AUGUST)

    moved = two.move(date(2026, 8, 11))
    for day in (AUGUST, SEPTEMBER):
        two.top.prepare_chain(day)

    assert (moved.seller, moved.name, moved.number, moved.cost_centre) == (
        two.new.seller, "Rederij Nauta", "10482", "KST-1",
    )  # fmt: skip
    [goes_on] = Subscription.objects.filter(customer=moved)
    assert (goes_on.uuid, goes_on.order.number, goes_on.reference) == (left.uuid, "50311", "PO 77")
    # Ten days of August here and 21 there, and September there alone: 3 × 9.00 × 10/31, 3 × 10.00 × 21/31 and 30.00.
    assert sum(amount for _kind, amount in two.old.billed()) == Decimal("8.71")
    assert sum(amount for _kind, amount in two.new.billed()) == Decimal("20.32") + 30
    by_buyer = {
        link: sum(
            charge.amount.decimal for charge in two.top.charges() if charge.buyer_id == link.seller.as_customer_id
        )
        for link in (two.old, two.new)
    }
    assert by_buyer == {two.old: Decimal("5.81"), two.new: Decimal("12.19") + 18}
    # What the wholesaler bills for August is what it would have billed without the move.
    assert by_buyer[two.old] + by_buyer[two.new] == 18 + 18


@pytest.mark.parametrize("billed_before", [False, True])
def test_what_has_not_started_owes_its_setup_fee_to_the_new_dealer_unless_it_was_billed(two, billed_before):
    make_plan_price(two.seat, "6", months=1, setup_price=Decimal(20))
    two.old.subscribe(two.nauta, two.here, SEPTEMBER)
    if billed_before:
        two.top.prepare_chain(SEPTEMBER)

    two.move(date(2026, 8, 16) if not billed_before else SEPTEMBER)
    two.top.prepare_chain(SEPTEMBER)

    setups = [(charge.buyer, charge.amount.decimal) for charge in two.top.charges() if charge.kind == "SETUP"]
    assert setups == [((two.old if billed_before else two.new).seller.as_customer, Decimal(20))]


def test_what_was_to_change_later_goes_along(two):
    subscription = two.old.subscribe(two.nauta, two.here, AUGUST, "3")
    said = {"acting": two.old.acting, "subscription": subscription, "now": NOW}
    change_quantity(**said, quantity=Decimal(5), effective_on=date(2026, 9, 11))
    pause_subscription(**said, effective_on=date(2026, 10, 1))
    resume_subscription(**said, effective_on=date(2026, 11, 1))
    cancel_subscription(**said, ends_before=date(2026, 12, 1))

    two.move(SEPTEMBER)
    for month in range(8, 13):
        two.top.prepare_chain(date(2026, month, 1))
    two.top.prepare_chain(date(2027, 1, 1))

    def quantities(link: Link) -> Decimal:
        return sum(charge.prorated_quantity for charge in link.charges())

    assert quantities(two.old) == 3
    assert quantities(two.new) == Decimal(3) + Decimal("1.33333333") + 5
    assert quantities(two.top) == quantities(two.old) + quantities(two.new)


def test_a_customer_goes_as_a_whole_or_not_at_all(two):
    own = two.old.sells("EIGEN", "20")
    two.old.subscribe(two.nauta, two.here, AUGUST)
    two.old.subscribe(two.nauta, own, AUGUST)

    with pytest.raises(NotSoldThere, match="EIGEN"):
        two.move(SEPTEMBER)

    assert not Customer.objects.filter(seller=two.new.seller).exists()
    assert Subscription.objects.get(product=two.here).sequence == 0


def test_a_dealer_is_not_moved_and_nobody_to_where_it_is(two):
    below = two.old.dealer("Oost ICT")

    for customer_id, to in (
        (below.seller.as_customer_id, two.new.seller.pk),
        (two.nauta.pk, two.old.seller.pk),
    ):
        with pytest.raises(CannotMove):
            move_customer(acting=two.top.acting, customer_id=customer_id, to_seller_id=to, on=SEPTEMBER, now=NOW)


def test_only_who_stands_above_both_moves_a_customer(two):
    for acting in (two.old.acting, two.new.acting, Link.wholesaler().acting):
        with pytest.raises(NotFound):
            move_customer(
                acting=acting, customer_id=two.nauta.pk, to_seller_id=two.new.seller.pk, on=SEPTEMBER, now=NOW
            )


def test_calls_are_the_new_dealers_from_the_day_on(two):
    add_endpoint(
        acting=two.old.acting, customer_id=two.nauta.pk, kind=EndpointKind.NUMBER, value="+31201234567",
        valid_from=AUGUST, now=NOW,
    )  # fmt: skip

    moved = two.move(SEPTEMBER)

    told = Endpoint.objects.order_by("valid_from").values_list(
        "seller", "customer", "value", "valid_from", "valid_before"
    )
    assert list(told) == [
        (two.old.seller.pk, two.nauta.pk, "31201234567", AUGUST, SEPTEMBER),
        (two.new.seller.pk, moved.pk, "31201234567", SEPTEMBER, None),
    ]
