"""Every write of calls, one module per subject."""

from rebill.sources.usage.commands.switches import keep_switch
from rebill.sources.usage.commands.taking import forget_unread_calls, take_calls

__all__ = [
    "forget_unread_calls",
    "keep_switch",
    "take_calls",
]
