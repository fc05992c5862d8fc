"""Lines below zero, such as the deposit of empty bottles: on the tab, on the invoice, and given back again."""

from decimal import Decimal

import pytest

from rebill.sources.tabs.commands import TabChanges, change_tabs
from rebill.sources.tabs.commands.taking import LimitExceeded, TabNotForSale
from rebill.sources.tabs.models import Tab, TabStatus
from tests.factories import NOW
from tests.sources.tabs.bar import Bar

pytestmark = pytest.mark.django_db


@pytest.fixture
def bar(db) -> Bar:
    return Bar()


@pytest.fixture
def tab(bar) -> Tab:
    return bar.tab("100")


def test_empty_bottles_are_set_off_against_what_is_bought(bar, tab):
    bar.buy(tab, ("Krat bier", 1, "20.00"), ("Statiegeld", -24, "0.15"))

    assert bar.balance(tab) == "16.40"
    bar.prepare()
    [invoice] = bar.issue()
    assert (str(invoice.gross_amount), bar.balance(tab), bar.problems()) == ("16.40 EUR", "0.00", [])
    assert [str(line.quantity.normalize()) for line in invoice.lines.all()] == ["1", "-24"]


def test_a_price_below_zero_says_the_same_as_a_quantity(bar, tab):
    order = bar.buy(tab, ("Statiegeld", 24, "-0.15"))

    [line] = order.lines.all()
    assert (line.quantity, str(line.unit_price), str(line.amount)) == (-24, "0.150000", "-3.60 EUR")
    assert bar.balance(tab) == "-3.60"


def test_what_comes_back_makes_room_and_taken_back_has_to_fit_again(bar, tab):
    back = bar.buy(tab, ("Statiegeld", -10, "1.00"))
    bar.buy(tab, "110.00")

    with pytest.raises(LimitExceeded):
        bar.cancel(back.key)

    assert bar.balance(tab) == "100.00"


def test_bottles_are_brought_back_only_to_a_tab_that_is_for_sale(bar, tab):
    closed = TabChanges(status=TabStatus.INACTIVE)
    change_tabs(acting=bar.acting, tabs=Tab.objects.filter(pk=tab.pk), changes=closed, now=NOW)

    with pytest.raises(TabNotForSale):
        bar.buy(tab, ("Statiegeld", -10, "1.00"))


def test_the_beer_of_such_an_order_is_given_back_and_then_the_rest(bar, tab):
    order = bar.buy(tab, ("Krat bier", 1, "20.00"), ("Statiegeld", -24, "0.15"))

    first = bar.give_back(order, "r-1", lines=[1])
    last = bar.give_back(order, "r-2")

    assert (str(first.amount), str(last.amount), bar.balance(tab)) == ("-20.00 EUR", "3.60 EUR", "0.00")
    assert bar.problems() == []
    assert Decimal(0) == sum(line.amount.decimal for each in (order, first, last) for line in each.lines.all())
