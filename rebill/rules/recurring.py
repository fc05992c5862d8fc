"""Which pieces of which billing periods a subscription should be billed for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from rebill.rules.periods import Alignment, Period, Schedule, Timing, is_due
from rebill.rules.pricing import PricedPart
from rebill.rules.proration import ProrationBase, prorate_e8
from rebill.rules.reconcile import Piece, PieceKey
from rebill.rules.timeline import Stretch, within


class PriceAsked(NamedTuple):
    """What a price is asked for: this product in this quantity, `override_e6` if the subscription has its own price."""

    product_id: int
    quantity_e8: int
    override_e6: int | None
    on: date
    months: int


class PriceFound(NamedTuple):
    """The parts the price falls into, for one whole billing period, and where it came from."""

    parts: tuple[PricedPart, ...]
    origin: str


PriceOf = Callable[[PriceAsked], PriceFound | None]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A piece for which no price was found; it is owed as soon as there is one."""

    whole: Period
    days: Period
    product_id: int
    asked_on: date


class Horizon(NamedTuple):
    """How far a run bills: in arrears what ends by `arrears_until`, in advance what starts before `advance_before`."""

    arrears_until: date
    advance_before: date

    def covers(self, period: Period, timing: Timing) -> bool:
        """Whether the period is due."""
        return is_due(period, timing, arrears_until=self.arrears_until, advance_before=self.advance_before)

    def last_start(self, timing: Timing) -> date:
        """No period that starts on or after this day is due."""
        return self.advance_before if timing is Timing.ADVANCE else self.arrears_until


def due_periods(
    *, schedule: Schedule, timing: Timing, horizon: Horizon, from_on: date, ends_before: date
) -> Iterator[Period]:
    """The whole periods from `from_on` until the subscription's end that are due.

    A period in arrears that the end cuts short is due when the subscription has ended, not when the period would have.
    """
    limit = min(horizon.last_start(timing), ends_before)
    if from_on >= limit:
        return
    for whole in schedule.periods(from_on, limit):
        cut = whole if whole.ends_before <= ends_before else Period(whole.starts_on, ends_before)
        if horizon.covers(cut, timing):
            yield whole


def period_pieces(
    whole: Period,
    stretches: Sequence[Stretch],
    *,
    months: int,
    base: ProrationBase,
    price_of: PriceOf,
) -> tuple[list[Piece], list[Unpriced]]:
    """The pieces of one period: its stretches, priced on the day the period or the stretch's price began.

    A price list that changes within a period counts from the next period on; a change of product or price counts from
    its own day. Days without a price are returned apart, never billed at zero.
    """
    pieces: list[Piece] = []
    unpriced: list[Unpriced] = []
    for stretch in stretches:
        days = within(stretch, whole)
        if days is None:
            continue
        on = max(whole.starts_on, stretch.priced_since)
        found = price_of(PriceAsked(stretch.product_id, stretch.quantity_e8, stretch.price_e6, on, months))
        if found is None:
            unpriced.append(Unpriced(whole, days, stretch.product_id, on))
            continue
        for part in found.parts:
            pieces.append(
                Piece(
                    whole=whole,
                    days=days,
                    key=PieceKey(stretch.product_id, part.part, part.price_e6),
                    quantity_e8=part.quantity_e8,
                    prorated_e8=prorate_e8(part.quantity_e8, whole, days, base),
                    label=part.label,
                    reference=stretch.reference,
                    sequence=stretch.sequence,
                    origin=found.origin,
                )
            )
    return pieces, unpriced


@lru_cache(maxsize=4096)
def schedule_of(*, billed_from: date, months: int, alignment: Alignment) -> Schedule:
    """The grid of billing periods of a subscription: anchored on the first day that can be owed."""
    return Schedule(anchor_on=billed_from, months=months, alignment=alignment)
