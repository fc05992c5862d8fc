"""Every write of delivery: queue, send, print, send again, and answer what nobody could know."""

from rebill.delivery.commands.answering import (
    BounceUnknown,
    DispatchNotUnclear,
    DispatchWithdrawn,
    cancel_dispatch,
    record_bounce,
    resolve_dispatch,
    retry_dispatch,
    return_dispatch,
)
from rebill.delivery.commands.printing import make_print_batch
from rebill.delivery.commands.queueing import (
    DocumentNotMade,
    NobodyToSendTo,
    StillWaiting,
    queue_dispatches,
    resend_invoice,
)
from rebill.delivery.commands.sending import Delivered, deliver_queued

__all__ = [
    "BounceUnknown",
    "Delivered",
    "DispatchNotUnclear",
    "DispatchWithdrawn",
    "DocumentNotMade",
    "NobodyToSendTo",
    "StillWaiting",
    "cancel_dispatch",
    "deliver_queued",
    "make_print_batch",
    "queue_dispatches",
    "record_bounce",
    "resend_invoice",
    "resolve_dispatch",
    "retry_dispatch",
    "return_dispatch",
]
