"""Tables of suppliers, their invoices and the rows of those."""

from rebill.sources.supplier_invoices.models.links import PurchaseLink
from rebill.sources.supplier_invoices.models.purchases import (
    PURCHASE_MOVES,
    PurchaseInvoice,
    PurchaseRow,
    PurchaseState,
)
from rebill.sources.supplier_invoices.models.suppliers import Supplier, SupplierNumber

__all__ = [
    "PURCHASE_MOVES",
    "PurchaseInvoice",
    "PurchaseLink",
    "PurchaseRow",
    "PurchaseState",
    "Supplier",
    "SupplierNumber",
]
