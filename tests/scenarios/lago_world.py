"""Lago's plans, subscriptions and invoices, said in our words and billed through our rules.

A plan's fee and each of its fixed charges are subscriptions of ours. An upgrade ends one and starts another on the same
grid; a downgrade does so at the end of the period. Lago counts the day of a termination as used, so it is our last day.
Lago's coupons, prepaid credits and usage are not in these rules: what depends on them is not compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from rebill.rules.crediting import LineRequest, credit_lines
from rebill.rules.periods import Alignment, Schedule, Timing, local_day
from rebill.rules.pricing import Price, PriceModel, price_parts
from rebill.rules.recurring import PriceAsked, PriceFound
from rebill.rules.tax import tax_totals
from rebill.rules.timeline import ChangeKind, History
from tests.scenarios.books import E6, E8, Books, Row
from tests.scenarios.lago_records import (
    AddOn,
    CreditNote,
    Customer,
    Fee,
    FixedCharge,
    Invoice,
    Plan,
    Subscription,
    Tax,
    category_of,
)
from tests.scenarios.outcomes import OutOfScope

DAY = timedelta(days=1)


@dataclass
class World:
    """All customers and plans, and the clock."""

    now: datetime | None = None
    plans: list[Plan] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)

    def today(self, customer: Customer) -> date:
        if self.now is None:
            raise OutOfScope("a clock that is not transcribed")
        return local_day(self.now, customer.timezone)

    def travel(self, to: datetime) -> None:
        """Runs the days in between, as Lago's own clock would."""
        before, self.now = self.now, to
        if before is None:
            return
        for customer in self.customers:
            day, last = local_day(before, customer.timezone), local_day(to, customer.timezone)
            while day < last - DAY:
                day += DAY
                self.bill(customer, day, is_hidden=True)

    # --- subscribing ---------------------------------------------------------------------------------------------

    def subscribe(self, customer: Customer, plan: Plan, *, external_id: str, billing_time: str, on: date) -> None:
        """Takes the plan, instead of the one that was taken under the same name before."""
        old = next((each for each in customer.subscriptions if each.external_id == external_id and _runs(each)), None)
        if old is None:
            self._start(Subscription(customer, external_id, plan, billing_time, on, on), trial_from=on)
        elif _yearly(plan) >= _yearly(old.plan):
            new = Subscription(customer, external_id, plan, old.billing_time, on, old.grid_on)
            old.next_subscription = new
            self.end(old, ends_before=on, status="terminated")
            self._start(new, trial_from=old.started_on)
        else:
            schedule = _schedule(old, old.plan.months)
            starts_on = schedule.period_of(on).ends_before
            new = Subscription(customer, external_id, plan, old.billing_time, starts_on, old.grid_on, "pending")
            old.next_subscription = new
            self.end(old, ends_before=starts_on, status="active")
            self._start(new, trial_from=old.started_on)

    def _start(self, taken: Subscription, *, trial_from: date) -> None:
        plan = taken.plan
        taken.customer.subscriptions.append(taken)
        trial_before = trial_from + plan.trial_period * DAY if plan.trial_period else None
        price = Price(model=PriceModel.PER_UNIT, price_e6=int(plan.amount_cents * 10_000), months=plan.months)
        timing = Timing.ADVANCE if plan.pay_in_advance else Timing.ARREARS
        if plan.amount_cents:
            taken.fee = _opened(taken, "fee", plan.months, timing, price, E8, trial_before)
        for charge in plan.fixed_charges:
            self.charge(taken, charge, on=taken.started_on, units=charge.units)

    def charge(self, taken: Subscription, charge: FixedCharge, *, on: date, units: Decimal) -> None:
        months = 1 if taken.plan.fixed_monthly else taken.plan.months
        timing = Timing.ADVANCE if charge.pay_in_advance else Timing.ARREARS
        price = Price(charge.price.model, charge.price.price_e6, months, charge.price.tiers)
        books = _opened(taken, "charge", months, timing, price, int(units * E8), None, on=on)
        taken.charges[charge] = books

    def change_units(self, taken: Subscription, charge: FixedCharge, units: Decimal, *, at_once: bool) -> None:
        today = self.today(taken.customer)
        books = taken.charges[charge]
        on = today if at_once else books.terms.schedule.period_of(today).ends_before
        books.enter(kind=ChangeKind.QUANTITY, effective_on=on, quantity_e8=int(units * E8))

    def end(self, taken: Subscription, *, ends_before: date, status: str) -> None:
        taken.status, taken.ends_before = status, ends_before
        for _, books in taken.books():
            books.enter(kind=ChangeKind.CANCEL, effective_on=max(ends_before, books.history.start_on))

    def end_on(self, taken: Subscription, last_on: date) -> None:
        """The agreed last day; Lago leaves it out where it would begin another period."""
        begins = _schedule(taken, taken.plan.months).period_of(last_on).starts_on == last_on
        taken.ends_before = last_on if begins and last_on > taken.started_on else last_on + DAY
        taken.has_agreed_end = True
        for _, books in taken.books():
            books.history = books.history._replace(ends_before=taken.ends_before)

    # --- billing -------------------------------------------------------------------------------------------------

    def bill(
        self,
        customer: Customer,
        day: date,
        *,
        is_hidden: bool = False,
        only: Subscription | None = None,
        issued_on: date | None = None,
    ) -> Invoice | None:
        """A run. What is owed becomes an invoice, what is given back of fees a credit note, as Lago parts them."""
        fees: list[Fee] = []
        given_back: list[tuple[Subscription, Row]] = []
        for taken in [only] if only else customer.subscriptions:
            if only is None and taken.has_agreed_end and taken.ends_before <= day + DAY:
                # Lago leaves what ends to another job.
                continue
            if taken.status == "pending" and taken.started_on <= day:
                taken.status = "active"
            for charge, books in taken.books():
                rows = list(_billed(books, day))
                if charge is None:
                    given_back.extend((taken, row) for row in rows if row.amount_minor < 0)
                    rows = [row for row in rows if row.amount_minor >= 0]
                fees.extend(self._fee(taken, charge, row) for row in rows)
            if taken.ends_before is not None and taken.ends_before <= day:
                taken.status = "terminated"
        fees = _together(fees)
        self._give_back(customer, given_back)
        if not fees:
            return None
        subscriptions = list(dict.fromkeys(fee.subscription for fee in fees if fee.subscription))
        invoice = Invoice(customer, subscriptions, fees, issued_on or day, is_hidden)
        if not is_hidden:
            customer.invoices.append(invoice)
        for taken in subscriptions:
            taken.invoices.append(invoice)
        return invoice

    def _fee(self, taken: Subscription, charge: FixedCharge | None, row: Row) -> Fee:
        kind = "subscription" if charge is None else "fixed_charge"
        whole = row.days == row.whole or charge is None or charge.prorated
        taxes = taken.plan.taxes or self.taxes_of(taken.customer)
        add_on, units = (charge.add_on, row.quantity) if charge else (None, None)
        return Fee(kind, taken, charge, add_on, row.amount_minor, row.days, taxes, units, whole)

    def taxes_of(self, customer: Customer) -> list[Tax]:
        general = [tax for tax in self.taxes if tax.is_general]
        own = [tax for tax in general if customer.entity is not None and tax.entity is customer.entity]
        return customer.taxes or own or general

    def invoice_nothing(self, taken: Subscription, day: date) -> None:
        """Lago's last invoice of a subscription, though nothing is owed."""
        invoice = Invoice(taken.customer, [taken], [], day)
        taken.customer.invoices.append(invoice)
        taken.invoices.append(invoice)

    def _give_back(self, customer: Customer, given_back: list[tuple[Subscription, Row]]) -> None:
        for taken, row in given_back:
            taxes = taken.plan.taxes or self.taxes_of(customer)
            rate_e6 = int(sum((tax.rate for tax in taxes), Decimal(0)) * E6)
            lines = tax_totals([(*category_of(rate_e6), -row.amount_minor)])
            credited = next((invoice for invoice in reversed(taken.invoices) if _billed_by(invoice, taken, row)), None)
            note = CreditNote(credited, [-row.amount_minor], lines)
            customer.credit_notes.append(note)
            if credited:
                credited.credit_notes.append(note)

    def invoice_once(self, customer: Customer, add_ons: list[AddOn], taxes: list[Tax] | None) -> Invoice:
        taxes = self.taxes_of(customer) if taxes is None else taxes
        fees = [Fee("add_on", None, None, add_on, add_on.amount_cents, None, taxes) for add_on in add_ons]
        invoice = Invoice(customer, [], fees, self.today(customer) if self.now else date(2024, 1, 1))
        customer.invoices.append(invoice)
        return invoice

    def credit(self, invoice: Invoice, items: list[tuple[Fee, int]]) -> CreditNote:
        """A credit note of so much of each line, not yet kept."""
        earlier = [note.credit for note in invoice.credit_notes if note.credit]
        requests = [LineRequest(invoice.fees.index(fee), net_minor=amount) for fee, amount in items]
        credit = credit_lines(invoice.lines(), invoice.tax_lines(), earlier, requests, digits=2)
        return CreditNote(invoice, [line.net_minor for line in credit.lines], credit.tax_lines, credit)


def _runs(taken: Subscription) -> bool:
    return taken.status in ("active", "pending") and taken.next_subscription is None


def _yearly(plan: Plan) -> Decimal:
    return Decimal(plan.amount_cents) * 12 / plan.months


def _schedule(taken: Subscription, months: int) -> Schedule:
    if taken.billing_time == "calendar":
        return Schedule(taken.grid_on, months, Alignment.CALENDAR)
    return Schedule(taken.grid_on, months, Alignment.ANNIVERSARY)


def _opened(
    taken: Subscription,
    name: str,
    months: int,
    timing: Timing,
    price: Price,
    quantity_e8: int,
    trial_before: date | None,
    *,
    on: date | None = None,
) -> Books:
    def price_of(asked: PriceAsked) -> PriceFound:
        return PriceFound(price_parts(price, asked.quantity_e8, asked.months), "plan")

    history = History(on or taken.started_on, None, trial_before, 1, quantity_e8, None)
    return Books.open(name, history, schedule=_schedule(taken, months), timing=timing, price_of=price_of)


def _billed(books: Books, day: date) -> Iterable[Row]:
    from_on = books.next_on
    if not books.is_changed and (from_on is None or from_on > day):
        return []
    return books.bill_on(day)


def _together(fees: list[Fee]) -> list[Fee]:
    """One line per add-on and subscription's name: what is taken back of it lessens what is billed anew."""
    kept: list[Fee] = []
    for fee in fees:
        same = next((each for each in kept if fee.add_on is not None and each.add_on is fee.add_on), None)
        if same is None:
            kept.append(fee)
        else:
            same.amount += fee.amount
            same.units = None if same.units is None or fee.units is None else same.units + fee.units
            same.is_comparable = same.is_comparable and fee.is_comparable
            same.days = fee.days if fee.amount > 0 else same.days
            same.subscription, same.fixed_charge = fee.subscription, fee.fixed_charge
    return [fee for fee in kept if fee.amount >= 0]


def _billed_by(invoice: Invoice, taken: Subscription, row: Row) -> bool:
    return any(fee.subscription is taken and fee.days and fee.days.covers(row.days) for fee in invoice.fees)
