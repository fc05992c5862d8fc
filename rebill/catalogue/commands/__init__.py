"""Every write of products, price plans and prices."""

from rebill.catalogue.commands.plans import assign_price_plan, create_price_plan
from rebill.catalogue.commands.prices import end_price, set_customer_price, set_price
from rebill.catalogue.commands.products import change_product, create_product

__all__ = [
    "assign_price_plan",
    "change_product",
    "create_price_plan",
    "create_product",
    "end_price",
    "set_customer_price",
    "set_price",
]
