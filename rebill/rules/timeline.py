"""What a subscription was on which day, from its first state and its dated changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rebill.rules.periods import Period

FOREVER = date.max


class ChangeKind(StrEnum):
    """What a change does from its effective day on."""

    QUANTITY = "quantity"
    PRICE = "price"
    PRODUCT = "product"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Step:
    """One dated change. `sequence` is the order of entry; `effective_on` the first day it holds.

    CANCEL: `effective_on` is the first day that is no longer owed. PRICE: `price_e6` None means back to the price list.
    PRODUCT: the price override ends unless a new one is given. REVOKE: takes back the step with sequence `revokes`.
    """

    sequence: int
    kind: ChangeKind
    effective_on: date
    quantity_e8: int | None = None
    price_e6: int | None = None
    product_id: int | None = None
    revokes: int | None = None
    reference: str = ""


class History(NamedTuple):
    """A subscription as first entered, and every step since."""

    start_on: date
    ends_before: date | None
    trial_before: date | None
    product_id: int
    quantity_e8: int
    price_e6: int | None
    reference: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def billed_from(self) -> date:
        """The first day that can be owed: the start, or the end of the trial."""
        if self.trial_before is not None and self.trial_before > self.start_on:
            return self.trial_before
        return self.start_on


class Stretch(NamedTuple):
    """Days on which product, quantity and price stay the same. `priced_since` is the day that chose the price list."""

    starts_on: date
    ends_before: date
    product_id: int
    quantity_e8: int
    price_e6: int | None
    priced_since: date
    reference: str
    sequence: int


def standing_steps(steps: Iterable[Step]) -> list[Step]:
    """The steps that hold, in the order they take effect: no revokes, nothing that was revoked.

    A revoke can itself be revoked. On one day the later entered step comes later, so that it wins.
    """
    ordered = sorted(steps, key=lambda step: step.sequence, reverse=True)
    revoked: set[int] = set()
    standing = []
    for step in ordered:
        if step.sequence in revoked:
            continue
        if step.kind is ChangeKind.REVOKE:
            if step.revokes is not None and step.revokes < step.sequence:
                revoked.add(step.revokes)
            continue
        standing.append(step)
    standing.sort(key=lambda step: (step.effective_on, step.sequence))
    return standing


def last_day_exclusive(history: History, standing: Iterable[Step]) -> date:
    """The first day no longer owed: the agreed end or the cancellation, whichever is earlier.

    Of several cancellations the last entered counts: it is the customer's last word.
    """
    end = history.ends_before or FOREVER
    cancels = [step for step in standing if step.kind is ChangeKind.CANCEL]
    if cancels:
        end = min(end, max(cancels, key=lambda step: step.sequence).effective_on)
    return end


def stretches(history: History) -> tuple[Stretch, ...]:
    """The days that are owed, cut where product, quantity, price or reference change; paused days are left out."""
    begin = history.billed_from
    if not history.steps:
        end = history.ends_before or FOREVER
        if end <= begin or not history.quantity_e8:
            return ()
        return (
            Stretch(begin, end, history.product_id, history.quantity_e8, history.price_e6, begin, history.reference, 0),
        )
    return _cut(history, begin)


def _cut(history: History, begin: date) -> tuple[Stretch, ...]:
    standing = standing_steps(history.steps)
    end = last_day_exclusive(history, standing)
    product_id, quantity_e8, price_e6 = history.product_id, history.quantity_e8, history.price_e6
    priced_since, reference, sequence, paused = begin, history.reference, 0, False
    since = begin
    found: list[Stretch] = []

    def close(before: date) -> None:
        before = min(before, end)
        if since < before and not paused and quantity_e8:
            found.append(Stretch(since, before, product_id, quantity_e8, price_e6, priced_since, reference, sequence))

    for step in standing:
        if step.kind is ChangeKind.CANCEL:
            continue
        effective_on = max(step.effective_on, begin)
        if effective_on >= end:
            break
        if effective_on > since:
            close(effective_on)
            since = effective_on
        if step.kind is ChangeKind.QUANTITY:
            quantity_e8 = step.quantity_e8 or 0
        elif step.kind is ChangeKind.PRICE:
            price_e6, priced_since = step.price_e6, effective_on
        elif step.kind is ChangeKind.PRODUCT:
            product_id = step.product_id if step.product_id is not None else product_id
            price_e6, priced_since = step.price_e6, effective_on
            quantity_e8 = step.quantity_e8 if step.quantity_e8 is not None else quantity_e8
        elif step.kind is ChangeKind.PAUSE:
            paused = True
        elif step.kind is ChangeKind.RESUME:
            paused = False
        reference, sequence = step.reference or reference, step.sequence
    close(end)
    return tuple(found)


def first_affected_day(history: History, *, seen: int) -> date | None:
    """The earliest day on which anything may differ for someone who has seen the steps up to sequence `seen`.

    None when there is nothing new. A cancellation also moves what earlier cancellations said, a revoke what it revokes.
    """
    new = [step for step in history.steps if step.sequence > seen]
    if not new:
        return None
    by_sequence = {step.sequence: step for step in history.steps}
    days = []
    pending = list(new)
    while pending:
        step = pending.pop()
        days.append(step.effective_on)
        # A revoke names an earlier step; anything else would send this loop round for ever.
        if step.kind is ChangeKind.REVOKE and step.revokes in by_sequence and step.revokes < step.sequence:
            pending.append(by_sequence[step.revokes])
        if step.kind is ChangeKind.CANCEL:
            days.extend(other.effective_on for other in history.steps if other.kind is ChangeKind.CANCEL)
    return min(days)


def within(stretch: Stretch, period: Period) -> Period | None:
    """The days of the period that the stretch covers, or None."""
    starts_on = max(stretch.starts_on, period.starts_on)
    ends_before = min(stretch.ends_before, period.ends_before)
    if starts_on >= ends_before:
        return None
    return Period(starts_on, ends_before)
