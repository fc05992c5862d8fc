"""Dated changes: entered before, on and after their day, in any order, and taken back."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from rebill.access.acting import Acting, Role
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.kit.models import Event
from rebill.rules.timeline import ChangeKind, stretches
from rebill.subscriptions.commands import (
    cancel_subscription,
    change_price,
    change_quantity,
    change_subscription_product,
    pause_subscription,
    resume_subscription,
    revoke_change,
)
from rebill.subscriptions.models import Change
from rebill.subscriptions.queries import change_of, history_of, timeline_of
from tests.subscriptions.conftest import NOW

UUID_1 = UUID("7f9c24e8-3b12-4c8e-9d1a-2f6b0c5a7e11")


def days(subscription):
    """The stretches as (first day, end, quantity), the way a person counts them."""
    return [
        (row.starts_on.isoformat(), row.ends_before.isoformat(), row.quantity_e8 // 10**8)
        for row in stretches(history_of(subscription))
    ]


def test_changes_entered_in_any_order_take_effect_on_their_days(shop, hosting):
    later = date(2026, 6, 1)
    earlier = date(2026, 4, 16)

    change_quantity(acting=shop.acting, subscription=hosting, quantity=Decimal(30), effective_on=later, now=NOW)
    change_quantity(acting=shop.acting, subscription=hosting, quantity=Decimal(20), effective_on=earlier, now=NOW)

    assert days(hosting) == [
        ("2026-03-01", "2026-04-16", 10),
        ("2026-04-16", "2026-06-01", 20),
        ("2026-06-01", "9999-12-31", 30),
    ]
    assert list(hosting.changes.values_list("sequence", flat=True)) == [1, 2]


def test_on_one_day_the_change_entered_later_wins(shop, hosting):
    for quantity in (20, 30):
        change_quantity(
            acting=shop.acting,
            subscription=hosting,
            quantity=Decimal(quantity),
            effective_on=date(2026, 4, 1),
            now=NOW,
        )

    assert days(hosting)[-1] == ("2026-04-01", "9999-12-31", 30)


def test_paused_days_are_not_owed(shop, hosting):
    pause_subscription(acting=shop.acting, subscription=hosting, effective_on=date(2026, 4, 1), now=NOW)
    resume_subscription(acting=shop.acting, subscription=hosting, effective_on=date(2026, 5, 1), now=NOW)

    assert days(hosting) == [("2026-03-01", "2026-04-01", 10), ("2026-05-01", "9999-12-31", 10)]


def test_a_product_change_ends_the_own_price(shop, hosting):
    change_price(
        acting=shop.acting, subscription=hosting, unit_price=Decimal("4.50"), effective_on=date(2026, 3, 1), now=NOW
    )
    change_subscription_product(
        acting=shop.acting, subscription=hosting, product=shop.domain, effective_on=date(2026, 4, 1), now=NOW
    )

    timeline = timeline_of(acting=shop.acting, uuid=hosting.uuid)

    assert [(state.product_code, state.unit_price) for state in timeline.states] == [
        ("HOST-S", Decimal("4.50")),
        ("DOMAIN-NL", None),
    ]


@pytest.mark.parametrize(
    ("end", "last"),
    [({"last_day": date(2026, 4, 15)}, "2026-04-16"), ({"ends_before": date(2026, 4, 15)}, "2026-04-15")],
)
def test_a_cancellation_names_the_last_day_or_the_first_that_is_free(shop, hosting, end, last):
    cancel_subscription(acting=shop.acting, subscription=hosting, now=NOW, **end)

    assert days(hosting) == [("2026-03-01", last, 10)]


@pytest.mark.parametrize("end", [{}, {"last_day": date(2026, 4, 15), "ends_before": date(2026, 4, 16)}])
def test_a_cancellation_names_one_day(shop, hosting, end):
    with pytest.raises(Invalid):
        cancel_subscription(acting=shop.acting, subscription=hosting, now=NOW, **end)


@pytest.mark.parametrize("last_day", [date(2026, 2, 1), date(2026, 2, 28)])
def test_a_cancellation_before_the_start_leaves_nothing_owed(shop, hosting, last_day):
    cancel_subscription(acting=shop.acting, subscription=hosting, last_day=last_day, now=NOW)

    assert days(hosting) == []


def test_the_cancellation_entered_last_counts(shop, hosting):
    for day in (date(2026, 3, 31), date(2026, 4, 30)):
        cancel_subscription(acting=shop.acting, subscription=hosting, last_day=day, now=NOW)

    assert days(hosting) == [("2026-03-01", "2026-05-01", 10)]


def test_a_change_before_the_start_is_refused(shop, hosting):
    with pytest.raises(Invalid):
        change_quantity(
            acting=shop.acting,
            subscription=hosting,
            quantity=Decimal(1),
            effective_on=date(2026, 2, 28),
            now=NOW,
        )

    hosting.refresh_from_db()
    assert hosting.sequence == 0


@pytest.mark.parametrize("quantity", [Decimal(-1), Decimal("0.000000001")])
def test_a_quantity_that_cannot_be_kept_is_refused(shop, hosting, quantity):
    with pytest.raises(Invalid):
        change_quantity(
            acting=shop.acting, subscription=hosting, quantity=quantity, effective_on=date(2026, 4, 1), now=NOW
        )


def test_a_product_of_another_seller_is_not_found(shop, other_shop, hosting):
    with pytest.raises(NotFound):
        change_subscription_product(
            acting=shop.acting,
            subscription=hosting,
            product=other_shop.domain,
            effective_on=date(2026, 4, 1),
            now=NOW,
        )


def test_another_sellers_subscription_cannot_be_changed(shop, other_shop, hosting):
    change = pause_subscription(acting=shop.acting, subscription=hosting, effective_on=date(2026, 4, 1), now=NOW)

    with pytest.raises(NotFound):
        cancel_subscription(acting=other_shop.acting, subscription=hosting, last_day=date(2026, 4, 1), now=NOW)
    with pytest.raises(NotFound):
        revoke_change(acting=other_shop.acting, change=change, now=NOW)
    with pytest.raises(NotFound):
        change_of(acting=other_shop.acting, uuid=change.uuid)
    with pytest.raises(NotFound):
        timeline_of(acting=other_shop.acting, uuid=hosting.uuid)


def test_a_viewer_changes_nothing(shop, hosting):
    viewer = Acting(seller_id=shop.seller.pk, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        pause_subscription(acting=viewer, subscription=hosting, effective_on=date(2026, 4, 1), now=NOW)


def test_the_same_change_sent_twice_is_entered_once(shop, hosting):
    entered = [
        change_quantity(
            acting=shop.acting,
            subscription=hosting,
            quantity=Decimal(5),
            effective_on=date(2026, 4, 1),
            uuid=UUID_1,
            now=NOW,
        )
        for _attempt in range(2)
    ]

    assert entered[0] == entered[1]
    assert Change.objects.count() == 1
    with pytest.raises(Conflict):
        change_quantity(
            acting=shop.acting,
            subscription=hosting,
            quantity=Decimal(6),
            effective_on=date(2026, 4, 1),
            uuid=UUID_1,
            now=NOW,
        )


def test_a_revoked_cancellation_lets_the_subscription_go_on(shop, hosting):
    cancelled = cancel_subscription(acting=shop.acting, subscription=hosting, last_day=date(2026, 4, 30), now=NOW)

    revoke_change(acting=shop.acting, change=cancelled, reference="vergissing", now=NOW)

    assert days(hosting) == [("2026-03-01", "9999-12-31", 10)]
    timeline = timeline_of(acting=shop.acting, uuid=hosting.uuid)
    assert [(each.kind, each.taken_back) for each in timeline.changes] == [
        (ChangeKind.CANCEL, True),
        (ChangeKind.REVOKE, False),
    ]
    with pytest.raises(Conflict):
        revoke_change(acting=shop.acting, change=cancelled, now=NOW)


def test_a_change_that_was_brought_back_can_be_taken_back_again(shop, hosting):
    cancelled = cancel_subscription(acting=shop.acting, subscription=hosting, last_day=date(2026, 4, 30), now=NOW)
    taken_back = revoke_change(acting=shop.acting, change=cancelled, now=NOW)
    revoke_change(acting=shop.acting, change=taken_back, now=NOW)
    assert days(hosting) == [("2026-03-01", "2026-05-01", 10)]

    revoke_change(acting=shop.acting, change=cancelled, now=NOW)

    assert days(hosting) == [("2026-03-01", "9999-12-31", 10)]
    timeline = timeline_of(acting=shop.acting, uuid=hosting.uuid)
    assert [each.taken_back for each in timeline.changes] == [True, False, True, False]


def test_every_change_is_told_in_the_event_log(shop, hosting):
    clerk = Acting(seller_id=shop.seller.pk, role=Role.CLERK, user_id=7)

    change = cancel_subscription(
        acting=clerk, subscription=hosting, last_day=date(2026, 4, 30), reference="brief 3/3", now=NOW
    )

    event = Event.objects.get(verb="cancelled")
    assert (event.subject_type, event.subject_id, event.actor_id) == ("subscriptions.subscription", hosting.pk, 7)
    assert event.details == {"change": str(change.uuid), "effective_on": "2026-05-01", "reference": "brief 3/3"}
    assert (change.entered_by, change.entered_at) == (7, NOW)


def test_the_timeline_shows_last_days_and_own_references(shop, hosting):
    change_quantity(
        acting=shop.acting,
        subscription=hosting,
        quantity=Decimal(12),
        effective_on=date(2026, 4, 16),
        reference="PO 2",
        now=NOW,
    )

    states = timeline_of(acting=shop.acting, uuid=hosting.uuid).states

    assert [(state.starts_on, state.last_on, state.quantity, state.reference) for state in states] == [
        (date(2026, 3, 1), date(2026, 4, 15), 10, "PO 1"),
        (date(2026, 4, 16), None, 12, "PO 2"),
    ]
