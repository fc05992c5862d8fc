"""Tables of calls."""

from rebill.sources.usage.models.endpoints import Endpoint, EndpointKind
from rebill.sources.usage.models.invoiced import CallInvoice, InvoicedCalls
from rebill.sources.usage.models.ratings import (
    BilledRating,
    CallsWithoutOwner,
    CallsWithoutPrice,
    RatedPart,
    Rating,
    RatingState,
    UnusualDay,
    UsageAccount,
    UsageSum,
    UsageTelling,
)
from rebill.sources.usage.models.records import CallFile, CallFileState, CallPart, Switch

__all__ = [
    "BilledRating",
    "CallFile",
    "CallFileState",
    "CallInvoice",
    "CallPart",
    "CallsWithoutOwner",
    "CallsWithoutPrice",
    "Endpoint",
    "EndpointKind",
    "InvoicedCalls",
    "RatedPart",
    "Rating",
    "RatingState",
    "Switch",
    "UnusualDay",
    "UsageAccount",
    "UsageSum",
    "UsageTelling",
]
