"""Every write of calls, one module per subject."""

from rebill.sources.usage.commands.endpoints import add_endpoint, end_endpoint, import_endpoints
from rebill.sources.usage.commands.switches import keep_switch
from rebill.sources.usage.commands.taking import forget_unread_calls, take_calls

__all__ = [
    "add_endpoint",
    "end_endpoint",
    "forget_unread_calls",
    "import_endpoints",
    "keep_switch",
    "take_calls",
]
