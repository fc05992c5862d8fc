"""Which subscriptions tell the same, so that a run computes it once for all of them."""

from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rebill.rules.periods import Alignment, Timing, add_months
from rebill.rules.proration import ProrationBase
from rebill.rules.telling import shape_of
from rebill.rules.timeline import ChangeKind, Step
from tests.rules.telling_books import E8, PRICES, START, books, days, run_on


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
