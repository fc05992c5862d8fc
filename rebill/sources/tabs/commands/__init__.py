"""Every write of tabs."""

from rebill.sources.tabs.commands.agreeing import accept_tab_terms, set_tab_rules
from rebill.sources.tabs.commands.erasing import forget_customer_tabs
from rebill.sources.tabs.commands.holders import (
    add_holder,
    change_holder,
    erase_holder,
    link_holder,
    record_consent,
    unlink_holder,
    withdraw_consent,
)
from rebill.sources.tabs.commands.importing import import_tabs
from rebill.sources.tabs.commands.keeping import TabChanges, change_tabs, open_tab, undo_tab_change
from rebill.sources.tabs.commands.order_content import OrderLine, OrderTerms
from rebill.sources.tabs.commands.ordering import (
    book_late_tab_order,
    book_tab_order,
    cancel_tab_order,
    place_tab_order,
    refund_late_tab_order,
    refund_tab_order,
    settle_tab_order,
)
from rebill.sources.tabs.commands.telling import forget_tab_tellings, remember_tab_tellings

__all__ = [
    "OrderLine",
    "OrderTerms",
    "TabChanges",
    "accept_tab_terms",
    "add_holder",
    "book_late_tab_order",
    "book_tab_order",
    "cancel_tab_order",
    "change_holder",
    "change_tabs",
    "erase_holder",
    "forget_customer_tabs",
    "forget_tab_tellings",
    "import_tabs",
    "link_holder",
    "open_tab",
    "place_tab_order",
    "record_consent",
    "refund_late_tab_order",
    "refund_tab_order",
    "remember_tab_tellings",
    "set_tab_rules",
    "settle_tab_order",
    "undo_tab_change",
    "unlink_holder",
    "withdraw_consent",
]
