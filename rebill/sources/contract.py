"""What a source of charges is: something that can say what it is owed, and remember what it has told."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from rebill.rules.errors import Problem
from rebill.rules.reconcile import ChargeKind, Told
from rebill.rules.recurring import Horizon


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a source is owed, once: `key` is unique per seller and source.

    Quantities are integers of 10⁻⁸, the unit price of 10⁻⁶, the amount of the currency's minor unit. `whole` is the
    billing period the days belong to; one-off claims have neither. `event` is the same on both sides of a tier.
    """

    key: str
    event: str
    customer_id: int
    kind: ChargeKind
    product_id: int | None
    description: str
    starts_on: date | None
    ends_before: date | None
    whole_starts_on: date | None
    whole_ends_before: date | None
    part: int
    quantity_e8: int
    prorated_e8: int
    price_e6: int
    currency: str
    amount_minor: int
    rate_class: str
    supply: str
    ledger_account: str
    summary_group: int
    cost_centre: str
    subscription_id: int | None
    sequence: int
    reference: str
    corrects_id: int | None
    origin: str


@dataclass(slots=True)
class Batch:
    """What a source is owed for some customers, what it could not price, and what it will remember once told."""

    claims: list[Claim] = field(default_factory=list)
    # (customer id, problem): nothing is lost, the draft of the customer shows it.
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    memory: list[tuple[object, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: what is owed by these customers of the seller? Each customer has a horizon of its own."""

    seller_id: int
    horizons: Mapping[int, Horizon]
    now: datetime

    @property
    def customers(self) -> Collection[int]:
        """The ids of the customers asked about."""
        return self.horizons.keys()


# What was told before: rows per subscription id, for the periods that end after the given day.
ToldReader = Callable[[Mapping[int, date]], Mapping[int, Sequence[Told]]]


class Source(Protocol):
    """A source of charges. It reads its own records and earlier stages, and writes only its own memory."""

    name: str

    def unanswered(self, *, seller_id: int, furthest: Horizon) -> Collection[int]:
        """The ids of customers who may owe something not told yet, up to the furthest horizon of any customer."""

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """What is owed now, for the customers asked about. Writes nothing."""

    def remember(self, *, batch: Batch) -> None:
        """Keeps that the batch was told; called in the transaction that keeps the claims."""
