"""Tables of tabs: what was agreed, whose they are, and what is bought on them."""

from rebill.sources.tabs.models.agreeing import TabRules, TermsAcceptance
from rebill.sources.tabs.models.holders import Holder, HolderConsent, HolderKind, TabHolder
from rebill.sources.tabs.models.orders import (
    OPEN_STATES,
    ORDER_MOVES,
    EarlyKind,
    EarlyStep,
    OrderState,
    TabOrder,
    TabOrderLine,
    TabTelling,
)
from rebill.sources.tabs.models.tabs import Tab, TabChange, TabLayout, TabStatus

__all__ = [
    "OPEN_STATES",
    "ORDER_MOVES",
    "EarlyKind",
    "EarlyStep",
    "Holder",
    "HolderConsent",
    "HolderKind",
    "OrderState",
    "Tab",
    "TabChange",
    "TabHolder",
    "TabLayout",
    "TabOrder",
    "TabOrderLine",
    "TabRules",
    "TabStatus",
    "TabTelling",
    "TermsAcceptance",
]
