"""Damage that no command does, found by the checks."""

import pytest

from rebill.sources.tabs.models import Tab, TabOrder, TermsAcceptance
from tests.sources.tabs.bar import EVENING


def test_a_bar_in_order_has_no_problems(bar, tab):
    order = bar.buy(tab, "10")
    bar.buy(tab, "5", includes_vat=False)
    bar.give_back(order, "back")

    assert bar.problems() == []


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda: Tab.objects.update(balance=1), "tab.balance_differs"),
        (lambda: TabOrder.objects.update(ended_at=EVENING), "tab_order.two_states"),
        (lambda: TabOrder.objects.update(currency="USD"), "tab_order.currency_differs"),
        (lambda: TermsAcceptance.objects.all().delete(), "tab.terms_missing"),
    ],
)
def test_damage_is_found(bar, tab, damage, what):
    bar.buy(tab, "10")

    damage()

    assert bar.problems() == [what]


def test_an_amount_that_is_not_its_lines_is_found(bar, tab):
    bar.buy(tab, "10")

    TabOrder.objects.update(amount=900)
    Tab.objects.update(balance=900)

    assert bar.problems() == ["tab_order.amount_differs"]
