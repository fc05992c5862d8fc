"""Replays the period and next-date tables of OCA's contract module: how its words are said in ours.

A contract line has one grid of periods. OCA anchors it on its next invoice date, which may be moved by hand; ours is
anchored on that date too. Pre-paid is in advance, post-paid in arrears; `monthlylastday` are calendar months that are
billed on their last day when they are post-paid.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from rebill.rules.periods import Alignment, Period, Schedule, Timing, add_months, due_on
from rebill.rules.pricing import Price, PriceModel, price_parts
from rebill.rules.recurring import Horizon, PriceAsked, PriceFound
from rebill.rules.timeline import History
from tests.scenarios.books import E6, E8, Books
from tests.scenarios.outcomes import Outcome, OutOfScope, Verdict

MONTHS = {"monthly": 1, "monthlylastday": 1, "quarterly": 3, "semesterly": 6, "yearly": 12}
TIMINGS = {"pre-paid": Timing.ADVANCE, "post-paid": Timing.ARREARS}
NOTHING_DUE = Horizon(arrears_until=date.min, advance_before=date.min)
PRICE = Price(model=PriceModel.PER_UNIT, price_e6=100 * E6, months=1)


def replay(case: dict[str, Any]) -> Outcome:
    try:
        differences = _table(case) if "given" in case else _steps(case)
    except OutOfScope as reason:
        return Outcome(case["id"], Verdict.SKIPPED, str(reason))
    if differences:
        return Outcome(case["id"], Verdict.DIFFERS, differences[0])
    return Outcome(case["id"], Verdict.ROWS)


@dataclass
class Line:
    """A contract line. `moved_on` is a next invoice date that was set by hand; `offset` is OCA's, in days."""

    date_start: date
    rule: str = "monthly"
    interval: int = 1
    invoicing: str = "pre-paid"
    date_end: date | None = None
    moved_on: date | None = None
    billed: list[Period] = field(default_factory=list)
    books: Books | None = None

    @property
    def timing(self) -> Timing:
        return TIMINGS[self.invoicing]

    @property
    def on_the_eve(self) -> int:
        """Calendar months in arrears are billed on their last day, not on the day after."""
        return 1 if self.rule == "monthlylastday" and self.timing is Timing.ARREARS else 0

    def opened(self) -> Books:
        if self.books is None:
            if self.rule not in MONTHS:
                raise OutOfScope(f"{self.rule} periods: ours are whole months")
            months = MONTHS[self.rule] * self.interval
            self.books = Books.open(
                "line",
                History(self.date_start, self._ends_before(), None, 1, E8, None),
                schedule=self._schedule(months),
                timing=self.timing,
                price_of=_price_of,
            )
            self.books.bill(NOTHING_DUE, on=self.date_start)
        return self.books

    def _schedule(self, months: int) -> Schedule:
        if self.rule == "monthlylastday":
            if self.moved_on is not None and self.moved_on != self.first_next_on():
                raise OutOfScope("a next date moved by hand to the middle of a calendar month")
            if months == 1:
                return Schedule(self.date_start, 1, Alignment.CALENDAR)
            return Schedule(self.date_start.replace(day=1), months, Alignment.ANNIVERSARY)
        return Schedule(self.moved_on or self.date_start, months, Alignment.ANNIVERSARY)

    def first_next_on(self) -> date:
        """The next date of a line that was never billed and never moved."""
        whole = Schedule(self.date_start, MONTHS[self.rule] * self.interval, Alignment.CALENDAR).period_of(
            self.date_start
        )
        day = due_on(whole, self.timing, days_before=self.on_the_eve)
        return max(day, self.date_start) if self.timing is Timing.ADVANCE else day

    def _ends_before(self) -> date | None:
        return None if self.date_end is None else self.date_end + timedelta(days=1)

    def next_on(self) -> date | None:
        """When OCA would bill next: our next day, on the eve where OCA does so."""
        day = self.opened().next_on
        return None if day is None else day - timedelta(days=self.on_the_eve)

    def invoice_on(self) -> date | None:
        """The day of the next invoice: the one set by hand, until it is past."""
        day = self.next_on()
        return None if day is None else max(day, self.moved_on or day)

    def create_invoice(self) -> list[Period]:
        day = self.invoice_on()
        if day is None:
            return []
        self.moved_on = None
        run_on = day + timedelta(days=self.on_the_eve)
        horizon = Horizon(arrears_until=run_on, advance_before=run_on + timedelta(days=1))
        days = [row.days for row in self.opened().bill(horizon, on=day)]
        self.billed.extend(days)
        return days

    def period_to_invoice(self) -> Period | None:
        """From the first to the last day that the next invoice would hold."""
        return _hull(_copy(self).create_invoice())


def _copy(line: Line) -> Line:
    books = line.opened()
    again = Books(books.name, books.history, books.terms, books.price_of, list(books.told), [], books.told_before)
    again.next_on, again.seen = books.next_on, books.seen
    return replace(line, billed=list(line.billed), books=again)


def _price_of(asked: PriceAsked) -> PriceFound:
    return PriceFound(price_parts(PRICE, asked.quantity_e8, asked.months), "line")


def _hull(days: list[Period]) -> Period | None:
    if not days:
        return None
    return Period(min(each.starts_on for each in days), max(each.ends_before for each in days))


def _table(case: dict[str, Any]) -> list[str]:
    given = case["given"]
    line = Line(
        date_start=_start(given),
        rule=given["recurring_rule_type"],
        interval=given["recurring_interval"],
        invoicing=given["recurring_invoicing_type"],
        date_end=_day(given["max_date_end"]) or _day(given.get("date_end")),
        moved_on=_day(given.get("recurring_next_date")),
    )
    if line.moved_on and line.rule == "monthlylastday" and line.moved_on == line.date_start:
        line.moved_on = None
    elif line.moved_on and line.timing is Timing.ARREARS and line.rule != "monthlylastday":
        # The grid is counted back from the day on which a period in arrears is over.
        line.date_start = max(line.date_start, add_months(line.moved_on, -MONTHS[line.rule] * line.interval))
    found = {"recurring_next_date": line.invoice_on()}
    if line.timing is Timing.ADVANCE and found["recurring_next_date"]:
        found["recurring_next_date"] = max(found["recurring_next_date"], line.date_start)
    period = line.period_to_invoice()
    found["next_period_date_start"] = period.starts_on if period else None
    found["next_period_date_end"] = period.last_on if period else None
    return _compared(case["expect"], found)


def _start(given: dict[str, Any]) -> date:
    last = _day(given.get("last_date_invoiced"))
    if last:
        return last + timedelta(days=1)
    return _day(given.get("date_start")) or _day(given["next_period_date_start"])


def _compared(expected: dict[str, Any], found: dict[str, date | None]) -> list[str]:
    wanted = {word: _day(value) for word, value in expected.items()}
    return [f"{word}: {found[word]}, {day} expected" for word, day in wanted.items() if found[word] != day]


def _steps(case: dict[str, Any]) -> list[str]:
    initial = case["initial"]
    line = Line(_day(initial["date_start"]), initial["recurring_rule_type"], initial["recurring_interval"])
    differences: list[str] = []
    period: Period | None = None
    created: list[Period] = []
    for step in case["steps"]:
        if "set" in step:
            _set(line, step["set"], step["value"])
        elif step.get("op") == "create_invoice":
            created = line.create_invoice()
        elif step.get("op") == "compute_period_to_invoice":
            period = line.period_to_invoice()
        elif step["expect"] == "invoices":
            differences.extend(["another invoice was made"] if created else [])
        else:
            differences.extend(_compared({step["expect"]: step["equals"]}, {step["expect"]: _ask(line, step, period)}))
    return differences


def _set(line: Line, name: str, value: Any) -> None:
    if name == "line.date_start":
        line.date_start = _day(value)
    elif name == "line.date_end":
        line.date_end = _day(value)
    elif name == "line.recurring_rule_type":
        line.rule = value
    elif name == "line.recurring_invoicing_type":
        line.invoicing = value
    elif name == "line.recurring_next_date":
        line.moved_on = _day(value)
    elif name != "contract.pricelist_id":
        raise OutOfScope("prices that are not in the table")


def _ask(line: Line, step: dict[str, Any], period: Period | None) -> date | None:
    word = step["expect"]
    if word == "line.recurring_next_date" or word == "recurring_next_date":
        day = line.invoice_on()
        return max(day, line.date_start) if day and line.timing is Timing.ADVANCE else day
    if word == "line.last_date_invoiced":
        hull = _hull(line.billed)
        return hull.last_on if hull else None
    if word == "first":
        return period.starts_on if period else None
    if word == "last":
        return period.last_on if period else None
    raise OutOfScope(f"asks for {word}")


def _day(value: Any) -> date | None:
    if not value:
        return None
    year, month, day = (int(part) for part in value.split("-"))
    return date(year, month, day)
