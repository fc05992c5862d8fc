"""Reads of what was billed, summed for export, and of the exports made."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.charges.models import Charge
from rebill.exports.contract import Basis, GroupSum, Layout
from rebill.exports.lines.layouts import LinesLayout, Side, read_lines_layout
from rebill.exports.models import Export, LineLayout
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.bulk import chunks, read_rows
from rebill.kit.errors import NotFound
from rebill.parties.models import Customer
from rebill.rules.money import Money
from rebill.rules.periods import add_months
from rebill.runs.models import Draft, DraftState, LineEdit
from rebill.runs.queries.lines import lines_of

# Currency → minor units.
Totals = dict[str, int]

# Drafts that will become documents as they stand: neither held back nor thrown away, nor issued already.
_COMING = (DraftState.OPEN, DraftState.APPROVED)


class ExportUnknown(NotFound):
    """The acting seller has no such export."""


def export_of(acting: Acting, export_id: int) -> Export:
    """One of the seller's exports, with its file."""
    export = Export.objects.filter(seller_id=acting.seller_id, pk=export_id).select_related("file").first()
    if export is None:
        raise ExportUnknown(_("There is no export %(named)s.") % {"named": export_id})
    return export


def export_with_key(acting: Acting, key: str) -> Export | None:
    """The export made under this key, if it was."""
    return Export.objects.filter(seller_id=acting.seller_id, key=key).select_related("file").first()


def timed_key(month: date) -> str:
    """The key of the export that the timetable makes for a month."""
    return f"combined:{month:%Y-%m}:timetable"


def timed_months(months: Iterable[date]) -> set[tuple[int, date]]:
    """For which sellers the timetable's export of these months was mailed, or may have been: for the timetable."""
    keys = {timed_key(month): month for month in months}
    rows = Export.objects.filter(key__in=keys, mail_started_at__isnull=False).order_by().values_list("seller_id", "key")
    return {(seller_id, keys[key]) for seller_id, key in rows}


def exports_of(acting: Acting) -> QuerySet[Export]:
    """The seller's exports, the newest first."""
    return Export.objects.filter(seller_id=acting.seller_id).select_related("file").order_by("-id")


class LineLayoutUnknown(NotFound):
    """The acting seller has no such layout."""


def line_layouts(acting: Acting) -> QuerySet[LineLayout]:
    """The layouts of line exports that the seller has named, those of purchases first."""
    return LineLayout.objects.filter(seller_id=acting.seller_id).order_by("side", "name")


def line_layout_of(acting: Acting, layout_id: int) -> LineLayout:
    """One of the seller's layouts of line exports."""
    layout = line_layouts(acting).filter(pk=layout_id).first()
    if layout is None:
        raise LineLayoutUnknown(_("There is no layout %(named)s.") % {"named": layout_id})
    return layout


def lines_layout(acting: Acting, side: Side, name: str = "") -> LinesLayout:
    """How line exports of this side are written: as the layout of this name says; without one, as the only one that
    there is, else as usual."""
    named = list(line_layouts(acting).filter(side=side))
    if name:
        named = [each for each in named if each.name == name]
        if not named:
            raise LineLayoutUnknown(_("There is no layout %(named)s.") % {"named": name})
    return read_lines_layout(named[0].content, side) if len(named) == 1 else LinesLayout(side)


def exports_unclear(acting: Acting) -> QuerySet[Export]:
    """Exports whose mailing began and has no end: somebody has to say whether they arrived."""
    return exports_of(acting).filter(mail_started_at__isnull=False, mailed_at__isnull=True)


def group_sums(*, acting: Acting, month: date, basis: Basis) -> Iterator[GroupSum]:
    """What each customer was billed in the month, one sum per summary group and currency, by customer number.

    Documents dated in the month count, credit notes as negative. With Basis.RUN the drafts of runs in the month count
    too, as far as they are neither held nor thrown away. The customer's number and name are today's.
    """
    if basis is Basis.ISSUED:
        return _issued_sums(acting, month)
    return _sums_with_drafts(acting, month)


def billed_totals(*, acting: Acting, month: date, basis: Basis) -> Totals:
    """What the same documents and drafts come to by their own totals, without VAT: the sum every export must have."""
    totals = Counter(_by_currency(_documents(acting, month)))
    if basis is Basis.RUN:
        totals.update(_by_currency(_coming_drafts(acting, month)))
    return {currency: minor for currency, minor in sorted(totals.items()) if minor}


def issued_totals(*, acting: Acting, month: date, until: datetime) -> Totals:
    """What the documents of the month that were issued by a moment come to, without VAT."""
    totals = _by_currency(_documents(acting, month).filter(issued_at__lte=until))
    return {currency: minor for currency, minor in totals.items() if minor}


def currencies_of(*, acting: Acting, month: date, basis: Basis) -> list[str]:
    """The currencies billed in the month."""
    found = set(_documents(acting, month).order_by().values_list("currency", flat=True).distinct())
    if basis is Basis.RUN:
        found |= set(_coming_drafts(acting, month).order_by().values_list("currency", flat=True).distinct())
    return sorted(found)


def layout_of_month(*, acting: Acting, month: date, layout: Layout) -> Layout:
    """The layout, with the column that says the currency where more than one was billed in the month."""
    if "currency" in layout.columns or len(currencies_of(acting=acting, month=month, basis=layout.basis)) < 2:
        return layout
    return replace(layout, columns=(*layout.columns, "currency"))


def _documents(acting: Acting, month: date) -> QuerySet[Invoice]:
    return Invoice.objects.filter(seller_id=acting.seller_id, issued_on__gte=month, issued_on__lt=add_months(month, 1))


def _coming_drafts(acting: Acting, month: date) -> QuerySet[Draft]:
    return Draft.objects.filter(
        seller_id=acting.seller_id,
        state__in=_COMING,
        run__billed_on__gte=month,
        run__billed_on__lt=add_months(month, 1),
    )


def _by_currency(rows: QuerySet[Invoice] | QuerySet[Draft]) -> dict[str, int]:
    return dict(rows.order_by().values_list("currency").annotate(Sum("net_amount")))


def _issued_sums(acting: Acting, month: date) -> Iterator[GroupSum]:
    """Summed and ordered by the database, and read as a stream."""
    number = Coalesce("invoice__customer__number", Value(""))
    rows = (
        InvoiceLine.objects.filter(
            invoice__seller_id=acting.seller_id,
            invoice__issued_on__gte=month,
            invoice__issued_on__lt=add_months(month, 1),
        )
        .values("invoice__customer_id", "invoice__customer__name", "currency", "summary_group")
        .annotate(customer_number=number, net=Sum("net_amount"), documents=Count("invoice_id", distinct=True))
        .order_by("customer_number", "invoice__customer_id", "currency", "summary_group")
    )
    for customer_number, name, currency, group, net, documents in read_rows(
        rows, "customer_number", "invoice__customer__name", "currency", "summary_group", "net", "documents"
    ):
        yield GroupSum(customer_number, name, group, Money(net, currency), documents)


# --- with the drafts -------------------------------------------------------------------------------------------------

_Key = tuple[int, str, int]


def _sums_with_drafts(acting: Acting, month: date) -> Iterator[GroupSum]:
    """Documents and drafts of one customer and group become one sum, so these are gathered in memory."""
    net: Counter[_Key] = Counter()
    documents: Counter[_Key] = Counter()
    issued = (
        InvoiceLine.objects.filter(invoice__in=_documents(acting, month).order_by())
        .order_by()
        .values("invoice__customer_id", "currency", "summary_group")
        .annotate(net=Sum("net_amount"), documents=Count("invoice_id", distinct=True))
    )
    for customer_id, currency, group, amount, number in read_rows(
        issued, "invoice__customer_id", "currency", "summary_group", "net", "documents"
    ):
        net[customer_id, currency, group] += amount
        documents[customer_id, currency, group] += number
    for customer_id, currency, group, amount, number in _draft_sums(acting, month):
        net[customer_id, currency, group] += amount
        documents[customer_id, currency, group] += number
    yield from _named(net, documents)


def _draft_sums(acting: Acting, month: date) -> Iterator[tuple[int, str, int, int, int]]:
    drafts = _coming_drafts(acting, month)
    edits = LineEdit.objects.filter(draft__in=drafts.order_by())
    edited_ids = list(edits.order_by("draft_id").values_list("draft_id", flat=True).distinct())
    untouched = (
        Charge.objects.filter(seller_id=acting.seller_id, claim__in=drafts.exclude(pk__in=edited_ids).values("pk"))
        .order_by()
        .values("buyer_id", "currency", "summary_group")
        .annotate(net=Sum("amount"), documents=Count("claim", distinct=True))
    )
    yield from read_rows(untouched, "buyer_id", "currency", "summary_group", "net", "documents")
    for ids in chunks(edited_ids, 1_000):
        for lines in lines_of(seller_id=acting.seller_id, draft_ids=ids).values():
            sums: Counter[_Key] = Counter()
            for line in lines:
                sums[line.buyer_id, line.currency, line.summary_group] += line.amount_minor
            for (buyer_id, currency, group), amount in sums.items():
                yield buyer_id, currency, group, amount, 1


def _named(net: "Counter[_Key]", documents: "Counter[_Key]") -> Iterator[GroupSum]:
    ids = sorted({customer_id for customer_id, _, _ in net})
    names: dict[int, tuple[str, str]] = {}
    for some in chunks(ids, 5_000):
        rows = Customer.objects.filter(pk__in=some).order_by().values_list("id", "number", "name")
        names.update({customer_id: (number or "", name) for customer_id, number, name in rows})
    for key in sorted(net, key=lambda key: (names[key[0]][0], key)):
        customer_id, currency, group = key
        number, name = names[customer_id]
        yield GroupSum(number, name, group, Money(net[key], currency), documents[key])
