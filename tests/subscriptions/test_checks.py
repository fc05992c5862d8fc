"""Damage that no command does, found by the checks."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.subscriptions.checks import check_changes, check_subscriptions
from rebill.subscriptions.commands import change_quantity
from rebill.subscriptions.models import Change, Subscription
from tests.subscriptions.conftest import NOW


@pytest.fixture
def changed(shop, hosting):
    for quantity in (5, 6):
        change_quantity(
            acting=shop.acting,
            subscription=hosting,
            quantity=Decimal(quantity),
            effective_on=date(2026, 4, 1),
            now=NOW,
        )
    return hosting


def whats(problems):
    return [problem.what for problem in problems]


def test_sound_histories_have_no_problems(shop, changed):
    assert check_subscriptions(acting=shop.acting) == []
    assert check_changes(acting=shop.acting) == []


def test_a_lost_change_is_found(shop, changed):
    Change.objects.filter(sequence=1).delete()

    [problem] = check_subscriptions(acting=shop.acting)

    assert problem.what == "subscription.history_incomplete"
    assert str(changed.uuid) in problem.where


def test_a_customer_of_another_seller_is_found(shop, other_shop, changed):
    Subscription.objects.update(customer=other_shop.customer)

    assert whats(check_subscriptions(acting=shop.acting)) == ["subscription.misplaced"]
    assert check_subscriptions(acting=other_shop.acting) == []


def test_a_change_that_says_nothing_is_found(shop, changed):
    Change.objects.filter(sequence=2).update(quantity=None)

    assert whats(check_changes(acting=shop.acting)) == ["change.incomplete"]
