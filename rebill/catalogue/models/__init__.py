"""Tables of products, price plans and prices, and of rate decks, peak times and bundles, with validity."""

from rebill.catalogue.models.bundles import Bundle
from rebill.catalogue.models.decks import (
    CallCategory,
    DeckPeakTimes,
    DeckRounding,
    PeakTimes,
    PlanDeck,
    Rate,
    RateDeck,
    RateRevision,
)
from rebill.catalogue.models.products import (
    PlanAssignment,
    Price,
    PricePlan,
    PriceRevision,
    Product,
    ProductKind,
    SummaryGroup,
)

__all__ = [
    "Bundle",
    "CallCategory",
    "DeckPeakTimes",
    "DeckRounding",
    "PeakTimes",
    "PlanAssignment",
    "PlanDeck",
    "Price",
    "PricePlan",
    "PriceRevision",
    "Product",
    "ProductKind",
    "Rate",
    "RateDeck",
    "RateRevision",
    "SummaryGroup",
]
