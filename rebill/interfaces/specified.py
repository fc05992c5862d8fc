"""The calls behind an invoice as pages show them, to who made the bill and to who got it, and as files."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from rebill.catalogue.words import category_word
from rebill.exports.contract import FileKind
from rebill.exports.files import MEDIA_TYPES
from rebill.exports.specifications.annex import write_annex
from rebill.exports.specifications.reading import InvoiceCalls
from rebill.exports.specifications.tables import amount_of, difference_of, duration_of, write_calls
from rebill.interfaces.formats import second_of
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.sources.usage.queries.specification import Call, DestinationTotal

DESTINATIONS_SHOWN = 100
KINDS = ("csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A destination."""

    name: str
    kind: str
    calls: int
    minutes: str
    included: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the page shows it; `began` is where the seller is, as in the files."""

    began: str
    caller: str
    called: str
    destination: str
    duration: str
    amount: Decimal


def specification_context(request: HttpRequest, calls: InvoiceCalls) -> dict[str, Any]:
    """What a page of the specification shows: totals per destination, and a page of calls."""
    found = calls.specification
    rows = [_row(calls, call) for call in found.rows(offset=(page_number(request) - 1) * ROWS, limit=ROWS)]
    totals = found.totals()
    return {
        "invoice": calls.invoice,
        "totals": [total_row(each) for each in totals[:DESTINATIONS_SHOWN]],
        "whole": amount_of(sum(each.amount_e6 for each in totals)),
        "rows": rows,
        "pager": pager(request, shown=len(rows), total=sum(each.calls for each in totals)),
    }


def specification_file(calls: InvoiceCalls, *, kind: str, now: datetime) -> HttpResponse:
    """All calls as a file to keep: CSV, a workbook, or the annex in PDF, which the browser shows. Another kind: not
    found."""
    if kind not in KINDS:
        raise Http404
    name = f"{calls.invoice.number}-calls"
    if kind == "pdf":
        return pdf_answer(write_annex(calls), name)
    as_kind = FileKind(kind)
    answer = HttpResponse(write_calls(calls, kind=as_kind, now=now), content_type=MEDIA_TYPES[as_kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.replace("/", "-")}.{as_kind}"'
    return answer


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, under a name for those who keep it."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}.pdf"'
    return answer


def total_row(total: DestinationTotal) -> TotalRow:
    """A destination, by its kind where it has no name."""
    return TotalRow(
        total.destination or category_word(total.category),
        category_word(total.category),
        total.calls,
        duration_of(total.billed_s),
        duration_of(total.included_s) if total.included_s else "",
        amount_of(total.amount_e6),
    )


def _row(calls: InvoiceCalls, call: Call) -> CallRow:
    return CallRow(
        second_of(call.began_at(calls.seller.time_zone)),
        call.caller,
        calls.shown_number(call),
        call.destination or category_word(call.category),
        duration_of(call.billed_s),
        difference_of(call),
    )
