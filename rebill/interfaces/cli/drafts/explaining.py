"""Why a line is what it is, in sentences that can be checked with a pocket calculator."""

from datetime import date

from django.utils.translation import gettext as _

from rebill.catalogue.queries.origins import PriceOrigin, price_origin
from rebill.charges.models import Charge
from rebill.charges.queries import Explanation, charge_of
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.figures import amount, day, exact, number, period, price
from rebill.interfaces.cli.subscriptions.showing import change_words
from rebill.interfaces.cli.tables import print_facts, print_title
from rebill.invoices.queries.invoices import invoice_of_draft
from rebill.rules.naming import name_in
from rebill.runs.models import LineEdit
from rebill.runs.queries.lines import edit_of
from rebill.subscriptions.queries import EnteredChange, timeline_of

_ORIGINS = {
    "subscription": "the subscription's own price",
    "interim line": "entered by hand",
    "as billed": "as the line was billed that it corrects",
}
BASES = {"actual": "actual days", "fixed_30": "months of 30 days", "30e_360": "30E/360"}


def print_explanation(session: Session, told: Explanation) -> None:
    """Everything that made the line what it is."""
    charge = charge_of(acting=session.acting, charge_id=told.charge_id)
    edit = edit_of(acting=session.acting, charge_id=told.charge_id)
    change = _change(session, charge, told.change)
    print_title(
        _("Line %(charge_id)s: %(name)s, %(amount)s %(currency)s")
        % {
            "charge_id": told.charge_id,
            "name": _name(charge, session.seller.language),
            "amount": amount(told.amount),
            "currency": told.amount.currency,
        }
    )
    print_facts(
        (
            ("Kind", f"{told.kind}, told on {day(charge.told_at.date())}"),
            (_("Source"), f"{told.record} ({told.source})"),
            (_("Where it stands"), _place(session, charge)),
            (_("Period"), _period_words(told)),
            (_("Share"), _share_words(told)),
            (_("Quantity"), number(told.quantity)),
            (_("Price"), f"{price(told.unit_price)}, {_origin_words(price_origin(session.acting, told.price_origin))}"),
            (
                _("Amount"),
                _("%(number)s × %(price)s = %(amount)s, rounded once")
                % {
                    "number": number(told.prorated_quantity),
                    "price": price(told.unit_price),
                    "amount": amount(told.amount),
                },
            ),
            (_("Corrects"), _corrected_words(session, told)),
            (_("Because of"), _change_words(change) if change else ""),
            (_("Edited"), _edit_words(charge, edit) if edit else ""),
        )
    )


def explanation_facts(session: Session, told: Explanation) -> dict[str, object]:
    """The same for programs."""
    charge = charge_of(acting=session.acting, charge_id=told.charge_id)
    origin = price_origin(session.acting, told.price_origin)
    change = _change(session, charge, told.change)
    return {
        "charge": told.charge_id,
        "kind": told.kind,
        "source": told.source,
        "record": told.record,
        "starts_on": _iso(told.period.starts_on if told.period else charge.starts_on),
        "ends_before": _iso(told.period.ends_before if told.period else None),
        "billing_period": [told.whole.starts_on.isoformat(), told.whole.ends_before.isoformat()]
        if told.whole
        else None,
        "share": list(told.share) if told.share else None,
        "base": told.base,
        "quantity": exact(told.quantity),
        "prorated_quantity": exact(told.prorated_quantity),
        "unit_price": exact(told.unit_price),
        "price_origin": {"kind": origin.kind, "plan": origin.plan_name, "valid_from": _iso(origin.valid_from)},
        "amount": exact(told.amount),
        "currency": told.amount.currency,
        "corrects": told.corrects,
        "change": str(change.uuid) if change else None,
        "stands": _place(session, charge),
    }


def _name(charge: Charge, language: str) -> str:
    if charge.description or charge.product is None:
        return charge.description
    return name_in(charge.product.names, language) or charge.product.code


def _place(session: Session, charge: Charge) -> str:
    """On which draft or document the charge stands, or why on none."""
    if charge.claim is None:
        if charge.waived_reason:
            return f"never billed: {charge.waived_reason}"
        return f"open, for runs from {day(charge.not_before)}" if charge.not_before else "open, for the next run"
    invoice = invoice_of_draft(acting=session.acting, draft_id=charge.claim)
    return f"invoice {invoice.number}" if invoice else f"draft {charge.claim}"


def _period_words(told: Explanation) -> str:
    if told.period is None:
        return ""
    days = period(told.period.starts_on, told.period.ends_before)
    if told.whole is None or told.whole == told.period:
        return days
    return f"{days}, of the billing period {period(told.whole.starts_on, told.whole.ends_before)}"


def _share_words(told: Explanation) -> str:
    if told.share is None or told.whole == told.period:
        return ""
    part, whole = told.share
    base = BASES.get(told.base, told.base)
    return f"{part} of {whole} ({base}): {number(told.quantity)} × {part}/{whole} = {number(told.prorated_quantity)}"


def _origin_words(origin: PriceOrigin) -> str:
    since = f", valid from {day(origin.valid_from)}" if origin.valid_from else ""
    if origin.kind == "plan":
        return f"price plan {origin.plan_name}{since}"
    if origin.kind == "customer":
        return f"the customer's own price{since}"
    return _ORIGINS.get(origin.kind, origin.kind)


def _corrected_words(session: Session, told: Explanation) -> str:
    if told.corrects is None:
        return ""
    corrected = charge_of(acting=session.acting, charge_id=told.corrects)
    days = period(corrected.starts_on, corrected.ends_before)
    return (
        f"line {corrected.pk} ({corrected.kind}, {days}, {number(corrected.quantity)} × "
        f"{price(corrected.unit_price)}, {amount(corrected.amount)}), {_place(session, corrected)}"
    )


def _change(session: Session, charge: Charge, sequence: int) -> EnteredChange | None:
    """The change of the subscription since which the line is as it is."""
    if charge.subscription is None or not sequence:
        return None
    changes = timeline_of(acting=session.acting, uuid=charge.subscription.uuid).changes
    return next((each for each in changes if each.sequence == sequence), None)


def _change_words(change: EnteredChange) -> str:
    return (
        f"{change_words(change)} from {day(change.effective_on)}, entered {day(change.entered_at.date())} "
        f"as change {change.uuid}"
    )


def _edit_words(charge: Charge, edit: LineEdit) -> str:
    values = [
        f"text {edit.description!r}" if edit.description else "",
        f"quantity {number(charge.edited_quantity)}" if charge.edited_quantity is not None else "",
        f"price {price(charge.edited_price)}" if charge.edited_price is not None else "",
        f"period {period(edit.starts_on, edit.ends_before)}" if edit.starts_on else "",
        f"VAT {edit.rate_class}" if edit.rate_class else "",
        f"account {edit.ledger_account}" if edit.ledger_account else "",
    ]
    reason = f", because: {edit.reason}" if edit.reason else ""
    return f"{', '.join(value for value in values if value)} on the draft{reason}"


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
