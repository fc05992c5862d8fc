"""The lines that wait for a run, with what each comes to and which run takes it."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.rules.money import Money
from rebill.rules.reconcile import ChargeKind
from rebill.runs.queries.drafts import prepared_runs
from rebill.runs.queries.due import run_taking
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import count_lines, find_waiting_lines, line_amount

TABS = ("all", "charges", "credits")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A waiting line, what it comes to without VAT, and the day of the run that takes it."""

    line: InterimLine
    amount: Money
    run_on: date


@page()
def lines_page(request: OfficeRequest) -> HttpResponse:
    """What waits, narrowed by words and by tab."""
    words = request.GET.get("q", "").strip()
    tab = request.GET.get("tab", "all")
    found = find_waiting_lines(acting=request.acting, search=words)
    counts = count_lines(found)
    if tab == "credits":
        found = found.filter(kind=ChargeKind.CREDIT)
    elif tab == "charges":
        found = found.exclude(kind=ChargeKind.CREDIT)
    start = (page_number(request) - 1) * ROWS
    rows = [
        LineRow(line, line_amount(line), run_taking_of(line, request.today)) for line in found[start : start + ROWS]
    ]
    context = {
        "words": words,
        "tab": tab if tab in TABS else "all",
        "counts": counts,
        "rows": rows,
        "prepared": prepared_runs(acting=request.acting, days={row.run_on for row in rows}),
        "pager": pager(request, shown=len(rows), total=getattr(counts, tab if tab in TABS else "all")),
    }
    return render(request, "office/lines/lines.html", context)


def run_taking_of(line: InterimLine, today: date) -> date:
    """The day of the run that takes the line."""
    return run_taking(customer=line.customer, supplied_on=line.supplied_on, today=today)
