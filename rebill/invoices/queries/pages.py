"""Issued documents in lists: one page of those that match, with what all of them come to."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.bulk import read_rows
from rebill.rules.periods import add_months

# So many are found by words; whoever wants older ones says more.
FOUND_MAX = 1_000
# Counted and added up so far; beyond it a list says “more than”.
COUNT_MAX = 10_000

_NOTES = Invoice.objects.filter(credits=OuterRef("pk")).order_by()
_WITHDRAWN = Exists(_NOTES.filter(withdraws=True))
_CREDITED = Subquery(
    _NOTES.values("credits").annotate(credited=Cast(Sum("gross_amount"), BigIntegerField())).values("credited")
)
_LEFT = Coalesce(_CREDITED + Cast(F("gross_amount"), BigIntegerField()), Value(1))

STANDINGS = ("open", "all", "credit_notes", "withdrawn")

_COLUMNS = (
    "id", "number", "kind", "issued_on", "due_on", "customer_id", "customer_number", "customer_name", "currency",
    "net_amount", "gross_amount", "credits_id", "credits__number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which documents are looked at: words of number or customer, the month they are dated in, one customer, a kind.

    `standing` is one of STANDINGS; `ids` are the documents among which is looked, of those that somebody else knows
    more about.
    """

    search: str = ""
    month: date | None = None
    customer_id: int | None = None
    kind: str = ""
    standing: str = "all"
    ids: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document in a list. Amounts in the currency's minor unit; `credited_minor` is what credit notes have taken back
    of it, with VAT, as a positive number."""

    id: int
    number: str
    kind: str
    issued_on: date
    due_on: date
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    net_minor: int
    gross_minor: int
    credits_id: int | None
    credits: str
    credited_minor: int
    is_withdrawn: bool

    @property
    def is_credited(self) -> bool:
        """Whether nothing of it is left."""
        return self.is_withdrawn or bool(self.credited_minor and self.credited_minor == self.gross_minor)


@dataclass(frozen=True, slots=True)
class InvoiceSum:
    """What documents of one currency come to; credit notes count as less."""

    currency: str
    documents: int
    net_minor: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One page of documents, and all that match: how many, and what they come to by currency.

    Where more match than were to be counted, `is_more` says so, `documents` is how many were counted and there are no
    sums.
    """

    rows: tuple[InvoiceRow, ...]
    sums: tuple[InvoiceSum, ...]
    documents: int
    is_more: bool = False


def _matching(acting: Acting, wanted: InvoiceFilter, *, newest: int | None = None) -> QuerySet[Invoice]:
    """The documents that match, the newest first. With `newest` words find no more than so many."""
    require(acting, Permission.READ)
    found = find_invoices(acting=acting, search=wanted.search, newest=newest).filter(_standing(acting, wanted.standing))
    if wanted.month is not None:
        first = wanted.month.replace(day=1)
        found = found.filter(issued_on__gte=first, issued_on__lt=add_months(first, 1))
    if wanted.customer_id is not None:
        found = found.filter(customer_id=wanted.customer_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.ids is not None:
        found = found.filter(id__among=wanted.ids)
    return found


def _standing(acting: Acting, standing: str) -> Q:
    """Whether an invoice is paid is no question for this stage: open is what was neither withdrawn nor credited in
    full."""
    if standing == "open":
        return Q(kind=InvoiceKind.INVOICE) & ~Q(_WITHDRAWN) & ~Q(Exact(_LEFT, 0))
    if standing == "credit_notes":
        return Q(kind=InvoiceKind.CREDIT_NOTE)
    if standing == "withdrawn":
        notes = Invoice.objects.filter(seller_id=acting.seller_id, withdraws=True).order_by()
        return Q(pk__in=notes.values("credits_id"))
    return Q()


def invoice_page(
    *, acting: Acting, wanted: InvoiceFilter, page: int, page_size: int, count_max: int | None = None
) -> InvoicePage:
    """The documents on this page (from 1), the newest first.

    With `count_max` words find the newest FOUND_MAX only and no more than `count_max` are counted, so that the answer
    comes as quickly from a million documents as from a thousand.
    """
    found = _matching(acting, wanted, newest=None if count_max is None else FOUND_MAX)
    start = (page - 1) * page_size
    ids: list[int] | None = None
    if count_max is None:
        rows = list(found.values_list(*_COLUMNS)[start : start + page_size])
        sums = _sums(found)
        return InvoicePage(_rows(rows), sums, sum(each.documents for each in sums))
    if wanted.search.strip():
        # Searched once, for the page, for how many there are and for what they come to.
        ids = list(found.order_by().values_list("id", flat=True))
        found = Invoice.objects.filter(seller_id=acting.seller_id, id__among=ids).order_by("-issued_on", "-id")
    counted = len(ids) if ids is not None else found.order_by().values("pk")[: count_max + 1].count()
    rows = list(found.values_list(*_COLUMNS)[start : start + page_size])
    if counted > count_max:
        return InvoicePage(_rows(rows), (), count_max, is_more=True)
    return InvoicePage(_rows(rows), _sums(found) if counted else (), counted)


def matching_invoices(*, acting: Acting, wanted: InvoiceFilter, at_once: int = 1_000) -> Iterator[InvoiceRow]:
    """All documents that match, one after the other and however many: for a file."""
    found = _matching(acting, wanted).order_by("-id")
    last_id: int | None = None
    while True:
        older = found if last_id is None else found.filter(id__lt=last_id)
        rows = list(older.values_list(*_COLUMNS)[:at_once])
        yield from _rows(rows)
        if len(rows) < at_once:
            return
        last_id = rows[-1][0]


def _sums(found: QuerySet[Invoice]) -> tuple[InvoiceSum, ...]:
    rows = (
        found.order_by("currency")
        .values_list("currency")
        .annotate(number_of=Count("id"), net=Sum("net_amount"), gross=Sum("gross_amount"))
    )
    return tuple(InvoiceSum(row[0], row[1], int(row[2]), int(row[3])) for row in rows)


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
    return tuple(_row(row, *credited.get(row[0], (0, False))) for row in rows)


def _row(row: tuple[Any, ...], credited_minor: int, is_withdrawn: bool) -> InvoiceRow:
    return InvoiceRow(
        id=row[0],
        number=row[1],
        kind=row[2],
        issued_on=row[3],
        due_on=row[4],
        customer_id=row[5],
        customer_number=row[6],
        customer_name=row[7],
        currency=row[8],
        net_minor=row[9],
        gross_minor=row[10],
        credits_id=row[11],
        credits=row[12] or "",
        credited_minor=credited_minor,
        is_withdrawn=is_withdrawn,
    )


def last_issued_of(*, acting: Acting, customer_ids: Collection[int]) -> dict[int, date]:
    """The day of the last document of each of these customers; those without any are left out."""
    require(acting, Permission.READ)
    rows = Invoice.objects.filter(seller_id=acting.seller_id, customer_id__among=customer_ids)
    return dict(rows.order_by().values_list("customer_id").annotate(last=Max("issued_on")))
