"""Why a line is what it is, in sentences that can be checked with a pocket calculator."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Acting
from rebill.catalogue.queries.origins import PriceOrigin, price_origin
from rebill.charges.models import Charge
from rebill.charges.queries import Explanation, charge_of, explain_charge
from rebill.interfaces import formats
from rebill.interfaces.office.catalogue_words import RATE_CLASSES
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.errors import NotFound
from rebill.rules.rebilling import row_of_key
from rebill.rules.reconcile import ChargeKind
from rebill.rules.timeline import ChangeKind
from rebill.runs.models import DraftState
from rebill.runs.queries.lines import edit_of
from rebill.runs.queries.shown import ShownLine, draft_shown
from rebill.sources.supplier_invoices.models import PurchaseRow
from rebill.sources.supplier_invoices.queries.splitting import BY_HAND
from rebill.sources.supplier_invoices.source import SupplierInvoicesSource
from rebill.subscriptions.queries import EnteredChange, timeline_of

KINDS = {
    ChargeKind.SETUP: gettext_lazy("Set-up, once"),
    ChargeKind.PERPETUAL: gettext_lazy("Sold once"),
    ChargeKind.PERIODICFIRST: gettext_lazy("Recurring, for the first time"),
    ChargeKind.PERIODIC: gettext_lazy("Recurring"),
    ChargeKind.PERIODICCORRECTION: gettext_lazy("Correction of what was billed before"),
    ChargeKind.USAGE: gettext_lazy("Usage"),
    ChargeKind.CREDIT: gettext_lazy("Credit by hand"),
    ChargeKind.REBILLED: gettext_lazy("Re-billed"),
    ChargeKind.TAB: gettext_lazy("On account"),
}
BASES = {
    "actual": gettext_lazy("by actual days"),
    "fixed_30": gettext_lazy("by months of 30 days"),
    "30e_360": gettext_lazy("by 30E/360"),
}
CHANGES = {
    ChangeKind.QUANTITY: gettext_lazy("another quantity"),
    ChangeKind.PRODUCT: gettext_lazy("another product"),
    ChangeKind.PRICE: gettext_lazy("back to the price list"),
    ChangeKind.PAUSE: gettext_lazy("paused"),
    ChangeKind.RESUME: gettext_lazy("resumed"),
    ChangeKind.CANCEL: gettext_lazy("cancelled"),
    ChangeKind.REVOKE: gettext_lazy("an earlier change taken back"),
}


# Lines of these drafts can be changed.
EDITABLE = (DraftState.OPEN, DraftState.HELD)


class LineUnknown(NotFound):
    """The draft has no such line."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence of the explanation, under its heading, and the page of what it is about."""

    name: str
    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """A line with its explanation, and with its days, VAT and account as they can be changed."""

    charge_id: int
    text: str
    first_on: date | None
    last_on: date | None
    rate_class: str
    ledger_account: str
    facts: list[Fact]


# Where the line is asked for from: over the page, beside the paper, else as a page of its own.
_TEMPLATES = {"dialog": "office/drafts/why.html", "this-line": "office/drafts/this_line.html"}


@page()
def why(request: OfficeRequest, draft_id: int, charge_id: int) -> HttpResponse:
    """What a draft's line is and how it came about, over the page, beside the paper or as a page."""
    draft, shown = draft_shown(acting=request.acting, draft_id=draft_id)
    line = next((each for each in shown.lines if each.charge_id == charge_id), None)
    if line is None:
        raise LineUnknown(_("There is no such line on this draft."))
    context = {
        "draft": draft,
        "opened": opened_line(request, charge_id, line),
        "is_editable": draft.state in EDITABLE and "review" in request.may,
    }
    return render(request, _TEMPLATES.get(request.htmx.target or "", "office/drafts/why_page.html"), context)


def opened_line(request: OfficeRequest, charge_id: int, line: ShownLine) -> OpenedLine:
    """The line, explained."""
    facts = explained(request, charge_id, line)
    kept = line.line
    days = kept.starts_on, kept.supplied_on
    return OpenedLine(charge_id, line.text, *days, kept.rate_class, kept.ledger_account, facts)


def explained(request: OfficeRequest, charge_id: int, line: ShownLine) -> list[Fact]:
    """Everything that made the line what it is: source, period, share, price and its origin, and who changed it."""
    told = explain_charge(acting=request.acting, charge_id=charge_id)
    charge = charge_of(acting=request.acting, charge_id=charge_id)
    facts = [
        (_("Kind"), str(KINDS[ChargeKind(told.kind)])),
        (_("Period"), _period_words(request, told)),
        (_("Share"), _share_words(told)),
        (_("Price"), _price_words(request, told)),
        (_("Amount"), _amount_words(told)),
        (_("Corrects"), _corrected_words(request, told)),
        (_("Because of"), _change_words(request, charge, told.change)),
        (_("Account"), charge.ledger_account),
        (_("Cost centre"), charge.cost_centre),
        (_("Dimensions"), ", ".join(f"{heading}: {value}" for heading, value in charge.dimensions.items())),
        (_("VAT"), _tax_words(line)),
        (_("Edited"), _edit_words(request, charge_id)),
    ]
    shown = [Fact(name, words) for name, words in facts if words]
    return [shown[0], _source(request, charge), *shown[1:]]


def _source(request: OfficeRequest, charge: Charge) -> Fact:
    told = {"day": formats.day(charge.told_at.date())}
    if charge.source == SupplierInvoicesSource.name:
        return _purchased(request, charge)
    if charge.subscription is None:
        return Fact(_("Comes from"), _("An interim line, told on %(day)s") % told)
    if charge.subscription.seller_id != request.seller.pk:
        return Fact(
            _("Comes from"),
            _("A dealer’s subscription for %(name)s, told on %(day)s") % {**told, "name": charge.end_customer.name},
        )
    address = reverse("office:subscription", args=[request.seller.slug, charge.subscription.uuid])
    order = charge.subscription.order
    if order is None or not order.number:
        return Fact(_("Comes from"), _("A subscription, told on %(day)s") % told, address)
    words = _("A subscription of order %(order)s, told on %(day)s") % {**told, "order": order.number}
    return Fact(_("Comes from"), words, address)


def _purchased(request: OfficeRequest, charge: Charge) -> Fact:
    """The row of the supplier's invoice that is passed on."""
    rows = PurchaseRow.objects.filter(invoice__seller_id=request.seller.pk).select_related("invoice__supplier")
    row = rows.get(pk=row_of_key(charge.key))
    words = _("Row %(row)s of purchase invoice %(number)s of %(supplier)s") % {
        "row": row.position,
        "number": row.invoice.number,
        "supplier": row.invoice.supplier.name,
    }
    address = reverse("office:rebilling-invoice", args=[request.seller.slug, row.invoice_id])
    return Fact(_("Comes from"), words, address)


def _period_words(request: OfficeRequest, told: Explanation) -> str:
    if told.period is None:
        return ""
    days = formats.period(told.period.starts_on, told.period.ends_before, request.today)
    if told.whole is None or told.whole == told.period:
        return days
    whole = formats.period(told.whole.starts_on, told.whole.ends_before, request.today)
    return _("%(days)s, of the billing period %(whole)s") % {"days": days, "whole": whole}


def _share_words(told: Explanation) -> str:
    if told.share is None or told.whole == told.period:
        return ""
    part, whole = told.share
    return _("%(part)s of %(whole)s days, %(base)s: %(quantity)s × %(part)s/%(whole)s = %(prorated)s") % {
        "part": part,
        "whole": whole,
        "base": BASES.get(told.base, told.base),
        "quantity": formats.number(told.quantity.normalize()),
        "prorated": formats.number(told.prorated_quantity.normalize()),
    }


def _price_words(request: OfficeRequest, told: Explanation) -> str:
    return _("%(price)s, from %(origin)s") % {
        "price": formats.price(told.unit_price),
        "origin": _origin_words(price_origin(request.acting, told.price_origin)),
    }


def _origin_words(origin: PriceOrigin) -> str:
    since = {"plan": origin.plan_name, "day": formats.day(origin.valid_from)}
    if origin.kind == "plan":
        return _("the price plan %(plan)s, valid since %(day)s") % since
    if origin.kind == "customer":
        return _("the customer’s own price, valid since %(day)s") % since
    if origin.kind == "resale":
        return _("what is asked for resold products, valid since %(day)s") % since
    if origin.kind.startswith("purchase invoice"):
        return _rebilled_words(origin.kind)
    if origin.kind == "subscription":
        return _("the subscription itself")
    return _("the line as it was entered")


def _rebilled_words(noted: str) -> str:
    """What re-billing noted of a price: times a factor, entered by hand, or the supplier's own."""
    if noted.endswith(BY_HAND):
        return _("what was entered for the row")
    factor = noted.rpartition("× ")[2] if "× " in noted else ""
    if factor:
        return _("the supplier’s price times %(factor)s") % {"factor": formats.number(Decimal(factor))}
    return _("the supplier’s price")


def _amount_words(told: Explanation) -> str:
    return _("%(quantity)s × %(price)s = %(amount)s, rounded once") % {
        "quantity": formats.number(told.prorated_quantity.normalize()),
        "price": formats.price(told.unit_price),
        "amount": formats.money(told.amount),
    }


def _corrected_words(request: OfficeRequest, told: Explanation) -> str:
    if told.corrects is None:
        return ""
    corrected = charge_of(acting=request.acting, charge_id=told.corrects)
    return _("%(quantity)s × %(price)s for %(days)s, billed before as %(amount)s") % {
        "quantity": formats.number(corrected.quantity.normalize()),
        "price": formats.price(corrected.unit_price),
        "days": formats.period(corrected.starts_on, corrected.ends_before, request.today),
        "amount": formats.money(corrected.amount),
    }


def _change_words(request: OfficeRequest, charge: Charge, sequence: int) -> str:
    change = _change(request.acting, charge, sequence)
    if change is None:
        return ""
    told = str(CHANGES[change.kind])
    if change.quantity is not None:
        told = _("quantity %(quantity)s") % {"quantity": formats.number(change.quantity.normalize())}
    elif change.unit_price is not None:
        told = _("own price %(price)s") % {"price": formats.price(change.unit_price)}
    values = {
        "change": told,
        "day": formats.day(change.effective_on, request.today),
        "entered": formats.day(change.entered_at.date(), request.today),
        "reference": change.reference,
    }
    if change.reference:
        return _("%(change)s from %(day)s, entered on %(entered)s: %(reference)s") % values
    return _("%(change)s from %(day)s, entered on %(entered)s") % values


def _change(acting: Acting, charge: Charge, sequence: int) -> EnteredChange | None:
    """The change of the subscription since which the line is as it is."""
    if charge.subscription is None or charge.subscription.seller_id != acting.seller_id or not sequence:
        return None
    changes = timeline_of(acting=acting, uuid=charge.subscription.uuid).changes
    return next((each for each in changes if each.sequence == sequence), None)


def _tax_words(line: ShownLine) -> str:
    if line.tax is None:
        return ""
    return formats.rate(line.tax.rate_e6)


def _edit_words(request: OfficeRequest, charge_id: int) -> str:
    edit = edit_of(acting=request.acting, charge_id=charge_id)
    if edit is None:
        return ""
    says = [formats.period(edit.starts_on, edit.ends_before, request.today)] if edit.starts_on else []
    if edit.rate_class:
        says.append(str(RATE_CLASSES[edit.rate_class]))
    if edit.ledger_account:
        says.append(_("account %(account)s") % {"account": edit.ledger_account})
    if says:
        return _("on this draft, which says %(what)s: %(reason)s") % {"what": ", ".join(says), "reason": edit.reason}
    if edit.reason:
        return _("on this draft: %(reason)s") % {"reason": edit.reason}
    return _("its text, on this draft")
