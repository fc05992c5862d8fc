"""Every write of suppliers and purchase invoices."""

from rebill.sources.supplier_invoices.commands.erasing import forget_customer_links
from rebill.sources.supplier_invoices.commands.linking import (
    assign_rows,
    leave_rows_out,
    link_article,
    link_end_customer,
    link_row_customer,
    set_row_price,
)
from rebill.sources.supplier_invoices.commands.reading import renew_matches
from rebill.sources.supplier_invoices.commands.rebilling import (
    begin_rebilling,
    confirm_orders,
    forget_rebilled,
    remember_rebilled,
    take_back_rebilled,
    withdraw_rebilled,
)
from rebill.sources.supplier_invoices.commands.settling import settle_credit, undo_settlement
from rebill.sources.supplier_invoices.commands.states import move_purchase_invoice
from rebill.sources.supplier_invoices.commands.suppliers import assign_price_group, change_supplier, set_price_factor
from rebill.sources.supplier_invoices.commands.taking import take_purchase_invoice

__all__ = [
    "assign_price_group",
    "assign_rows",
    "begin_rebilling",
    "change_supplier",
    "confirm_orders",
    "forget_customer_links",
    "forget_rebilled",
    "leave_rows_out",
    "link_article",
    "link_end_customer",
    "link_row_customer",
    "move_purchase_invoice",
    "remember_rebilled",
    "renew_matches",
    "set_price_factor",
    "set_row_price",
    "settle_credit",
    "take_back_rebilled",
    "take_purchase_invoice",
    "undo_settlement",
    "withdraw_rebilled",
]
