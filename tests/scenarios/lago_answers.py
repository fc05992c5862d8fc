"""What is asked of customers, subscriptions, invoices, fees and credit notes, and of lists of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rebill.rules.periods import Period, local_day
from rebill.rules.tax import tax_of
from tests.scenarios.lago_factories import Stub
from tests.scenarios.lago_records import (
    USAGE,
    AddOn,
    CreditNote,
    Customer,
    Fee,
    FixedCharge,
    Invoice,
    Plan,
    Subscription,
    Tax,
)
from tests.scenarios.lago_world import World
from tests.scenarios.outcomes import OutOfScope
from tests.scenarios.ruby import Arguments

ITSELF = {"reload", "iso8601", "to_date", "id", "order", "includes", "where_not", "all", "strip"}
STATES = {"active", "draft", "finalized", "pending", "terminated"}
NO_COUNTERPART = "questions that have no counterpart in ours"


@dataclass(frozen=True)
class Day:
    """A day where the customer is; Lago writes it as the first or last moment of it."""

    day: date
    timezone: str

    def day_of(self, expected: Any) -> "Day":
        if isinstance(expected, str):
            moment = datetime.fromisoformat(expected.replace("Z", "+00:00"))
            expected = moment if moment.tzinfo else moment.date()
        if isinstance(expected, datetime):
            expected = local_day(expected, self.timezone)
        return Day(expected, self.timezone)


@dataclass(eq=False)
class Billed:
    """One subscription on one invoice, and the days it was billed for."""

    subscription: Subscription
    invoice: Invoice

    def days(self, kind: str) -> Period:
        fees = [fee for fee in self.invoice.fees if fee.subscription is self.subscription and fee.kind == kind]
        days = [fee.days for fee in fees if fee.days]
        if not days:
            raise OutOfScope("the days of what was not billed")
        return Period(min(each.starts_on for each in days), max(each.ends_before for each in days))


def answer(world: World, target: Any, name: str, given: Arguments) -> Any:
    if isinstance(target, dict):
        return _of_table(target, name, given)
    if isinstance(target, list):
        return _of_list(world, target, name, given)
    if isinstance(target, str) and name == "code":
        return target
    if name == "order" and isinstance(target, list):
        return target
    if name in ITSELF:
        return target
    for kind, ask in _ANSWERS.items():
        if isinstance(target, kind):
            return ask(world, target, name)
    raise OutOfScope(NO_COUNTERPART)


def _of_table(target: dict[str, Any], name: str, given: Arguments) -> Any:
    key = given.values[0] if name == "[]" else name
    if name == "merge":
        return target | (given.values[0] if given.values else given.words)
    if key not in target:
        raise OutOfScope(USAGE if key == "customer_usage" else NO_COUNTERPART)
    return target[key]


def _of_list(world: World, target: list[Any], name: str, given: Arguments) -> Any:
    if name in ("first", "second", "last", "sole", "sample"):
        position = {"second": 1, "last": -1}.get(name, 0)
        if not -len(target) <= position < len(target):
            raise OutOfScope(_why_missing(world))
        return target[position]
    if name == "[]":
        return target[given.values[0]]
    if name == "order":
        return list(reversed(target)) if "desc" in given.words.values() else target
    if name in ("count", "size", "length"):
        return _count(world, target)
    if name in ("where", "find_by"):
        found = [each for each in target if _fits(world, each, given.words)]
        if name == "find_by" and not found:
            raise OutOfScope(_why_missing(world))
        return found if name == "where" else found[0]
    if name == "map" and given.block:
        return [given.block(each) for each in target]
    if name == "sum":
        values = [given.block(each) if given.block else answer(world, each, given.values[0], given) for each in target]
        return sum(values)
    if name in STATES:
        return [each for each in target if not isinstance(each, Subscription) or each.status == name]
    if name in ("subscription", "fixed_charge", "add_on") and all(isinstance(each, Fee) for each in target):
        return [fee for fee in target if fee.kind == name]
    if name == "charge":
        raise OutOfScope(USAGE)
    if name in ITSELF:
        return target
    raise OutOfScope(NO_COUNTERPART)


def _why_missing(world: World) -> str:
    return USAGE if any(plan.has_usage for plan in world.plans) else "documents about nothing"


def _count(world: World, target: list[Any]) -> int:
    """How many there are. With usage there may be more in Lago, so that the number says nothing."""
    if any(plan.has_usage for plan in world.plans):
        raise OutOfScope(USAGE)
    return len(target)


def _fits(world: World, each: Any, words: dict[str, Any]) -> bool:
    return all(answer(world, each, word, Arguments([], {})) == value for word, value in words.items())


def _of_customer(world: World, target: Customer, name: str) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "external_id": lambda: target.external_id,
        "subscriptions": lambda: target.subscriptions,
        "invoices": lambda: target.invoices,
        "credit_notes": lambda: target.credit_notes,
        "billing_entity": lambda: target.entity,
        "update!": lambda: target,
    }
    return _known(known, name)


def _of_subscription(world: World, target: Subscription, name: str) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "external_id": lambda: target.external_id,
        "plan": lambda: target.plan,
        "status": lambda: target.status,
        "customer": lambda: target.customer,
        "invoices": lambda: [invoice for invoice in target.invoices if not invoice.is_hidden],
        "next_subscription": lambda: target.next_subscription,
        "started_at": lambda: Day(target.started_on, target.customer.timezone),
        "subscription_at": lambda: Day(target.grid_on, target.customer.timezone),
    }
    return _known(known, name)


def _of_invoice(world: World, target: Invoice, name: str) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "fees": lambda: target.fees,
        "fees_amount_cents": lambda: target.fees_amount_cents,
        "sub_total_excluding_taxes_amount_cents": lambda: target.fees_amount_cents,
        "taxes_amount_cents": lambda: target.taxes_amount_cents,
        "total_amount_cents": lambda: target.total_amount_cents,
        "issuing_date": lambda: Day(target.issued_on, target.customer.timezone),
        "invoice_subscriptions": lambda: [Billed(each, target) for each in target.subscriptions],
        "credit_notes": lambda: target.credit_notes,
        "customer": lambda: target.customer,
        "update": lambda: target,
    }
    return _known(known, name)


def _of_billed(world: World, target: Billed, name: str) -> Any:
    words = {"from_datetime": "subscription", "to_datetime": "subscription"}
    words |= {"fixed_charges_from_datetime": "fixed_charge", "fixed_charges_to_datetime": "fixed_charge"}
    if name.startswith("charges_"):
        raise OutOfScope(USAGE)
    if name == "subscription":
        return target.subscription
    if name not in words:
        raise OutOfScope(NO_COUNTERPART)
    days = target.days(words[name])
    return Day(days.starts_on if "from" in name else days.last_on, target.invoice.customer.timezone)


def _of_fee(world: World, target: Fee, name: str) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "amount_cents": lambda: target.amount_cents,
        "taxes_amount_cents": lambda: tax_of(target.amount_cents, target.rate_e6),
        "units": lambda: _units(target),
        "subscription": lambda: target.subscription,
        "fixed_charge": lambda: target.fixed_charge,
        "add_on": lambda: target.add_on,
        "applied_taxes": lambda: target.taxes,
        "properties": lambda: _boundaries(target),
    }
    return _known(known, name)


def _units(fee: Fee) -> Decimal:
    if fee.units is None or not fee.is_comparable:
        raise OutOfScope("charges that are never prorated")
    return fee.units


def _boundaries(fee: Fee) -> dict[str, Day]:
    if fee.days is None or fee.subscription is None:
        raise OutOfScope("the days of what was not billed")
    zone, word = fee.subscription.customer.timezone, "fixed_charges_" if fee.kind == "fixed_charge" else ""
    return {
        f"{word}from_datetime": Day(fee.days.starts_on, zone),
        f"{word}to_datetime": Day(fee.days.last_on, zone),
    }


def _of_credit_note(world: World, target: CreditNote, name: str) -> Any:
    known: dict[str, Callable[[], Any]] = {
        "sub_total_excluding_taxes_amount_cents": lambda: target.net,
        "taxes_amount_cents": lambda: target.tax,
        "total_amount_cents": lambda: target.net + target.tax,
        "credit_amount_cents": lambda: _all_credit(target),
        "refund_amount_cents": lambda: _all_credit(target) if target.credit else _known({}, name),
        "max_creditable_amount_cents": lambda: target.net + target.tax,
        "items": lambda: [{"amount_cents": net} for net in target.nets],
        "applied_taxes": lambda: [{"amount_cents": line.tax_minor} for line in target.tax_lines],
    }
    return _known(known, name)


def _all_credit(note: CreditNote) -> int:
    """What is given back in money and what is kept for later is one thing to us."""
    return note.net + note.tax


def _known(known: dict[str, Callable[[], Any]], name: str) -> Any:
    if name not in known:
        raise OutOfScope(NO_COUNTERPART)
    return known[name]()


def _of_plan(world: World, target: Plan, name: str) -> Any:
    return _known({"code": lambda: target.code, "fixed_charges": lambda: target.fixed_charges}, name)


def _of_charge(world: World, target: FixedCharge, name: str) -> Any:
    return _known({"code": lambda: target, "add_on": lambda: target.add_on}, name)


def _of_tax(world: World, target: Tax, name: str) -> Any:
    return _known({"code": lambda: target.code, "tax_code": lambda: target.code}, name)


def _of_stub(world: World, target: Any, name: str) -> Any:
    raise OutOfScope(NO_COUNTERPART)


_ANSWERS: dict[type, Callable[[World, Any, str], Any]] = {
    Customer: _of_customer,
    Subscription: _of_subscription,
    Invoice: _of_invoice,
    Billed: _of_billed,
    Fee: _of_fee,
    CreditNote: _of_credit_note,
    Plan: _of_plan,
    FixedCharge: _of_charge,
    Tax: _of_tax,
    AddOn: _of_stub,
    Stub: _of_stub,
    Day: lambda world, target, name: target,
}
