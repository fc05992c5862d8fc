"""Finding issued documents, and what is left of them to credit."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.charges.models import Charge
from rebill.invoices.models import Invoice, InvoiceLine, InvoiceTax
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.kit.search import find_by_words
from rebill.rules.crediting import Credit, CreditLine, InvoicedLine
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tax import TaxCategory, TaxLine

# The lines that bill calls: those of charges, for a credit names the line it takes back instead.
_CALLS = InvoiceLine.objects.filter(kind=ChargeKind.USAGE, charge__isnull=False).order_by()


class InvoiceNotFound(NotFound):
    """The seller has no such document."""


def invoice_of(*, acting: Acting, invoice_id: int, lock: bool = False) -> Invoice:
    """The seller's document with this id; with `lock` held until the end of the transaction."""
    rows = Invoice.objects.filter(seller_id=acting.seller_id, id=invoice_id)
    invoice = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if invoice is None:
        raise InvoiceNotFound(_("There is no invoice %(named)s.") % {"named": invoice_id})
    return invoice


def credit_notes_of(*, acting: Acting, invoice_id: int) -> QuerySet[Invoice]:
    """The credit notes over one of the seller's invoices, the first of them first."""
    return Invoice.objects.filter(seller_id=acting.seller_id, credits_id=invoice_id).order_by("id")


def invoice_numbered(*, acting: Acting, number: str) -> Invoice:
    """The seller's document with this number."""
    invoice = Invoice.objects.filter(seller_id=acting.seller_id, number=number).first()
    if invoice is None:
        raise InvoiceNotFound(_("There is no invoice %(named)s.") % {"named": number})
    return invoice


def invoice_of_draft(*, acting: Acting, draft_id: int) -> Invoice | None:
    """The document that was issued for the seller's draft, None while there is none."""
    return Invoice.objects.filter(seller_id=acting.seller_id, draft=draft_id).first()


def numbers_of_charges(charge_ids: Collection[int]) -> dict[int, str]:
    """The number of the document on which each of these charges stands; those on none have no row."""
    if not charge_ids:
        return {}
    billed = dict(Charge.objects.filter(id__among=charge_ids, claim__isnull=False).values_list("id", "claim"))
    numbers = dict(Invoice.objects.filter(draft__among=set(billed.values())).values_list("draft", "number"))
    return {charge_id: numbers[draft_id] for charge_id, draft_id in billed.items() if draft_id in numbers}


def find_invoices(*, acting: Acting, search: str = "", newest: int | None = None) -> QuerySet[Invoice]:
    """The seller's documents, the newest first, whatever their state.

    Each word of `search` must stand in the number or in the customer's name or number as printed; a word of one or two
    letters must begin one of them. With `newest` a search finds no more than so many, the last that were issued.
    """
    rows = Invoice.objects.filter(seller_id=acting.seller_id)
    found = find_by_words(rows, search, seller_id=acting.seller_id, newest=newest)
    return found.order_by("-issued_on", "-id")


def lines_of_invoice(*, acting: Acting, invoice_id: int) -> QuerySet[InvoiceLine]:
    """The lines of one of the seller's documents, as printed."""
    return InvoiceLine.objects.filter(invoice=invoice_of(acting=acting, invoice_id=invoice_id)).order_by("position")


def has_calls(invoice: Invoice) -> bool:
    """Whether the document bills calls, which it has a specification of."""
    return _CALLS.filter(invoice_id=invoice.pk).exists()


def with_calls(invoice_ids: Collection[int]) -> set[int]:
    """Those of the documents that bill calls; one read."""
    return set(_CALLS.filter(invoice_id__among=invoice_ids).values_list("invoice_id", flat=True).distinct())


def invoices_with_calls(*, acting: Acting, customer_id: int) -> QuerySet[Invoice]:
    """The documents of one of the seller's customers that bill calls, the newest first."""
    billed = Exists(_CALLS.filter(invoice_id=OuterRef("id")))
    rows = Invoice.objects.filter(billed, seller_id=acting.seller_id, customer_id=customer_id)
    return rows.order_by("-issued_on", "-id")


def taxes_of_invoice(*, acting: Acting, invoice_id: int) -> QuerySet[InvoiceTax]:
    """The VAT of one of the seller's documents."""
    invoice = invoice_of(acting=acting, invoice_id=invoice_id)
    return InvoiceTax.objects.filter(invoice=invoice).order_by("category", "rate")


def invoiced_lines(invoice_id: int) -> list[tuple[InvoicedLine, InvoiceLine]]:
    """The lines of a document as crediting sees them, with their rows."""
    found = []
    for line in InvoiceLine.objects.filter(invoice_id=invoice_id).order_by("position"):
        values = InvoicedLine(
            position=line.position,
            quantity_e8=int(line.prorated_quantity.scaleb(8)),
            price_e6=int(line.unit_price.scaleb(6)),
            net_minor=line.net_amount.minor,
            category=TaxCategory(line.tax_category),
            rate_e6=int(line.tax_rate.scaleb(6)),
            gross_minor=None if line.gross_amount is None else line.gross_amount.minor,
        )
        found.append((values, line))
    return found


def tax_lines(invoice_id: int) -> tuple[TaxLine, ...]:
    """The VAT of a document."""
    rows = read_rows(
        InvoiceTax.objects.filter(invoice_id=invoice_id).order_by("id"), "category", "rate", "base_amount", "tax_amount"
    )
    return tuple(TaxLine(TaxCategory(row[0]), row[1], row[2], row[3]) for row in rows)


def earlier_credits(invoice_id: int) -> list[Credit]:
    """What was credited of a document so far, as positive numbers, oldest first; three reads."""
    rows = read_rows(
        InvoiceLine.objects.filter(credits__invoice_id=invoice_id).order_by("invoice_id", "position"),
        "invoice_id", "credits__position", "quantity", "prorated_quantity", "unit_price", "net_amount", "tax_category",
        "tax_rate",
    )  # fmt: skip
    lines: dict[int, list[CreditLine]] = defaultdict(list)
    for row in rows:
        lines[row[0]].append(
            CreditLine(
                position=row[1],
                quantity_e8=-row[3],
                price_e6=row[4],
                net_minor=-row[5],
                category=TaxCategory(row[6]),
                rate_e6=row[7],
                taken_e8=-row[2],
            )
        )
    taxes: dict[int, list[TaxLine]] = defaultdict(list)
    for row in read_rows(
        InvoiceTax.objects.filter(invoice_id__among=lines.keys()).order_by("id"),
        "invoice_id", "category", "rate", "base_amount", "tax_amount",
    ):  # fmt: skip
        taxes[row[0]].append(TaxLine(TaxCategory(row[1]), row[2], -row[3], -row[4]))
    return [Credit(tuple(lines[each]), tuple(taxes[each])) for each in sorted(lines)]
