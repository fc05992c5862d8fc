"""Reads of purchase invoices: the list, one of them, and what became of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import NotFound
from rebill.sources.supplier_invoices.contract import RowKind
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState, RebilledRow, Target

# Rows that ask for money of an end customer.
FOR_CUSTOMERS = Q(kind=RowKind.ROW.value)
IS_EXCLUDED = ~Q(excluded_reason="")
IS_MATCHED = Q(customer__isnull=False, product__isnull=False)


class PurchaseInvoiceUnknown(NotFound):
    """The acting seller has no such purchase invoice."""


def purchase_invoices(acting: Acting) -> QuerySet[PurchaseInvoice]:
    """The seller's purchase invoices, the latest first."""
    require(acting, Permission.READ)
    return PurchaseInvoice.objects.filter(seller_id=acting.seller_id).select_related("supplier")


def purchase_invoice_of(acting: Acting, invoice_id: int) -> PurchaseInvoice:
    """The seller's purchase invoice with this id."""
    invoice = purchase_invoices(acting).filter(pk=invoice_id).first()
    if invoice is None:
        raise PurchaseInvoiceUnknown(_("There is no purchase invoice %(named)s.") % {"named": invoice_id})
    return invoice


def purchase_invoice_numbered(acting: Acting, number: str) -> PurchaseInvoice:
    """The seller's purchase invoice with this number of a supplier, the latest where several suppliers gave it; its id
    is taken too."""
    found = purchase_invoices(acting).filter(number=number).first()
    if found is None and number.isdigit() and len(number) < 18:
        found = purchase_invoices(acting).filter(pk=int(number)).first()
    if found is None:
        raise PurchaseInvoiceUnknown(_("There is no purchase invoice %(named)s.") % {"named": number})
    return found


class PurchaseRowUnknown(NotFound):
    """The purchase invoice has no such row."""


def purchase_rows(purchase: PurchaseInvoice) -> QuerySet[PurchaseRow]:
    """The rows of a purchase invoice in their order, with what they are passed on as."""
    return PurchaseRow.objects.filter(invoice=purchase).select_related("rebilled").order_by("position")


def purchase_row_of(purchase: PurchaseInvoice, row_id: int) -> PurchaseRow:
    """One row of a purchase invoice."""
    row = PurchaseRow.objects.filter(invoice=purchase, pk=row_id).first()
    if row is None:
        raise PurchaseRowUnknown(_("The purchase invoice has no row %(named)s.") % {"named": row_id})
    return row


def waiting_orders(purchase: PurchaseInvoice) -> QuerySet[RebilledRow]:
    """What of a purchase invoice waits as orders to be confirmed."""
    return RebilledRow.objects.filter(row__invoice=purchase, waits_as=Target.ORDERS, told_at__isnull=True)


def find_purchase_invoices(*, acting: Acting, tab: str = "", search: str = "") -> QuerySet[PurchaseInvoice]:
    """Those of a tab (`open`, a state, or all) in whose number or supplier's name the words stand."""
    found = purchase_invoices(acting)
    if tab == "open":
        found = found.filter(state__in=(PurchaseState.UNHANDLED, PurchaseState.IN_REVIEW))
    elif tab in PurchaseState.values:
        found = found.filter(state=tab)
    for word in search.split():
        found = found.filter(Q(number__icontains=word) | Q(supplier__name__icontains=word))
    return found


def unhandled_purchases(acting: Acting) -> QuerySet[PurchaseInvoice]:
    """Those that wait to be re-billed; a commission never does."""
    return PurchaseInvoice.objects.filter(
        seller_id=acting.seller_id, state=PurchaseState.UNHANDLED, is_commission=False
    )


def count_rows_waiting_for(acting: Acting, customer_id: int) -> int:
    """How many rows of purchase invoices are still to be passed on to the customer, or wait as orders of it."""
    require(acting, Permission.READ)
    theirs = PurchaseRow.objects.filter(
        FOR_CUSTOMERS, ~IS_EXCLUDED, invoice__seller_id=acting.seller_id, customer_id=customer_id
    )
    free = theirs.filter(rebilled__isnull=True, invoice__is_commission=False)
    orders = RebilledRow.objects.filter(
        seller_id=acting.seller_id, customer_id=customer_id, told_at__isnull=True, waits_as=Target.ORDERS
    )
    return free.exclude(invoice__state=PurchaseState.BOOKED).count() + orders.count()


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows a purchase invoice has, how many of them are for customers, and how many of those match nothing."""

    rows: int = 0
    for_customers: int = 0
    to_fix: int = 0


def row_counts(invoice_ids: list[int]) -> Mapping[int, RowCounts]:
    """The counts of these purchase invoices; one read."""
    wanted = FOR_CUSTOMERS & ~IS_EXCLUDED
    rows = (
        PurchaseRow.objects.filter(invoice_id__in=invoice_ids)
        .order_by()
        .values_list("invoice_id")
        .annotate(rows=Count("id"), wanted=Count("id", filter=wanted), fixed=Count("id", filter=wanted & IS_MATCHED))
    )
    return {invoice_id: RowCounts(all_rows, asked, asked - fixed) for invoice_id, all_rows, asked, fixed in rows}
