"""The price of one for a single line: what the customer's own prices or its plan say on a day."""

from datetime import date
from decimal import Decimal

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.catalogue.queries.price_book import read_price_book
from rebill.parties.models import Customer
from rebill.rules.pricing import PriceModel


def listed_price(acting: Acting, *, customer: Customer, product: Product, currency: str, on: date) -> Decimal | None:
    """The price per unit on the day; None where there is none, or where it depends on how many are taken."""
    book = read_price_book(acting.seller_id, product_id=product.pk)
    book.turn_to([customer.pk])
    found = book.find(customer_id=customer.pk, currency=currency, product_id=product.pk, on=on)
    if found is None or found.price.model is not PriceModel.PER_UNIT:
        return None
    return Decimal(found.price.price_e6).scaleb(-6)
