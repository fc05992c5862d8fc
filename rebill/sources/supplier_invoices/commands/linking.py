"""Saying by hand whom and what a supplier means: remembered for its next invoice, and true of this one at once."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries import ProductUnknown
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.queries import open_customer_of
from rebill.rules.matching.products import LINK, product_identity
from rebill.sources.supplier_invoices.commands.rebilling import open_withdrawn
from rebill.sources.supplier_invoices.commands.states import held_invoice
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseLink, PurchaseRow
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, purchase_row_of

HAND = "hand"

_excluded_reason = text_of(PurchaseRow, "excluded_reason")


class RowRebilled(Conflict):
    """The row is on a draft or an invoice of the customer already; take that back first."""


class NothingMeant(Invalid):
    """No row of the purchase invoice is meant."""


def link_end_customer(*, acting: Acting, invoice_id: int, identity: str, customer_id: int | None, now: datetime) -> int:
    """What the supplier calls `identity` is this customer, from now on; None forgets the link. Returns how many rows of
    the invoice follow. Rows that are re-billed already stay where they are."""
    require(acting, Permission.KEEP_PURCHASES)
    customer = None if customer_id is None else open_customer_of(acting, customer_id)
    with transaction.atomic():
        open_withdrawn(acting=acting, invoice_id=invoice_id, meant=Q(end_identity=identity))
        invoice = held_invoice(acting, invoice_id)
        links = PurchaseLink.objects.filter(supplier=invoice.supplier, identity=identity, customer__isnull=False)
        links.delete()
        if customer is not None:
            PurchaseLink.objects.create(
                supplier=invoice.supplier, identity=identity, customer=customer, made_at=now, made_by=acting.user_id
            )
        rows = _free_rows(invoice).filter(end_identity=identity)
        by = LINK if customer is not None else ""
        changed = rows.update(customer=customer, customer_by=by)
        _record(acting, invoice, "customer_linked", now, {"identity": identity, "customer": customer_id})
    return changed


def link_row_customer(*, acting: Acting, invoice_id: int, row_id: int, customer_id: int | None, now: datetime) -> int:
    """Whom the supplier means in this row: linked by what it writes there, and remembered; a row that names nobody is
    only assigned, for nothing could be known again. None forgets the link. Returns how many rows follow."""
    row = purchase_row_of(purchase_invoice_of(acting, invoice_id), row_id)
    if row.end_identity:
        return link_end_customer(
            acting=acting, invoice_id=invoice_id, identity=row.end_identity, customer_id=customer_id, now=now
        )
    if customer_id is None:
        raise NothingMeant(_("The supplier names nobody in row %(row)s.") % {"row": row.position})
    return assign_rows(acting=acting, invoice_id=invoice_id, row_ids=[row_id], customer_id=customer_id, now=now)


def link_article(*, acting: Acting, invoice_id: int, row_id: int, product_id: int | None, now: datetime) -> int:
    """What the supplier calls as this row does is this product, from now on; None forgets the link. Returns how many
    rows of the invoice follow."""
    require(acting, Permission.KEEP_PURCHASES)
    if product_id is not None and not Product.objects.filter(seller_id=acting.seller_id, pk=product_id).exists():
        raise ProductUnknown(_("There is no product %(named)s.") % {"named": product_id})
    with transaction.atomic():
        row = purchase_row_of(purchase_invoice_of(acting, invoice_id), row_id)
        alike = Q(code=row.code) if row.code.strip() else Q(code="", name__iexact=row.name)
        open_withdrawn(acting=acting, invoice_id=invoice_id, meant=alike)
        invoice = held_invoice(acting, invoice_id)
        identity = product_identity(row.code, row.name)
        PurchaseLink.objects.filter(supplier=invoice.supplier, identity=identity, product__isnull=False).delete()
        if product_id is not None:
            PurchaseLink.objects.create(
                supplier=invoice.supplier, identity=identity, product_id=product_id, made_at=now, made_by=acting.user_id
            )
        by = LINK if product_id is not None else ""
        changed = _free_rows(invoice).filter(alike).update(product_id=product_id, product_by=by)
        _record(acting, invoice, "article_linked", now, {"identity": identity, "product": product_id})
    return changed


def assign_rows(*, acting: Acting, invoice_id: int, row_ids: Collection[int], customer_id: int, now: datetime) -> int:
    """These rows are for this customer: for what a supplier bills without naming anybody. Not remembered."""
    require(acting, Permission.KEEP_PURCHASES)
    customer = open_customer_of(acting, customer_id)
    with transaction.atomic():
        invoice, rows = _chosen(acting, invoice_id, row_ids)
        changed = rows.update(customer=customer, customer_by=HAND)
        _record(acting, invoice, "rows_assigned", now, {"rows": sorted(row_ids), "customer": customer_id})
    return changed


def leave_rows_out(*, acting: Acting, invoice_id: int, row_ids: Collection[int], reason: str, now: datetime) -> int:
    """These rows are not re-billed, for a reason that is kept; an empty reason takes it back."""
    require(acting, Permission.KEEP_PURCHASES)
    reason = _excluded_reason("reason", " ".join(reason.split()))
    with transaction.atomic():
        invoice, rows = _chosen(acting, invoice_id, row_ids)
        changed = rows.update(excluded_reason=reason)
        verb = "rows_left_out" if reason else "rows_taken_in"
        _record(acting, invoice, verb, now, {"rows": sorted(row_ids), "reason": reason})
    return changed


def set_row_price(
    *, acting: Acting, invoice_id: int, row_ids: Collection[int], price: Decimal | None, now: datetime
) -> int:
    """These rows are sold at this price of one, whatever the price group says; None takes it back."""
    require(acting, Permission.REBILL)
    if price is not None and price < 0:
        raise Invalid(_("A price is not below zero; leave the rows out, or credit the customer."))
    with transaction.atomic():
        invoice, rows = _chosen(acting, invoice_id, row_ids)
        changed = rows.update(sell_price=price)
        details = {"rows": sorted(row_ids), "price": None if price is None else str(price)}
        _record(acting, invoice, "sell_price_set", now, details)
    return changed


def _free_rows(invoice: PurchaseInvoice) -> QuerySet[PurchaseRow]:
    """The rows that are not passed on yet."""
    return PurchaseRow.objects.filter(invoice=invoice, rebilled__isnull=True)


def _chosen(acting: Acting, invoice_id: int, row_ids: Collection[int]) -> tuple[PurchaseInvoice, QuerySet[PurchaseRow]]:
    open_withdrawn(acting=acting, invoice_id=invoice_id, meant=Q(pk__in=row_ids))
    invoice = held_invoice(acting, invoice_id)
    rows = PurchaseRow.objects.filter(invoice=invoice, pk__in=row_ids)
    if not row_ids or rows.count() != len(set(row_ids)):
        raise NothingMeant(_("The purchase invoice does not have all of these rows."))
    if rows.filter(rebilled__isnull=False).exists():
        raise RowRebilled(
            _("A row of these is re-billed already. Throw its draft away, or re-bill the invoice anew, and try again.")
        )
    return invoice, PurchaseRow.objects.filter(invoice=invoice, pk__in=row_ids)


def _record(acting: Acting, invoice: PurchaseInvoice, verb: str, now: datetime, details: dict[str, Any]) -> None:
    record_event(
        seller_id=acting.seller_id, subject=invoice, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
