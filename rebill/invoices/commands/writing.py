"""Writing issued documents into their tables, in bulk."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rebill.invoices.models import Invoice, InvoiceLine, InvoiceTax, Revenue
from rebill.kit.bulk import insert_rows
from rebill.kit.search import add_to_search, search_text

INVOICE_COLUMNS = (
    "id", "seller_id", "customer_id", "kind", "number", "sequence_key", "sequence_number", "draft", "credits_id",
    "withdraws", "reason", "issued_on", "issued_at", "due_on", "supplied_from", "supplied_before", "currency",
    "language", "net_amount", "tax_amount", "gross_amount", "payment_reference", "customer_name", "customer_number",
    "customer_frozen", "frozen_id", "intro", "closing", "own_texts", "customer_reference", "cost_centre",
)  # fmt: skip

LINE_COLUMNS = (
    "invoice_id", "position", "charge", "credits_id", "kind", "product_code", "description", "summary_group",
    "starts_on", "ends_before", "quantity", "prorated_quantity", "unit", "unit_price", "currency", "net_amount",
    "tax_category", "tax_rate", "ledger_account", "cost_centre", "reference",
    "corrects_number", "dimensions", "gross_amount",
)  # fmt: skip

TAX_COLUMNS = (
    "invoice_id", "category", "rate", "currency", "base_amount", "tax_amount", "exemption_text", "exemption_reason",
)  # fmt: skip

REVENUE_COLUMNS = ("seller_id", "month", "currency", "summary_group", "net_amount")

Row = tuple[Any, ...]

_SELLER = INVOICE_COLUMNS.index("seller_id")
_ISSUED_ON = INVOICE_COLUMNS.index("issued_on")
_GROUP, _CURRENCY, _NET = (LINE_COLUMNS.index(name) for name in ("summary_group", "currency", "net_amount"))
_FOUND_BY = tuple(INVOICE_COLUMNS.index(name) for name in ("number", "customer_name", "customer_number"))


def write_documents(*, invoices: Sequence[Row], lines: Iterable[Row], taxes: Iterable[Row]) -> int:
    """Inserts documents with their lines and taxes, in the order of the columns above; returns how many documents.

    The ids of the documents ascend without a gap, as they were reserved.
    """
    written = insert_rows(Invoice, (*INVOICE_COLUMNS, "search_text"), ((*row, _words(row)) for row in invoices))
    if invoices:
        add_to_search(Invoice, invoices[0][0], invoices[-1][0])
    lines = list(lines)
    insert_rows(InvoiceLine, LINE_COLUMNS, lines)
    insert_rows(Revenue, REVENUE_COLUMNS, _revenue(invoices, lines))
    insert_rows(InvoiceTax, TAX_COLUMNS, taxes)
    return written


def _words(row: Row) -> str:
    return search_text(row[_SELLER], *(row[position] for position in _FOUND_BY))


def _revenue(invoices: Sequence[Row], lines: Sequence[Row]) -> list[Row]:
    """What these documents add to the revenue of their months, as rows of REVENUE_COLUMNS."""
    months = {row[0]: (row[_SELLER], row[_ISSUED_ON].replace(day=1)) for row in invoices}
    sums: Counter[Row] = Counter()
    for line in lines:
        sums[*months[line[0]], line[_CURRENCY], line[_GROUP]] += line[_NET]
    return [(*key, net) for key, net in sorted(sums.items()) if net]
