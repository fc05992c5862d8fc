"""Tables of suppliers, their invoices, and what is passed on of them."""

from rebill.sources.supplier_invoices.models.links import PurchaseLink
from rebill.sources.supplier_invoices.models.pricing import PriceFactor, PriceGroup, PriceGroupMember
from rebill.sources.supplier_invoices.models.purchases import (
    PURCHASE_MOVES,
    PurchaseInvoice,
    PurchaseRow,
    PurchaseState,
)
from rebill.sources.supplier_invoices.models.rebilling import RebilledRow, Rebilling, Settlement, Target
from rebill.sources.supplier_invoices.models.suppliers import Supplier, SupplierNumber

__all__ = [
    "PURCHASE_MOVES",
    "PriceFactor",
    "PriceGroup",
    "PriceGroupMember",
    "PurchaseInvoice",
    "PurchaseLink",
    "PurchaseRow",
    "PurchaseState",
    "RebilledRow",
    "Rebilling",
    "Settlement",
    "Supplier",
    "SupplierNumber",
    "Target",
]
