"""Drafts that wait for a price, and stop waiting."""

from datetime import date

import pytest

from rebill.runs.models import Draft
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

AUGUST = date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    """A draft with a line, and a subscription beside it that has no price."""
    month = Month()
    bakery = month.customer("Bakkerij Jansen")
    month.subscribe(bakery, "HOSTING-M", price="10", start_on=AUGUST)
    month.unpriced = month.subscribe(bakery, "UNPRICED", price=None, start_on=AUGUST)
    month.prepare(AUGUST)
    return month


def warned() -> list[str]:
    return list(Draft.objects.get().warnings.values_list("code", flat=True))


def test_a_draft_waits_as_long_as_a_price_is_missing(month):
    month.prepare(AUGUST)

    assert warned() == ["price_missing"]


def test_a_draft_no_longer_waits_for_what_was_cancelled(month):
    month.cancel(month.unpriced, ends_before=AUGUST)

    month.prepare(AUGUST)

    assert warned() == []
    assert month.approve_all().approved == 1
