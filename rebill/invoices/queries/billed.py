"""What was billed of a subscription, and on which document each charge stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.invoices.models import Invoice
from rebill.rules.money import Money


@dataclass(frozen=True, slots=True)
class BilledCharge:
    """A charge of a subscription: it stands on a document or a draft, or it waits; a waived one is never billed."""

    charge_id: int
    kind: str
    starts_on: date | None
    ends_before: date | None
    quantity: Decimal
    unit_price: Decimal
    amount: Money
    reference: str
    draft_id: int | None
    invoice_id: int | None
    invoice_number: str
    is_waived: bool


def billed_of(
    *, acting: Acting, subscription_id: int, page: int, page_size: int
) -> tuple[tuple[BilledCharge, ...], int]:
    """The charges of the seller's subscription on this page (from 1), the newest first, and how many there are."""
    require(acting, Permission.READ)
    charges = Charge.objects.filter(seller_id=acting.seller_id, subscription_id=subscription_id)
    start = (page - 1) * page_size
    rows = list(charges.order_by("-whole_before", "-starts_on", "-id")[start : start + page_size])
    drafts = {charge.claim for charge in rows if charge.claim is not None}
    issued = {
        draft_id: (invoice_id, number)
        for draft_id, invoice_id, number in Invoice.objects.filter(
            seller_id=acting.seller_id, draft__among=drafts
        ).values_list("draft", "id", "number")
    }
    return tuple(_billed(charge, issued.get(charge.claim or 0)) for charge in rows), charges.count()


def _billed(charge: Charge, issued: tuple[int, str] | None) -> BilledCharge:
    invoice_id, number = issued or (None, "")
    return BilledCharge(
        charge_id=charge.pk,
        kind=charge.kind,
        starts_on=charge.starts_on,
        ends_before=charge.ends_before,
        quantity=charge.prorated_quantity,
        unit_price=charge.unit_price,
        amount=charge.amount,
        reference=charge.reference,
        draft_id=None if issued else charge.claim,
        invoice_id=invoice_id,
        invoice_number=number,
        is_waived=bool(charge.waived_reason),
    )
