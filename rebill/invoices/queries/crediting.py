"""What can still be credited of an invoice, and the credit note that would come of it; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.groups import group_title
from rebill.invoices.documents.contract import DocumentContent, DocumentKind, LineContent, TaxContent
from rebill.invoices.documents.pdf.printed import printed
from rebill.invoices.documents.registry import DOCUMENT_RENDERERS
from rebill.invoices.models import Invoice, InvoiceKind, InvoiceLine
from rebill.invoices.queries.documents import document_contents, seller_side
from rebill.invoices.queries.freezing import seller_content
from rebill.invoices.queries.invoices import earlier_credits, invoice_of, invoiced_lines, tax_lines
from rebill.kit.errors import Invalid
from rebill.parties.queries import seller_of
from rebill.rules.crediting import (
    Credit,
    CreditLine,
    LineLeft,
    LineRequest,
    credit_amount,
    credit_lines,
    credit_whole,
    what_is_left,
)
from rebill.rules.money import Money, digits_of
from rebill.rules.tax import TaxLine

PDF = "pdf"


class NotAnInvoice(Invalid):
    """A credit note was asked to be credited."""


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of an invoice as printed, and what is left of it to credit."""

    line: InvoiceLine
    left: LineLeft


@dataclass(frozen=True, slots=True)
class CreditPreview:
    """The credit note that would be issued, without its number: what it takes back, and what stands on it.

    `takes_the_rest` says that nothing of the invoice is left afterwards.
    """

    invoice: Invoice
    credit: Credit
    content: DocumentContent
    takes_the_rest: bool

    @property
    def words(self) -> dict[str, Any]:
        """What stands on it, as `printed` tells it to templates."""
        return printed(self.content, logo_path=None, fonts=())

    def file(self, format_name: str = PDF) -> bytes:
        """Its bytes, marked as a draft; they are not kept."""
        return DOCUMENT_RENDERERS.get(format_name).render(self.content)


def creditable_lines(*, acting: Acting, invoice_id: int) -> list[CreditableLine]:
    """The lines of one of the seller's invoices, with what is left of each."""
    invoice = invoice_of(acting=acting, invoice_id=invoice_id)
    lines = invoiced_lines(invoice.pk)
    left = what_is_left([values for values, _ in lines], earlier_credits(invoice.pk))
    return [CreditableLine(row, each) for (_, row), each in zip(lines, left, strict=True)]


def credit_of(invoice: Invoice, *, lines: Sequence[LineRequest] | None, net_minor: int | None) -> Credit:
    """What is taken back of the invoice: some lines, a net amount off the whole, or everything that is left.

    Refuses what is more than is left; the last credit takes the remainder to the cent, VAT included.
    """
    if invoice.kind != InvoiceKind.INVOICE:
        raise NotAnInvoice(
            _("%(number)s is a credit note; only invoices can be credited.") % {"number": invoice.number}
        )
    invoiced = [values for values, _ in invoiced_lines(invoice.pk)]
    taxes, earlier = tax_lines(invoice.pk), earlier_credits(invoice.pk)
    digits = digits_of(invoice.currency)
    if lines is not None:
        return credit_lines(invoiced, taxes, earlier, lines, digits=digits)
    if net_minor is not None:
        return credit_amount(invoiced, taxes, earlier, net_minor, digits=digits)
    return credit_whole(invoiced, taxes, earlier, digits=digits)


def preview_credit(
    *,
    acting: Acting,
    invoice_id: int,
    today: date,
    lines: Sequence[LineRequest] | None = None,
    net_minor: int | None = None,
) -> CreditPreview:
    """The credit note that `credit_invoice` would issue today when it is asked the same; refused like there."""
    require(acting, Permission.READ)
    invoice = invoice_of(acting=acting, invoice_id=invoice_id)
    credit = credit_of(invoice, lines=lines, net_minor=net_minor)
    [(_id, original)] = document_contents(invoice_ids=[invoice.pk])
    rows = {values.position: row for values, row in invoiced_lines(invoice.pk)}
    groups = {rows[line.position].summary_group for line in credit.lines}
    content = replace(
        original,
        kind=DocumentKind.CREDIT_NOTE,
        number="",
        issued_on=max(today, invoice.issued_on),
        due_on=None,
        lines=tuple(
            _line(line, original.lines[line.position - 1], rows[line.position], invoice, has_groups=len(groups) > 1)
            for line in credit.lines
        ),
        taxes=tuple(_tax(tax, invoice.currency) for tax in credit.tax_lines),
        net=Money(-credit.net_minor, invoice.currency),
        tax=Money(-credit.tax_minor, invoice.currency),
        gross=Money(-credit.gross_minor, invoice.currency),
        texts=_exemptions(invoice, credit),
        payment=None,
        credited=(invoice.number, invoice.issued_on),
        **seller_side(seller_content(seller_of(acting)), invoice.currency, invoice.language),
    )
    return CreditPreview(invoice, credit, content, takes_the_rest=_takes_the_rest(invoice, credit))


def _takes_the_rest(invoice: Invoice, credit: Credit) -> bool:
    left = what_is_left([values for values, _ in invoiced_lines(invoice.pk)], earlier_credits(invoice.pk))
    now = {line.position: line.net_minor for line in credit.lines}
    return all(each.net_minor == now.get(each.line.position, 0) for each in left)


def _line(line: CreditLine, of: LineContent, row: InvoiceLine, invoice: Invoice, *, has_groups: bool) -> LineContent:
    return replace(
        of,
        net=Money(-line.net_minor, invoice.currency),
        group=group_title(row.summary_group, invoice.language) if has_groups else "",
        detail=row.reference,
        quantity=_plain(Decimal(-line.quantity_e8).scaleb(-8)),
        unit_price=_plain(Decimal(line.price_e6).scaleb(-6)),
    )


def _tax(tax: TaxLine, currency: str) -> TaxContent:
    rate = _plain(Decimal(tax.rate_e6).scaleb(-6))
    return TaxContent(tax.category, rate, Money(-tax.base_minor, currency), Money(-tax.tax_minor, currency))


def _exemptions(invoice: Invoice, credit: Credit) -> tuple[str, ...]:
    """What the law wants said about the rates that are credited."""
    said = {(tax.category, int(tax.rate.scaleb(6))): tax.exemption_text for tax in invoice.taxes.order_by("id")}
    texts = (said[tax.category.value, tax.rate_e6] for tax in credit.tax_lines)
    return tuple(dict.fromkeys(text for text in texts if text))


def _plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()
