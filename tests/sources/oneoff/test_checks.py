"""Damage that no command does, found by the checks."""

from datetime import date
from decimal import Decimal

from rebill.sources.oneoff.checks import check_interim_lines
from rebill.sources.oneoff.commands import LineTerms, add_credit
from rebill.sources.oneoff.models import InterimLine
from tests.subscriptions.conftest import NOW


def test_a_credit_that_asks_money_is_found(shop):
    terms = LineTerms(quantity=Decimal(1), unit_price=Decimal(9), supplied_on=date(2026, 3, 9), description="Tegoed")
    add_credit(acting=shop.acting, customer=shop.customer, terms=terms, now=NOW)
    assert check_interim_lines(acting=shop.acting) == []

    InterimLine.objects.update(quantity=Decimal(1))

    [problem] = check_interim_lines(acting=shop.acting)
    assert problem.what == "interim_line.wrong_sign"
