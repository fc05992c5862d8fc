"""Every write of products, price plans and prices."""

from rebill.catalogue.commands.importing_prices import import_prices
from rebill.catalogue.commands.importing_products import import_products
from rebill.catalogue.commands.plans import assign_price_plan, create_price_plan
from rebill.catalogue.commands.prices import end_price, set_customer_price, set_price
from rebill.catalogue.commands.products import change_product, create_product

__all__ = [
    "assign_price_plan",
    "change_product",
    "create_price_plan",
    "create_product",
    "end_price",
    "import_prices",
    "import_products",
    "set_customer_price",
    "set_price",
]
