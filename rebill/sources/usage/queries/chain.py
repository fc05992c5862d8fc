"""Who is on the chain for a seller's calls: the sellers below it, their end customers, and who pays whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rebill.kit.bulk import Numbers
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import chain_below
from rebill.sources.usage.models import Endpoint


@dataclass(frozen=True, slots=True)
class TierSeller:
    """A seller of the chain. `buyers` says which direct customer of it pays for an end customer's calls."""

    seller: Seller
    buyers: Mapping[int, int]


def tiers_below(seller_id: int) -> list[TierSeller]:
    """The seller and those below it, from the top down, each with the end customers that have endpoints."""
    links = chain_below(seller_id)
    sellers = {seller.pk: seller for seller in Seller.objects.filter(pk__among=[link.seller_id for link in links])}
    above = {link.seller_id: link for link in links}
    owners = owners_of([link.seller_id for link in links])
    buyers: dict[int, dict[int, int]] = {link.seller_id: {} for link in links}
    for owner_id, of_seller in owners.items():
        buyer_id = owner_id
        current: int | None = of_seller
        while current is not None:
            buyers[current][owner_id] = buyer_id
            link = above[current]
            current = link.above_id
            if link.as_customer_id is not None:
                buyer_id = link.as_customer_id
    return [TierSeller(sellers[link.seller_id], buyers[link.seller_id]) for link in links]


def owners_of(seller_ids: Collection[int]) -> dict[int, int]:
    """The end customers of these sellers that have or had endpoints, with their sellers."""
    rows = (
        Endpoint.objects.filter(seller_id__among=Numbers(seller_ids)).order_by().values_list("customer_id", "seller_id")
    )
    return dict(rows.distinct())


def currencies_of(customer_ids: Collection[int]) -> dict[int, str]:
    """The currency in which each of these customers pays."""
    rows = Customer.objects.filter(id__among=Numbers(customer_ids))
    return {
        customer_id: own or sellers
        for customer_id, own, sellers in rows.values_list("id", "currency", "seller__currency")
    }
