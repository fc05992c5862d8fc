"""What Kill Bill expects of invoices, held against the rows that our runs billed.

Row by row: every recurring item and every repair is one of our rows, with the same days and amount, and where a case
lists all its invoices nothing else was billed. As a sum: an expected invoice and one of our runs reach equally far and
come to the same net amount, though we take back and bill anew where Kill Bill bills the remainder.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.scenarios.books import Row
from tests.scenarios.outcomes import Outcome, OutOfScope, Verdict

OURS = {"RECURRING", "REPAIR_ADJ", "FIXED"}


@dataclass(frozen=True)
class Item:
    """A line. `ends_before` is None for a price that is asked once."""

    starts_on: date
    ends_before: date | None
    amount_minor: int

    @property
    def reaches(self) -> date:
        return self.ends_before or self.starts_on

    def __str__(self) -> str:
        return f"{self.starts_on}..{self.ends_before or ''} {Decimal(self.amount_minor) / 100}"


@dataclass(frozen=True)
class Invoice:
    """The expected lines that concern subscriptions; `number` is None where single lines are expected."""

    number: int | None
    items: tuple[Item, ...]

    @property
    def owed(self) -> list[Item]:
        return [item for item in self.items if item.amount_minor]


Run = list[Item]


def read_invoice(step: dict[str, Any]) -> Invoice:
    items = [_item(item) for item in step["items"] if item["type"] in OURS]
    return Invoice(int(step["invoice"]) if step["invoice"] else None, tuple(item for item in items if item))


def _item(item: dict[str, Any]) -> Item | None:
    if item["start"] is None:
        raise OutOfScope("days that are not transcribed")
    starts_on = _day(item["start"])
    ends_before = None if item["type"] == "FIXED" or item["end"] is None else _day(item["end"])
    if starts_on == ends_before:
        # A loop whose days were left as they are before its first turn.
        return None
    return Item(starts_on, ends_before, int(Decimal(item["amount"]) * 100))


def _day(text: str) -> date:
    year, month, day = (int(part) for part in re.findall(r"\d+", text)[:3])
    return date(year, month, day)


def compare(case: str, expected: Sequence[Invoice], billed: list[list[Row]], previewed: list[list[Row]]) -> Outcome:
    runs, foreseen = [_owed(run) for run in billed], [_owed(run) for run in previewed]
    by_sum: list[Run] = []
    for invoice in expected:
        missing = _missing(invoice, runs + foreseen)
        if not missing:
            continue
        run = _run_of_equal_sum(invoice, expected, runs + foreseen)
        if run is None:
            return Outcome(case, Verdict.DIFFERS, f"{missing} not billed; {_said(runs)}")
        by_sum.append(run)
    surplus = _surplus(expected, [run for run in runs if run not in by_sum])
    if surplus:
        return Outcome(case, Verdict.DIFFERS, f"{surplus} billed, not expected; {_said(runs)}")
    return Outcome(case, Verdict.SUMS if by_sum else Verdict.ROWS)


def _owed(run: list[Row]) -> Run:
    """The rows of a run that ask for money: nothing is owed for a trial, and a free month is no line of ours."""
    return [
        Item(row.days.starts_on, None if row.kind == "FIXED" else row.days.ends_before, row.amount_minor)
        for row in run
        if row.amount_minor
    ]


def _missing(invoice: Invoice, runs: list[Run]) -> Item | None:
    """The first line that no run billed as often as the invoice holds it."""
    most: Counter[Item] = Counter()
    for run in runs:
        most |= Counter(run)
    return next(iter((Counter(invoice.owed) - most).elements()), None)


def _run_of_equal_sum(invoice: Invoice, expected: Sequence[Invoice], runs: list[Run]) -> Run | None:
    """A run that reaches as far as the invoice and comes to the same amount.

    Lines that are expected one by one stand on one invoice with those that begin on the same day.
    """
    singles = [item for each in expected if each.number is None for item in each.owed]
    starts = {item.starts_on for item in invoice.owed}
    together = [item for item in dict.fromkeys(singles) if item.starts_on in starts]
    for items in (invoice.owed, together if invoice.number is None else []):
        wanted, reach = sum(item.amount_minor for item in items), max((item.reaches for item in items), default=None)
        for run in runs:
            if run and max(item.reaches for item in run) == reach and sum(item.amount_minor for item in run) == wanted:
                return run
    return None


def _surplus(expected: Sequence[Invoice], runs: list[Run]) -> Item | None:
    """A row that nobody expects, where the case lists all its invoices."""
    numbers = {invoice.number for invoice in expected}
    if None in numbers or numbers != set(range(1, len(numbers) + 1)):
        return None
    known = {item for invoice in expected for item in invoice.items}
    reach = max((item.reaches for item in known), default=date.min)
    return next((item for run in runs for item in run if item.starts_on < reach and item not in known), None)


def _said(runs: list[Run]) -> str:
    return "our runs: " + "; ".join(" + ".join(str(item) for item in run) for run in runs if run)
