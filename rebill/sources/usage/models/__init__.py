"""Tables of calls."""

from rebill.sources.usage.models.endpoints import Endpoint, EndpointKind
from rebill.sources.usage.models.ratings import (
    CallsWithoutOwner,
    CallsWithoutPrice,
    RatedPart,
    Rating,
    RatingState,
    UsageAccount,
    UsageSum,
    UsageTelling,
)
from rebill.sources.usage.models.records import CallFile, CallFileState, CallPart, Switch

__all__ = [
    "CallFile",
    "CallFileState",
    "CallPart",
    "CallsWithoutOwner",
    "CallsWithoutPrice",
    "Endpoint",
    "EndpointKind",
    "RatedPart",
    "Rating",
    "RatingState",
    "Switch",
    "UsageAccount",
    "UsageSum",
    "UsageTelling",
]
