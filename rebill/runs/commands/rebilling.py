"""Passing a purchase invoice on: drafts of its own, or lines for the next run; repeated, it replaces what it made."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.commands import collect_charges, lock_customers, retract_told
from rebill.kit.bulk import Numbers, chunks, learn_sizes
from rebill.kit.events import record_event
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.runs.commands.drafting import DraftDesk
from rebill.runs.commands.moving import lock_drafts
from rebill.runs.commands.reviewing import REVIEWED, discard_drafts, review_drafts
from rebill.runs.models import Draft, Run, RunKind
from rebill.runs.queries.customers import customers_to_bill
from rebill.runs.queries.rebilled import PurchaseCharge, charges_of_rows, customers_of_rows, told_row_ids
from rebill.sources.supplier_invoices.commands import begin_rebilling, withdraw_rebilled
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms, hold_rebilling, require_rebillable
from rebill.sources.supplier_invoices.models import PurchaseInvoice, RebilledRow, Rebilling, Target
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of
from rebill.sources.supplier_invoices.source import SupplierInvoicesSource

CHUNK = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebilled:
    """What a going came to: the run where there are drafts, customers, rows, drafts made, drafts replaced, and rows
    that stay as they are because they are approved, issued or waived."""

    rebilling: Rebilling
    run_id: int | None
    customers: int
    rows: int
    drafts: int
    replaced: int
    stayed: int


def rebill_purchase(
    *,
    acting: Acting,
    purchase_id: int,
    terms: RebillingTerms,
    now: datetime,
    goes_on: bool = False,
    rows_max: int | None = None,
    progress: Progress | None = None,
) -> Rebilled:
    """Passes the rows of every ready customer on, as the terms say; customers that lack something are left.

    Repeated it replaces: drafts of this purchase invoice that are open or held are thrown away with their charges and
    made anew; what is approved or issued stays, and its rows are billed no second time. With `goes_on` nothing is
    replaced: only who is not billed yet is, which is how batches of `rows_max` rows follow each other, and how a going
    that was stopped is finished.
    """
    require(acting, Permission.REBILL)
    seller = seller_of(acting)
    invoice = purchase_invoice_of(acting, purchase_id)
    require_rebillable(invoice)
    replaced = stayed = 0
    if not goes_on:
        replaced, stayed = _take_back(acting, invoice, now)
        withdraw_rebilled(acting=acting, invoice_id=invoice.pk)
    else:
        _finish(acting, seller, invoice, now)
    rebilling = begin_rebilling(acting=acting, invoice_id=invoice.pk, terms=terms, now=now, rows_max=rows_max)
    rows = RebilledRow.objects.filter(rebilling=rebilling).count()
    customer_ids = _customers_of(rebilling)
    run_id, drafts = None, 0
    if rebilling.target == Target.INVOICES:
        run_id, drafts = _draft(acting, seller, rebilling, customer_ids, now, progress)
    learn_sizes(rows)
    return Rebilled(rebilling, run_id, len(customer_ids), rows, drafts, replaced, stayed)


def _customers_of(rebilling: Rebilling) -> list[int]:
    rows = RebilledRow.objects.filter(rebilling=rebilling, told_at__isnull=True).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True).distinct())


def _take_back(acting: Acting, invoice: PurchaseInvoice, now: datetime) -> tuple[int, int]:
    """Drafts thrown away, and rows that stay; lines on drafts with others are taken off those."""
    reason = _("Purchase invoice %(number)s is re-billed anew.") % {"number": invoice.number}
    own = Draft.objects.filter(seller_id=acting.seller_id, run__purchase=invoice, state__in=REVIEWED)
    replaced = discard_drafts(acting=acting, drafts=own, reason=reason, now=now)
    stayed = 0
    for row_ids in chunks(told_row_ids(invoice), CHUNK):
        with transaction.atomic():
            hold_rebilling(invoice_id=invoice.pk)
            # Held before it is decided what is forgotten: nobody puts it on a draft, approves or issues it meanwhile.
            lock_customers(customer_ids=customers_of_rows(row_ids))
            lock_drafts(Draft.objects.filter(id__among=Numbers(_drafts_of(charges_of_rows(invoice, row_ids)))))
            charges = charges_of_rows(invoice, row_ids)
            free = [each for each in charges if each.can_be_taken_back]
            stayed += len(charges) - len(free)
            retract_told(
                acting=acting, charge_ids=[each.charge_id for each in free], sources=[SupplierInvoicesSource()]
            )
            review_drafts(acting=acting, drafts=Draft.objects.filter(id__among=Numbers(_drafts_of(free))))
    return replaced, stayed


def _drafts_of(charges: Sequence[PurchaseCharge]) -> set[int]:
    return {each.draft_id for each in charges if each.draft_id is not None}


def _finish(acting: Acting, seller: Seller, invoice: PurchaseInvoice, now: datetime) -> None:
    """Drafts of a going that was stopped before they were made."""
    waiting = Rebilling.objects.filter(
        Q(rows__told_at__isnull=True), invoice=invoice, target=Target.INVOICES, rows__waits_as=Target.INVOICES
    )
    for rebilling in waiting.distinct().order_by("id"):
        _draft(acting, seller, rebilling, _customers_of(rebilling), now, None)


def _draft(
    acting: Acting,
    seller: Seller,
    rebilling: Rebilling,
    customer_ids: Sequence[int],
    now: datetime,
    progress: Progress | None,
) -> tuple[int, int]:
    """The run of the going and how many drafts were made; a chunk of customers is one transaction."""
    run = Run.objects.create(
        seller=seller, kind=RunKind.REBILLED, billed_on=rebilling.invoice_on, invoice_on=rebilling.invoice_on,
        due_on=rebilling.due_on, purchase=rebilling.invoice, started_at=now, customers_total=len(customer_ids),
    )  # fmt: skip
    record_event(seller_id=seller.pk, subject=run, verb="started", actor_id=acting.user_id, now=now)
    source = SupplierInvoicesSource(rebilling_id=rebilling.pk)
    drafts = done = 0
    for chunk in chunks(customer_ids, CHUNK):
        drafts += _draft_chunk(acting, seller, run, rebilling, source, chunk, now)
        done += len(chunk)
        if progress is not None:
            progress(done, len(customer_ids))
    Run.objects.filter(pk=run.pk).update(prepared_at=now, customers_done=done)
    details = {"customers": done, "charges": done, "drafts": drafts}
    record_event(seller_id=seller.pk, subject=run, verb="prepared", actor_id=acting.user_id, now=now, details=details)
    return run.pk, drafts


def _draft_chunk(
    acting: Acting,
    seller: Seller,
    run: Run,
    rebilling: Rebilling,
    source: SupplierInvoicesSource,
    customer_ids: Collection[int],
    now: datetime,
) -> int:
    with transaction.atomic():
        hold_rebilling(invoice_id=rebilling.invoice_id)
        customers, billed = customers_to_bill(
            seller=seller, billed_on=run.billed_on, customer_ids=customer_ids, hold=True
        )
        desk = DraftDesk(acting, run, customers, texts=(rebilling.intro, rebilling.closing))
        collect_charges(acting=acting, customers=billed, sources=[source], now=now, claim_number=desk.lay)
        desk.write_new_drafts(seller, {})
    return len(desk.new)
