"""Approving drafts: one, some, or all that match; by one pair of eyes or by two; or by themselves below an amount."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import chunks
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.runs.commands.moving import BLOCK, lock_drafts, move_drafts
from rebill.runs.models import Draft, DraftState, DraftWarning, Run
from rebill.runs.queries.drafts import APPROVED_ONCE


@dataclass(frozen=True, slots=True)
class Approved:
    """How many drafts were approved, how many wait for a second pair of eyes, and how many stay back and why."""

    approved: int
    waiting: int
    blocked: int
    not_open: int


BLOCKED = Exists(DraftWarning.objects.filter(draft=OuterRef("id"), blocking=True))


def approve_drafts(*, acting: Acting, drafts: QuerySet[Draft], now: datetime) -> Approved:
    """Approves those of the drafts that are open, have lines, and have no blocking warning.

    Where the seller asks for two, the first approval only notes who gave it, and a second by somebody else approves.
    Until then `reopen_drafts` takes the first one back.
    Drafts that cannot be approved stay as they are and are counted.
    """
    require(acting, Permission.APPROVE)
    seller = seller_of(acting)
    with transaction.atomic():
        mine = Draft.objects.filter(seller_id=acting.seller_id, id__in=drafts.order_by().values("id"))
        asked = mine.count()
        # Held before they are judged fit, so that nothing is added to them or warned of between the look and the word.
        open_drafts = Draft.objects.filter(id__among=lock_drafts(mine.filter(state=DraftState.OPEN)))
        opened = open_drafts.count()
        fit = open_drafts.filter(line_count__gt=0).filter(~BLOCKED)
        waiting = 0
        if seller.approval_needs_two:
            waiting = _note_first_approval(acting, fit, now)
            fit = fit.filter(first_approved_by__isnull=False).exclude(first_approved_by=acting.user_id)
        approved = _approve(acting, fit, now)
    return Approved(approved=approved, waiting=waiting, blocked=opened - approved - waiting, not_open=asked - opened)


def _note_first_approval(acting: Acting, fit: QuerySet[Draft], now: datetime) -> int:
    """Notes the first pair of eyes; returns how many drafts now wait for somebody else than the acting user."""
    waiting = fit.filter(first_approved_by=acting.user_id).count()
    return waiting + _set_first(
        acting, fit.filter(first_approved_by__isnull=True), acting.user_id, "first_approved", now
    )


def _set_first(acting: Acting, drafts: QuerySet[Draft], user_id: int | None, verb: str, now: datetime) -> int:
    """Notes or forgets who approved these drafts first; returns how many."""
    subject_type = subject_type_of(Draft)
    ids = lock_drafts(drafts)
    for some in chunks(ids, BLOCK):
        Draft.objects.filter(id__among=some).update(first_approved_by=user_id)
        record_events(EventRow(acting.seller_id, subject_type, each, verb, acting.user_id, now, {}) for each in some)
    return len(ids)


def _approve(acting: Acting, fit: QuerySet[Draft], now: datetime) -> int:
    return move_drafts(
        acting=acting, drafts=fit, to=DraftState.APPROVED, verb="approved", now=now,
        approved_by=acting.user_id, approved_at=now,
    )  # fmt: skip


def auto_approve_drafts(*, acting: Acting, run: Run, now: datetime) -> int:
    """Approves the run's drafts without any warning up to the seller's amount; returns how many."""
    require(acting, Permission.APPROVE)
    seller = Seller.objects.get(id=acting.seller_id)
    if seller.auto_approve_max is None or seller.approval_needs_two:
        return 0
    with transaction.atomic():
        small = Draft.objects.filter(
            seller_id=acting.seller_id,
            run_id=run.id,
            state=DraftState.OPEN,
            gross_amount__lte=seller.auto_approve_max.minor,
            currency=seller.currency,
        )
        fit = Draft.objects.filter(id__among=lock_drafts(small), line_count__gt=0, warnings__isnull=True)
        return _approve(acting, fit, now)


def reopen_drafts(*, acting: Acting, drafts: QuerySet[Draft], now: datetime) -> int:
    """Takes approvals back, as long as nothing was issued, and so the first ones of two; returns of how many drafts."""
    require(acting, Permission.APPROVE)
    with transaction.atomic():
        mine = Draft.objects.filter(seller_id=acting.seller_id, id__in=drafts.order_by().values("id"))
        once = _set_first(acting, mine.filter(APPROVED_ONCE), None, "reopened", now)
        approved = mine.filter(state=DraftState.APPROVED)
        return once + move_drafts(
            acting=acting, drafts=approved, to=DraftState.OPEN, verb="reopened", now=now,
            approved_by=None, approved_at=None, first_approved_by=None,
        )  # fmt: skip
