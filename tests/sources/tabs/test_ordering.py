"""Orders within the limit: reserved, booked, cancelled, settled and given back, each once by the till's key."""

from decimal import Decimal

import pytest

from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.kit.states import MoveRefused, check_moves
from rebill.rules.tax import RateClass
from rebill.sources.tabs.commands import OrderLine, TabChanges, add_holder, change_tabs, link_holder, place_tab_order
from rebill.sources.tabs.commands.order_steps import OrderDiffers
from rebill.sources.tabs.commands.taking import LimitExceeded, TabNotForSale
from rebill.sources.tabs.models import ORDER_MOVES, OrderState, Tab, TabOrder, TabStatus
from tests.factories import make_seller
from tests.sources.tabs.bar import EVENING, Bar


def test_every_state_says_where_it_may_go():
    check_moves(OrderState, ORDER_MOVES)


def test_an_order_takes_of_the_limit(bar, tab):
    order = bar.buy(tab, ("Bier", "3", "2.80"), ("Tosti", "1", "4.50"))

    assert (order.state, str(order.amount)) == (OrderState.BOOKED, "12.90 EUR")
    assert bar.balance(tab) == "12.90"
    assert [(line.number, line.description) for line in order.lines.all()] == [(1, "Bier"), (2, "Tosti")]


def test_the_limit_may_be_reached_and_not_passed(bar, tab):
    bar.buy(tab, "90")
    bar.buy(tab, "10")

    with pytest.raises(LimitExceeded, match=r"0\.00 EUR is left"):
        bar.buy(tab, "0.01")

    assert bar.balance(tab) == "100.00"
    assert TabOrder.objects.count() == 2
    assert bar.problems() == []


def test_the_same_order_twice_is_one(bar, tab):
    first = bar.buy(tab, "60", key="till1-7")
    again = bar.buy(tab, "60", key="till1-7")

    assert again.pk == first.pk
    assert bar.balance(tab) == "60.00"


def test_another_order_under_the_same_key_is_refused(bar, tab):
    bar.buy(tab, "60", key="till1-7")

    with pytest.raises(OrderDiffers, match="till1-7"):
        bar.buy(tab, "6", key="till1-7")

    assert bar.balance(tab) == "60.00"


@pytest.mark.parametrize("terms", [{"status": TabStatus.INACTIVE}, {"may_buy": False}])
def test_a_tab_that_is_not_for_sale_takes_nothing(bar, terms):
    tab = bar.tab("100", **terms)

    with pytest.raises(TabNotForSale):
        bar.buy(tab, "1")

    assert not TabOrder.objects.exists()


def test_a_reservation_holds_the_limit_until_it_is_booked_for_what_it_came_to(bar, tab):
    order = bar.buy(tab, "80", reserve=True)
    with pytest.raises(LimitExceeded):
        bar.buy(tab, "30")

    booked = bar.book(order, "65")

    assert (booked.state, str(booked.amount)) == (OrderState.BOOKED, "65.00 EUR")
    assert bar.balance(tab) == "65.00"
    assert bar.book(order).pk == order.pk


def test_a_reservation_that_comes_to_more_must_fit(bar, tab):
    order = bar.buy(tab, "80", reserve=True)

    with pytest.raises(LimitExceeded):
        bar.book(order, "100.01")

    assert bar.states(tab) == {order.key: "reserved"}
    assert bar.balance(tab) == "80.00"


@pytest.mark.parametrize("reserve", [True, False])
def test_cancelling_and_settling_free_the_limit(bar, tab, reserve):
    one, two = bar.buy(tab, "40", reserve=reserve), bar.buy(tab, "50", reserve=reserve)

    bar.cancel(one.key, reason="Omgestoten")
    bar.settle(two.key)
    bar.cancel(one.key)

    assert bar.states(tab) == {one.key: "cancelled", two.key: "settled"}
    assert bar.balance(tab) == "0.00"
    with pytest.raises(MoveRefused):
        bar.cancel(two.key)
    assert bar.problems() == []


def test_what_is_given_back_is_an_order_below_zero(bar, tab):
    order = bar.buy(tab, ("Bier", "2", "2.80"), ("Tosti", "1", "4.50"))

    back = bar.give_back(order, "back-1", lines=[2])

    assert (str(back.amount), back.refunds_id) == ("-4.50 EUR", order.pk)
    assert bar.balance(tab) == "5.60"
    assert bar.give_back(order, "back-1", lines=[2]).pk == back.pk
    with pytest.raises(Invalid):
        bar.give_back(order, "back-2", lines=[2])
    bar.give_back(order, "back-3")
    assert bar.balance(tab) == "0.00"
    with pytest.raises(MoveRefused):
        bar.cancel(order.key)
    assert bar.problems() == []


def test_a_settled_order_is_given_back_at_the_till(bar, tab):
    order = bar.buy(tab, "12")
    bar.settle(order.key)

    back = bar.give_back(order, "back-1")

    assert back.state == OrderState.SETTLED
    assert bar.balance(tab) == "0.00"


def test_a_refund_without_vat_in_its_prices_loses_no_cent(bar, tab):
    order = bar.buy(tab, "0.03", "0.03", "0.03", includes_vat=False)
    assert str(order.amount) == "0.11 EUR"

    for number in (1, 2, 3):
        bar.give_back(order, f"back-{number}", lines=[number])

    assert bar.balance(tab) == "0.00"


def test_late_orders_are_kept_over_the_limit_and_marked(bar, tab):
    bar.buy(tab, "90")

    late = bar.buy(tab, "25", is_late=True)
    change_tabs(acting=bar.acting, tabs=Tab.objects.all(), changes=TabChanges(status=TabStatus.INACTIVE), now=EVENING)
    later = bar.buy(tab, "1", is_late=True)

    assert (late.over_limit, late.not_allowed) == (True, False)
    assert (later.over_limit, later.not_allowed) == (True, True)
    assert bar.balance(tab) == "116.00"
    assert not bar.buy(bar.tab("50"), "5", is_late=True).over_limit


def test_what_ends_an_order_may_come_before_it(bar, tab):
    assert bar.cancel("till2-9", is_late=True) is None
    assert bar.settle("till2-10", is_late=True) is None

    bar.buy(tab, "30", key="till2-10", is_late=True)
    bar.buy(tab, "20", key="till2-9", is_late=True)

    assert bar.states(tab) == {"till2-10": "settled", "till2-9": "cancelled"}
    assert bar.balance(tab) == "0.00"
    assert bar.problems() == []


def test_an_order_that_never_came_is_not_found(bar):
    with pytest.raises(NotFound):
        bar.cancel("till2-9")


def test_a_line_says_its_vat_by_product_class_or_percentage(bar, tab):
    bar.product("BIER")
    bar.product("TOSTI", RateClass.REDUCED)
    lines = [
        OrderLine(product_code="BIER", quantity=Decimal(1), unit_price=Decimal("2.80")),
        OrderLine(product_code="TOSTI", quantity=Decimal(1), unit_price=Decimal("4.50")),
        OrderLine(description="Krant", quantity=Decimal(1), unit_price=Decimal(3), vat_percent=Decimal(9)),
        OrderLine(description="Zaal", quantity=Decimal(1), unit_price=Decimal(9), rate_class=RateClass.EXEMPT),
    ]

    order = place_tab_order(acting=bar.acting, tab_id=tab.pk, terms=_said(bar, lines), now=EVENING)

    told = [(line.description, line.rate_class, str(line.vat_rate.normalize())) for line in order.lines.all()]
    assert told == [
        ("Bier", "standard", "21"), ("Tosti", "reduced", "9"), ("Krant", "reduced", "9"), ("Zaal", "exempt", "0"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ({"product_code": "NIETS"}, "product_code"),
        ({"description": "Bier", "quantity": Decimal(0)}, "quantity"),
        ({"description": "Bier", "quantity": Decimal(-1), "unit_price": Decimal(-1)}, "unit_price"),
        ({"description": "Bier", "unit_price": Decimal("0.0000001")}, "quantity"),
        ({"description": ""}, "description"),
        ({"description": "Bier", "vat_percent": Decimal(8)}, "vat_percent"),
        ({"description": "Bier", "vat_percent": Decimal(9), "rate_class": RateClass.STANDARD}, "vat_percent"),
    ],
)
def test_a_line_that_cannot_be_kept_is_refused_with_its_number(bar, tab, line, term):
    said = {"quantity": Decimal(1), "unit_price": Decimal(1), **line}
    good = OrderLine(description="Bier", quantity=Decimal(1), unit_price=Decimal(1))

    with pytest.raises(Invalid) as refused:
        place_tab_order(acting=bar.acting, tab_id=tab.pk, terms=_said(bar, [good, OrderLine(**said)]), now=EVENING)

    assert (refused.value.term, refused.value.line) == (term, 2)
    assert bar.balance(tab) == "0.00"


def test_only_holders_who_may_buy_are_named(bar, tab):
    jelle = add_holder(acting=bar.acting, first_name="Jelle", now=EVENING)
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, may_buy=False, now=EVENING)
    with pytest.raises(Forbidden):
        bar.buy(tab, "1", holder_id=jelle.pk)

    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=jelle.pk, now=EVENING)

    assert bar.buy(tab, "1", holder_id=jelle.pk).holder == jelle


def test_another_sellers_tab_and_orders_are_not_found(bar, tab):
    order = bar.buy(tab, "5")
    other = Bar()

    for asked in (
        lambda: other.buy(tab, "1"),
        lambda: other.book(order),
        lambda: other.cancel(order.key),
        lambda: other.give_back(order, "b"),
    ):
        with pytest.raises(NotFound):
            asked()


def test_an_order_keeps_the_sellers_day(bar, tab):
    assert str(bar.buy(tab, "1", at=EVENING.replace(hour=23)).ordered_on) == "2026-08-29"
    assert make_seller().time_zone == "Europe/Amsterdam"


def test_placing_asks_a_constant_number_of_queries(bar, tab, django_assert_num_queries):
    with django_assert_num_queries(6):
        bar.buy(tab, *["0.10"] * 40)
    with pytest.raises(Conflict):
        bar.buy(tab, "1000")


def _said(bar, lines):
    terms = bar.terms("1")
    return type(terms)(key=terms.key, ordered_at=terms.ordered_at, lines=lines)
