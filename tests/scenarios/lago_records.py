"""Lago's records, as far as our rules have something to say about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from rebill.rules.crediting import Credit, InvoicedLine
from rebill.rules.periods import Period
from rebill.rules.pricing import Price
from rebill.rules.tax import TaxCategory, TaxLine, tax_totals
from tests.scenarios.books import E6, E8, Books
from tests.scenarios.outcomes import OutOfScope

MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "yearly": 12}
USAGE = "usage, and charges that depend on it"


@dataclass(eq=False)
class Tax:
    """A rate in percent; `is_general` ones are applied where nothing else is said."""

    code: str
    rate: Decimal
    is_general: bool = False
    entity: Any = None


@dataclass(eq=False)
class AddOn:
    """What can be charged beside a plan."""

    amount_cents: int = 0


@dataclass(eq=False)
class Plan:
    """A plan; `fixed_charges` are owed beside its fee. `charges` depend on usage."""

    code: str
    interval: str
    amount_cents: Decimal
    pay_in_advance: bool
    trial_period: int = 0
    fixed_monthly: bool = False
    fixed_charges: list["FixedCharge"] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    has_usage: bool = False

    @property
    def months(self) -> int:
        if self.interval not in MONTHS:
            raise OutOfScope(f"{self.interval} periods: ours are whole months")
        return MONTHS[self.interval]


@dataclass(eq=False)
class FixedCharge:
    """So many units of an add-on in every period."""

    plan: Plan
    add_on: AddOn
    units: Decimal
    price: Price
    pay_in_advance: bool
    prorated: bool


@dataclass(eq=False)
class Customer:
    """Whom invoices are for."""

    external_id: str
    timezone: str
    taxes: list[Tax] = field(default_factory=list)
    subscriptions: list["Subscription"] = field(default_factory=list)
    invoices: list["Invoice"] = field(default_factory=list)
    credit_notes: list["CreditNote"] = field(default_factory=list)
    entity: Any = None


@dataclass(eq=False)
class Subscription:
    """A plan taken by a customer. `grid_on` is the day its anniversaries are counted from."""

    customer: Customer
    external_id: str
    plan: Plan
    billing_time: str
    started_on: date
    grid_on: date
    status: str = "active"
    fee: Books | None = None
    charges: dict[FixedCharge, Books] = field(default_factory=dict)
    next_subscription: "Subscription | None" = None
    invoices: list["Invoice"] = field(default_factory=list)
    ends_before: date | None = None
    has_agreed_end: bool = False
    is_settled: bool = False

    def books(self) -> Iterable[tuple[FixedCharge | None, Books]]:
        if self.fee:
            yield None, self.fee
        yield from self.charges.items()


@dataclass(eq=False)
class Fee:
    """A line of an invoice: the fee of a plan, or of one add-on in all that was billed of it."""

    kind: str
    subscription: Subscription | None
    fixed_charge: FixedCharge | None
    add_on: AddOn | None
    amount: int
    days: Period | None
    taxes: list[Tax]
    units: Decimal | None = None
    is_comparable: bool = True

    @property
    def amount_cents(self) -> int:
        if not self.is_comparable:
            raise OutOfScope("charges that are never prorated")
        return self.amount

    @property
    def rate_e6(self) -> int:
        return int(sum((tax.rate for tax in self.taxes), Decimal(0)) * E6)


@dataclass(eq=False)
class Invoice:
    """What one run billed to a customer. It is `hidden` where the case lets time pass without looking."""

    customer: Customer
    subscriptions: list[Subscription]
    fees: list[Fee]
    issued_on: date
    is_hidden: bool = False
    credit_notes: list["CreditNote"] = field(default_factory=list)

    def tax_lines(self) -> tuple[TaxLine, ...]:
        return tax_totals([(*category_of(fee.rate_e6), fee.amount_cents) for fee in self.fees])

    @property
    def fees_amount_cents(self) -> int:
        self._must_be_whole()
        return sum(fee.amount_cents for fee in self.fees)

    @property
    def taxes_amount_cents(self) -> int:
        self._must_be_whole()
        return sum(line.tax_minor for line in self.tax_lines())

    @property
    def total_amount_cents(self) -> int:
        return self.fees_amount_cents + self.taxes_amount_cents

    def _must_be_whole(self) -> None:
        if any(subscription.plan.has_usage for subscription in self.subscriptions):
            raise OutOfScope(USAGE)

    def lines(self) -> list[InvoicedLine]:
        return [
            InvoicedLine(position, E8, fee.amount_cents * 10_000, fee.amount_cents, *category_of(fee.rate_e6))
            for position, fee in enumerate(self.fees)
        ]


@dataclass(eq=False)
class CreditNote:
    """What is given back: by a correction of a run, or by hand."""

    invoice: Invoice | None
    nets: list[int]
    tax_lines: tuple[TaxLine, ...]
    credit: Credit | None = None

    @property
    def net(self) -> int:
        return sum(self.nets)

    @property
    def tax(self) -> int:
        return sum(line.tax_minor for line in self.tax_lines)


def category_of(rate_e6: int) -> tuple[TaxCategory, int]:
    return (TaxCategory.S, rate_e6) if rate_e6 else (TaxCategory.Z, 0)
