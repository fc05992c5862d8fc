"""Why a line is what it is, in sentences that can be checked with a pocket calculator."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    "subscription": gettext_lazy("the subscription's own price"),
    "interim line": gettext_lazy("entered by hand"),
    "as billed": gettext_lazy("as the line was billed that it corrects"),
}
BASES = {"actual": gettext_lazy("actual days"), "fixed_30": gettext_lazy("months of 30 days"), "30e_360": "30E/360"}


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
            (_("Kind"), _("%(kind)s, told on %(day)s") % {"kind": told.kind, "day": day(charge.told_at.date())}),
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
            (_("Cost centre"), told.cost_centre),
            (_("Dimensions"), ", ".join(f"{heading}: {value}" for heading, value in told.dimensions.items())),
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
        "cost_centre": told.cost_centre,
        "dimensions": dict(told.dimensions),
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
            return _("never billed: %(reason)s") % {"reason": charge.waived_reason}
        if charge.not_before:
            return _("open, for runs from %(day)s") % {"day": day(charge.not_before)}
        return _("open, for the next run")
    invoice = invoice_of_draft(acting=session.acting, draft_id=charge.claim)
    if invoice:
        return _("invoice %(number)s") % {"number": invoice.number}
    return _("draft %(draft)s") % {"draft": charge.claim}


def _period_words(told: Explanation) -> str:
    if told.period is None:
        return ""
    days = period(told.period.starts_on, told.period.ends_before)
    if told.whole is None or told.whole == told.period:
        return days
    whole = period(told.whole.starts_on, told.whole.ends_before)
    return _("%(days)s, of the billing period %(whole)s") % {"days": days, "whole": whole}


def _share_words(told: Explanation) -> str:
    if told.share is None or told.whole == told.period:
        return ""
    part, whole = told.share
    return _("%(part)s of %(whole)s (%(base)s): %(quantity)s × %(part)s/%(whole)s = %(prorated)s") % {
        "part": part,
        "whole": whole,
        "base": BASES.get(told.base, told.base),
        "quantity": number(told.quantity),
        "prorated": number(told.prorated_quantity),
    }


def _origin_words(origin: PriceOrigin) -> str:
    said = {"plan": origin.plan_name, "day": day(origin.valid_from)}
    if origin.kind == "plan":
        return _("price plan %(plan)s, valid from %(day)s") % said
    if origin.kind == "customer":
        return _("the customer's own price, valid from %(day)s") % said
    if origin.kind == "resale":
        return _("what is asked for resold products, valid from %(day)s") % said
    return str(_ORIGINS.get(origin.kind, origin.kind))


def _corrected_words(session: Session, told: Explanation) -> str:
    if told.corrects is None:
        return ""
    corrected = charge_of(acting=session.acting, charge_id=told.corrects)
    days = period(corrected.starts_on, corrected.ends_before)
    return _("line %(line)s (%(kind)s, %(days)s, %(quantity)s × %(price)s, %(amount)s), %(place)s") % {
        "line": corrected.pk,
        "kind": corrected.kind,
        "days": days,
        "quantity": number(corrected.quantity),
        "price": price(corrected.unit_price),
        "amount": amount(corrected.amount),
        "place": _place(session, corrected),
    }


def _change(session: Session, charge: Charge, sequence: int) -> EnteredChange | None:
    """The change of the subscription since which the line is as it is."""
    if charge.subscription is None or charge.subscription.seller_id != session.acting.seller_id or not sequence:
        return None
    changes = timeline_of(acting=session.acting, uuid=charge.subscription.uuid).changes
    return next((each for each in changes if each.sequence == sequence), None)


def _change_words(change: EnteredChange) -> str:
    return _("%(change)s from %(day)s, entered %(entered)s as change %(uuid)s") % {
        "change": change_words(change),
        "day": day(change.effective_on),
        "entered": day(change.entered_at.date()),
        "uuid": change.uuid,
    }


def _edit_words(charge: Charge, edit: LineEdit) -> str:
    quantity, unit_price = charge.edited_quantity, charge.edited_price
    values = [
        (_("Text"), edit.description),
        (_("Quantity"), "" if quantity is None else number(quantity)),
        (_("Price"), "" if unit_price is None else price(unit_price)),
        (_("Period"), period(edit.starts_on, edit.ends_before) if edit.starts_on else ""),
        (_("VAT"), edit.rate_class),
        (_("Ledger account"), edit.ledger_account),
        (_("Reason"), edit.reason),
    ]
    return "; ".join(f"{name}: {value}" for name, value in values if value)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
