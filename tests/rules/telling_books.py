"""One subscription billed run by run in values, for tests of what subscriptions tell."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import strategies as st

from rebill.rules.periods import Alignment, Period, Timing
from rebill.rules.pricing import Price, PriceModel, Tier, price_parts
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Told
from rebill.rules.recurring import Horizon, PriceAsked, PriceFound, schedule_of
from rebill.rules.telling import Telling, Terms, tell
from rebill.rules.timeline import History, Step, first_affected_day

E8, E6 = 10**8, 10**6
START = date(2026, 1, 1)

PRICES = {
    1: Price(model=PriceModel.PER_UNIT, price_e6=10 * E6, months=1),
    2: Price(model=PriceModel.PER_UNIT, price_e6=19_950_000, months=1),
    3: Price(
        model=PriceModel.GRADUATED,
        price_e6=0,
        months=1,
        tiers=(Tier(up_to_e8=5 * E8, price_e6=10 * E6, flat_e6=100 * E6), Tier(up_to_e8=None, price_e6=5 * E6)),
    ),
    4: Price(
        model=PriceModel.VOLUME,
        price_e6=0,
        months=12,
        tiers=(Tier(up_to_e8=4 * E8, price_e6=99_990_000), Tier(up_to_e8=None, price_e6=80 * E6)),
    ),
    5: Price(model=PriceModel.FLAT, price_e6=333_333, months=1),
}


def price_of(asked: PriceAsked) -> PriceFound | None:
    if asked.override_e6 is not None:
        price = Price(model=PriceModel.PER_UNIT, price_e6=asked.override_e6, months=asked.months)
        return PriceFound(price_parts(price, asked.quantity_e8, asked.months), "subscription")
    return PriceFound(price_parts(PRICES[asked.product_id], asked.quantity_e8, asked.months), "plan")


class Books:
    """One subscription and everything told of it, billed run by run as a seller would."""

    def __init__(self, history: History, terms: Terms) -> None:
        self.history, self.terms = history, terms
        self.told: list[Told] = []
        self.told_before: date | None = None
        self.runs = 0
        self.seen = 0

    def enter(self, step: Step) -> None:
        self.history = self.history._replace(steps=(*self.history.steps, step))

    def bill(self, horizon: Horizon) -> Telling:
        since = first_affected_day(self.history, seen=self.seen) if self.told_before is not None else None
        told = [row for row in self.told if since is not None and row.whole.ends_before > since]
        telling = tell(
            history=self.history,
            terms=self.terms,
            horizon=horizon,
            price_of=price_of,
            told_before=self.told_before,
            told=told,
            changed_from=since,
        )
        self.runs += 1
        for owed in telling.owed:
            piece = owed.piece
            row = (piece.whole, piece.days, piece.key, piece.quantity_e8, piece.prorated_e8, owed.amount_minor)
            self.told.append(Told(len(self.told) + 1, *row, billed_by=self.runs))
        self.told_before = telling.told_before
        if telling.complete:
            self.seen = max((step.sequence for step in self.history.steps), default=0)
        return telling

    def billed(self) -> dict[Period, int]:
        sums: dict[Period, int] = defaultdict(int)
        for row in self.told:
            sums[row.whole] += row.amount_minor
        return {whole: amount for whole, amount in sums.items() if amount}

    def wanted(self, horizon: Horizon) -> dict[Period, int]:
        whole_computation = tell(
            history=self.history, terms=self.terms, horizon=horizon, price_of=price_of, told_before=None
        )
        sums: dict[Period, int] = defaultdict(int)
        for owed in whole_computation.owed:
            sums[owed.piece.whole] += owed.amount_minor
        return {whole: amount for whole, amount in sums.items() if amount}


def run_on(day: date) -> Horizon:
    """A monthly customer's run: arrears that are over, and advance up to the first of the next month."""
    return Horizon(arrears_until=day, advance_before=(day.replace(day=1) + timedelta(days=32)).replace(day=1))


def books(
    *,
    start_on: date = START,
    quantity: int = 1,
    product_id: int = 1,
    timing: Timing = Timing.ADVANCE,
    months: int = 1,
    alignment: Alignment = Alignment.CALENDAR,
    base: ProrationBase = ProrationBase.ACTUAL,
    price_e6: int | None = None,
    trial_before: date | None = None,
) -> Books:
    history = History(start_on, None, trial_before, product_id, quantity * E8, price_e6)
    schedule = schedule_of(billed_from=history.billed_from, months=months, alignment=alignment)
    return Books(history, Terms(schedule=schedule, timing=timing, base=base, digits=2))


days = st.integers(0, 500).map(lambda offset: START + timedelta(days=offset))
