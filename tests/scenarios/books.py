"""Subscriptions billed run by run through the rules, as a seller would bill them, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from rebill.rules.periods import Period, Schedule, Timing
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Told
from rebill.rules.recurring import Horizon, PriceOf
from rebill.rules.telling import Telling, Terms, tell
from rebill.rules.timeline import History, Step, first_affected_day

E8, E6 = 10**8, 10**6


@dataclass(frozen=True)
class Row:
    """A row that a run billed. `whole` is the billing period that it belongs to."""

    billed_on: date
    days: Period
    whole: Period
    amount_minor: int
    kind: str
    subscription: str
    quantity: Decimal = Decimal(0)


@dataclass
class Books:
    """One subscription: its history, and everything that was told of it."""

    name: str
    history: History
    terms: Terms
    price_of: PriceOf
    told: list[Told] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    told_before: date | None = None
    next_on: date | None = None
    seen: int = 0

    @classmethod
    def open(
        cls,
        name: str,
        history: History,
        *,
        schedule: Schedule,
        timing: Timing,
        price_of: PriceOf,
        base: ProrationBase = ProrationBase.ACTUAL,
    ) -> "Books":
        terms = Terms(schedule=schedule, timing=timing, base=base, digits=2)
        return cls(name, history, terms, price_of, next_on=history.billed_from)

    def enter(self, **words: object) -> int:
        """Enters a change, later than all others; answers its sequence."""
        sequence = max((step.sequence for step in self.history.steps), default=0) + 1
        self.history = self.history._replace(steps=(*self.history.steps, Step(sequence=sequence, **words)))
        return sequence

    @property
    def is_changed(self) -> bool:
        return any(step.sequence > self.seen for step in self.history.steps)

    def bill_on(self, day: date) -> Sequence[Row]:
        """What is over on the day, and what begins on it."""
        return self.bill(Horizon(arrears_until=day, advance_before=day + timedelta(days=1)), on=day)

    def bill(self, horizon: Horizon, *, on: date) -> Sequence[Row]:
        since = first_affected_day(self.history, seen=self.seen) if self.told_before is not None else None
        told = [row for row in self.told if since is not None and row.whole.ends_before > since]
        telling = tell(
            history=self.history,
            terms=self.terms,
            horizon=horizon,
            price_of=self.price_of,
            told_before=self.told_before,
            told=told,
            changed_from=since,
        )
        return self._keep(telling, on)

    def _keep(self, telling: Telling, on: date) -> Sequence[Row]:
        billed = []
        for owed in telling.owed:
            piece, charge_id = owed.piece, len(self.told) + 1
            self.told.append(
                Told(
                    charge_id, piece.whole, piece.days, piece.key, piece.quantity_e8, piece.prorated_e8,
                    owed.amount_minor,
                )
            )  # fmt: skip
            quantity = Decimal(piece.quantity_e8) / E8
            billed.append(Row(on, piece.days, piece.whole, owed.amount_minor, owed.kind.value, self.name, quantity))
        self.rows.extend(billed)
        self.told_before, self.next_on = telling.told_before, telling.next_on
        if telling.complete:
            self.seen = max((step.sequence for step in self.history.steps), default=0)
        return billed


@dataclass
class Customer:
    """Subscriptions that come on one invoice, and lines that are owed once."""

    subscriptions: list[Books] = field(default_factory=list)
    once: list[Row] = field(default_factory=list)
    runs: dict[date, list[Row]] = field(default_factory=dict)

    def bill(self, day: date, *, horizon: Horizon | None = None) -> list[Row]:
        """A run on the day: what is over, and what begins on it."""
        horizon = horizon or Horizon(arrears_until=day, advance_before=day + timedelta(days=1))
        billed = [row for row in self.once if row.billed_on <= day and row.days.starts_on < horizon.advance_before]
        self.once = [row for row in self.once if row not in billed]
        for books in self.subscriptions:
            if books.is_changed or (books.next_on is not None and books.next_on < horizon.advance_before):
                billed.extend(books.bill(horizon, on=day))
        self.runs.setdefault(day, []).extend(billed)
        return billed
