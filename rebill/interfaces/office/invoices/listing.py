"""The list of documents: open ones first, narrowed by tab, month and customer; words find all whatever their state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TypeAlias

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.delivery.queries import newest_dispatches, unsent_documents
from rebill.interfaces.office.choosing.views import chosen_customer
from rebill.interfaces.office.invoices.standing import Pill, standing_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.invoices.models import InvoiceKind
from rebill.invoices.queries.pages import (
    COUNT_MAX,
    FOUND_MAX,
    InvoiceFilter,
    InvoiceRow,
    invoice_page,
    matching_invoices,
)
from rebill.kit.imports.spreadsheet import OutCell, write_csv
from rebill.parties.models import Customer
from rebill.rules.money import Money
from rebill.rules.periods import add_months

# How far back the months go that can be chosen; words find what is older.
MONTHS = 24
NOT_SENT = "not_sent"

Row: TypeAlias = tuple[OutCell, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list."""

    row: InvoiceRow
    pill: Pill

    @property
    def is_note(self) -> bool:
        """Whether it is a credit note."""
        return self.row.kind == InvoiceKind.CREDIT_NOTE


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for."""

    tab: str
    words: str
    month: date | None
    customer: Customer | None


@page()
def invoices_page(request: OfficeRequest) -> HttpResponse:
    """One page of the documents that match, with what all of them come to while they are not too many to add up."""
    asked = _asked(request)
    wanted = _wanted(request, asked)
    found = invoice_page(
        acting=request.acting, wanted=wanted, page=page_number(request), page_size=ROWS, count_max=COUNT_MAX
    )
    sendings = newest_dispatches([row.id for row in found.rows])
    limit = FOUND_MAX if asked.words or asked.tab == NOT_SENT else COUNT_MAX
    context = {
        "asked": asked,
        "tabs": _tabs(),
        "rows": [Shown(row, standing_of(row, sendings.get(row.id))) for row in found.rows],
        "sums": found.sums,
        "is_cut": asked.words and found.documents >= FOUND_MAX,
        "months": [add_months(request.today.replace(day=1), -back) for back in range(MONTHS)],
        "pager": pager(request, shown=len(found.rows), total=min(found.documents, limit), at_least=found.is_more),
    }
    return render(request, "office/invoices/invoices.html", context)


@page()
def invoices_file(request: OfficeRequest) -> StreamingHttpResponse:
    """All documents that match, however many, as a file for spreadsheets."""
    asked = _asked(request)
    heading = (
        _("Number"), _("Kind"), _("Date"), _("Due"), _("Customer number"), _("Customer"), _("Currency"),
        _("Without VAT"), _("With VAT"), _("Credited, with VAT"), _("Credits"),
    )  # fmt: skip
    kinds = {InvoiceKind.INVOICE.value: _("Invoice"), InvoiceKind.CREDIT_NOTE.value: _("Credit note")}
    lines = _lines(request.acting, _wanted(request, asked), heading, kinds)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{request.seller.slug}-{asked.tab}.csv"'
    return answer


def _tabs() -> list[tuple[str, str]]:
    return [
        ("open", _("Open")),
        ("all", _("All")),
        ("credit_notes", _("Credit notes")),
        ("withdrawn", _("Withdrawn")),
        (NOT_SENT, _("Not sent")),
    ]


def _asked(request: OfficeRequest) -> Asked:
    words = request.GET.get("q", "").strip()
    tab = request.GET.get("tab", "")
    known = tab in {name for name, _text in _tabs()}
    # Who looks for a name or a number wants it whatever became of it.
    usual = "all" if words or request.GET.get("customer") else "open"
    return Asked(tab if known else usual, words, _month(request.GET.get("month", "")), chosen_customer(request))


def _month(written: str) -> date | None:
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        return None


def _wanted(request: OfficeRequest, asked: Asked) -> InvoiceFilter:
    is_unsent = asked.tab == NOT_SENT
    return InvoiceFilter(
        search=asked.words,
        month=asked.month,
        customer_id=asked.customer.pk if asked.customer else None,
        standing="all" if is_unsent else asked.tab,
        ids=unsent_documents(request.acting, newest=FOUND_MAX) if is_unsent else None,
    )


def _lines(acting: Acting, wanted: InvoiceFilter, heading: Row, kinds: dict[str, str]) -> Iterator[bytes]:
    """The file, a thousand rows at a time. Its words are given, because it is read when the reader is forgotten."""
    yield _csv([heading], is_first=True)
    some: list[Row] = []
    for row in matching_invoices(acting=acting, wanted=wanted):
        some.append(_cells(row, kinds))
        if len(some) == 1_000:
            yield _csv(some)
            some = []
    yield _csv(some)


def _cells(row: InvoiceRow, kinds: dict[str, str]) -> Row:
    due_on = row.due_on if row.kind == InvoiceKind.INVOICE else None
    amounts = (Money(minor, row.currency).decimal for minor in (row.net_minor, row.gross_minor, row.credited_minor))
    return (
        row.number, kinds[row.kind], row.issued_on, due_on, row.customer_number, row.customer_name, row.currency,
        *amounts, row.credits,
    )  # fmt: skip


def _csv(rows: list[Row], *, is_first: bool = False) -> bytes:
    to = BytesIO()
    write_csv(rows, to=to, byte_order_mark=is_first)
    return to.getvalue()
