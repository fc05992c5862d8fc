"""A draft as the document it would become if it were issued now: for looking at it on paper, never kept."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.groups import group_title
from rebill.catalogue.vat.texts import exemption_text
from rebill.invoices.documents.contract import (
    DocumentContent,
    DocumentKind,
    LineContent,
    PaymentContent,
    TaxContent,
)
from rebill.invoices.queries.documents import account_of, customer_block, look_of, period_of, plain, seller_block
from rebill.invoices.queries.freezing import frozen_customers, seller_content
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.rules.money import Money
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tax import TaxCategory
from rebill.rules.terms import due_day
from rebill.runs.models import Draft
from rebill.runs.queries.shown import ShownDraft, ShownLine, draft_shown


def draft_document(*, acting: Acting, draft_id: int, today: date) -> DocumentContent:
    """The draft as it would be printed, dated as its run says, else `today`; without a number, and marked as a draft.

    A line whose VAT rate is not known is shown without VAT.
    """
    require(acting, Permission.READ)
    draft, shown = draft_shown(acting=acting, draft_id=draft_id)
    return drafted_content(seller_of(acting), draft, shown, today=today)


def drafted_content(seller: Seller, draft: Draft, shown: ShownDraft, *, today: date) -> DocumentContent:
    """The same, of a draft that has been read already."""
    customer = frozen_customers(seller=seller, customer_ids=[draft.customer_id])[draft.customer_id]
    content = seller_content(seller)
    issued_on = draft.run.invoice_on or today
    totals = shown.totals
    texts = content["look"].get("texts", {}).get(customer.language, {})
    is_invoice = totals.gross_minor >= 0
    due_on = due_day(issued_on=issued_on, days=customer.payment_term_days, entered=draft.run.due_on)
    starts = [each.line.starts_on for each in shown.lines if each.line.starts_on is not None]
    ends = [each.line.ends_before for each in shown.lines if each.line.ends_before is not None]
    return DocumentContent(
        kind=DocumentKind.INVOICE if is_invoice else DocumentKind.CREDIT_NOTE,
        language=customer.language,
        number="",
        issued_on=issued_on,
        due_on=due_on if is_invoice else None,
        supplied=period_of(min(starts, default=None), max(ends, default=None)),
        currency=draft.currency,
        seller=seller_block(content, draft.currency),
        customer=customer_block(customer.content, reference=customer.reference or draft.cost_centre),
        lines=tuple(_line(each, customer.language, shown.lines) for each in shown.lines),
        taxes=tuple(
            TaxContent(
                tax.category,
                _rate(tax.rate_e6),
                Money(tax.base_minor, draft.currency),
                Money(tax.tax_minor, draft.currency),
            )
            for tax in totals.tax_lines
        ),
        net=Money(totals.net_minor, draft.currency),
        tax=Money(totals.tax_minor, draft.currency),
        gross=Money(totals.gross_minor, draft.currency),
        texts=_exemptions(seller, shown, customer.language),
        payment=_payment(content, draft.currency, due_on) if totals.gross_minor > 0 else None,
        opening=draft.intro or ("" if draft.own_texts else texts.get("intro", "")),
        closing=draft.closing or ("" if draft.own_texts else texts.get("closing", "")),
        look=look_of(content, customer.language),
    )


def _line(shown: ShownLine, language: str, lines: Sequence[ShownLine]) -> LineContent:
    line = shown.line
    grouped = len({each.line.summary_group for each in lines}) > 1
    return LineContent(
        text=shown.text,
        net=Money(line.amount_minor, line.currency),
        category=TaxCategory.O if shown.tax is None else shown.tax.category,
        rate=_rate(shown.tax.rate_e6 if shown.tax else 0),
        group=group_title(line.summary_group, language) if grouped else "",
        detail="" if line.kind == ChargeKind.PERIODIC else line.reference,
        period=period_of(line.starts_on, line.ends_before),
        quantity=plain(Decimal(line.prorated_e8).scaleb(-8)),
        unit=shown.unit,
        unit_price=plain(Decimal(line.price_e6).scaleb(-6)),
    )


def _rate(rate_e6: int) -> Decimal:
    return plain(Decimal(rate_e6).scaleb(-6))


def _exemptions(seller: Seller, shown: ShownDraft, language: str) -> tuple[str, ...]:
    decisions = [each.tax for each in shown.lines if each.tax is not None and not each.tax.rate_e6]
    said = [exemption_text(each.reason, language, seller_country=seller.country) for each in decisions]
    return tuple(dict.fromkeys(text for text in said if text))


def _payment(seller: dict[str, object], currency: str, due_on: date) -> PaymentContent | None:
    """How to pay, without the reference that comes with the number."""
    account = account_of(seller, currency)
    if not account:
        return None
    holder = account["holder"] or str(seller["legal_name"] or seller["name"])
    return PaymentContent(iban=account["iban"], account_holder=holder, bic=account["bic"], due_on=due_on)
