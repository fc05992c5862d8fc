"""What a product costs a customer on a single line: its own prices or its plan's, on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.catalogue.queries.price_book import E8, PriceBook, read_price_book
from rebill.parties.models import Customer
from rebill.rules.pricing import PriceModel, price_parts


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price for `months` months (None: once). `unit_price` is None where it depends on how many are taken."""

    unit_price: Decimal | None
    months: int | None


def listed_price(acting: Acting, *, customer: Customer, product: Product, currency: str, on: date) -> Decimal | None:
    """The price per unit on the day; None where there is none, or where it depends on how many are taken."""
    said = listed_prices(acting, customer=customer, product_ids=[product.pk], currency=currency, on=on)
    return said[product.pk].unit_price if product.pk in said else None


def listed_prices(
    acting: Acting, *, customer: Customer, product_ids: Collection[int], currency: str, on: date
) -> dict[int, ListedPrice]:
    """The prices of these products on the day, without those that have none; the reads do not depend on how many."""
    book = _book_of(acting, customer, product_ids)
    found = {}
    for product_id in product_ids:
        held = book.find(customer_id=customer.pk, currency=currency, product_id=product_id, on=on)
        if held is not None:
            is_single = held.price.model is PriceModel.PER_UNIT
            price = Decimal(held.price.price_e6).scaleb(-6) if is_single else None
            found[product_id] = ListedPrice(price, held.price.months)
    return found


def price_for_quantity(
    acting: Acting, *, customer: Customer, product: Product, currency: str, on: date, quantity: Decimal
) -> Decimal | None:
    """The price of one when so many are taken on the day; None where there is no price, or where the quantity has more
    than one: graduated tiers, packages, or a flat fee beside it."""
    book = _book_of(acting, customer, [product.pk])
    held = book.find(customer_id=customer.pk, currency=currency, product_id=product.pk, on=on)
    if held is None:
        return None
    parts = price_parts(held.price, int(quantity * E8), held.price.months)
    if len(parts) != 1 or parts[0].quantity_e8 != int(quantity * E8):
        return None
    return Decimal(parts[0].price_e6).scaleb(-6)


def _book_of(acting: Acting, customer: Customer, product_ids: Collection[int]) -> PriceBook:
    """The prices of these products, opened where they hold for the customer."""
    book = read_price_book(acting.seller_id, product_ids=product_ids)
    book.turn_to([customer.pk])
    return book
