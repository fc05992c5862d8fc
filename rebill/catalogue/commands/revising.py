"""Noting that prices were changed from a day on: for the seller, and for every dealer that prices by them."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rebill.catalogue.models import PriceRevision, Product
from rebill.kit.bulk import Numbers, insert_rows
from rebill.kit.database import write_lock
from rebill.parties.models import Seller


class Revised(NamedTuple):
    """What was changed: prices of one product, or of all; of one customer, or of all; from the day on."""

    seller_id: int
    product_id: int | None
    customer_id: int | None
    valid_from: date


def lock_prices(seller_id: int) -> None:
    """Prices of one seller are laid one transaction after the other, so that no two hold on the same day."""
    write_lock(f"prices of seller {seller_id}")


def revise_prices(revised: Iterable[Revised]) -> None:
    """Lets what was billed by these prices be looked at again: needs `lock_prices`, and locks the dealers below.

    A dealer's price with a mark-up changes with its buy price. Nothing of the buy price itself goes down the chain.
    """
    level = list(revised)
    while level:
        insert_rows(PriceRevision, Revised._fields, level)
        level = _of_dealers(level)
        # From the top down, so that two writers never wait for each other.
        for seller_id in sorted({each.seller_id for each in level}):
            lock_prices(seller_id)


def _of_dealers(level: Iterable[Revised]) -> list[Revised]:
    """The same one level further down: of the sellers that resell the products, or that are the customers."""
    by_product: dict[int, dict[int | None, date]] = {}
    of_customers: dict[int, date] = {}
    of_all: dict[int, date] = {}
    for each in level:
        if each.product_id is not None:
            days = by_product.setdefault(each.product_id, {})
            days[each.customer_id] = min(each.valid_from, days.get(each.customer_id, date.max))
        elif each.customer_id is not None:
            of_customers[each.customer_id] = min(each.valid_from, of_customers.get(each.customer_id, date.max))
        else:
            of_all[each.seller_id] = min(each.valid_from, of_all.get(each.seller_id, date.max))
    found: dict[tuple[int, int | None], date] = {}

    def note(seller_id: int, product_id: int | None, day: date | None) -> None:
        if day is not None:
            found[seller_id, product_id] = min(day, found.get((seller_id, product_id), date.max))

    if by_product:
        rows = Product.objects.filter(resells_id__among=Numbers(by_product)).order_by("id")
        for product_id, seller_id, resells_id, as_customer_id in rows.values_list(
            "id", "seller_id", "resells_id", "seller__as_customer_id"
        ):
            note(seller_id, product_id, by_product[resells_id].get(None))
            note(seller_id, product_id, by_product[resells_id].get(as_customer_id))
    if of_customers or of_all:
        dealers = Seller.objects.filter(as_customer_id__among=Numbers(of_customers)).order_by("id")
        for seller_id, as_customer_id in dealers.values_list("id", "as_customer_id"):
            note(seller_id, None, of_customers[as_customer_id])
        below = Seller.objects.filter(as_customer__seller_id__among=Numbers(of_all)).order_by("id")
        for seller_id, above_id in below.values_list("id", "as_customer__seller_id"):
            note(seller_id, None, of_all[above_id])
    return [Revised(seller_id, product_id, None, day) for (seller_id, product_id), day in found.items()]
