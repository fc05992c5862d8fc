"""What a subscription tells a run: which periods it looks at, and what they owe.

The whole computation looks at every period since the start. The shortcut looks at the periods after the last told one,
and, when the history or the prices changed, at those from the first affected day on. Both tell the same (tested).
Subscriptions of one shape tell the same too (tested), so that a run computes it once for all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from rebill.rules.edited import as_agreed
from rebill.rules.money import digits_of
from rebill.rules.periods import Period, Schedule, Timing, due_on
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Owed, Piece, Told, reconcile_period
from rebill.rules.recurring import Horizon, PriceOf, Unpriced, due_periods, period_pieces
from rebill.rules.timeline import FOREVER, History, stretches


@dataclass(frozen=True, slots=True)
class Terms:
    """How a subscription is billed; none of it ever changes."""

    schedule: Schedule
    timing: Timing
    base: ProrationBase
    digits: int


PiecesOf = Callable[[Period], tuple[list[Piece], list[Unpriced]]]


@dataclass(slots=True)
class Telling:
    """What a subscription owes now, and from where the next run goes on.

    Periods that start before `told_before` are told. `next_on` is the first day on which more can be due, None when
    nothing will follow. `complete` says that every changed period could be corrected: otherwise the change must be
    looked at again.
    """

    owed: list[Owed] = field(default_factory=list)
    unpriced: list[Unpriced] = field(default_factory=list)
    told_before: date = date.min
    next_on: date | None = None
    complete: bool = True


class Shape(NamedTuple):
    """All that decides what a subscription tells that was never changed: see `shape_of`."""

    product_id: int
    quantity_e8: int
    price_e6: int | None
    begins_on: date | None
    ends_before: date | None
    grid: tuple[int, int, int]
    told_before: date | None


def shape_of(history: History, schedule: Schedule, told_before: date | None) -> Shape | None:
    """What a subscription has in common with those that tell the same; None where changes make it one of its own.

    The schedule is anchored on the first day that can be owed.
    Subscriptions of one shape, with the same timing, prices and horizon, tell the same but for their references, as
    long as nothing of what they told is looked at again. When one began counts no more after its first period.
    """
    if history.steps:
        return None
    begin = history.billed_from
    is_first = told_before is None or told_before < schedule.first_period.ends_before
    return Shape(
        history.product_id,
        history.quantity_e8,
        history.price_e6,
        begin if is_first else None,
        history.ends_before,
        schedule.grid,
        told_before,
    )


def tell(
    *,
    history: History,
    terms: Terms,
    horizon: Horizon,
    price_of: PriceOf,
    told_before: date | None,
    told: Sequence[Told] = (),
    changed_from: date | None = None,
) -> Telling:
    """What is owed up to the horizon.

    `told_before` is where the last telling ended (None: never told). `changed_from` is the first day on which what was
    told may be wrong (None: nothing changed); `told` are then the rows of the periods that end after it.
    """
    days = stretches(history)
    begin = history.billed_from
    ends_before = days[-1].ends_before if days else begin
    first_whole = terms.schedule.period_of(begin)
    months, base = terms.schedule.months, terms.base

    def pieces_of(whole: Period) -> tuple[list[Piece], list[Unpriced]]:
        return period_pieces(whole, days, months=months, base=base, price_of=price_of)

    telling = Telling(told_before=first_whole.starts_on if told_before is None else told_before)
    if told_before is not None and changed_from is not None and changed_from < told_before:
        wholes = _told_periods(terms.schedule, told, from_on=max(begin, changed_from), before=told_before)
        _correct(telling, wholes, told, pieces_of, terms=terms, horizon=horizon, ends_before=ends_before, begin=begin)
    for whole in due_periods(
        schedule=terms.schedule,
        timing=terms.timing,
        horizon=horizon,
        from_on=max(begin, telling.told_before),
        ends_before=ends_before,
    ):
        pieces, unpriced = pieces_of(whole)
        if unpriced:
            telling.unpriced.extend(unpriced)
            break
        telling.owed.extend(reconcile_period(pieces, (), digits=terms.digits, base=base, first=whole == first_whole))
        telling.told_before = whole.ends_before
    telling.next_on = next_due_on(
        schedule=terms.schedule,
        timing=terms.timing,
        from_on=max(begin, telling.told_before),
        ends_before=ends_before,
    )
    return telling


def _told_periods(schedule: Schedule, told: Sequence[Told], *, from_on: date, before: date) -> list[Period]:
    """The whole periods to look at again: those with rows, and those that had none but may need some now."""
    wholes = {row.whole for row in told}
    if from_on < before:
        wholes.update(schedule.periods(from_on, before))
    return sorted(wholes)


def _correct(
    telling: Telling,
    wholes: Sequence[Period],
    told: Sequence[Told],
    pieces_of: PiecesOf,
    *,
    terms: Terms,
    horizon: Horizon,
    ends_before: date,
    begin: date,
) -> None:
    first_whole = terms.schedule.period_of(begin)
    for whole in wholes:
        # In arrears a lengthened subscription may want days of a period that is not over yet.
        in_arrears = terms.timing is Timing.ARREARS and begin < ends_before and whole.starts_on < ends_before
        if in_arrears and not horizon.covers(_cut(whole, ends_before), terms.timing):
            telling.complete = False
            continue
        pieces, unpriced = pieces_of(whole)
        if unpriced:
            telling.unpriced.extend(unpriced)
            telling.complete = False
            continue
        rows = [row for row in told if row.whole == whole]
        # What was billed in one currency is corrected in it, whichever the customer has today.
        digits = digits_of(rows[0].currency) if rows and rows[0].currency else terms.digits
        wanted = as_agreed(pieces, rows, terms.base)
        telling.owed.extend(reconcile_period(wanted, rows, digits=digits, base=terms.base, first=whole == first_whole))


def _cut(whole: Period, ends_before: date) -> Period:
    if ends_before == FOREVER or whole.ends_before <= ends_before:
        return whole
    return Period(whole.starts_on, ends_before)


def next_due_on(*, schedule: Schedule, timing: Timing, from_on: date, ends_before: date) -> date | None:
    """The day from which the first period that is not told can be due; None when nothing will follow.

    `from_on` is the first day that is not told, `ends_before` the end of what is owed. What begins in the middle of a
    period is due in advance when it begins, not when its period did.
    """
    if from_on >= ends_before:
        return None
    if timing is Timing.ADVANCE:
        return from_on
    return due_on(_cut(schedule.period_of(from_on), ends_before), timing)
