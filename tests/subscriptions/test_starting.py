"""Orders and the first state of subscriptions."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from rebill.access.acting import Acting, Role
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.kit.models import Event
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions.commands import StartTerms, place_order, start_subscription
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import subscription_of
from tests.subscriptions.conftest import NOW

TERMS = StartTerms(quantity=Decimal(2), start_on=date(2026, 1, 15))
UUID_1 = UUID("7f9c24e8-3b12-4c8e-9d1a-2f6b0c5a7e11")


def test_a_subscription_keeps_the_terms_it_starts_with(shop):
    order = place_order(acting=shop.acting, customer=shop.customer, number="B-7", general_reference="Winkel", now=NOW)
    terms = StartTerms(
        quantity=Decimal("2.5"),
        start_on=date(2026, 1, 31),
        ends_before=date(2027, 1, 31),
        trial_before=date(2026, 2, 28),
        unit_price=Decimal("12.345678"),
        billing_months=12,
        timing=Timing.ARREARS,
        alignment=Alignment.ANNIVERSARY,
        description="bakkerijsmit.nl",
        cost_centre="K1",
        dimensions={"project": "P9"},
        reference="PO 7",
    )

    started = start_subscription(
        acting=shop.acting, customer=shop.customer, product=shop.domain, terms=terms, order=order, now=NOW
    )

    kept = subscription_of(acting=shop.acting, uuid=started.uuid)
    assert kept.order == order
    assert {name: getattr(kept, name) for name in StartTerms.__dataclass_fields__} == {
        name: getattr(terms, name) for name in StartTerms.__dataclass_fields__
    }
    event = Event.objects.get(subject_type="subscriptions.subscription", subject_id=kept.pk)
    assert (event.verb, event.seller_id, event.occurred_at) == ("started", shop.seller.pk, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": Decimal(-1)},
        {"quantity": Decimal("0.000000001")},
        {"unit_price": Decimal("0.0000001")},
        {"billing_months": 0},
        {"billing_months": 37},
        {"ends_before": date(2026, 1, 14)},
        {"trial_before": date(2026, 1, 14)},
        {"reference": "x" * 121},
        {"description": "x" * 201},
    ],
)
def test_terms_that_cannot_hold_are_refused(shop, wrong):
    with pytest.raises(Invalid):
        start_subscription(
            acting=shop.acting,
            customer=shop.customer,
            product=shop.hosting,
            terms=replace(TERMS, **wrong),
            now=NOW,
        )

    assert not Subscription.objects.exists()


def test_the_same_start_twice_is_one_subscription(shop):
    first = start_subscription(
        acting=shop.acting, customer=shop.customer, product=shop.hosting, terms=TERMS, uuid=UUID_1, now=NOW
    )

    again = start_subscription(
        acting=shop.acting, customer=shop.customer, product=shop.hosting, terms=TERMS, uuid=UUID_1, now=NOW
    )

    assert again == first
    assert Event.objects.count() == 1


def test_a_uuid_with_other_terms_is_refused(shop):
    start_subscription(
        acting=shop.acting, customer=shop.customer, product=shop.hosting, terms=TERMS, uuid=UUID_1, now=NOW
    )

    with pytest.raises(Conflict):
        start_subscription(
            acting=shop.acting,
            customer=shop.customer,
            product=shop.hosting,
            terms=replace(TERMS, quantity=Decimal(3)),
            uuid=UUID_1,
            now=NOW,
        )


def test_two_sellers_may_use_the_same_uuid(shop, other_shop):
    for each in (shop, other_shop):
        start_subscription(
            acting=each.acting, customer=each.customer, product=each.hosting, terms=TERMS, uuid=UUID_1, now=NOW
        )

    assert subscription_of(acting=shop.acting, uuid=UUID_1).seller == shop.seller
    assert subscription_of(acting=other_shop.acting, uuid=UUID_1).seller == other_shop.seller


@pytest.mark.parametrize("foreign", ["customer", "product"])
def test_what_belongs_to_another_seller_is_not_found(shop, other_shop, foreign):
    rows = {"customer": shop.customer, "product": shop.hosting}
    rows[foreign] = {"customer": other_shop.customer, "product": other_shop.hosting}[foreign]

    with pytest.raises(NotFound):
        start_subscription(acting=shop.acting, terms=TERMS, now=NOW, **rows)


def test_an_order_of_another_customer_is_refused(shop, other_shop):
    foreign = place_order(acting=other_shop.acting, customer=other_shop.customer, number="B-1", now=NOW)

    with pytest.raises(NotFound):
        start_subscription(
            acting=shop.acting, customer=shop.customer, product=shop.hosting, terms=TERMS, order=foreign, now=NOW
        )


def test_an_order_placed_twice_is_one_order(shop):
    first = place_order(acting=shop.acting, customer=shop.customer, number="B-7", now=NOW)

    assert place_order(acting=shop.acting, customer=shop.customer, number=" B-7 ", now=NOW) == first
    with pytest.raises(Conflict):
        place_order(acting=shop.acting, customer=shop.customer, number="B-7", general_reference="x", now=NOW)
    with pytest.raises(Invalid):
        place_order(acting=shop.acting, customer=shop.customer, number=" ", now=NOW)


def test_a_viewer_starts_nothing(shop):
    viewer = Acting(seller_id=shop.seller.pk, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        start_subscription(acting=viewer, customer=shop.customer, product=shop.hosting, terms=TERMS, now=NOW)


def test_another_sellers_subscription_is_not_found(shop, other_shop, hosting):
    with pytest.raises(NotFound):
        subscription_of(acting=other_shop.acting, uuid=hosting.uuid)
