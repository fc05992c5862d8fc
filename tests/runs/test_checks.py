"""Damage that no command does, found by the checks."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import F

from rebill.charges.models import Charge
from rebill.parties.commands import change_customer
from rebill.runs.checks import check_claims, check_drafts
from rebill.runs.commands import review_drafts
from rebill.runs.models import Draft
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 8, 1, 8, tzinfo=UTC)


@pytest.fixture
def month() -> Month:
    """Two customers with a draft each."""
    month = Month()
    for name in ("Bakkerij Jansen", "Rederij Nauta"):
        month.subscribe(month.customer(name), "HOSTING-M", price="31", start_on=date(2026, 8, 1))
    month.prepare(date(2026, 8, 1))
    return month


def whats(month: Month) -> list[str]:
    problems = [*check_claims(acting=month.acting), *check_drafts(acting=month.acting)]
    return [problem.what for problem in problems]


def test_sound_drafts_have_no_problems(month):
    assert whats(month) == []
    month.approve_all()
    month.issue(date(2026, 8, 1))
    assert whats(month) == []


def test_thrown_away_drafts_have_no_problems(month):
    month.discard_all()

    assert whats(month) == []


@pytest.mark.parametrize("column", ["net_amount", "line_count"])
def test_a_draft_that_does_not_say_what_its_lines_say_is_found(month, column):
    draft = Draft.objects.first()
    Draft.objects.filter(id=draft.id).update(**{column: F(column) + 1})

    [problem] = check_drafts(acting=month.acting)

    assert (problem.what, problem.where) == ("draft.sum_differs", f"draft {draft.id}")


def test_vat_that_changed_with_the_customer_asks_for_a_review(month):
    draft = Draft.objects.first()
    change_customer(acting=month.acting, customer_id=draft.customer_id, vat_id="DE136695976", country="DE", now=NOW)

    [problem] = check_drafts(acting=month.acting)
    review_drafts(acting=month.acting, drafts=month.drafts())

    assert (problem.what, problem.blocking) == ("draft.tax_outdated", False)
    assert check_drafts(acting=month.acting) == []


def test_a_charge_of_a_draft_that_is_not_there_is_found(month):
    Charge.objects.filter(id=Charge.objects.first().id).update(claim=999_999)

    assert whats(month) == ["charge.claimed_by_nobody", "draft.sum_differs"]


def test_a_charge_on_another_customers_draft_is_found(month):
    first, second = Draft.objects.order_by("id")
    Charge.objects.filter(claim=first.id).update(claim=second.id)

    assert whats(month) == ["charge.claimed_by_nobody", "draft.sum_differs", "draft.sum_differs"]


def test_another_sellers_damage_is_not_ours(month):
    Charge.objects.update(claim=999_999)

    assert whats(Month()) == []
