"""Whom a supplier could mean where nobody matches: the customers whose names are nearest."""

from collections.abc import Sequence

from rebill.access.acting import Acting, Permission, require
from rebill.parties.models import Customer
from rebill.rules.matching.candidates import NameIndex
from rebill.sources.supplier_invoices.queries.splitting import EndCustomer

# Among more names than these the nearest are not looked for while somebody waits: one searches by hand.
NAMES_MAX = 20_000


def nearest_customers(acting: Acting, ends: Sequence[EndCustomer]) -> list[tuple[Customer, ...]]:
    """For each end customer those of the seller's with the nearest names, the nearest first; two reads for all."""
    require(acting, Permission.READ)
    mine = Customer.objects.filter(seller_id=acting.seller_id)
    names = list(mine.order_by("id").values_list("id", "name")[: NAMES_MAX + 1]) if ends else []
    if not names or len(names) > NAMES_MAX:
        return [() for _end in ends]
    index = NameIndex(names)
    near = [[each.id for each in index.nearest(end.name)] if end.name else [] for end in ends]
    found = mine.in_bulk({customer_id for ids in near for customer_id in ids})
    return [tuple(found[customer_id] for customer_id in ids if customer_id in found) for ids in near]
