"""The calls of a month by deck and prefix, and what new rates bring or cost at the same calls."""

from datetime import date

import pytest

from rebill.catalogue.commands import create_rate_deck
from rebill.rules.rate_changes import effect_e6
from rebill.sources.usage.queries.minutes import PrefixUse, deck_use
from tests.factories import NOW, acting_of, make_customer, make_seller
from tests.usage.world import OCTOBER, Made, Partner


@pytest.fixture
def partner(db) -> Partner:
    """Three calls in October: two to mobiles, one to a fixed number."""
    partner = Partner()
    bought = create_rate_deck(acting=partner.acting, code="transvox", name="Transvox", now=NOW)
    partner.rate("31", "0.03", deck=bought)
    partner.rate("316", "0.05", deck=bought)
    partner.open_deck(buy_deck_id=bought.pk)
    partner.rate("31", "0.10", first_seconds=60, next_seconds=60)
    partner.give_number(make_customer(partner.seller), "31201234567")
    calls = [("31612345678", "05T09:00", 30), ("31612345678", "06T09:00", 60), ("31201111111", "07T09:00", 60)]
    partner.take([Made("31201234567", called, f"2026-10-{at}", seconds) for called, at, seconds in calls])
    partner.rate_month()
    return partner


def test_calls_of_a_deck_that_sells_are_counted_as_they_are_billed(partner):
    use = deck_use(acting=partner.acting, deck=partner.deck, month=OCTOBER)

    assert use.by_prefix == {"31": PrefixUse(3, 180, 300_000)}


def test_calls_of_a_deck_that_buys_are_those_of_its_own_prefixes(partner):
    use = deck_use(acting=partner.acting, deck=partner.deck.buy_deck, month=OCTOBER)

    assert use.by_prefix == {"316": PrefixUse(2, 90, 75_000), "31": PrefixUse(1, 60, 30_000)}


def test_a_month_that_is_not_rated_and_another_seller_have_none(partner):
    other = acting_of(make_seller(name="Other", slug="other"))

    assert deck_use(acting=partner.acting, deck=partner.deck, month=date(2026, 9, 1)) is None
    assert deck_use(acting=other, deck=partner.deck, month=OCTOBER) is None


def test_late_calls_are_seen_after_the_next_rating(partner):
    assert deck_use(acting=partner.acting, deck=partner.deck, month=OCTOBER).by_prefix["31"].calls == 3
    partner.take([Made("31201234567", "31201111111", "2026-10-08T09:00", 60)], name="late.csv")
    partner.rate_month()

    assert deck_use(acting=partner.acting, deck=partner.deck, month=OCTOBER).by_prefix["31"].calls == 4


@pytest.mark.parametrize(
    ("calls", "seconds", "minute", "setup", "expected"),
    [
        (1, 60, (10_000, 15_000), (0, 0), 5_000),
        (1, 60, (15_000, 10_000), (0, 0), -5_000),
        (3, 1, (0, 30), (0, 0), 1),
        (3, 1, (30, 0), (0, 0), -1),
        (3, 0, (0, 0), (10_000, 20_000), 30_000),
        (0, 0, (0, 10**9), (0, 10**9), 0),
    ],
)
def test_the_effect_of_a_rate_is_exact_and_mirrors(calls, seconds, minute, setup, expected):
    assert effect_e6(calls, seconds, minute=minute, setup=setup) == expected
