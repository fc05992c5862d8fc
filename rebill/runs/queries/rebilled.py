"""What became of the rows of a purchase invoice after they were charged: on which drafts they stand."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.money import Money
from rebill.rules.rebilling import charge_key, row_of_key
from rebill.runs.models import Draft, DraftState
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, RebilledRow
from rebill.sources.supplier_invoices.source import SupplierInvoicesSource

_IN_REVIEW = frozenset({DraftState.OPEN.value, DraftState.HELD.value})


class PurchaseCharge(NamedTuple):
    """A charge that a purchase row became. `draft_id` is what bills it, None while nobody does."""

    charge_id: int
    row_id: int
    draft_id: int | None
    draft_state: str
    was_issued: bool
    is_waived: bool

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it may be forgotten: nothing was issued for it, and nobody has approved or waived it."""
        in_review = self.draft_id is None or self.draft_state in _IN_REVIEW
        return in_review and not self.was_issued and not self.is_waived


def told_row_ids(purchase: PurchaseInvoice) -> list[int]:
    """The rows of a purchase invoice that became charges."""
    told = RebilledRow.objects.filter(row__invoice=purchase, told_at__isnull=False).order_by("row_id")
    return list(told.values_list("row_id", flat=True))


def customers_of_rows(row_ids: Collection[int]) -> set[int]:
    """Whom these purchase rows were passed on to."""
    rows = RebilledRow.objects.filter(row_id__among=Numbers(row_ids))
    return set(rows.order_by().values_list("customer_id", flat=True).distinct())


def charges_of_rows(purchase: PurchaseInvoice, row_ids: Collection[int]) -> list[PurchaseCharge]:
    """The charges of these rows of the purchase invoice; what stood on a withdrawn invoice is none any more."""
    rows = PurchaseRow.objects.filter(invoice=purchase, id__among=Numbers(row_ids)).order_by("id")
    keys = [charge_key(row_id, withdrawals) for row_id, withdrawals in read_rows(rows, "id", "withdrawals")]
    charges = read_all(
        Charge.objects.filter(
            seller_id=purchase.seller_id,
            source=SupplierInvoicesSource.name,
            key__in=keys,
        ).order_by("id"),
        "id", "key", "claim", "was_issued", "waived_reason",
    )  # fmt: skip
    claims = {row[2] for row in charges if row[2] is not None}
    states = dict(Draft.objects.filter(id__among=Numbers(claims)).values_list("id", "state"))
    return [
        PurchaseCharge(charge_id, row_of_key(key), claim, states.get(claim, ""), bool(issued), bool(waived))
        for charge_id, key, claim, issued, waived in charges
    ]


@dataclass(frozen=True, slots=True)
class DraftsOfPurchase:
    """The drafts of a purchase invoice in one state: how many, and what they come to without VAT."""

    state: str
    drafts: int
    net: Money


def drafts_of_purchase(acting: Acting, purchase: PurchaseInvoice) -> list[DraftsOfPurchase]:
    """What stands of it, state by state; those that were thrown away or whose invoice was withdrawn are left out."""
    require(acting, Permission.READ)
    rows = (
        Draft.objects.filter(seller_id=acting.seller_id, run__purchase=purchase)
        .exclude(state=DraftState.DISCARDED)
        .exclude(~Exists(Charge.objects.filter(claim=OuterRef("pk"))), state=DraftState.ISSUED)
        .order_by("state")
        .values_list("state")
        .annotate(drafts=Count("id"), net=Sum("net_amount"))
    )
    return [DraftsOfPurchase(state, drafts, Money(net, purchase.currency)) for state, drafts, net in rows]
