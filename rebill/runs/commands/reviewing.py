"""Holding drafts back, throwing them away, looking at them again, and dating their invoices."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.commands import lock_customers, retract_charges, return_charges
from rebill.kit.bulk import chunks
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.queries import seller_of
from rebill.runs.commands.judging import judge_drafts
from rebill.runs.commands.moving import lock_drafts, move_drafts
from rebill.runs.models import Draft, DraftState, LineEdit, Run
from rebill.runs.queries.customers import draft_customers
from rebill.runs.queries.drafts import draft_of, run_of
from rebill.sources.registry import sources

CHUNK = 1000
REVIEWED = (DraftState.OPEN, DraftState.HELD)


_hold_reason = text_of(Draft, "hold_reason")


class ReasonMissing(Invalid):
    """Something was held back or thrown away without a reason."""


class DraftNotInReview(Conflict):
    """The draft was approved, issued or thrown away: its warnings stand as they are."""


def hold_drafts(*, acting: Acting, drafts: QuerySet[Draft], reason: str, now: datetime) -> int:
    """Holds open or approved drafts back: they stay, with their lines, until they are released. Asks for a reason."""
    require(acting, Permission.REVIEW)
    if not reason.strip():
        raise ReasonMissing(_("A draft is held back with a reason; enter why."))
    reason = _hold_reason("reason", reason)
    mine = drafts.filter(seller_id=acting.seller_id, state__in=(DraftState.OPEN, DraftState.APPROVED))
    with transaction.atomic():
        return move_drafts(
            acting=acting, drafts=mine, to=DraftState.HELD, verb="held", now=now, details={"reason": reason},
            hold_reason=reason, approved_by=None, approved_at=None, first_approved_by=None,
        )  # fmt: skip


def release_drafts(*, acting: Acting, drafts: QuerySet[Draft], now: datetime) -> int:
    """Puts held drafts back among the open ones."""
    require(acting, Permission.REVIEW)
    mine = drafts.filter(seller_id=acting.seller_id, state=DraftState.HELD)
    with transaction.atomic():
        return move_drafts(acting=acting, drafts=mine, to=DraftState.OPEN, verb="released", now=now, hold_reason="")


def discard_drafts(*, acting: Acting, drafts: QuerySet[Draft], reason: str, now: datetime, retell: bool = True) -> int:
    """Throws drafts away. With `retell` their charges are forgotten as if never told, so that the next preparation
    makes them again from prices and histories as they are now; otherwise they stay as they are, open for the next run.
    """
    require(acting, Permission.REVIEW)
    mine = drafts.filter(seller_id=acting.seller_id, state__in=REVIEWED)
    discarded = 0
    # The latest first, because of a subscription only what was told last can be forgotten.
    for block in chunks(list(mine.order_by("-id").values_list("id", "customer_id")), CHUNK):
        with transaction.atomic():
            # A preparation holds the same customers: neither tells on from what the other is about to forget.
            lock_customers(customer_ids={customer_id for _, customer_id in block})
            asked = Draft.objects.filter(id__among=[draft_id for draft_id, _ in block], state__in=REVIEWED)
            ids = lock_drafts(asked)
            discarded += move_drafts(
                acting=acting, drafts=Draft.objects.filter(id__among=ids), to=DraftState.DISCARDED, verb="discarded",
                now=now, details={"reason": reason.strip()}, net_amount=0, gross_amount=0, line_count=0,
            )  # fmt: skip
            LineEdit.objects.filter(draft_id__among=ids).delete()
            if retell:
                retract_charges(acting=acting, claims=ids, sources=sources())
            return_charges(acting=acting, claims=ids)
    return discarded


def review_drafts(*, acting: Acting, drafts: QuerySet[Draft]) -> int:
    """Judges open and held drafts again, after a customer, a price or a VAT id was mended; returns how many."""
    require(acting, Permission.REVIEW)
    seller = seller_of(acting)
    mine = drafts.filter(seller_id=acting.seller_id, state__in=REVIEWED).order_by("run_id")
    by_run: dict[int, list[tuple[int, int]]] = {}
    for run_id, draft_id, customer_id in mine.values_list("run_id", "id", "customer_id"):
        by_run.setdefault(run_id, []).append((draft_id, customer_id))
    reviewed = 0
    for run in Run.objects.filter(id__among=by_run.keys()).order_by("id"):
        for block in chunks(by_run[run.id], CHUNK):
            ids: Collection[int] = [draft_id for draft_id, _ in block]
            customers = draft_customers(seller=seller, customer_ids={customer_id for _, customer_id in block})
            with transaction.atomic():
                judge_drafts(acting=acting, seller=seller, run=run, draft_ids=ids, customers=customers)
            reviewed += len(ids)
    return reviewed


def accept_warning(*, acting: Acting, draft: Draft, code: str, reason: str, now: datetime) -> Draft:
    """Takes responsibility for a blocking warning of an open draft, so that it can be approved. A reason is asked for.

    Only a missing VAT id can be accepted: the invoice then goes out with VAT. What lacks a price, a rate or an address
    has to be mended.
    """
    require(acting, Permission.APPROVE)
    if code != "missing_vat_id":
        raise Invalid(_("The warning %(code)s cannot be accepted; it has to be mended.") % {"code": code})
    if not reason.strip():
        raise ReasonMissing(_("A warning is accepted with a reason; enter why."))
    with transaction.atomic():
        draft = draft_of(acting=acting, draft_id=draft.pk, lock=True)
        if draft.state not in REVIEWED:
            raise DraftNotInReview(
                _("Draft %(draft)s is not in review any more; accept warnings before it is approved.")
                % {"draft": draft.pk}
            )
        draft.accepted = sorted({*draft.accepted, code})
        draft.save(update_fields=["accepted"])
        review_drafts(acting=acting, drafts=Draft.objects.filter(id=draft.pk))
        record_event(
            seller_id=acting.seller_id, subject=draft, verb="warning_accepted", actor_id=acting.user_id, now=now,
            details={"code": code, "reason": reason.strip()},
        )  # fmt: skip
    return draft


def change_invoice_date(*, acting: Acting, run_id: int, invoice_on: date | None, now: datetime) -> Run:
    """Fixes the date that will stand on the run's invoices; None means the day they are issued.

    What is billed in advance may be dated on the eve of its month, not before.
    """
    require(acting, Permission.APPROVE)
    run = run_of(acting=acting, run_id=run_id)
    eve = run.billed_on.replace(day=1) - timedelta(days=1)
    if invoice_on is not None and invoice_on < eve:
        raise Invalid(
            _("%(day)s lies too early; invoices of this run are dated %(eve)s or later.")
            % {"day": f"{invoice_on:%d-%m-%Y}", "eve": f"{eve:%d-%m-%Y}"}
        )
    with transaction.atomic():
        run.invoice_on = invoice_on
        run.save(update_fields=["invoice_on"])
        record_event(
            seller_id=acting.seller_id, subject=run, verb="dated", actor_id=acting.user_id, now=now,
            details={"day": invoice_on.isoformat() if invoice_on else ""},
        )  # fmt: skip
    return run
