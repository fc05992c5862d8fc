"""Every write of calls, one module per subject."""

from rebill.sources.usage.commands.endpoints import add_endpoint, end_endpoint, import_endpoints
from rebill.sources.usage.commands.erasing import forget_endpoints
from rebill.sources.usage.commands.invoiced import import_call_invoices, remove_call_invoice
from rebill.sources.usage.commands.rating import leave_rating, rate_month, take_rating
from rebill.sources.usage.commands.switches import keep_switch
from rebill.sources.usage.commands.taking import forget_unread_calls, take_calls
from rebill.sources.usage.commands.telling import forget_tellings, remember_tellings

__all__ = [
    "add_endpoint",
    "end_endpoint",
    "forget_endpoints",
    "forget_tellings",
    "forget_unread_calls",
    "import_call_invoices",
    "import_endpoints",
    "keep_switch",
    "leave_rating",
    "rate_month",
    "remember_tellings",
    "remove_call_invoice",
    "take_calls",
    "take_rating",
]
