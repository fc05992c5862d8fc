"""Editing a draft's lines and texts, each change with who and why."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.charges.commands import (
    claim_open_charges,
    collect_charges,
    edit_charge,
    lock_customers,
    postpone_charge,
    reset_charge,
    waive_charge,
)
from rebill.charges.models import Charge
from rebill.charges.queries import billed_customers, charge_of, charge_told
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.queries import seller_of
from rebill.rules.periods import Period
from rebill.rules.tax import RateClass
from rebill.runs.commands.judging import judge_drafts
from rebill.runs.models import Draft, DraftState, LineEdit
from rebill.runs.queries.customers import draft_customers
from rebill.runs.queries.drafts import draft_of
from rebill.sources.oneoff.commands import LineTerms, add_credit, add_interim_line
from rebill.sources.oneoff.source import OneoffSource, line_key

_description = text_of(LineEdit, "description")
_account = text_of(LineEdit, "ledger_account")
_reason = text_of(LineEdit, "reason")


class DraftNotOpen(Conflict):
    """The draft was approved, issued or thrown away: its lines cannot be changed any more."""


class LineNotThere(Invalid):
    """The charge is no line of this draft."""


class ReasonMissing(Invalid):
    """More than the text of a line was changed without a reason."""


class PeriodEmpty(Invalid):
    """The period of a line would end before it begins."""


def add_draft_line(
    *,
    acting: Acting,
    draft_id: int,
    terms: LineTerms,
    now: datetime,
    product: Product | None = None,
    is_credit: bool = False,
) -> Draft:
    """Adds a line to an open draft: an interim line, told and claimed at once."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        # In the order of a preparation, so that the two never wait for each other crosswise.
        lock_customers(customer_ids=[draft_of(acting=acting, draft_id=draft_id).customer_id])
        draft = _open_draft(acting, draft_id)
        add = add_credit if is_credit else add_interim_line
        line = add(acting=acting, customer=draft.customer, terms=terms, product=product, now=now)
        if line.currency != draft.currency:
            raise Invalid(
                _("The line is in %(currency)s, the draft in %(wanted)s; a document has one currency.")
                % {"currency": line.currency, "wanted": draft.currency}
            )
        billed_on = max(draft.billed_on, line.supplied_on)
        collect_charges(
            acting=acting,
            customers=billed_customers(seller=seller_of(acting), billed_on=billed_on, customer_ids=[line.customer_id]),
            sources=(OneoffSource(),),
            now=now,
        )
        charge_id = charge_told(acting=acting, source=OneoffSource.name, key=line_key(line.uuid)).id
        claim_open_charges(acting=acting, claims=[(charge_id, draft.id)])
        return _edited(acting, draft, "line_added", now, {"charge": charge_id})


def change_draft_line(
    *,
    acting: Acting,
    draft_id: int,
    charge_id: int,
    now: datetime,
    description: str | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    period: Period | None = None,
    rate_class: RateClass | None = None,
    ledger_account: str | None = None,
    reason: str = "",
) -> Draft:
    """Changes a line's text, quantity, price, period, VAT or ledger account on the draft; the charge keeps what it was
    told to be.

    What is left None stays. All but the text ask for a reason. Quantity and price are not made up for by a later run;
    the period, whose last day decides about VAT, the rate and the account hold for this document only. An empty account
    is the charge's own again.
    """
    require(acting, Permission.REVIEW)
    if any(each is not None for each in (quantity, unit_price, period, rate_class, ledger_account)):
        _check_reason(reason)
    if period is not None and not period:
        why = _("The period would end before it begins on %(day)s; enter a later end.")
        raise PeriodEmpty(why % {"day": f"{period.starts_on:%d-%m-%Y}"})
    description = None if description is None else _description("description", description)
    ledger_account = None if ledger_account is None else _account("ledger_account", ledger_account)
    reason = _reason("reason", reason)
    with transaction.atomic():
        draft = _open_draft(acting, draft_id)
        charge = _line(acting, draft, charge_id)
        edit = LineEdit.objects.filter(charge=charge).first() or LineEdit(draft=draft, charge=charge, edited_at=now)
        before = {"quantity": str(charge.prorated_quantity), "unit_price": str(charge.unit_price),
                  "period": _days(charge.starts_on, charge.ends_before), "rate_class": charge.rate_class,
                  "ledger_account": charge.ledger_account}  # fmt: skip
        if description is not None:
            edit.description = description
        if period is not None:
            edit.starts_on, edit.ends_before = period.starts_on, period.ends_before
        if rate_class is not None:
            edit.rate_class = "" if rate_class == charge.rate_class else rate_class.value
        if ledger_account is not None:
            edit.ledger_account = "" if ledger_account == charge.ledger_account else ledger_account
        if quantity is not None or unit_price is not None:
            edit_charge(acting=acting, charge=charge, claim=draft.id, quantity=quantity, unit_price=unit_price)
        edit.reason, edit.edited_by, edit.edited_at = reason or edit.reason, acting.user_id, now
        edit.save()
        details = {"charge": charge.id, "reason": edit.reason, "before": before, "description": edit.description,
                   "quantity": _text(quantity), "unit_price": _text(unit_price),
                   "period": _days(period.starts_on, period.ends_before) if period else "",
                   "rate_class": rate_class.value if rate_class else "",
                   "ledger_account": ledger_account or ""}  # fmt: skip
        return _edited(acting, draft, "line_changed", now, details)


def reset_draft_line(*, acting: Acting, draft_id: int, charge_id: int, now: datetime) -> Draft:
    """Takes every edit of a line back."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        draft = _open_draft(acting, draft_id)
        charge = _line(acting, draft, charge_id)
        LineEdit.objects.filter(charge=charge).delete()
        reset_charge(acting=acting, charge=charge, claim=draft.id)
        return _edited(acting, draft, "line_reset", now, {"charge": charge.id})


def drop_draft_line(
    *, acting: Acting, draft_id: int, charge_id: int, reason: str, now: datetime, waive: bool = False
) -> Draft:
    """Takes a line off an open draft, for a reason. Its charge stays open for later runs, or is waived for good."""
    require(acting, Permission.REVIEW)
    if not reason.strip():
        raise ReasonMissing(_("A line is dropped with a reason; enter why."))
    reason = _reason("reason", reason)
    with transaction.atomic():
        draft = _open_draft(acting, draft_id)
        charge = _line(acting, draft, charge_id)
        LineEdit.objects.filter(charge=charge).delete()
        if waive:
            waive_charge(acting=acting, charge=charge, claim=draft.id, reason=reason, now=now)
        else:
            later: date = draft.billed_on + timedelta(days=1)
            postpone_charge(acting=acting, charge=charge, claim=draft.id, until=later, reason=reason, now=now)
        return _edited(acting, draft, "line_dropped", now, {"charge": charge.id, "reason": reason, "waived": waive})


def change_draft_texts(
    *, acting: Acting, draft_id: int, now: datetime, intro: str | None = None, closing: str | None = None
) -> Draft:
    """Changes the texts above and below the lines (up to 500 characters each); what is left None stays."""
    require(acting, Permission.REVIEW)
    for text in (intro, closing):
        if text is not None and len(text) > 500:
            raise Invalid(
                _("A text of %(length)s characters is too long; 500 fit on the document.") % {"length": len(text)}
            )
    with transaction.atomic():
        draft = _open_draft(acting, draft_id)
        draft.intro = draft.intro if intro is None else intro
        draft.closing = draft.closing if closing is None else closing
        draft.save(update_fields=["intro", "closing"])
        return _edited(acting, draft, "texts_changed", now, {"intro": draft.intro, "closing": draft.closing})


def forget_edits(*, acting: Acting, draft_id: int) -> int:
    """Takes every edit of a draft's lines back, so that its charges can be billed again as they were told."""
    return LineEdit.objects.filter(draft__seller_id=acting.seller_id, draft_id=draft_id).delete()[0]


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("A change of more than the text needs a reason; enter why."))


def _open_draft(acting: Acting, draft_id: int) -> Draft:
    draft = draft_of(acting=acting, draft_id=draft_id, lock=True)
    if draft.state not in (DraftState.OPEN, DraftState.HELD):
        raise DraftNotOpen(
            _("Draft %(draft)s is approved, issued or thrown away; only open or held drafts can be edited.")
            % {"draft": draft.id}
        )
    return draft


def _line(acting: Acting, draft: Draft, charge_id: int) -> Charge:
    charge = charge_of(acting=acting, charge_id=charge_id)
    if charge.claim != draft.id:
        raise LineNotThere(
            _("Charge %(charge_id)s is not on draft %(draft)s.") % {"charge_id": charge_id, "draft": draft.id}
        )
    return charge


def _edited(acting: Acting, draft: Draft, verb: str, now: datetime, details: dict[str, object]) -> Draft:
    """Records the edit and sums the draft up anew; an edit takes a first approval back."""
    Draft.objects.filter(id=draft.id).update(edited_by=acting.user_id, first_approved_by=None)
    record_event(
        seller_id=acting.seller_id, subject=draft, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
    seller = seller_of(acting)
    customers = draft_customers(seller=seller, customer_ids=[draft.customer_id])
    judge_drafts(acting=acting, seller=seller, run=draft.run, draft_ids=[draft.id], customers=customers)
    return draft_of(acting=acting, draft_id=draft.id)


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _days(starts_on: date | None, ends_before: date | None) -> str:
    return "" if starts_on is None or ends_before is None else f"{starts_on.isoformat()}/{ends_before.isoformat()}"
