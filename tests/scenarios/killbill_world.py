"""Kill Bill's accounts and entitlements, said in our words: histories with changes, billed through our rules.

What moves the billing day or changes the length of the periods ends one subscription and starts another, because the
terms of ours never change. Everything else is a change of product, a pause or a cancellation in one history.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from rebill.rules.periods import Alignment, Period, Schedule, Timing, add_months, days_in_month
from rebill.rules.pricing import Price, PriceModel, price_parts
from rebill.rules.proration import ProrationBase
from rebill.rules.recurring import PriceAsked, PriceFound
from rebill.rules.timeline import ChangeKind, History, last_day_exclusive, standing_steps
from tests.scenarios.books import E8, Books, Customer, Row
from tests.scenarios.killbill_catalogue import Catalogue, Phase, Plan

ACCOUNT, BUNDLE, SUBSCRIPTION = "ACCOUNT", "BUNDLE", "SUBSCRIPTION"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A phase on the calendar; `ends_before` is None for the last one."""

    index: int
    phase: Phase
    starts_on: date
    ends_before: date | None


@dataclass
class Priced:
    """What one of our product numbers stands for: a phase of a plan, and since when the customer has the plan."""

    plan: Plan
    index: int
    since: date


@dataclass
class Entitlement:
    """What Kill Bill calls a subscription; ours are its `books`, one after the other."""

    name: str
    plan: Plan
    started_on: date
    bundle_started_on: date
    since: date
    spans: list[Span] = field(default_factory=list)
    books: list[Books] = field(default_factory=list)
    first_recurring_on: date | None = None
    bill_day: int = 0
    own_bill_day: int = 0
    paused_on: date | None = None

    @property
    def is_addition(self) -> bool:
        return self.plan.category == "ADD_ON"


@dataclass
class Account:
    """An account and all that it bills."""

    bill_day: int
    customer: Customer = field(default_factory=Customer)
    entitlements: list[Entitlement] = field(default_factory=list)

    def base(self) -> Entitlement | None:
        return next((each for each in reversed(self.entitlements) if not each.is_addition), None)


@dataclass
class World:
    """The catalogue, the accounts and what our product numbers stand for."""

    catalogue: Catalogue
    base: ProrationBase
    accounts: list[Account] = field(default_factory=list)
    priced: dict[int, Priced] = field(default_factory=dict)

    def account(self) -> Account:
        if not self.accounts:
            self.accounts.append(Account(bill_day=0))
        return self.accounts[-1]

    # --- subscribing ---------------------------------------------------------------------------------------------

    def subscribe(self, plan: Plan, *, on: date, today: date, phase: str = "") -> Entitlement:
        account, version = self.account(), self.catalogue.at(on)
        base = account.base() if plan.category == "ADD_ON" else None
        bundle_on = base.started_on if base else on
        taken = Entitlement(f"{plan.name}/{len(account.entitlements)}", plan, on, bundle_on, on)
        alignment = version.rule(
            "createAlignment", "alignment", "START_OF_BUNDLE", product=plan.product, productCategory=plan.category
        )
        anchor = bundle_on if alignment == "START_OF_BUNDLE" else on
        account.entitlements.append(taken)
        self._open(account, taken, plan, on, anchor, today, phase=phase)
        return taken

    def _open(
        self, account: Account, taken: Entitlement, plan: Plan, on: date, anchor: date, today: date, *, phase: str = ""
    ) -> None:
        """Starts our subscriptions for the phases of the plan from the day on, one for each length of periods."""
        taken.plan, taken.since = plan, on
        taken.spans = spans(plan, anchor, on, phase)
        self._charge_fixed(account, taken, on, today)
        recurring = [span for span in taken.spans if span.phase.recurring is not None]
        if not recurring:
            return
        paid = next((span for span in recurring if span.phase.recurring), recurring[0])
        taken.first_recurring_on = taken.first_recurring_on or paid.starts_on
        taken.bill_day = self._bill_day(account, taken, plan, on)
        for group in _on_one_grid(recurring, taken.bill_day):
            self._open_books(account, taken, group, on)

    def _open_books(self, account: Account, taken: Entitlement, group: list[Span], on: date) -> None:
        first = group[0]
        starts_on = on if first.starts_on > on and not taken.books else max(on, first.starts_on)
        history = History(
            start_on=starts_on,
            ends_before=group[-1].ends_before,
            trial_before=first.starts_on if first.starts_on > starts_on else None,
            product_id=self._product(taken, first),
            quantity_e8=E8,
            price_e6=None,
        )
        books = Books.open(
            taken.name,
            history,
            schedule=grid(history.billed_from, first.phase.months, taken.bill_day),
            timing=Timing.ARREARS if taken.plan.in_arrears else Timing.ADVANCE,
            price_of=self.price_of,
            base=self.base,
        )
        for span in group[1:]:
            product_id = self._product(taken, span)
            books.enter(kind=ChangeKind.PRODUCT, effective_on=span.starts_on, product_id=product_id)
        taken.books.append(books)
        account.customer.subscriptions.append(books)

    def _product(self, taken: Entitlement, span: Span) -> int:
        number = len(self.priced) + 1
        self.priced[number] = Priced(taken.plan, span.index, taken.since)
        return number

    def price_of(self, asked: PriceAsked) -> PriceFound:
        known = self.priced[asked.product_id]
        amount = self.catalogue.price_on(known.plan, known.index, known.since, asked.on)
        price = Price(model=PriceModel.PER_UNIT, price_e6=int(amount * 10**6), months=asked.months)
        return PriceFound(price_parts(price, asked.quantity_e8, asked.months), known.plan.name)

    def _charge_fixed(self, account: Account, taken: Entitlement, on: date, today: date) -> None:
        for span in taken.spans:
            if span.phase.fixed and span.starts_on >= on:
                days = Period(span.starts_on, span.ends_before or span.starts_on + DAY)
                amount = int(span.phase.fixed * 100)
                account.customer.once.append(Row(max(today, span.starts_on), days, days, amount, "FIXED", taken.name))

    def _bill_day(self, account: Account, taken: Entitlement, plan: Plan, on: date) -> int:
        if taken.own_bill_day:
            return taken.own_bill_day
        alignment = self.catalogue.at(on).rule(
            "billingAlignment", "alignment", ACCOUNT, productCategory=plan.category, billingPeriod=plan.period,
            product=plan.product,
        )  # fmt: skip
        base = account.base()
        if alignment == BUNDLE and base and base.first_recurring_on:
            return base.first_recurring_on.day
        if alignment in (BUNDLE, SUBSCRIPTION):
            return taken.first_recurring_on.day
        if not account.bill_day:
            account.bill_day = taken.first_recurring_on.day
        return account.bill_day

    # --- changing ------------------------------------------------------------------------------------------------

    def change(self, taken: Entitlement, plan: Plan, *, on: date, today: date) -> None:
        """From the day on the entitlement has another plan."""
        account = self.account()
        for added in self._added_to(taken):
            if added.plan.product not in self.catalogue.at(on).additions[plan.product]:
                self._end(added, on)
        alignment = self.catalogue.at(on).rule(
            "changeAlignment", "alignment", "START_OF_SUBSCRIPTION",
            toProduct=plan.product, fromProduct=taken.plan.product,
            toPriceList=self._list_of(plan, on), fromPriceList=self._list_of(taken.plan, on),
        )  # fmt: skip
        anchor = {"START_OF_BUNDLE": taken.bundle_started_on, "CHANGE_OF_PLAN": on}.get(alignment, taken.started_on)
        current = taken.books[-1] if taken.books else None
        wanted = spans(plan, anchor, on, "")
        if current and self._stays_on_grid(account, taken, plan, current, wanted, on):
            taken.plan, taken.since, taken.spans = plan, on, wanted
            self._forget_phases_from(current, on)
            for span in wanted:
                product_id = self._product(taken, span)
                books_on = max(on, span.starts_on)
                current.enter(kind=ChangeKind.PRODUCT, effective_on=books_on, product_id=product_id)
            self._charge_fixed(account, taken, on, today)
            return
        self._end(taken, on)
        if not any(row for books in taken.books for row in books.rows):
            # Nothing recurred yet: the plan that comes instead says when it begins to.
            taken.first_recurring_on = None
        self._open(account, taken, plan, on, anchor, today)

    def _stays_on_grid(
        self, account: Account, taken: Entitlement, plan: Plan, current: Books, wanted: list[Span], on: date
    ) -> bool:
        first = wanted[0].phase
        if on <= current.history.billed_from or any(span.phase.recurring is None for span in wanted):
            return False
        if {span.phase.months for span in wanted} != {current.terms.schedule.months} or wanted[-1].ends_before:
            return False
        if (current.terms.timing is Timing.ARREARS) != plan.in_arrears or current.history.ends_before:
            return False
        day = self._bill_day(account, taken, plan, on)
        return grid(on, first.months, day).period_of(on) == current.terms.schedule.period_of(on)

    def _forget_phases_from(self, books: Books, on: date) -> None:
        for step in books.history.steps:
            if step.kind is ChangeKind.PRODUCT and step.effective_on >= on:
                books.enter(kind=ChangeKind.REVOKE, effective_on=step.effective_on, revokes=step.sequence)

    def _list_of(self, plan: Plan, on: date) -> str:
        lists = self.catalogue.at(on).lists
        return next((name for name, plans in lists.items() if plan.name in plans), "DEFAULT")

    def _end(self, taken: Entitlement, on: date) -> None:
        for books in taken.books:
            if last_day_exclusive(books.history, standing_steps(books.history.steps)) > on:
                books.enter(kind=ChangeKind.CANCEL, effective_on=max(on, books.history.start_on))

    def cancel(self, taken: Entitlement, *, on: date) -> None:
        """Ends it, and with a base all that was added to it."""
        self._end(taken, on)
        for other in self._added_to(taken):
            self._end(other, on)

    def _added_to(self, taken: Entitlement) -> list[Entitlement]:
        if taken.is_addition:
            return []
        entitlements = self.account().entitlements
        return [each for each in entitlements if each.is_addition and each.bundle_started_on == taken.started_on]

    # --- pausing, moving the billing day -------------------------------------------------------------------------

    def pause(self, *, on: date) -> None:
        for taken in self.account().entitlements:
            if taken.books:
                taken.paused_on = on
                taken.books[-1].enter(kind=ChangeKind.PAUSE, effective_on=on)

    def resume(self, *, on: date) -> None:
        """Goes on. Kill Bill counts the periods anew from that day: a grid that moves is another subscription."""
        account = self.account()
        for taken in account.entitlements:
            if taken.paused_on is None or not taken.books:
                continue
            books, taken.paused_on = taken.books[-1], None
            schedule = grid(on, books.terms.schedule.months, taken.bill_day)
            if schedule.period_of(on) == books.terms.schedule.period_of(on):
                books.enter(kind=ChangeKind.RESUME, effective_on=on)
            else:
                self._restart(account, taken, on)

    def move_bill_day(self, taken: Entitlement, day: int, *, on: date) -> None:
        """Periods begin on another day of the month."""
        taken.bill_day = taken.own_bill_day = day
        if taken.books:
            self._restart(self.account(), taken, on)

    def _restart(self, account: Account, taken: Entitlement, on: date) -> None:
        old = taken.books[-1]
        old.enter(kind=ChangeKind.CANCEL, effective_on=on)
        recurring = [span for span in taken.spans if span.phase.recurring is not None]
        left = [span for span in recurring if (span.ends_before or date.max) > on]
        for group in _on_one_grid(left, taken.bill_day):
            self._open_books(account, taken, group, on)


def spans(plan: Plan, anchor: date, on: date, phase: str) -> list[Span]:
    """The phases of a plan on the calendar, counted from the anchor, as far as they are not over on the day."""
    found, starts_on, skipping = [], anchor, bool(phase)
    for index, each in enumerate(plan.phases):
        if skipping and each.kind != phase:
            continue
        skipping = False
        ends_before = _end_of(each, starts_on)
        if ends_before is None or ends_before > on:
            found.append(Span(index, each, starts_on, ends_before))
        if ends_before is None:
            break
        starts_on = ends_before
    return found


def _on_one_grid(recurring: list[Span], bill_day: int) -> list[list[Span]]:
    """The phases in a row whose periods lie on one grid: where a phase begins in between, it counts anew."""
    groups: list[list[Span]] = []
    for span in recurring:
        own = grid(span.starts_on, span.phase.months, bill_day).period_of(span.starts_on)
        if groups:
            first = groups[-1][0]
            if grid(first.starts_on, first.phase.months, bill_day).period_of(span.starts_on) == own:
                groups[-1].append(span)
                continue
        groups.append([span])
    return groups


def _end_of(phase: Phase, starts_on: date) -> date | None:
    if phase.unit == "UNLIMITED":
        return None
    if phase.unit == "DAYS":
        return starts_on + phase.count * DAY
    if phase.unit == "WEEKS":
        return starts_on + 7 * phase.count * DAY
    return add_months(starts_on, phase.count * (12 if phase.unit == "YEARS" else 1))


def grid(on: date, months: int, bill_day: int) -> Schedule:
    """Periods that begin on the billing day, one of them in the month of `on`."""
    for shift in range(12):
        first = add_months(on.replace(day=1), -shift * months)
        if bill_day <= days_in_month(first.year, first.month):
            return Schedule(first.replace(day=bill_day), months, Alignment.ANNIVERSARY)
    first = on.replace(day=1)
    return Schedule(first.replace(day=days_in_month(first.year, first.month)), months, Alignment.ANNIVERSARY)
