"""Rows of decks that contradict each other are found."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.catalogue.commands import create_rate_deck, set_plan_deck, set_rate
from rebill.catalogue.deck_checks import check_decks
from rebill.catalogue.models import PlanDeck, Rate, RateDeck
from rebill.parties.models import Seller
from tests.factories import NOW, acting_of, make_plan, make_product, make_seller

pytestmark = pytest.mark.django_db

JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


@pytest.fixture
def acting():
    return acting_of(make_seller())


@pytest.fixture
def deck(acting):
    seller = Seller.objects.get(pk=acting.seller_id)
    product = make_product(seller, "CALLS", kind="usage")
    deck = create_rate_deck(acting=acting, code="standard", product_id=product.pk, now=NOW)
    plan = make_plan(seller, "standard")
    for day in (JULY, OCTOBER):
        set_rate(acting=acting, deck_id=deck.pk, prefix="49", valid_from=day, minute=Decimal(1), now=NOW)
        set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=day, required=day == JULY, now=NOW)
    return deck


def found(acting):
    return [problem.what for problem in check_decks(acting=acting)]


def test_sound_decks_have_no_problem(acting, deck):
    assert found(acting) == []


def test_two_rates_of_a_prefix_on_one_day_are_found(acting, deck):
    Rate.objects.filter(valid_from=JULY).update(valid_before=None)

    assert found(acting) == ["rate.overlaps"]


def test_two_decks_of_a_plan_on_one_day_are_found(acting, deck):
    PlanDeck.objects.filter(valid_from=JULY).update(valid_before=None)

    assert found(acting) == ["plan_deck.overlaps"]


def test_another_sellers_rows_are_found(acting, deck):
    product = make_product(make_seller(), "CALLS", kind="usage")
    Rate.objects.filter(valid_from=JULY).update(product=product)
    RateDeck.objects.update(product=product)

    assert found(acting) == ["deck.foreign", "deck.foreign"]


def test_a_deck_of_a_plan_without_a_product_is_found(acting, deck):
    RateDeck.objects.update(product=None)

    assert found(acting) == ["deck.product_missing"]
