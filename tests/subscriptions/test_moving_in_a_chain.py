"""A customer that moves about in a chain of three: every level bills exactly its days, whenever runs are made."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebill.charges.checks import check_charges
from rebill.parties.models import Customer
from rebill.pipeline import move_customer
from rebill.rules.periods import add_months
from rebill.subscriptions.queries.below import CannotMove
from tests.factories import NOW
from tests.stories.chain import Link

pytestmark = pytest.mark.django_db

START = date(2026, 6, 1)
END = date(2026, 12, 1)
DAYS = st.integers(0, 150).map(lambda days: START + timedelta(days))
RUNS = [date(2026, month, 1) for month in range(6, 12)]
# Who stands above whom; the wholesaler sells to both dealers, and they to three.
ABOVE = {"delta": "top", "gamma": "top", "delta-oost": "delta", "delta-west": "delta", "gamma-noord": "gamma"}
PRICES = {"delta": "9", "gamma": "10", "delta-oost": "12", "delta-west": "13.33", "gamma-noord": "14"}
PLACES = [*ABOVE, "top"]


@dataclass
class Stay:
    """The days at one seller."""

    at: str
    starts_on: date
    ends_before: date = END


class Three:
    """A wholesaler, its two dealers, and three dealers of those; all sell the same seat."""

    def __init__(self) -> None:
        top = Link.wholesaler()
        self.links = {"top": top}
        products = {"top": top.sells("SEAT", "6")}
        for name, above in ABOVE.items():
            link = self.links[name] = self.links[above].dealer(name.title())
            products[name] = link.resells(products[above], "PLEK", "fixed", PRICES[name])
        self.products = products
        self.stays: list[Stay] = []

    def begin(self, at: str, start_on: date, quantity: int) -> None:
        self.customer: Customer = self.links[at].customer()
        self.links[at].subscribe(self.customer, self.products[at], start_on, str(quantity))
        self.stays.append(Stay(at, start_on))

    def move(self, to: str, on: date, by: str = "top") -> None:
        """To another seller; who acts stands above both."""
        moved = move_customer(
            acting=self.links[by].acting, customer_id=self.customer.pk, to_seller_id=self.links[to].seller.pk, on=on,
            now=NOW,
        )  # fmt: skip
        self.customer, left = moved.customer, self.stays[-1]
        left.ends_before = max(on, left.starts_on)
        self.stays.append(Stay(to, left.ends_before))

    def days(self, name: str) -> dict[date, int]:
        """How many days of each month this seller sells, itself or by those below it."""
        found: dict[date, int] = defaultdict(int)
        for stay in self.stays:
            if name in lineage(stay.at):
                for offset in range((stay.ends_before - stay.starts_on).days):
                    found[(stay.starts_on + timedelta(offset)).replace(day=1)] += 1
        return dict(found)

    def quantities(self, name: str) -> dict[date, Decimal]:
        """How much of each month this seller billed."""
        found: dict[date, Decimal] = defaultdict(Decimal)
        for charge in self.links[name].charges():
            if charge.whole_from < END:
                found[charge.whole_from] += charge.prorated_quantity
        return {month: quantity for month, quantity in found.items() if quantity}

    def amounts(self, name: str) -> dict[date, Decimal]:
        found: dict[date, Decimal] = defaultdict(Decimal)
        for charge in self.links[name].charges():
            found[charge.whole_from] += charge.amount.decimal
        return {month: amount for month, amount in found.items() if amount}


def lineage(at: str) -> list[str]:
    return [at, *lineage(ABOVE[at])] if at in ABOVE else [at]


@st.composite
def stories(draw: Any) -> Any:
    """Where the customer begins, and then moves and runs of any seller in any order."""
    moves = draw(st.lists(st.tuples(st.just("move"), st.sampled_from(PLACES), DAYS), min_size=1, max_size=4))
    runs = sorted(draw(st.lists(st.tuples(st.sampled_from(RUNS), st.sampled_from(PLACES), st.booleans()), max_size=6)))
    mixed: list[Any] = list(moves)
    place = 0
    for day, name, issues in runs:
        place = draw(st.integers(place, len(mixed)))
        mixed.insert(place, ("run", name, day, issues))
        place += 1
    return draw(st.sampled_from(PLACES)), draw(DAYS), draw(st.integers(1, 5)), mixed


def play(story: Any, *, runs: bool) -> Three:
    at, start_on, quantity, entries = story
    three = Three()
    three.begin(at, start_on, quantity)
    for what, name, day, *issues in entries:
        if what == "move":
            if name != three.stays[-1].at:
                three.move(name, day)
        elif runs:
            three.links[name].prepare(day)
            if issues[0]:
                three.links[name].issue(day)
    for name in sorted(PLACES):
        three.links[name].prepare(END)
    return three


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories())
def test_every_level_bills_exactly_its_days_whichever_order_runs_are_made_in(story):
    quantity = story[2]

    at_once, in_between = play(story, runs=False), play(story, runs=True)

    for name in PLACES:
        wanted = {month: Decimal(quantity * days) for month, days in in_between.days(name).items() if days}
        billed = in_between.quantities(name)
        assert billed.keys() == wanted.keys()
        for month, days in wanted.items():
            whole = (add_months(month, 1) - month).days
            # A stay is rounded at eight decimals, once.
            assert abs(billed[month] - days / whole) <= Decimal("0.00000001") * len(in_between.stays)
        assert in_between.amounts(name) == at_once.amounts(name)
        assert check_charges(acting=in_between.links[name].acting) == []


def test_the_upper_dealer_bills_one_month_whoever_of_its_dealers_has_the_customer():
    three = Three()
    three.begin("delta-oost", START, 2)
    for name in PLACES:
        three.links[name].prepare(START)

    three.move("delta-west", date(2026, 6, 16), by="delta")
    for name in PLACES:
        three.links[name].prepare(date(2026, 7, 1))

    half = {START: Decimal(1)}
    july = {date(2026, 7, 1): Decimal(2)}
    assert three.quantities("delta-oost") == half
    assert three.quantities("delta-west") == half | july
    assert three.quantities("delta") == three.quantities("top") == {START: Decimal(2)} | july
    assert three.amounts("top") == {START: Decimal(12), date(2026, 7, 1): Decimal(12)}


def test_a_customer_that_comes_back_is_billed_for_both_stays():
    three = Three()
    three.begin("delta-oost", START, 1)
    three.links["delta-oost"].prepare(START)
    three.move("gamma-noord", date(2026, 6, 11))
    three.links["gamma-noord"].prepare(START)

    three.move("delta-oost", date(2026, 6, 21))
    for name in PLACES:
        three.links[name].prepare(date(2026, 6, 30))

    # What was billed for the rest of the month was given back; each part is rounded at eight decimals.
    billed = {name: round(sum(three.quantities(name).values()) * 30, 6) for name in PLACES}
    assert billed == {"delta-oost": 20, "delta": 20, "gamma-noord": 10, "gamma": 10, "top": 30, "delta-west": 0}
    assert three.amounts("gamma-noord") == {START: Decimal("4.67")}


def test_a_dealer_moves_customers_only_below_itself():
    three = Three()
    three.begin("delta-oost", START, 1)

    with pytest.raises(CannotMove):
        three.move("delta-oost", START, by="delta")

    assert [stay.at for stay in three.stays] == ["delta-oost"]
