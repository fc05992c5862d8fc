"""What happened at a till ends the same, in whichever order and by whichever door it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebill.kit.errors import Conflict, Refused
from rebill.kit.states import MoveRefused
from rebill.sources.tabs.commands import (
    book_late_tab_order,
    book_tab_order,
    place_tab_order,
    refund_late_tab_order,
)
from rebill.sources.tabs.models import EarlyStep, OrderState, Tab, TabOrder
from tests.sources.tabs.bar import EVENING, Bar

PRICES = ("0.03", "7", "12.50")
OTHER = ("3", "4.10", "9")


@dataclass
class Evening:
    """What a till has to tell of one order, in the sequence in which it happened."""

    reserve: bool = False
    steps: list[str] = field(default_factory=list)


def refund(bar: Bar, key: str, refund_key: str, lines: list[int] | None = None) -> TabOrder | None:

    return refund_late_tab_order(
        acting=bar.acting, key=key, refund_key=refund_key, ordered_at=EVENING, lines=lines, now=EVENING
    )


def book(bar: Bar, key: str, *lines: str) -> TabOrder | None:
    terms = bar.terms(*lines, key=key) if lines else None
    return book_late_tab_order(acting=bar.acting, key=key, terms=terms, now=EVENING)


def tell(bar: Bar, tab: Tab, key: str, step: str, *, reserve: bool, late: bool) -> None:
    """Sends one message: the order by the door for what comes late or by the ordinary one, anything else late."""
    terms = bar.terms(*PRICES, key=key)
    doors: dict[str, Callable[[], object]] = {
        "order": lambda: place_tab_order(
            acting=bar.acting, tab_id=tab.pk, terms=terms, reserve=reserve, is_late=late, now=EVENING
        ),
        "book": lambda: book(bar, key),
        "book other": lambda: book(bar, key, *OTHER),
        "cancel": lambda: bar.cancel(key, is_late=True),
        "settle": lambda: bar.settle(key, is_late=True),
        "refund first": lambda: refund(bar, key, f"{key}-1", [1]),
        "refund second": lambda: refund(bar, key, f"{key}-2", [2]),
    }
    doors[step]()


@st.composite
def evenings(draw: st.DrawFn) -> Evening:
    reserve = draw(st.booleans())
    booking = draw(st.sampled_from(["book", "book other"])) if reserve else ""
    end = draw(st.sampled_from(["", "cancel", "settle"]))
    refunds = [] if end == "cancel" else draw(st.sets(st.sampled_from(["refund first", "refund second"])))
    steps = [each for each in ("order", booking, end, *sorted(refunds)) if each]
    return Evening(reserve, steps)


def standing(bar: Bar, tab: Tab, key: str) -> tuple[str, list[tuple[str, str, int]]]:
    rows = TabOrder.objects.filter(tab=tab).order_by("key")
    # Given back before its booking was told, a settled order keeps the lines that were reserved: only amounts show it.
    with_amounts = len(rows) == 1
    told = [(each.key.removeprefix(key), each.state, with_amounts and each.amount.minor) for each in rows]
    return bar.balance(tab), told


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(evening=evenings(), shuffle=st.randoms(use_true_random=False), late=st.booleans(), again=st.booleans())
def test_any_order_of_arrival_by_either_door_ends_the_same(
    bar: Bar, evening: Evening, shuffle: Random, late: bool, again: bool
) -> None:
    told = []
    for shuffled in (False, True):
        tab, steps = bar.tab("1000"), list(evening.steps)
        key = f"t{tab.pk}"
        if shuffled:
            steps += steps if again else []
            shuffle.shuffle(steps)
        for step in steps:
            tell(bar, tab, key, step, reserve=evening.reserve, late=late and shuffled)
        told.append(standing(bar, tab, key))
        assert not EarlyStep.objects.filter(key=key).exists()

    assert told[0] == told[1], evening
    assert bar.problems() == []


@pytest.mark.parametrize("late", [True, False])
def test_an_end_that_came_first_is_done_whichever_way_the_order_comes(bar, tab, late):
    bar.cancel("t-1", is_late=True)

    order = bar.buy(tab, "30", key="t-1", is_late=late)

    assert order.state == OrderState.CANCELLED
    assert bar.balance(tab) == "0.00"
    assert bar.buy(tab, "30", key="t-1", is_late=late).pk == order.pk


def test_what_was_ended_before_it_came_needs_no_limit(bar, tab):
    bar.buy(tab, "95")
    bar.settle("t-1", is_late=True)

    assert bar.buy(tab, "30", key="t-1").state == OrderState.SETTLED
    assert bar.balance(tab) == "95.00"


def test_a_booking_that_waits_lets_no_order_over_the_limit(bar, tab):
    bar.buy(tab, "95")
    book(bar, "t-1")

    with pytest.raises(Conflict):
        bar.buy(tab, "30", key="t-1", reserve=True)

    assert bar.balance(tab) == "95.00"
    assert EarlyStep.objects.filter(key="t-1").exists()


def test_a_refund_waits_until_what_was_reserved_is_booked(bar, tab):
    bar.buy(tab, "30", key="t-1", reserve=True)
    assert refund(bar, "t-1", "t-1-back") is None
    assert refund(bar, "t-1", "t-1-back") is None

    book_tab_order(acting=bar.acting, key="t-1", now=EVENING)

    assert bar.states(tab) == {"t-1": "booked", "t-1-back": "booked"}
    assert bar.balance(tab) == "0.00"


def test_an_order_sent_again_after_it_was_booked_otherwise_is_the_same(bar, tab):
    book(bar, "t-1", "12")

    order = bar.buy(tab, "30", key="t-1", reserve=True)

    assert (order.state, str(order.amount)) == ("booked", "12.00 EUR")
    assert bar.buy(tab, "30", key="t-1", reserve=True).pk == order.pk
    assert book(bar, "t-1", "12").pk == order.pk
    assert bar.balance(tab) == "12.00"


def test_what_contradicts_what_waits_is_refused(bar):
    bar.cancel("t-1", is_late=True)
    refund(bar, "t-2", "t-2-back", [1])

    with pytest.raises(MoveRefused):
        bar.settle("t-1", is_late=True)
    with pytest.raises(Refused):
        refund(bar, "t-2", "t-2-back", [2])
    with pytest.raises(Refused):
        bar.cancel("a/b", is_late=True)


def test_what_waits_and_cannot_be_done_is_told_by_the_check(bar, tab):
    refund(bar, "t-1", "t-1-back", [7])

    bar.buy(tab, "30", key="t-1")

    assert bar.problems() == ["tab_order.step_waits"]
    with pytest.raises(Refused):
        refund(bar, "t-1", "t-1-back", [7])


def test_asking_what_waits_costs_an_order_no_query(bar, tab):
    bar.buy(tab, "1")
    with CaptureQueriesContext(connection) as asked:
        bar.buy(tab, "1")
    spoken = [each["sql"] for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]

    # The tab, the order, its lines, and the limit with what waits in one.
    assert len(spoken) == 4, spoken
    assert "earlystep" in spoken[-1]
    assert Decimal(bar.balance(tab)) == 2
