"""Every write of products, price plans and prices, and of rate decks, peak times and bundles."""

from rebill.catalogue.commands.bundles import change_bundle, create_bundle, end_bundle
from rebill.catalogue.commands.decks import (
    change_rate_deck,
    create_rate_deck,
    end_plan_deck,
    set_deck_peak_times,
    set_plan_deck,
)
from rebill.catalogue.commands.importing_prices import import_prices
from rebill.catalogue.commands.importing_products import import_products
from rebill.catalogue.commands.importing_rates import import_rates
from rebill.catalogue.commands.peak_times import change_peak_times, create_peak_times
from rebill.catalogue.commands.plans import assign_price_plan, create_price_plan
from rebill.catalogue.commands.prices import end_price, set_customer_price, set_price
from rebill.catalogue.commands.products import change_product, create_product
from rebill.catalogue.commands.rate_imports import (
    choose_rate_rows,
    drop_rate_import,
    set_sell_price,
    take_rate_import,
    withdraw_rate_import,
)
from rebill.catalogue.commands.rates import end_rate, lay_rates, set_rate
from rebill.catalogue.commands.resale import ResaleTerms, adopt_product, set_resale_price

__all__ = [
    "ResaleTerms",
    "adopt_product",
    "assign_price_plan",
    "change_bundle",
    "change_peak_times",
    "change_product",
    "change_rate_deck",
    "choose_rate_rows",
    "create_bundle",
    "create_peak_times",
    "create_price_plan",
    "create_product",
    "create_rate_deck",
    "drop_rate_import",
    "end_bundle",
    "end_plan_deck",
    "end_price",
    "end_rate",
    "import_prices",
    "import_products",
    "import_rates",
    "lay_rates",
    "set_customer_price",
    "set_deck_peak_times",
    "set_plan_deck",
    "set_price",
    "set_rate",
    "set_resale_price",
    "set_sell_price",
    "take_rate_import",
    "withdraw_rate_import",
]
