"""What a source of charges is: something that can say what it is owed, and remember what it has told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol

from rebill.rules.errors import Problem
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import ChargeKind, Told
from rebill.rules.recurring import Horizon


class Claim(NamedTuple):
    """One thing a source is owed, once: `key` is unique per seller and source, and the same on both sides of a tier.

    Quantities are integers of 10⁻⁸, the unit price of 10⁻⁶, the amount of the currency's minor unit. `whole` is the
    billing period the days belong to; one-off claims have neither.
    """

    key: str
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
    # For whom it is, when that is not the customer itself: an end customer of a dealer. 0: the customer.
    end_customer_id: int = 0
    # Analytic keys besides the cost centre: the value by its heading.
    dimensions: dict[str, str] | None = None
    # What was asked for it with VAT in the price, and the rate of that VAT; None where the price is without.
    gross_minor: int | None = None
    gross_rate_e6: int | None = None


@dataclass(slots=True)
class Batch:
    """What a source is owed for some customers, what it could not price, and what it will remember once told."""

    claims: list[Claim] = field(default_factory=list)
    # (customer id, problem): nothing is lost, the draft of the customer shows it.
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    memory: list[tuple[object, ...]] = field(default_factory=list)


class Outlook(NamedTuple):
    """When a customer may owe something new: from which day in advance, from which day in arrears, or in any case."""

    customer_id: int
    advance_on: date | None = None
    arrears_on: date | None = None
    changed: bool = False

    def reached(self, horizon: Horizon) -> bool:
        """Whether a run with this horizon has to look at the customer."""
        return (
            self.changed
            or (self.advance_on is not None and self.advance_on < horizon.advance_before)
            or (self.arrears_on is not None and self.arrears_on <= horizon.arrears_until)
        )


class BilledCustomer(NamedTuple):
    """What a source needs to know of a customer: how far to look, in which currency and language."""

    horizon: Horizon
    currency: str
    digits: int
    language: str
    cost_centre: str


# What was told before: rows per subscription id, for the periods that end after the given day.
ToldReader = Callable[[Mapping[int, date]], Mapping[int, Sequence[Told]]]
# The numbers of the source's charges by their keys; a key that was never told is left out.
ChargeReader = Callable[[Collection[str]], Mapping[str, int]]


def _no_charges(keys: Collection[str]) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: what do these customers of the seller owe that was not told yet?"""

    seller_id: int
    base: ProrationBase
    customers: Mapping[int, BilledCustomer]
    charges: ChargeReader = _no_charges


class Source(Protocol):
    """A source of charges. It reads its own records and earlier stages, and writes only its own memory."""

    name: str

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """When customers may owe something not told yet; of all customers when none are named. Read in bulk."""

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """What is owed now, for the customers asked about. Writes nothing."""

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """Keeps that the batch was told; called in the transaction that keeps the claims."""

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """Un-remembers that the seller was told the claims with these keys.

        `told` is how far what is left of each subscription reaches: the end of its last billing period; subscriptions
        without a row have nothing left.
        """

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """Takes what a withdrawn document billed under these keys back to the source's own records, to be told anew
        under others; returns the keys of what it took. The charges of all others are open again as they were told."""

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """Those of these keys that can be forgotten: what was told together is forgotten together, or not at all."""
