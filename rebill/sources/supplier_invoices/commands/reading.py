"""Reading a purchase invoice again: from the bytes that were kept, with the links, customers and products of now."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import Numbers, read_all, update_rows
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.queries import seller_of
from rebill.sources.supplier_invoices.commands.linking import HAND
from rebill.sources.supplier_invoices.commands.rebilling import hold_withdrawn, leave_over_withdrawn
from rebill.sources.supplier_invoices.commands.settling import note_commission
from rebill.sources.supplier_invoices.commands.states import held_invoice
from rebill.sources.supplier_invoices.contract import RowKind
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, PurchaseState
from rebill.sources.supplier_invoices.queries.matching import MATCH_COLUMNS, RowToMatch, match_rows


class InvoiceBooked(Conflict):
    """The purchase invoice is booked; open it again first."""


def renew_matches(*, acting: Acting, invoice_id: int, now: datetime) -> PurchaseInvoice:
    """Finds customers and products of every row anew, after one of them was mended or the supplier's settings changed.

    What was assigned by hand stays, and rows that are re-billed already stay with whom they were billed to. One that
    waits because its invoice was withdrawn is left over when it matches otherwise now, to be re-billed as it is meant.
    """
    require(acting, Permission.KEEP_PURCHASES)
    seller = seller_of(acting)
    with transaction.atomic():
        hold_withdrawn(acting=acting, invoice_id=invoice_id, meant=Q())
        invoice = held_invoice(acting, invoice_id)
        if invoice.state == PurchaseState.BOOKED:
            raise InvoiceBooked(_("Purchase invoice %(number)s is booked.") % {"number": invoice.number})
        rows = read_all(
            PurchaseRow.objects.filter(invoice=invoice).order_by("position"),
            "id", "kind", "code", "name", "said", "customer_by", "customer_id", "product_id", "rebilled__id",
            "rebilled__withdrawn", "rebilled__told_at",
        )  # fmt: skip
        matched = match_rows(
            seller_id=seller.pk,
            country=seller.country,
            supplier=invoice.supplier,
            rows=[
                RowToMatch(RowKind(kind), code, name, kind != RowKind.REMARK.value, said)
                for _id, kind, code, name, said, *_rest in rows
            ],
        )
        changed, meant_otherwise = [], []
        for (row_id, *_said, by, customer_id, product_id, rebilled_id, withdrawn, told_at), match in zip(
            rows, matched.rows, strict=True
        ):
            kept = match._replace(customer_id=customer_id, customer_by=by) if by == HAND else match
            if rebilled_id is None:
                changed.append((row_id, *kept))
            elif withdrawn and told_at is None and (kept.customer_id, kept.product_id) != (customer_id, product_id):
                changed.append((row_id, *kept))
                meant_otherwise.append(row_id)
        leave_over_withdrawn(acting=acting, invoice_id=invoice_id, meant=Q(id__among=Numbers(meant_otherwise)))
        update_rows(PurchaseRow, "id", MATCH_COLUMNS, changed)
        invoice.refresh_from_db(fields=["state"])
        invoice.places, invoice.read_at = [place.value for place in matched.places], now
        invoice.save(update_fields=["places", "read_at"])
        note_commission(acting=acting, invoice=invoice, now=now)
        record_event(
            seller_id=seller.pk, subject=invoice, verb="read_again", actor_id=acting.user_id, now=now,
            details={"rows": len(changed)},
        )  # fmt: skip
    return invoice
