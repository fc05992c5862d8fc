"""Damage that no command does, found by the checks."""

from datetime import date
from functools import partial

import pytest

from rebill.charges.queries import told_until
from rebill.rules.periods import Alignment, Timing
from rebill.sources.recurring.checks import check_marks
from rebill.sources.recurring.models import Mark
from rebill.subscriptions.models import Subscription
from tests.stories.month import Month

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> Month:
    """A subscription that was billed for September."""
    month = Month()
    month.subscribe(month.customer("Bakkerij Jansen"), "HOSTING-M", price="31", start_on=date(2026, 8, 15))
    month.bill_on(date(2026, 8, 15))
    month.bill_on(date(2026, 9, 1))
    return month


def whats(month: Month) -> list[str]:
    until = partial(told_until, seller_id=month.seller.pk, source="recurring")
    problems = check_marks(acting=month.acting, told_until=lambda ids: until(subscription_ids=ids))
    return [problem.what for problem in problems]


def test_sound_marks_have_no_problems(month):
    assert whats(month) == []


@pytest.mark.parametrize("timing", list(Timing))
@pytest.mark.parametrize("alignment", list(Alignment))
def test_marks_are_sound_through_cancelling_and_making_again(timing, alignment):
    month = Month()
    terms = {"timing": timing, "alignment": alignment, "months": 3}
    ended = month.subscribe(month.customer("A"), "HOSTING-M", start_on=date(2026, 1, 31), **terms)
    month.subscribe(month.customer("B"), "HOSTING-M", start_on=date(2026, 5, 1), **terms)
    for number in range(1, 10):
        month.prepare(date(2026, number, 1))
        if number == 8:
            month.cancel(ended, last_day=date(2026, 6, 5))
        if number % 2:
            month.discard_all()
            assert whats(month) == []
            month.prepare(date(2026, number, 1))
        month.approve_all()

        assert whats(month) == []


def test_a_mark_behind_its_charges_is_found(month):
    Mark.objects.update(told_before=date(2026, 9, 1), next_on=date(2026, 9, 1))

    assert whats(month) == ["mark.behind"]


def test_a_mark_that_is_gone_is_found(month):
    Mark.objects.all().delete()

    assert whats(month) == ["mark.missing"]


@pytest.mark.parametrize("next_on", [None, date(2027, 1, 1)])
def test_a_subscription_that_would_never_be_looked_at_again_is_found(month, next_on):
    Mark.objects.update(next_on=next_on)

    assert whats(month) == ["mark.forgetful"]


def test_a_mark_that_knows_changes_that_are_gone_is_found(month):
    Mark.objects.update(sequence=2)

    assert whats(month) == ["mark.ahead"]


def test_another_sellers_damage_is_not_ours(month):
    Mark.objects.update(next_on=None)

    assert whats(Month()) == []


def test_the_number_of_reads_does_not_grow_with_the_subscriptions(month, django_assert_max_num_queries):
    for _ in range(20):
        month.subscribe(month.customer(""), "HOSTING-M", start_on=date(2026, 9, 1))
    month.bill_on(date(2026, 9, 2))

    with django_assert_max_num_queries(4):
        assert whats(month) == []
    assert Subscription.objects.count() == 21
