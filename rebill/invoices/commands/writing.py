"""Writing issued documents into their tables, in bulk."""

from collections.abc import Iterable, Sequence
from typing import Any

from rebill.invoices.models import Invoice, InvoiceLine, InvoiceTax
from rebill.kit.bulk import insert_rows

INVOICE_COLUMNS = (
    "id", "seller_id", "customer_id", "kind", "number", "sequence_key", "sequence_number", "draft", "credits_id",
    "withdraws", "reason", "issued_on", "issued_at", "due_on", "supplied_from", "supplied_before", "currency",
    "language", "net_amount", "tax_amount", "gross_amount", "payment_reference", "customer_name", "customer_number",
    "customer_frozen", "frozen_id", "intro", "closing", "customer_reference", "cost_centre",
)  # fmt: skip

LINE_COLUMNS = (
    "invoice_id", "position", "charge", "credits_id", "kind", "product_code", "description", "summary_group",
    "starts_on", "ends_before", "quantity", "prorated_quantity", "unit", "unit_price", "currency", "net_amount",
    "tax_category", "tax_rate", "ledger_account", "cost_centre", "reference",
)  # fmt: skip

TAX_COLUMNS = (
    "invoice_id", "category", "rate", "currency", "base_amount", "tax_amount", "exemption_text", "exemption_reason",
)  # fmt: skip

Row = tuple[Any, ...]


def write_documents(*, invoices: Sequence[Row], lines: Iterable[Row], taxes: Iterable[Row]) -> int:
    """Inserts documents with their lines and taxes, in the order of the columns above; returns how many documents."""
    written = insert_rows(Invoice, INVOICE_COLUMNS, invoices)
    insert_rows(InvoiceLine, LINE_COLUMNS, lines)
    insert_rows(InvoiceTax, TAX_COLUMNS, taxes)
    return written
