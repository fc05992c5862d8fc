"""The supplier's commission: a credit note that is recognised, never re-billed, and set against what we owe."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.rules.matching.places import folded
from rebill.rules.money import Money
from rebill.sources.supplier_invoices.commands.states import held_invoice
from rebill.sources.supplier_invoices.contract import PurchaseKind, RowKind
from rebill.sources.supplier_invoices.models import PurchaseInvoice, RebilledRow, Settlement
from rebill.sources.supplier_invoices.queries.accounts import open_minor, package_invoice, waiting_commissions


class NothingToSettle(Conflict):
    """The credit is used up, or nothing is open on the invoice."""


class NotSettled(Conflict):
    """The credit note is not set against that invoice."""


def note_commission(*, acting: Acting, invoice: PurchaseInvoice, now: datetime) -> bool:
    """Whether the purchase invoice is the supplier's commission, kept with it; a new one is set against the package
    invoice of its month at once, where there is one and something is open on it."""
    is_commission = _is_commission(invoice)
    if is_commission == invoice.is_commission:
        return is_commission
    if is_commission and RebilledRow.objects.filter(row__invoice=invoice).exists():
        return False
    invoice.is_commission = is_commission
    invoice.save(update_fields=["is_commission"])
    package = package_invoice(invoice) if is_commission else None
    if package is None or open_minor(package) <= 0:
        return is_commission
    if not Settlement.objects.filter(credit=invoice).exists():
        _settle(acting, invoice, package, now)
    return is_commission


def settle_waiting(*, acting: Acting, invoice: PurchaseInvoice, now: datetime) -> None:
    """Sets the commissions that came before their package invoice against it, now that it is here."""
    if invoice.kind != PurchaseKind.INVOICE.value:
        return
    for credit_id in waiting_commissions(invoice):
        credit = held_invoice(acting, credit_id)
        if open_minor(credit) < 0 < open_minor(invoice):
            _settle(acting, credit, invoice, now)


def _is_commission(invoice: PurchaseInvoice) -> bool:
    supplier = invoice.supplier
    if invoice.kind != PurchaseKind.CREDIT_NOTE.value or not (supplier.commission_codes or supplier.commission_text):
        return False
    rows = list(invoice.rows.filter(kind=RowKind.ROW.value).values_list("code", "name", "said"))
    if not rows:
        return False
    if supplier.commission_codes and all(code in supplier.commission_codes for code, _name, _said in rows):
        return True
    wanted = folded(supplier.commission_text)
    return bool(wanted) and all(
        wanted in folded(" ".join([name, *said.get("texts", ())])) for _code, name, said in rows
    )


def settle_credit(*, acting: Acting, credit_id: int, invoice_id: int, now: datetime) -> Settlement:
    """Sets a credit note of a supplier against one of its invoices, as far as both go; once for each pair."""
    require(acting, Permission.KEEP_PURCHASES)
    with transaction.atomic():
        first, second = (held_invoice(acting, each) for each in sorted((credit_id, invoice_id)))
        credit, invoice = (first, second) if first.pk == credit_id else (second, first)
        if credit.kind != PurchaseKind.CREDIT_NOTE.value or invoice.kind != PurchaseKind.INVOICE.value:
            raise Invalid(_("A credit note is set against an invoice."))
        if credit.supplier_id != invoice.supplier_id or credit.currency != invoice.currency:
            raise Invalid(_("Both have to be of one supplier and in one currency."))
        return _settle(acting, credit, invoice, now)


def undo_settlement(*, acting: Acting, credit_id: int, invoice_id: int, now: datetime) -> Money:
    """Takes a credit note off the invoice that it is set against: open again, both can be settled otherwise. Returns
    how much it was."""
    require(acting, Permission.KEEP_PURCHASES)
    with transaction.atomic():
        first, second = (held_invoice(acting, each) for each in sorted((credit_id, invoice_id)))
        credit, invoice = (first, second) if first.pk == credit_id else (second, first)
        settlement = Settlement.objects.filter(credit=credit, invoice=invoice).first()
        if settlement is None:
            raise NotSettled(
                _("Credit note %(credit)s is not set against %(invoice)s.")
                % {"credit": credit.number, "invoice": invoice.number}
            )
        amount: Money = settlement.amount
        settlement.delete()
        record_event(
            seller_id=acting.seller_id, subject=invoice, verb="settlement_undone", actor_id=acting.user_id, now=now,
            details={"credit": credit.number, "amount": str(amount)},
        )  # fmt: skip
    return amount


def _settle(acting: Acting, credit: PurchaseInvoice, invoice: PurchaseInvoice, now: datetime) -> Settlement:
    used = Settlement.objects.filter(credit=credit).aggregate(total=Sum("amount"))["total"] or 0
    amount = min(-credit.gross.minor - used, open_minor(invoice))
    if amount <= 0:
        raise NothingToSettle(
            _("Nothing is left of credit note %(credit)s, or open on %(invoice)s.")
            % {"credit": credit.number, "invoice": invoice.number}
        )
    pair = Settlement.objects.filter(credit=credit, invoice=invoice)
    before = pair.aggregate(total=Sum("amount"))["total"] or 0
    settlement, _is_new = Settlement.objects.update_or_create(
        credit=credit,
        invoice=invoice,
        defaults={
            "currency": credit.currency,
            "amount": before + amount,
            "settled_at": now,
            "settled_by": acting.user_id,
        },
    )
    record_event(
        seller_id=acting.seller_id, subject=invoice, verb="settled", actor_id=acting.user_id, now=now,
        details={"credit": credit.number, "amount": str(settlement.amount)},
    )  # fmt: skip
    return settlement
