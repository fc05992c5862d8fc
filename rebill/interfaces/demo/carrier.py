"""Transvox, by which the partner's calls go: its invoice of a month, which is not quite what they are bought for."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rebill.interfaces.demo.calls import BOUGHT_BY, RATES, DemoRate, switch_file
from rebill.interfaces.demo.files import DemoFile
from rebill.interfaces.demo.stage import Stage
from rebill.interfaces.demo.taking import take_file
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.comparing import InvoiceFinding
from rebill.rules.money import round_half_up
from rebill.rules.periods import add_months
from rebill.sources.usage.queries.invoiced import call_invoice_numbered, compare_invoice

_COLUMNS = ("Factuurnummer", "Inkooplijst", "Periode van", "Bestemming", "Gesprekken", "Seconden", "Bedrag")
# What Transvox gets wrong: a rate of last year, calls counted twice, a destination forgotten, and one never called.
_OLD_RATE, _TWICE, _FORGOTTEN = "Belgium, mobile", "Germany, mobile", "United Kingdom, fixed"
_NEVER_CALLED = ("Morocco, mobile", "4", "512", "1.62")
_DEARER = Decimal("0.0450")
# Where the switch writes who was called, how many seconds, and whether it was answered.
_CALLED, _SECONDS, _DISPOSITION = 2, 13, 14


class _Sums(NamedTuple):
    calls: int
    seconds: int
    amount: Decimal


def compare_carrier(stage: Stage) -> None:
    """Takes the carrier's invoice of the month before, and compares it with what the same calls are bought for."""
    if stage.diary.is_done("carrier"):
        return
    with stage.diary.step("carrier"):
        month = add_months(stage.days.month, -1)
        number = f"TX-{month:%Y-%m}"
        lines = list(_lines(stage, month, number))
        path = stage.folder / "files" / f"transvox-{month:%Y-%m}.csv"
        with path.open("wb") as file:
            write_csv([_COLUMNS, *lines], to=file)
        file_taken = DemoFile("call-invoices", path, len(lines))
        take_file(stage.acting, file_taken, stage.days.corrected_at, lambda done, total=None: None)
        found = compare_invoice(acting=stage.acting, invoice=call_invoice_numbered(stage.acting, number))
        counts = found.counts()
        stage.diary.note(
            carrier={
                "number": number,
                "destinations": len(found.rows),
                "same": counts[InvoiceFinding.SAME],
                "asks_more": str(_rounded(Decimal(found.difference_e6).scaleb(-6), 2)),
            }
        )


def _lines(stage: Stage, month: date, number: str) -> Iterator[tuple[str, ...]]:
    start = month.isoformat()
    for destination, sums in sorted(_sums(stage, month).items()):
        if destination == _FORGOTTEN:
            continue
        calls, seconds, amount = sums
        if destination == _TWICE:
            calls, seconds, amount = calls + 3, seconds + 671, amount + Decimal("0.39")
        if destination == _OLD_RATE:
            amount = _rounded(seconds * _DEARER / 60, 2)
        yield number, BOUGHT_BY, start, destination, str(calls), str(seconds), _comma(amount)
    destination, *said, asked = _NEVER_CALLED
    yield number, BOUGHT_BY, start, destination, *said, asked.replace(".", ",")


def _sums(stage: Stage, month: date) -> dict[str, _Sums]:
    """The answered calls of the switch's file by destination, each at what a minute is bought for, to 0.0001."""
    calls: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    with switch_file(stage, month).open(encoding="utf-8", newline="") as file:
        for record in csv.reader(file):
            said = int(record[_SECONDS])
            if record[_DISPOSITION] != "ANSWERED" or not said:
                continue
            rate = _rate_of(record[_CALLED])
            calls[rate.destination] += 1
            seconds[rate.destination] += said
            amounts[rate.destination] += int(_rounded(said * Decimal(rate.bought) / 60, 4).scaleb(4))
    return {name: _Sums(calls[name], seconds[name], _rounded(Decimal(amounts[name]).scaleb(-4), 2)) for name in calls}


def _rate_of(called: str) -> DemoRate:
    return max((rate for rate in RATES if called.startswith(rate.prefix)), key=lambda rate: len(rate.prefix))


def _rounded(amount: Decimal, digits: int) -> Decimal:
    """As the carrier rounds what it asks."""
    return round_half_up(amount, digits)


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
