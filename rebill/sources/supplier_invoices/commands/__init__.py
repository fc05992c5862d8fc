"""Every write of suppliers and purchase invoices."""

from rebill.sources.supplier_invoices.commands.taking import take_purchase_invoice

__all__ = ["take_purchase_invoice"]
