"""What an order for a dealer's customer would bill, before anybody places it, as far as the seller who asks may know.

Of each level it is said who bills whom. What is asked there is said of two of them only: what the asking seller bills,
and what it is billed for it itself. What its dealers ask is theirs. Nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_of
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import chain_below, seller_of, sellers_with_ids
from rebill.runs.queries.effects import Effect, compare_effect, run_that_bills
from rebill.runs.queries.moving import billed_for, tier_at
from rebill.sources.recurring.supposing import as_started
from rebill.subscriptions.commands.starting import StartTerms, check_terms
from rebill.subscriptions.queries.below import NotSoldThere, customer_in_chain, products_sold_at


@dataclass(frozen=True, slots=True)
class Level:
    """One seller of the chain and whom it bills; `effect` is what, None where that is not for the asking seller.

    `buys` says that it is what the asking seller itself is billed.
    """

    seller: Seller
    buyer: Customer
    effect: Effect | None
    buys: bool = False


def effect_of_order_below(
    *, acting: Acting, customer_id: int, product_id: int, terms: StartTerms, today: date
) -> tuple[Level, ...]:
    """What the next run would bill on each level, from the top down; refuses what ordering would refuse."""
    require(acting, Permission.READ)
    customer = customer_in_chain(acting=acting, customer_id=customer_id)
    product = product_of(acting, product_id)
    if product.pk not in products_sold_at(acting=acting, seller_id=customer.seller_id):
        raise NotSoldThere(
            _("%(dealer)s does not resell %(code)s.") % {"dealer": customer.seller.name, "code": product.code}
        )
    terms = replace(terms, unit_price=None, description="", cost_centre="", dimensions={})
    check_terms(terms)
    seller = seller_of(acting)
    levels = [*_bought(seller, customer, product, terms, today)]
    buyer = billed_for(seller, customer.seller, customer)
    levels.append(Level(seller, buyer, _effect(seller, buyer, customer, product, terms, today)))
    return (*levels, *_further_down(seller, customer))


def _bought(seller: Seller, customer: Customer, product: Product, terms: StartTerms, today: date) -> Iterator[Level]:
    """What the seller above bills the asking one, where it resells the product."""
    buyer, bought = seller.as_customer, product.resells
    if buyer is None or bought is None:
        return
    above = Seller.objects.get(pk=buyer.seller_id)
    effect = _effect(above, buyer, customer, bought, terms, today)
    # How the seller above came to its price is its own affair.
    yield Level(above, buyer, replace(effect, lines=()), buys=True)


def _effect(
    seller: Seller, buyer: Customer, customer: Customer, product: Product, terms: StartTerms, today: date
) -> Effect:
    """What the seller would bill its own direct customer for it."""
    tier = tier_at(seller, customer.seller, customer)
    supposed = as_started(1, customer=buyer, product=product, terms=terms)._replace(tier=tier)
    billed_on = run_that_bills(buyer, supposed.history.billed_from, today)
    return compare_effect(seller, buyer, [], [supposed], billed_on)


def _further_down(seller: Seller, customer: Customer) -> list[Level]:
    """The sellers below the asking one on the way to the customer, without what they ask."""
    links = {link.seller_id: link for link in chain_below(seller.pk)}
    way = []
    link = links[customer.seller_id]
    while link.above_id is not None:
        way.append(link.seller_id)
        link = links[link.above_id]
    sellers = {each.pk: each for each in sellers_with_ids(way)}
    return [Level(sellers[each], billed_for(sellers[each], customer.seller, customer), None) for each in reversed(way)]
