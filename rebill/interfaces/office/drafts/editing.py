"""Edits on the paper: texts, periods, quantities and prices of lines, and the words above and below; saved together.

A line that is opened beside the paper has its days, VAT and account there; they belong to the same form.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.office.drafts.show import Refusals, show_draft
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.refusals import status_of
from rebill.interfaces.office.toasts import toast
from rebill.kit.errors import Invalid, Refused, reason_of
from rebill.kit.imports.decimals import parse_decimal
from rebill.rules.periods import Period
from rebill.rules.tax import RateClass
from rebill.runs.commands import change_draft_line, change_draft_texts
from rebill.runs.models import Draft
from rebill.runs.queries.shown import ShownLine, draft_shown

# How decimals are written on documents in each language.
DECIMAL_MARKS = {"nl": ",", "de": ",", "fi": ",", "en": "."}


class NotANumber(Invalid):
    """A quantity or a price was typed that is no number."""


@dataclass(frozen=True, slots=True)
class LineChange:
    """What was typed of a line that differs from what it is; None where it is the same."""

    charge_id: int
    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    period: Period | None
    rate_class: RateClass | None
    ledger_account: str | None

    @property
    def needs_reason(self) -> bool:
        changes = (self.quantity, self.unit_price, self.period, self.rate_class, self.ledger_account)
        return any(each is not None for each in changes)


@require_POST
@page(Permission.REVIEW)
def save(request: OfficeRequest, draft_id: int) -> HttpResponse:
    """Saves everything that differs on the paper, or nothing; what is wrong is said beside its field."""
    draft, shown = draft_shown(acting=request.acting, draft_id=draft_id)
    mark = DECIMAL_MARKS[draft.customer.language or request.seller.language]
    changes, wrong = _changes(request, shown.lines, mark)
    reason = request.POST.get("reason", "").strip()
    if any(each.needs_reason for each in changes) and not reason:
        wrong["reason"] = _("Say why: more than a text was changed.")
    if wrong:
        return _refused(request, draft_id, Refusals(wrong, _typed(request)), 422)
    try:
        saved = _save(request, draft, changes, reason)
    except Refused as refusal:
        refusals = Refusals({}, _typed(request), reason_of(refusal))
        return _refused(request, draft_id, refusals, status_of(refusal))
    if saved:
        words = ngettext("%(number)s change is saved.", "%(number)s changes are saved.", saved)
        toast(request, words % {"number": formats.number(saved)})
    return redirect("office:draft", request.seller.slug, draft_id)


def _typed(request: OfficeRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _refused(request: OfficeRequest, draft_id: int, refusals: Refusals, status: int) -> HttpResponse:
    return show_draft(request, draft_id, refusals=refusals, status=status)


def _changes(
    request: OfficeRequest, lines: tuple[ShownLine, ...], mark: str
) -> tuple[list[LineChange], dict[str, str]]:
    """What differs of each line, and what cannot be read, by the name of its field."""
    changes: list[LineChange] = []
    wrong: dict[str, str] = {}
    for shown in lines:
        if shown.charge_id is None:
            continue
        change = LineChange(
            charge_id=shown.charge_id,
            description=_text(request, shown),
            quantity=_number(request, f"quantity-{shown.charge_id}", shown.line.prorated_e8, 8, mark, wrong),
            unit_price=_number(request, f"price-{shown.charge_id}", shown.line.price_e6, 6, mark, wrong),
            period=_period(request, shown, wrong),
            rate_class=_rate_class(request, shown),
            ledger_account=_account(request, shown),
        )
        if change.description is not None or change.needs_reason:
            changes.append(change)
    return changes, wrong


def _text(request: OfficeRequest, shown: ShownLine) -> str | None:
    typed = request.POST.get(f"text-{shown.charge_id}", shown.text).strip()
    return typed if typed != shown.text else None


def _period(request: OfficeRequest, shown: ShownLine, wrong: dict[str, str]) -> Period | None:
    """The days that were typed, where they are others than are kept."""
    names = f"from-{shown.charge_id}", f"until-{shown.charge_id}"
    typed = tuple(request.POST.get(name, "").strip() for name in names)
    if not any(typed):
        return None
    first, last = (day_or_none(each) for each in typed)
    if first is None or last is None:
        wrong[names[0] if first is None else names[1]] = _("Enter both days of the period.")
    elif last < first:
        wrong[names[1]] = _("The last day comes before the first one.")
    elif (first, last) != (shown.line.starts_on, shown.line.supplied_on):
        return Period(first, last + timedelta(days=1))
    return None


def _rate_class(request: OfficeRequest, shown: ShownLine) -> RateClass | None:
    """The VAT rate that was chosen, where it is another one than is kept."""
    chosen = request.POST.get(f"vat-{shown.charge_id}", "")
    return RateClass(chosen) if chosen in set(RateClass) and chosen != shown.line.rate_class else None


def _account(request: OfficeRequest, shown: ShownLine) -> str | None:
    typed = request.POST.get(f"account-{shown.charge_id}", shown.line.ledger_account).strip()
    return typed if typed != shown.line.ledger_account else None


def _number(
    request: OfficeRequest, name: str, kept: int, places: int, mark: str, wrong: dict[str, str]
) -> Decimal | None:
    """The number that was typed, where it is another one than is kept."""
    typed = request.POST.get(name, "").strip()
    if not typed:
        return None
    try:
        number = parse_decimal(typed, decimal_mark=mark)  # type: ignore[arg-type]
    except Refused as refusal:
        wrong[name] = reason_of(refusal)
        return None
    return number if number != Decimal(kept).scaleb(-places) else None


def _save(request: OfficeRequest, draft: Draft, changes: list[LineChange], reason: str) -> int:
    """Writes the changes in one transaction; returns how many."""
    intro, closing = (request.POST.get(name, "").strip() for name in ("intro", "closing"))
    texts_differ = "intro" in request.POST and (intro, closing) != (draft.intro, draft.closing)
    with transaction.atomic():
        for each in changes:
            change_draft_line(
                acting=request.acting,
                draft_id=draft.pk,
                charge_id=each.charge_id,
                description=each.description,
                quantity=each.quantity,
                unit_price=each.unit_price,
                period=each.period,
                rate_class=each.rate_class,
                ledger_account=each.ledger_account,
                reason=reason if each.needs_reason else "",
                now=request.now,
            )
        if texts_differ:
            change_draft_texts(acting=request.acting, draft_id=draft.pk, intro=intro, closing=closing, now=request.now)
    return len(changes) + texts_differ
