"""Reads of products, price plans and prices, among the acting seller's rows only."""

from rebill.catalogue.queries.products import (
    PlanUnknown,
    PriceUnknown,
    ProductUnknown,
    default_plan_of,
    find_products,
    plan_by_code,
    plan_of,
    plan_of_customer,
    plans_of,
    price_list,
    price_of,
    prices_of_customer,
    prices_of_product,
    product_by_code,
    product_of,
    products_of,
)

__all__ = [
    "PlanUnknown",
    "PriceUnknown",
    "ProductUnknown",
    "default_plan_of",
    "find_products",
    "plan_by_code",
    "plan_of",
    "plan_of_customer",
    "plans_of",
    "price_list",
    "price_of",
    "prices_of_customer",
    "prices_of_product",
    "product_by_code",
    "product_of",
    "products_of",
]
