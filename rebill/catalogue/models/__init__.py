"""Tables of products, price plans and prices, and of rate decks, peak times and bundles, with validity."""

from rebill.catalogue.models.bundles import Bundle
from rebill.catalogue.models.decks import (
    CallCategory,
    DeckPeakTimes,
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
from rebill.catalogue.models.rate_imports import RateChange, RateImport, RateImportRow, RateImportState
from rebill.catalogue.models.resale import ResalePrice

__all__ = [
    "Bundle",
    "CallCategory",
    "DeckPeakTimes",
    "PeakTimes",
    "PlanAssignment",
    "PlanDeck",
    "Price",
    "PricePlan",
    "PriceRevision",
    "Product",
    "ProductKind",
    "Rate",
    "RateChange",
    "RateDeck",
    "RateImport",
    "RateImportRow",
    "RateImportState",
    "RateRevision",
    "ResalePrice",
    "SummaryGroup",
]
