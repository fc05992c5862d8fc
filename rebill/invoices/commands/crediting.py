"""Crediting invoices, whole or in part, and withdrawing them so that their charges are billed again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.commands import record_credits, return_charges
from rebill.invoices.commands.freezing import freeze_seller
from rebill.invoices.commands.numbering import number_documents
from rebill.invoices.commands.writing import write_documents
from rebill.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax
from rebill.invoices.queries.crediting import credit_of
from rebill.invoices.queries.freezing import frozen_customers
from rebill.invoices.queries.invoices import invoice_of, invoiced_lines
from rebill.kit.bulk import reserve_ids
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.models import SeriesPurpose
from rebill.parties.queries import CustomerErased, seller_of
from rebill.rules.crediting import Credit, CreditLine, LineRequest
from rebill.rules.reconcile import ChargeKind
from rebill.runs.commands import forget_edits

_reason = text_of(Invoice, "reason")


class PartlyCredited(Conflict):
    """Part of the invoice was credited already, so its charges cannot all be billed again."""


class ReasonMissing(Invalid):
    """A document is corrected without a reason."""


def credit_invoice(
    *,
    acting: Acting,
    invoice_id: int,
    reason: str,
    today: date,
    now: datetime,
    lines: Sequence[LineRequest] | None = None,
    net_minor: int | None = None,
) -> Invoice:
    """Issues a credit note for an invoice: some lines (in whole, by quantity, by amount), a net amount off the whole,
    or everything that is left.

    Never credits more than is left; the last credit takes the remainder to the cent, VAT included. The charges stay
    billed: use `withdraw_invoice` to bill them again.
    """
    require(acting, Permission.CREDIT)
    with transaction.atomic():
        invoice = invoice_of(acting=acting, invoice_id=invoice_id, lock=True)
        return _credit(acting, invoice, reason, today, now, lines=lines, net_minor=net_minor, withdraws=False)


def withdraw_invoice(*, acting: Acting, invoice_id: int, reason: str, today: date, now: datetime) -> Invoice:
    """Takes a wrong invoice back, lawfully: a credit note over all of it, and its charges open to be billed again.

    Returns the credit note. Refused when part of the invoice was credited already, and when the person was erased, whom
    nothing can be billed any more.
    """
    require(acting, Permission.CREDIT)
    with transaction.atomic():
        invoice = invoice_of(acting=acting, invoice_id=invoice_id, lock=True)
        if invoice.credit_notes.exists():
            raise PartlyCredited(
                _("%(number)s was credited already; credit what is left and add the right lines to the next run.")
                % {"number": invoice.number}
            )
        if invoice.customer.erased_at is not None:
            raise CustomerErased(_("This person was erased: nothing can be billed again. Credit the invoice instead."))
        note = _credit(acting, invoice, reason, today, now, lines=None, net_minor=None, withdraws=True)
        if invoice.draft is not None:
            forget_edits(acting=acting, draft_id=invoice.draft)
            return_charges(acting=acting, claims=[invoice.draft], was_issued=True)
        record_event(
            seller_id=acting.seller_id, subject=invoice, verb="withdrawn", actor_id=acting.user_id, now=now,
            details={"credit_note": note.number, "reason": note.reason},
        )  # fmt: skip
    return note


def _credit(
    acting: Acting,
    invoice: Invoice,
    reason: str,
    today: date,
    now: datetime,
    *,
    lines: Sequence[LineRequest] | None,
    net_minor: int | None,
    withdraws: bool,
) -> Invoice:
    if not reason.strip():
        raise ReasonMissing(_("A credit note needs a reason; enter why."))
    credit = credit_of(invoice, lines=lines, net_minor=net_minor)
    reason = _reason("reason", reason)
    note_id = _write_note(acting, invoice, credit, reason, max(today, invoice.issued_on), now, withdraws)
    note = invoice_of(acting=acting, invoice_id=note_id)
    record_event(
        seller_id=acting.seller_id, subject=note, verb="issued", actor_id=acting.user_id, now=now,
        details={"number": note.number, "credits": invoice.number, "reason": note.reason},
    )  # fmt: skip
    return note


def _write_note(
    acting: Acting,
    invoice: Invoice,
    credit: Credit,
    reason: str,
    issued_on: date,
    now: datetime,
    withdraws: bool,
) -> int:
    seller = seller_of(acting)
    [numbered] = number_documents(seller_id=seller.id, asked=[(SeriesPurpose.CREDIT_NOTE, issued_on)])
    [note_id] = reserve_ids(Invoice, 1)
    customer = frozen_customers(seller=seller, customer_ids=[invoice.customer_id])[invoice.customer_id]
    # The party is the one that was invoiced; where it is reached is where it is reached today.
    content = {**invoice.customer_frozen, "emails": customer.content["emails"], "channel": customer.content["channel"]}
    rows = {values.position: row for values, row in invoiced_lines(invoice.id)}
    row = (
        note_id, seller.id, invoice.customer_id, InvoiceKind.CREDIT_NOTE.value, numbered.number, numbered.sequence_key,
        numbered.sequence_number, None, invoice.id, withdraws, reason, issued_on, now, issued_on,
        invoice.supplied_from, invoice.supplied_before, invoice.currency, invoice.language, -credit.net_minor,
        -credit.tax_minor, -credit.gross_minor, "", invoice.customer_name, invoice.customer_number, content,
        freeze_seller(seller=seller), "", "", False, invoice.customer_reference, invoice.cost_centre,
    )  # fmt: skip
    lines = [
        _line(note_id, position, line, rows[line.position], invoice.currency)
        for position, line in enumerate(credit.lines, start=1)
    ]
    write_documents(invoices=[row], lines=lines, taxes=_taxes(note_id, invoice, credit))
    if not withdraws:
        of_charges = ((rows[line.position].charge, line.net_minor) for line in credit.lines)
        record_credits(acting=acting, amounts={charge: net for charge, net in of_charges if charge is not None})
    return note_id


def _line(note_id: int, position: int, line: CreditLine, of: InvoiceLine, currency: str) -> tuple[Any, ...]:
    values = (
        note_id, position, of.charge, of.id, ChargeKind.CREDIT.value, of.product_code, of.description,
        of.summary_group, of.starts_on, of.ends_before, -line.taken_e8, -line.quantity_e8, of.unit, line.price_e6,
        currency, -line.net_minor, line.category.value, line.rate_e6, of.ledger_account, of.cost_centre, of.reference,
        "", of.dimensions, None,
    )  # fmt: skip
    return values


def _taxes(note_id: int, invoice: Invoice, credit: Credit) -> list[tuple[Any, ...]]:
    texts = {
        (tax.category, int(tax.rate.scaleb(6))): (tax.exemption_text, tax.exemption_reason)
        for tax in InvoiceTax.objects.filter(invoice_id=invoice.id)
    }
    return [
        (note_id, tax.category.value, tax.rate_e6, invoice.currency, -tax.base_minor, -tax.tax_minor,
         *texts[tax.category.value, tax.rate_e6])
        for tax in credit.tax_lines
    ]  # fmt: skip
