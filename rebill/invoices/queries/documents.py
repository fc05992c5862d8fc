"""Issued documents as renderers take them: everything from what was frozen, nothing looked up anew."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from rebill.catalogue.queries.groups import group_title
from rebill.invoices.documents.contract import (
    CustomerBlock,
    DocumentContent,
    DocumentKind,
    LineContent,
    Logo,
    Look,
    PartyBlock,
    PaymentContent,
    TaxContent,
    Template,
)
from rebill.invoices.documents.pdf.template_files import read_template
from rebill.invoices.models import Document, Invoice, InvoiceKind, InvoiceLine, InvoiceTax
from rebill.kit.files import read_file
from rebill.kit.models import StoredFile
from rebill.kit.open_questions import open_rows
from rebill.rules.epc import NotPayableByCode, epc_payload
from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.reconcile import ChargeKind
from rebill.rules.references import is_valid_rf
from rebill.rules.tax import TaxCategory


def not_made(format_name: str) -> Q:
    """Whether the bytes of a document in this format were not made yet."""
    return Q(~Exists(Document.objects.filter(invoice_id=OuterRef("pk"), format=format_name)))


def unrendered_invoices(*, seller_id: int, format_name: str, limit: int) -> list[int]:
    """The ids of documents whose bytes in this format were not made yet, oldest first."""
    return list(_unrendered(seller_id, format_name).order_by("id").values_list("id", flat=True)[:limit])


def count_unrendered(*, seller_id: int, format_name: str) -> int:
    """How many documents have no bytes in this format yet."""
    return _unrendered(seller_id, format_name).count()


def _unrendered(seller_id: int, format_name: str) -> QuerySet[Invoice]:
    question = unrendered_question(format_name)
    return open_rows(Invoice.objects.all(), seller_id=seller_id, question=question).filter(not_made(format_name))


def unrendered_question(format_name: str) -> str:
    """The name under which it is noted up to which document the bytes in this format are made."""
    return f"documents.{format_name}"


def document_contents(*, invoice_ids: Collection[int], copy: bool = False) -> Iterator[tuple[int, DocumentContent]]:
    """The content of these documents, in order of id; a fixed number of reads. `copy` marks them as copies."""
    invoices = Invoice.objects.filter(id__among=invoice_ids).select_related("frozen", "credits").order_by("id")
    lines: dict[int, list[InvoiceLine]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice_id__among=invoice_ids).order_by("invoice_id", "position"):
        lines[line.invoice_id].append(line)
    taxes: dict[int, list[InvoiceTax]] = defaultdict(list)
    for tax in InvoiceTax.objects.filter(invoice_id__among=invoice_ids).order_by("invoice_id", "id"):
        taxes[tax.invoice_id].append(tax)
    looks: dict[tuple[int, str], Look] = {}
    for invoice in invoices:
        key = (invoice.frozen_id, invoice.language)
        if key not in looks:
            looks[key] = look_of(invoice.frozen.content, invoice.language)
        yield invoice.id, _content(invoice, lines[invoice.id], taxes[invoice.id], looks[key], copy)


def _content(
    invoice: Invoice, lines: list[InvoiceLine], taxes: list[InvoiceTax], look: Look, copy: bool
) -> DocumentContent:
    seller = invoice.frozen.content
    texts = seller["look"].get("texts", {}).get(invoice.language, {})
    exemptions = [tax.exemption_text for tax in taxes if tax.exemption_text]
    return DocumentContent(
        kind=DocumentKind.INVOICE if invoice.kind == InvoiceKind.INVOICE else DocumentKind.CREDIT_NOTE,
        language=invoice.language,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on if invoice.kind == InvoiceKind.INVOICE else None,
        supplied=period_of(invoice.supplied_from, invoice.supplied_before),
        currency=invoice.currency,
        seller=seller_block(seller, invoice.currency),
        customer=customer_block(invoice.customer_frozen, reference=invoice.customer_reference or invoice.cost_centre),
        lines=tuple(_line(line, invoice.language, lines) for line in lines),
        taxes=tuple(
            TaxContent(TaxCategory(tax.category), plain(tax.rate), tax.base_amount, tax.tax_amount) for tax in taxes
        ),
        net=invoice.net_amount,
        tax=invoice.tax_amount,
        gross=invoice.gross_amount,
        texts=tuple(dict.fromkeys(exemptions)),
        payment=_payment(invoice, seller),
        credited=(invoice.credits.number, invoice.credits.issued_on) if invoice.credits is not None else None,
        opening=invoice.intro or ("" if invoice.own_texts else texts.get("intro", "")),
        closing=invoice.closing or ("" if invoice.own_texts else texts.get("closing", "")),
        look=look,
        copy=copy,
    )


def _line(line: InvoiceLine, language: str, lines: list[InvoiceLine]) -> LineContent:
    grouped = len({each.summary_group for each in lines}) > 1
    return LineContent(
        text=line.description,
        net=line.net_amount,
        category=TaxCategory(line.tax_category),
        rate=plain(line.tax_rate),
        group=group_title(line.summary_group, language) if grouped else "",
        # The words of a change stand where the change is billed, not on every month that follows.
        detail="" if line.kind == ChargeKind.PERIODIC else line.reference,
        corrects=line.corrects_number,
        period=period_of(line.starts_on, line.ends_before),
        quantity=plain(line.prorated_quantity),
        unit=line.unit,
        unit_price=plain(line.unit_price),
    )


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros: 21.000000 is 21."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def period_of(starts_on: date | None, ends_before: date | None) -> Period | None:
    """The days of a line; a day alone is a period of one day."""
    if starts_on is None:
        return None
    if ends_before is None or ends_before <= starts_on:
        return Period(starts_on, date.fromordinal(starts_on.toordinal() + 1))
    return Period(starts_on, ends_before)


def account_of(seller: dict[str, Any], currency: str) -> dict[str, str]:
    """The bank account that stands on documents in this currency; empty where the seller has none."""
    accounts: list[dict[str, str]] = seller["accounts"]
    same = [account for account in accounts if account["currency"] == currency]
    return next(iter(same or accounts), {})


def seller_block(seller: dict[str, Any], currency: str) -> PartyBlock:
    """The seller's side of a document in this currency, from its frozen content."""
    """The seller as it stands on paper, with the account for this currency."""
    account = account_of(seller, currency)
    return PartyBlock(
        name=seller["legal_name"] or seller["name"],
        address=address_of(seller),
        country=seller["country"],
        vat_id=seller["vat_id"] or seller["tax_number"],
        chamber_id=seller["chamber_id"],
        chamber_label=seller["register_court"],
        iban=account.get("iban", ""),
        bic=account.get("bic", ""),
        phone=seller["phone"],
        email=seller["email"],
        website=seller["website"],
    )


def seller_side(content: dict[str, Any], currency: str, language: str) -> dict[str, Any]:
    """What a seller's content, as it is frozen, gives to a document: block, look, and the texts around the lines."""
    texts = content["look"].get("texts", {}).get(language, {})
    return {
        "seller": seller_block(content, currency),
        "look": look_of(content, language),
        "opening": texts.get("intro", ""),
        "closing": texts.get("closing", ""),
    }


def customer_block(customer: dict[str, Any], *, reference: str) -> CustomerBlock:
    """Whom a document is for, from the frozen customer; `reference` is what the customer wants to read on it."""
    return CustomerBlock(
        party=PartyBlock(
            name=customer["name"],
            address=address_of(customer),
            country=customer["country"],
            vat_id=customer["vat_id"],
            chamber_id=customer["chamber_id"],
        ),
        number=customer["number"],
        attention=customer["attention"],
        reference=reference,
    )


def address_of(party: dict[str, Any]) -> tuple[str, ...]:
    """The lines of an address below the name, without the country."""
    town = " ".join(part for part in (party["postcode"], party["city"]) if part)
    return tuple(line for line in (party["street"], party["street_extra"], town) if line)


def _payment(invoice: Invoice, seller: dict[str, Any]) -> PaymentContent | None:
    account = account_of(seller, invoice.currency)
    if invoice.kind != InvoiceKind.INVOICE or not account or invoice.gross_amount.minor <= 0:
        return None
    holder = account["holder"] or seller["legal_name"] or seller["name"]
    return PaymentContent(
        iban=account["iban"],
        account_holder=holder,
        reference=invoice.payment_reference or invoice.number,
        bic=account["bic"],
        epc_payload=_epc(holder, account, invoice.gross_amount, invoice.payment_reference or invoice.number),
        due_on=invoice.due_on,
    )


def _epc(holder: str, account: dict[str, str], gross: Money, reference: str) -> str | None:
    structured = is_valid_rf(reference)
    try:
        return epc_payload(
            name=holder[:70],
            iban=account["iban"],
            amount=gross,
            bic=account["bic"],
            rf_reference=reference if structured else "",
            remittance="" if structured else reference,
        )
    except NotPayableByCode:
        return None


def look_of(seller: dict[str, Any], language: str) -> Look:
    """The look that is frozen in the seller's content, with the footer in this language."""
    content = seller["look"]
    if not content:
        return Look()
    files = {each.hash: each.media_type for each in StoredFile.objects.filter(hash__in=[content["logo"]])}
    logo = None
    if content["logo"]:
        logo = Logo(content=read_file(content["logo"]), media_type=files[content["logo"]])
    template: Template | None = None
    if content["template"]:
        template = read_template(read_file(content["template"]))
    return Look(
        accent=content["accent"],
        ink=content["ink"],
        font=content["font"],
        logo=logo,
        footer=content.get("texts", {}).get(language, {}).get("footer", ""),
        template=template,
    )
