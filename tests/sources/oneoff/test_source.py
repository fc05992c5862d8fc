"""Interim lines as a source of charges."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import ChargeKind
from rebill.rules.recurring import Horizon
from rebill.sources.contract import Asked, BilledCustomer, Source
from rebill.sources.oneoff.commands import LineTerms, add_credit, add_interim_line
from rebill.sources.oneoff.source import OneoffSource
from tests.subscriptions.conftest import NOW

# The run of 1 April: arrears until then, advance periods that start in April.
HORIZON = Horizon(arrears_until=date(2026, 4, 1), advance_before=date(2026, 5, 1))
TERMS = LineTerms(
    quantity=Decimal("2.5"), unit_price=Decimal("33.33"), supplied_on=date(2026, 3, 9), description="Montage"
)


def ask(shop, horizon=HORIZON):
    customer = BilledCustomer(horizon=horizon, currency="EUR", digits=2, language="nl", cost_centre="K1")
    asked = Asked(seller_id=shop.seller.pk, base=ProrationBase.ACTUAL, customers={shop.customer.pk: customer})
    return OneoffSource().due(asked=asked, told=lambda since: {})


def test_a_line_is_told_once(shop):
    line = add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    source: Source = OneoffSource()

    batch = ask(shop)
    source.remember(batch=batch, now=NOW)

    [claim] = batch.claims
    assert (claim.key, claim.kind, claim.customer_id) == (f"line:{line.uuid}", ChargeKind.PERPETUAL, shop.customer.pk)
    # 2.5 × 33.33 = 83.325, half-up.
    assert (claim.quantity_e8, claim.prorated_e8, claim.amount_minor) == (250_000_000, 250_000_000, 8333)
    assert (claim.cost_centre, claim.starts_on, claim.whole_starts_on) == ("K1", date(2026, 3, 9), None)
    assert ask(shop).claims == []
    line.refresh_from_db()
    assert line.told_at == NOW


def test_a_credit_is_rounded_as_the_mirror_of_a_charge(shop):
    add_credit(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    [claim] = ask(shop).claims

    assert (claim.kind, claim.amount_minor) == (ChargeKind.CREDIT, -8333)


def test_a_currency_with_other_decimals_is_counted_in_its_own(shop):
    terms = replace(TERMS, currency="JPY", unit_price=Decimal("101"))
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=terms, now=NOW)

    [claim] = ask(shop).claims

    assert (claim.currency, claim.amount_minor) == ("JPY", 253)


@pytest.mark.parametrize(
    ("supplied_on", "due"),
    [
        (date(2019, 1, 1), True),
        (date(2026, 4, 1), True),
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), False),
    ],
)
def test_a_line_of_a_later_day_waits(shop, supplied_on, due):
    terms = replace(TERMS, supplied_on=supplied_on)
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=terms, now=NOW)

    [outlook] = OneoffSource().outlooks(seller_id=shop.seller.pk, customer_ids=None)

    assert bool(ask(shop).claims) is due
    assert outlook.customer_id == shop.customer.pk
    assert outlook.reached(HORIZON) is due


def test_a_run_in_arrears_takes_the_lines_of_its_last_day(shop):
    terms = replace(TERMS, supplied_on=date(2026, 4, 1))
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=terms, now=NOW)
    arrears_only = Horizon(arrears_until=date(2026, 4, 1), advance_before=date(2026, 4, 1))

    assert len(ask(shop, arrears_only).claims) == 1


def test_nobody_owes_lines_that_were_told(shop, other_shop):
    add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)
    OneoffSource().remember(batch=ask(shop), now=NOW)
    add_interim_line(acting=other_shop.acting, customer=other_shop.customer, terms=TERMS, now=NOW)

    assert list(OneoffSource().outlooks(seller_id=shop.seller.pk, customer_ids=None)) == []
    assert list(OneoffSource().outlooks(seller_id=other_shop.seller.pk, customer_ids=[shop.customer.pk])) == []


def test_what_waits_is_found_by_its_partial_index(shop, django_assert_num_queries):
    for _line in range(20):
        add_interim_line(acting=shop.acting, customer=shop.customer, terms=TERMS, now=NOW)

    with django_assert_num_queries(1):
        assert len(ask(shop).claims) == 20
