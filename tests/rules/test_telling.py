"""What subscriptions owe: for any history, entered in any order, billed on any days, the billed equals the wanted."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rebill.rules.money import amount_minor
from rebill.rules.periods import Alignment, Period, Timing
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import ChargeKind
from rebill.rules.recurring import Horizon, PriceAsked, PriceFound
from rebill.rules.telling import Telling, tell
from rebill.rules.timeline import ChangeKind, Step
from tests.rules.telling_books import E6, E8, PRICES, books, days, price_of, run_on


def amounts(telling: Telling) -> list[tuple[str, int]]:
    return [(owed.kind.value, owed.amount_minor) for owed in telling.owed]


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
