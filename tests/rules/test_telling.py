"""What subscriptions owe: for any history, entered in any order, billed on any days, the billed equals the wanted."""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rebill.rules.money import amount_minor
from rebill.rules.periods import Alignment, Period, Timing, add_months
from rebill.rules.pricing import Price, PriceModel, Tier, price_parts
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import ChargeKind, Told
from rebill.rules.recurring import Horizon, PriceAsked, PriceFound, schedule_of
from rebill.rules.telling import Telling, Terms, shape_of, tell
from rebill.rules.timeline import ChangeKind, History, Step, first_affected_day

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


def amounts(telling: Telling) -> list[tuple[str, int]]:
    return [(owed.kind.value, owed.amount_minor) for owed in telling.owed]


days = st.integers(0, 500).map(lambda offset: START + timedelta(days=offset))


@st.composite
def stories(draw):
    """A subscription, and a list of entries: changes with any effective day, and runs on ascending days."""
    start_on = draw(days)
    subscription = books(
        start_on=start_on,
        quantity=draw(st.integers(1, 12)),
        product_id=draw(st.sampled_from(list(PRICES))),
        timing=draw(st.sampled_from(list(Timing))),
        months=draw(st.sampled_from([1, 1, 1, 2, 3, 5, 12])),
        alignment=draw(st.sampled_from(list(Alignment))),
        base=draw(st.sampled_from(list(ProrationBase))),
        trial_before=draw(st.one_of(st.none(), st.integers(1, 60).map(lambda n: start_on + timedelta(days=n)))),
    )
    entries: list[Step | date] = []
    runs = sorted(draw(st.lists(days, min_size=1, max_size=8)))
    count = draw(st.integers(0, 8))
    for sequence in range(1, count + 1):
        kind = draw(st.sampled_from(list(ChangeKind)))
        entries.append(
            Step(
                sequence=sequence,
                kind=kind,
                effective_on=draw(days),
                quantity_e8=draw(st.integers(0, 15)) * E8 if kind is ChangeKind.QUANTITY else None,
                price_e6=draw(st.sampled_from([None, 7_770_000, 3_333_333])) if kind is ChangeKind.PRICE else None,
                product_id=draw(st.sampled_from(list(PRICES))) if kind is ChangeKind.PRODUCT else None,
                revokes=draw(st.integers(1, max(1, sequence - 1))) if kind is ChangeKind.REVOKE else None,
            )
        )
    for run in runs:
        entries.insert(draw(st.integers(0, len(entries))), run)
    ordered = iter(runs)
    return subscription, [next(ordered) if isinstance(entry, date) else entry for entry in entries]


FAR = Horizon(arrears_until=date(2029, 1, 1), advance_before=date(2029, 1, 1))


@st.composite
def pairs(draw):
    """Two subscriptions that differ in when they began and what they are called, and the days both are billed on."""
    start_on = draw(st.integers(0, 60).map(lambda offset: START + timedelta(days=offset)))
    alike = {
        "quantity": draw(st.integers(0, 3)),
        "product_id": draw(st.sampled_from(list(PRICES))),
        "timing": draw(st.sampled_from(list(Timing))),
        "months": draw(st.sampled_from([1, 1, 2, 3, 5, 12])),
        "alignment": draw(st.sampled_from(list(Alignment))),
        "base": draw(st.sampled_from(list(ProrationBase))),
        "price_e6": draw(st.sampled_from([None, 7_770_000])),
    }
    ends_before = draw(st.none() | st.integers(1, 700).map(lambda offset: START + timedelta(days=offset)))
    pair = []
    for _ in range(2):
        earlier = draw(st.sampled_from([0, 1, 3, 12]))
        on = add_months(start_on, -earlier * alike["months"])
        trial_before = draw(st.sampled_from([None, None, on + timedelta(days=20)]))
        each = books(start_on=on, trial_before=trial_before, **alike)
        each.history = each.history._replace(ends_before=ends_before, reference=draw(st.sampled_from(["", "PO 7"])))
        pair.append(each)
    return *pair, sorted(draw(st.lists(days, max_size=3)))


@settings(max_examples=400, deadline=None)
@given(pairs(), days)
def test_subscriptions_of_one_shape_tell_the_same_but_for_their_references(pair, day):
    one, other, runs = pair
    for run in runs:
        one.bill(run_on(run))
        other.bill(run_on(run))
    shapes = [shape_of(each.history, each.terms.schedule, each.told_before) for each in (one, other)]
    assume(shapes[0] == shapes[1])

    tellings = [each.bill(run_on(day)) for each in (one, other)]

    for telling in tellings:
        telling.owed = [owed._replace(piece=owed.piece._replace(reference="")) for owed in telling.owed]
    assert tellings[0] == tellings[1]


def test_when_it_began_counts_no_more_after_the_first_period():
    old, new = books(start_on=date(2024, 3, 9)), books(start_on=date(2025, 12, 24))

    for each in (old, new):
        each.bill(run_on(date(2026, 1, 1)))

    shapes = [shape_of(each.history, each.terms.schedule, each.told_before) for each in (old, new)]
    assert shapes[0] == shapes[1]


def test_a_changed_subscription_has_no_shape():
    changed = books()
    changed.enter(Step(1, ChangeKind.QUANTITY, START, quantity_e8=2 * E8))

    assert shape_of(changed.history, changed.terms.schedule, None) is None


@settings(max_examples=400, deadline=None)
@given(stories())
def test_what_was_billed_equals_what_was_wanted_whatever_the_order(story):
    subscription, entries = story

    for entry in entries:
        if isinstance(entry, date):
            subscription.bill(run_on(entry))
        else:
            subscription.enter(entry)
    subscription.bill(FAR)

    assert subscription.billed() == subscription.wanted(FAR)


@settings(max_examples=200, deadline=None)
@given(stories())
def test_a_run_repeated_bills_nothing(story):
    subscription, entries = story
    for entry in entries:
        if isinstance(entry, date):
            subscription.bill(run_on(entry))
            assert subscription.bill(run_on(entry)).owed == []
        else:
            subscription.enter(entry)
    subscription.bill(FAR)

    assert subscription.bill(FAR).owed == []


@settings(max_examples=200, deadline=None)
@given(stories())
def test_every_row_is_its_prorated_quantity_times_its_price_to_the_cent(story):
    subscription, entries = story
    for entry in entries:
        if isinstance(entry, date):
            subscription.bill(run_on(entry))
        else:
            subscription.enter(entry)
    subscription.bill(FAR)

    for row in subscription.told:
        assert row.amount_minor == amount_minor(row.prorated_e8, row.key.price_e6, 2)


def test_c016_half_way_upgrade():
    subscription = books(start_on=date(2026, 6, 1), price_e6=10 * E6)
    subscription.bill(run_on(date(2026, 6, 1)))

    subscription.enter(Step(1, ChangeKind.PRICE, date(2026, 6, 16), price_e6=20 * E6))
    telling = subscription.bill(run_on(date(2026, 6, 20)))

    assert amounts(telling) == [("PERIODICCORRECTION", -500), ("PERIODICCORRECTION", 1000)]


def test_c022_the_new_price_sticks():
    subscription = books(start_on=date(2026, 6, 1), price_e6=10 * E6)
    subscription.bill(run_on(date(2026, 6, 1)))
    subscription.enter(Step(1, ChangeKind.PRICE, date(2026, 6, 16), price_e6=20 * E6))
    subscription.bill(run_on(date(2026, 6, 20)))

    telling = subscription.bill(run_on(date(2026, 7, 1)))

    assert amounts(telling) == [("PERIODIC", 2000)]


def test_c024_cancelled_on_the_start_day_owes_nothing():
    subscription = books(start_on=date(2025, 2, 8), price_e6=100 * E6)
    assert amounts(subscription.bill(run_on(date(2025, 2, 8)))) == [("PERIODICFIRST", 7500)]

    subscription.enter(Step(1, ChangeKind.CANCEL, date(2025, 2, 8)))
    telling = subscription.bill(run_on(date(2025, 3, 1)))

    assert amounts(telling) == [("PERIODICCORRECTION", -7500)]


def test_c025_cancelled_before_the_start_owes_nothing():
    subscription = books(start_on=date(2026, 7, 1))
    subscription.enter(Step(1, ChangeKind.CANCEL, date(2026, 6, 20)))

    telling = subscription.bill(run_on(date(2026, 7, 1)))

    assert telling.owed == []
    assert telling.next_on is None


def test_c026_cancelled_before_billed_through_credits_the_rest():
    subscription = books(start_on=date(2025, 6, 1), price_e6=30 * E6)
    subscription.bill(run_on(date(2025, 6, 1)))

    subscription.enter(Step(1, ChangeKind.CANCEL, date(2025, 6, 11)))
    telling = subscription.bill(run_on(date(2025, 7, 1)))

    assert amounts(telling) == [("PERIODICCORRECTION", -2000)]
    assert telling.owed[0].piece.days == Period(date(2025, 6, 11), date(2025, 7, 1))


def test_c027_ended_in_the_middle_of_a_month_brings_no_new_month():
    subscription = books(start_on=date(2025, 6, 1), price_e6=30 * E6)
    subscription.bill(run_on(date(2025, 6, 1)))
    subscription.enter(Step(1, ChangeKind.CANCEL, date(2025, 6, 11)))
    subscription.bill(run_on(date(2025, 7, 1)))

    telling = subscription.bill(run_on(date(2025, 8, 1)))

    assert telling.owed == []
    assert telling.next_on is None


def test_c029_backdated_price_change_names_the_original():
    subscription = books(start_on=date(2026, 6, 1), price_e6=10 * E6)
    subscription.bill(run_on(date(2026, 6, 1)))
    subscription.bill(run_on(date(2026, 7, 1)))

    subscription.enter(Step(1, ChangeKind.PRICE, date(2026, 6, 16), price_e6=20 * E6))
    telling = subscription.bill(run_on(date(2026, 7, 5)))

    june = [owed for owed in telling.owed if owed.piece.whole.starts_on == date(2026, 6, 1)]
    assert [owed.amount_minor for owed in june] == [-500, 1000]
    assert {owed.corrects for owed in june} == {1}


def test_c015_an_end_before_the_next_period_gives_no_line_and_is_not_asked_again():
    subscription = books(start_on=date(2026, 1, 1))
    subscription.bill(run_on(date(2026, 1, 1)))
    subscription.enter(Step(1, ChangeKind.CANCEL, date(2026, 2, 1)))

    telling = subscription.bill(run_on(date(2026, 2, 1)))

    assert telling.owed == []
    assert telling.next_on is None


def test_seats_taken_off_in_the_middle_of_a_billed_month_are_one_line():
    # The mock-up's line: 26 → 24 on 16 August, 16 of 31 days, −1.0323 × 7.95.
    subscription = books(start_on=date(2026, 8, 1), quantity=26, price_e6=7_950_000)
    subscription.bill(run_on(date(2026, 8, 1)))

    subscription.enter(Step(1, ChangeKind.QUANTITY, date(2026, 8, 16), quantity_e8=24 * E8))
    telling = subscription.bill(run_on(date(2026, 9, 1)))

    correction = telling.owed[0]
    assert (correction.kind, correction.amount_minor) == (ChargeKind.PERIODICCORRECTION, -821)
    assert correction.piece.prorated_e8 == -103225806
    assert correction.piece.days == Period(date(2026, 8, 16), date(2026, 9, 1))


def test_a_revoked_cancellation_is_made_good():
    subscription = books(start_on=date(2026, 6, 1), price_e6=30 * E6)
    subscription.bill(run_on(date(2026, 6, 1)))
    subscription.enter(Step(1, ChangeKind.CANCEL, date(2026, 6, 11)))
    subscription.bill(run_on(date(2026, 6, 20)))

    subscription.enter(Step(2, ChangeKind.REVOKE, date(2026, 6, 21), revokes=1))
    telling = subscription.bill(run_on(date(2026, 7, 1)))

    assert sum(amount for _, amount in amounts(telling)) == 2000 + 3000


def test_an_untouched_subscription_looks_only_at_what_is_new():
    subscription = books(start_on=date(2020, 1, 1))
    subscription.bill(run_on(date(2026, 6, 1)))

    telling = subscription.bill(run_on(date(2026, 7, 1)))

    assert [owed.piece.whole.starts_on for owed in telling.owed] == [date(2026, 7, 1)]
    assert telling.next_on == date(2026, 8, 1)


def test_a_price_that_is_missing_stops_at_its_period_and_loses_nothing():
    subscription = books(start_on=date(2026, 1, 1))
    missing = {date(2026, 2, 1)}

    def some_prices(asked: PriceAsked) -> PriceFound | None:
        return None if asked.on in missing else price_of(asked)

    telling = tell(
        history=subscription.history,
        terms=subscription.terms,
        horizon=run_on(date(2026, 3, 1)),
        price_of=some_prices,
        told_before=None,
    )

    assert [owed.piece.whole.starts_on for owed in telling.owed] == [date(2026, 1, 1)]
    assert [unpriced.asked_on for unpriced in telling.unpriced] == [date(2026, 2, 1)]
    assert telling.told_before == date(2026, 2, 1)
    assert telling.next_on == date(2026, 2, 1)


def test_a_subscription_that_begins_in_the_middle_of_a_month_is_due_when_it_begins():
    subscription = books(start_on=date(2026, 1, 5))

    telling = subscription.bill(Horizon(arrears_until=date(2026, 1, 1), advance_before=date(2026, 1, 2)))

    assert telling.owed == []
    assert telling.next_on == date(2026, 1, 5)
