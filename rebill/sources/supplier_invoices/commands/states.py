"""Where purchase invoices stand, and finding one to be written to."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.events import record_event
from rebill.kit.states import move
from rebill.sources.supplier_invoices.models import PURCHASE_MOVES, PurchaseInvoice, PurchaseState
from rebill.sources.supplier_invoices.queries.purchases import PurchaseInvoiceUnknown

_VERBS = {
    PurchaseState.UNHANDLED: "opened_again",
    PurchaseState.IN_REVIEW: "put_in_review",
    PurchaseState.REBILLED: "rebilled",
    PurchaseState.BOOKED: "booked",
}


def move_purchase_invoice(*, acting: Acting, invoice_id: int, to: PurchaseState, now: datetime) -> PurchaseInvoice:
    """Puts a purchase invoice into review, books it, or opens it again; MoveRefused where it may not go there."""
    require(acting, Permission.KEEP_PURCHASES)
    with transaction.atomic():
        invoice = held_invoice(acting, invoice_id)
        return set_purchase_state(acting=acting, invoice=invoice, to=to, now=now)


def held_invoice(acting: Acting, invoice_id: int) -> PurchaseInvoice:
    """The seller's purchase invoice, held until the end of the transaction."""
    rows = PurchaseInvoice.objects.select_for_update(of=("self",)).select_related("supplier")
    invoice = rows.filter(seller_id=acting.seller_id, pk=invoice_id).first()
    if invoice is None:
        raise PurchaseInvoiceUnknown(_("There is no purchase invoice %(named)s.") % {"named": invoice_id})
    return invoice


def set_purchase_state(
    *, acting: Acting, invoice: PurchaseInvoice, to: PurchaseState, now: datetime
) -> PurchaseInvoice:
    """The held invoice in another state; nothing happens where it stands there already."""
    if invoice.state != to:
        move(invoice, to=to, moves=PURCHASE_MOVES)
        invoice.save(update_fields=["state"])
        record_event(
            seller_id=acting.seller_id, subject=invoice, verb=_VERBS[to], actor_id=acting.user_id, now=now, details={}
        )
    return invoice
