"""Issued documents in lists: one page of those that match, with what all of them come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.bulk import read_rows
from rebill.rules.periods import add_months


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which documents are looked at: words of number or customer, the month they are dated in, one customer, a kind."""

    search: str = ""
    month: date | None = None
    customer_id: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document in a list. Amounts in the currency's minor unit; `credited_minor` is what credit notes have taken back
    of it, with VAT, as a positive number."""

    id: int
    number: str
    kind: str
    issued_on: date
    due_on: date
    customer_number: str
    customer_name: str
    currency: str
    net_minor: int
    gross_minor: int
    credits: str
    credited_minor: int
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class InvoiceSum:
    """What documents of one currency come to; credit notes count as less."""

    currency: str
    documents: int
    net_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page of documents, and all that match: how many, and what they come to by currency."""

    rows: tuple[InvoiceRow, ...]
    sums: tuple[InvoiceSum, ...]

    @property
    def documents(self) -> int:
        """How many match, on whichever page."""
        return sum(each.documents for each in self.sums)


def invoice_page(*, acting: Acting, wanted: InvoiceFilter, page: int, page_size: int) -> InvoicePage:
    """The documents on this page (from 1), the newest first."""
    require(acting, Permission.READ)
    found = find_invoices(acting=acting, search=wanted.search)
    if wanted.month is not None:
        first = wanted.month.replace(day=1)
        found = found.filter(issued_on__gte=first, issued_on__lt=add_months(first, 1))
    if wanted.customer_id is not None:
        found = found.filter(customer_id=wanted.customer_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    sums = (
        found.order_by("currency")
        .values_list("currency")
        .annotate(number_of=Count("id"), net=Sum("net_amount"), gross=Sum("gross_amount"))
    )
    start = (page - 1) * page_size
    rows = list(
        found.values_list(
            "id", "number", "kind", "issued_on", "due_on", "customer_number", "customer_name", "currency", "net_amount",
            "gross_amount", "credits__number",
        )[start : start + page_size]
    )  # fmt: skip
    return InvoicePage(
        rows=_rows(rows), sums=tuple(InvoiceSum(row[0], row[1], int(row[2]), int(row[3])) for row in sums)
    )


def credited_of(invoice_ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """What credit notes have taken back of each of these documents, with VAT, and whether one of them withdraws it."""
    notes = Invoice.objects.filter(credits_id__among=invoice_ids)
    found: dict[int, tuple[int, bool]] = {}
    for invoice_id, gross, withdraws in read_rows(notes.order_by("id"), "credits_id", "gross_amount", "withdraws"):
        before, was_withdrawn = found.get(invoice_id, (0, False))
        found[invoice_id] = (before - gross, was_withdrawn or withdraws)
    return found


def _rows(rows: Sequence[tuple[Any, ...]]) -> tuple[InvoiceRow, ...]:
    credited = credited_of([row[0] for row in rows])
    return tuple(
        InvoiceRow(
            id=row[0],
            number=row[1],
            kind=row[2],
            issued_on=row[3],
            due_on=row[4],
            customer_number=row[5],
            customer_name=row[6],
            currency=row[7],
            net_minor=row[8],
            gross_minor=row[9],
            credits=row[10] or "",
            credited_minor=credited.get(row[0], (0, False))[0],
            is_withdrawn=credited.get(row[0], (0, False))[1],
        )
        for row in rows
    )
