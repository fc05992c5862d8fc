"""The page of a draft: the paper, why it differs from the last one, what must be mended, and what will happen."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from rebill.interfaces import formats
from rebill.interfaces.office.drafts.paper import paper_of
from rebill.interfaces.office.drafts.why import EDITABLE, OpenedLine, opened_line
from rebill.interfaces.office.history.telling import Told, history_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.fixing import FIXES
from rebill.interfaces.office.runs.words import KIND_TAGS, Pill, draft_pills, run_title
from rebill.invoices.queries.drafted import drafted_content
from rebill.invoices.queries.invoices import invoice_of_draft
from rebill.parties.models import DeliveryChannel
from rebill.rules.difference import Cause
from rebill.rules.money import Money
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.differences import ShownDifference, draft_compared
from rebill.runs.queries.shown import ShownDraft, draft_shown


@dataclass(frozen=True, slots=True)
class Refusals:
    """What was refused of an edit: words by field, what had been typed, and words of what concerns no field."""

    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.fields or self.words)


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of “why more than last time”."""

    text: str
    words: str
    amount: Money


@page()
def draft_page(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """The draft; once it is issued, its invoice."""
    return show_draft(request, draft_id)


def show_draft(
    request: OfficeRequest, draft_id: int, *, refusals: Refusals | None = None, status: int = 200
) -> HttpResponse:
    """The page of a draft, with what was refused of an edit beside the fields it is about."""
    draft, shown = draft_shown(acting=request.acting, draft_id=draft_id)
    if draft.state == DraftState.ISSUED:
        invoice = invoice_of_draft(acting=request.acting, draft_id=draft_id)
        if invoice is not None:
            return redirect("office:invoice", request.seller.slug, invoice.pk)
    content = drafted_content(request.seller, draft, shown, today=request.today)
    compared = draft_compared(acting=request.acting, draft=draft, shown=shown)
    context: dict[str, Any] = {
        "draft": draft,
        "run": draft.run,
        "run_title": run_title(draft.run),
        "customer": draft.customer,
        "pills": draft_pills(draft.state, [each.code for each in shown.warnings], _is_blocked(shown))
        or [_draft_pill()],
        "paper": paper_of(content, shown.lines, request.today),
        "is_editable": draft.state in EDITABLE and "review" in request.may,
        "is_approvable": draft.state == DraftState.OPEN and "approve" in request.may and not _is_blocked(shown),
        "warnings": shown.warnings,
        "fixes": FIXES,
        "compared": compared,
        "reasons": [_reason(request, each, draft.currency) for each in compared.reasons] if compared else [],
        "more": Money(compared.amount_minor, draft.currency) if compared else None,
        "has_logo": content.look.logo is not None,
        "has_own_template": content.look.template is not None,
        "steps": [_drafted(draft), *history_of(request.acting, ("runs.draft", draft.pk)), *_to_come(request, draft)],
        "refusals": refusals or Refusals(),
        "opened_lines": _opened(request, shown, refusals) if refusals else [],
        "here": reverse("office:draft", args=[request.seller.slug, draft.pk]),
    }
    return render(request, "office/drafts/draft.html", context, status=status)


def _opened(request: OfficeRequest, shown: ShownDraft, refusals: Refusals) -> list[OpenedLine]:
    """The lines whose days, VAT or account were typed otherwise: they stand beside the paper again."""
    found = []
    for each in shown.lines:
        line = each.line
        kept = [str(day or "") for day in (line.starts_on, line.supplied_on)] + [line.rate_class, line.ledger_account]
        fields = zip(("from", "until", "vat", "account"), kept, strict=True)
        typed = [refusals.typed.get(f"{name}-{each.charge_id}", value) for name, value in fields]
        if each.charge_id is not None and typed != kept:
            found.append(opened_line(request, each.charge_id, each))
    return found


def _draft_pill() -> Pill:
    return Pill("draft", _("Draft"))


def _is_blocked(shown: ShownDraft) -> bool:
    return any(each.blocking for each in shown.warnings)


def _reason(request: OfficeRequest, each: ShownDifference, currency: str) -> Reason:
    tag = KIND_TAGS.get(each.kind, "")
    days = formats.period(each.starts_on, each.ends_before, request.today)
    words = {
        Cause.NEW: _("New, %(days)s") % {"days": days} if days else _("New"),
        Cause.GONE: _("Not any more"),
        Cause.AMOUNT: days,
    }
    told = words.get(each.cause) or _numbers(each)
    return Reason(
        text=each.text,
        words=f"{tag}: {told}" if tag and told else str(tag or told),
        amount=Money(each.amount_minor, currency),
    )


def _numbers(each: ShownDifference) -> str:
    """From which quantity or price to which."""
    if each.cause is Cause.QUANTITY:
        before, now = (formats.number(formats.scaled(value or 0, 8)) for value in each.quantities_e8)
        return _("Quantity %(before)s → %(now)s") % {"before": before, "now": now}
    before, now = (formats.price(formats.scaled(value or 0, 6)) for value in each.prices_e6)
    return _("Price %(before)s → %(now)s") % {"before": before, "now": now}


def _drafted(draft: Draft) -> Told:
    return Told(draft.run.prepared_at or draft.run.started_at, _("Drafted"), "ring", lines=(run_title(draft.run),))


def _to_come(request: OfficeRequest, draft: Draft) -> list[Told]:
    """What will happen with it, as steps that have no moment yet."""
    steps = []
    if draft.state != DraftState.APPROVED:
        two = request.seller.approval_needs_two
        words = _("by two people, one after the other") if two else _("by you, now or with the run")
        steps.append(Told(None, _("Approved"), "check", lines=(words,)))
    dated = formats.day(draft.run.invoice_on, request.today) if draft.run.invoice_on else ""
    numbered = _("dated %(day)s") % {"day": dated} if dated else _("dated the day it is issued")
    steps.append(Told(None, _("Numbered and issued"), "check", lines=(numbered,)))
    steps.append(_sending(draft))
    return steps


def _sending(draft: Draft) -> Told:
    if draft.customer.channel == DeliveryChannel.EMAIL:
        to = ", ".join(draft.customer.invoice_emails)
        return Told(None, _("Sent by e-mail"), "right", lines=(to,) if to else ())
    if draft.customer.channel == DeliveryChannel.PRINT:
        return Told(None, _("Printed and posted"), "file")
    return Told(None, _("Kept, not sent"), "minus", lines=(_("This customer wants none sent."),))
