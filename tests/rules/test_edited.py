"""Lines that people changed on a draft: what a later change of the history makes of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebill.rules.edited import as_edited
from rebill.rules.money import amount_minor
from rebill.rules.telling import tell
from rebill.rules.timeline import ChangeKind, Step
from tests.rules.telling_books import E6, E8, START, Books, books, price_of, run_on
from tests.rules.test_telling import FAR, stories

JUNE, MIDDLE, JULY = date(2026, 6, 1), date(2026, 6, 16), date(2026, 7, 1)


def edit(subscription: Books, index: int, *, quantity: str | None = None, price: str | None = None) -> None:
    """Another quantity or price on the draft of the row; every run makes one draft."""
    row = subscription.told[index]
    subscription.told[index] = as_edited(
        row,
        prorated_e8=None if quantity is None else int(Decimal(quantity) * E8),
        price_e6=None if price is None else int(Decimal(price) * E6),
        digits=2,
    )


def look_again(subscription: Books) -> int:
    """What a run comes to that looks at everything told since the start."""
    telling = tell(
        history=subscription.history,
        terms=subscription.terms,
        horizon=run_on(JULY),
        price_of=price_of,
        told_before=subscription.told_before,
        told=subscription.told,
        changed_from=START,
    )
    return sum(owed.amount_minor for owed in telling.owed if owed.corrects is not None)


def june(quantity: int = 1, price: int = 30) -> Books:
    """A month that is billed: thirty days."""
    subscription = books(start_on=JUNE, quantity=quantity, price_e6=price * E6)
    subscription.bill(run_on(JUNE))
    return subscription


def corrections(subscription: Books, day: date = date(2026, 6, 20)) -> list[int]:
    return [owed.amount_minor for owed in subscription.bill(run_on(day)).owed if owed.corrects is not None]


# The table of docs/rules/edited-lines.md.
@pytest.mark.parametrize(
    ("changed", "step", "next_run", "june_in_all"),
    [
        ({}, Step(1, ChangeKind.CANCEL, MIDDLE), [-1500], 1500),
        ({"price": "8"}, Step(1, ChangeKind.CANCEL, MIDDLE), [-1200], 1200),
        ({"price": "8"}, Step(1, ChangeKind.QUANTITY, MIDDLE, quantity_e8=5 * E8), [1000], 3400),
        ({"price": "8"}, Step(1, ChangeKind.PRICE, MIDDLE, price_e6=12 * E6), [-1200, 1800], 3000),
        ({"price": "8"}, Step(1, ChangeKind.PRICE, JUNE, price_e6=8 * E6), [], 2400),
        ({"quantity": "2"}, Step(1, ChangeKind.CANCEL, MIDDLE), [-1000], 1000),
        ({"quantity": "2"}, Step(1, ChangeKind.QUANTITY, MIDDLE, quantity_e8=5 * E8), [1000], 3000),
        ({"quantity": "2"}, Step(1, ChangeKind.QUANTITY, JUNE, quantity_e8=2 * E8), [], 2000),
    ],
)
def test_a_change_half_way_counts_from_what_was_billed(changed, step, next_run, june_in_all):
    subscription = june(quantity=3, price=10)
    edit(subscription, 0, **changed)

    subscription.enter(step)

    assert corrections(subscription) == next_run
    assert sum(row.amount_minor for row in subscription.told if row.whole.starts_on == JUNE) == june_in_all


@pytest.mark.parametrize("changed", [{"price": "20"}, {"price": "40"}, {"quantity": "0.5"}, {"quantity": "2"}])
def test_what_was_edited_is_not_made_up_for(changed):
    subscription = june()

    edit(subscription, 0, **changed)

    assert look_again(subscription) == 0


def test_a_line_edited_to_nothing_gives_nothing_back():
    subscription = june()
    edit(subscription, 0, price="0")

    subscription.enter(Step(1, ChangeKind.CANCEL, MIDDLE))

    assert sum(corrections(subscription)) == 0


def test_a_revoked_cancellation_is_billed_again_at_the_edited_price():
    subscription = june()
    edit(subscription, 0, price="20")
    subscription.enter(Step(1, ChangeKind.CANCEL, MIDDLE))
    subscription.bill(run_on(date(2026, 6, 20)))

    subscription.enter(Step(2, ChangeKind.REVOKE, date(2026, 6, 21), revokes=1))

    assert corrections(subscription) == [1000]


def test_a_history_mended_to_a_larger_quantity_that_was_billed_owes_nothing_more():
    subscription = june(quantity=3)
    edit(subscription, 0, quantity="4")

    subscription.enter(Step(1, ChangeKind.QUANTITY, JUNE, quantity_e8=4 * E8))

    assert corrections(subscription) == []


def test_a_correction_that_was_edited_stands_too():
    subscription = june()
    subscription.enter(Step(1, ChangeKind.CANCEL, MIDDLE))
    subscription.bill(run_on(date(2026, 6, 20)))
    edit(subscription, 1, price="10")

    assert look_again(subscription) == 0
    subscription.enter(Step(2, ChangeKind.REVOKE, date(2026, 6, 21), revokes=1))
    subscription.bill(run_on(JULY))

    assert sum(row.amount_minor for row in subscription.told if row.whole.starts_on == JUNE) == 3000


edits = st.tuples(
    st.sampled_from([None, 0, 3_330_000, 15 * E6, 99 * E6]), st.sampled_from([None, 0, E8 // 3, 2 * E8, 20 * E8])
)


@settings(max_examples=300, deadline=None)
@given(stories(), st.lists(edits, min_size=1, max_size=6), st.data())
def test_whatever_was_edited_a_cancellation_from_the_start_gives_everything_back(story, wishes, data):
    subscription, entries = story
    for entry in entries:
        if not isinstance(entry, date):
            subscription.enter(entry)
            continue
        before = len(subscription.told)
        telling = subscription.bill(run_on(entry))
        first_told = [n for n, owed in enumerate(telling.owed, before) if owed.corrects is None]
        if wishes and first_told:
            price_e6, prorated_e8 = wishes.pop()
            index = data.draw(st.sampled_from(first_told))
            subscription.told[index] = as_edited(
                subscription.told[index], prorated_e8=prorated_e8, price_e6=price_e6, digits=2
            )
            assert look_again(subscription) == 0

    last = max((each.sequence for each in subscription.history.steps), default=0)
    subscription.enter(Step(last + 1, ChangeKind.CANCEL, START - timedelta(days=1)))
    subscription.bill(FAR)

    assert subscription.billed() == {}
    for row in subscription.told:
        assert row.amount_minor == amount_minor(row.prorated_e8, row.key.price_e6, 2)
